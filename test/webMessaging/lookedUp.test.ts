import type { WebMessagingOptions } from 'genesys-conversation-machine';
import { describe, expect, it } from 'vitest';
import { bare, createSession, echoOf, plainError, structured } from '../support/socketScript.ts';

const jwt = bare('JwtResponse', { jwt: 'j', exp: 4_000_000_000 });
const nothing = () => Response.json({ entities: [] });
const down = () => new Response('', { status: 503 });
const tooOften = (headers: Record<string, string>) => () => new Response('', { status: 429, headers });

/** A session that history answers so, and then with nothing; time passes on a link that lives. */
async function begin(answers: readonly (() => Response)[] = [], options: Partial<WebMessagingOptions> = {}) {
  const asked: number[] = [];
  const session = createSession({
    fetch: async () => {
      asked.push(session.clock.now());
      return (answers[asked.length - 1] ?? nothing)();
    },
    ...options,
  });
  const left: number[] = [];
  const { clock, messaging, receive, of } = session;
  const socket = await session.configure();
  await receive(jwt);
  const frames = () => socket.sent.filter(({ action }) => action === 'onMessage');
  const note = () => {
    while (left.length < frames().length) left.push(clock.now());
  };
  const send = async (text: string) => {
    messaging.sendMessage(text).catch(() => {});
    await clock.settle();
    note();
  };
  const during = async (ms: number) => {
    for (let rest = ms; rest > 0; rest -= 1000) {
      await clock.advance(Math.min(rest, 1000));
      await receive(jwt);
      note();
    }
  };
  const failures = () => of('message.failed').map(({ failure }) => failure);
  return { ...session, socket, asked, left, frames, send, during, failures };
}

const unsure = {
  code: 'network',
  unsure: true,
  message:
    'The connection was lost before the message was confirmed, and history could not tell whether it arrived; show it as unsure.',
};

describe('a message without an echo is looked up in history (W-6)', () => {
  it('twice before it leaves again, and is given up when it left three times', async () => {
    const { send, during, asked, left, failures, messaging } = await begin();
    await send('once');
    await during(44_999);
    expect(asked).toEqual([10_000, 15_000, 25_000, 30_000, 40_000]);
    expect(left).toEqual([0, 15_000, 30_000]);
    expect(failures()).toEqual([]);
    await during(1);
    expect(asked).toHaveLength(6);
    expect(failures()).toEqual([
      {
        code: 'timeout',
        message: 'The message left several times and was never accepted; it is not in the history either.',
      },
    ]);
    await during(60_000);
    expect(asked).toHaveLength(6);
    expect(left).toHaveLength(3);
    messaging.stop();
  });

  it('and is sent where that knows it, by the words of history', async () => {
    let id = '';
    const time = '2026-01-01T00:00:00.000Z';
    const strangers = Array.from({ length: 24 }, (_, nth) => ({ id: `e${nth}`, channel: { time } }));
    const known = () =>
      Response.json({
        entities: [...strangers, { channel: { messageId: 'cm1', time }, metadata: { customMessageId: id } }],
      });
    const { send, during, asked, left, frames, of, messaging } = await begin([nothing, () => known()]);
    await send('once');
    id = String(frames()[0]?.tracingId);
    await send('behind it');
    await during(14_000);
    expect(left).toEqual([0]);
    await during(1000);
    expect(of('message.sent')).toEqual([
      { type: 'message.sent', id, messageId: 'cm1', sentAt: Date.parse('2026-01-01T00:00:00.000Z') },
    ]);
    expect(left).toEqual([0, 15_000]);
    expect(asked).toEqual([10_000, 15_000]);
    messaging.stop();
  });

  it('until that failed three times; then it is told as unsure, and what waits behind it leaves', async () => {
    const { send, during, asked, left, failures, messaging } = await begin([down, down, down]);
    await send('once');
    await send('behind it');
    await during(24_000);
    expect(failures()).toEqual([]);
    expect(left).toEqual([0]);
    await during(1000);
    expect(asked).toEqual([10_000, 15_000, 25_000]);
    expect(failures()).toEqual([unsure]);
    expect(left).toEqual([0, 25_000]);
    messaging.stop();
  });

  it('whose failures are forgotten by each answer of history', async () => {
    const { send, during, asked, left, failures, messaging } = await begin([
      ...[down, down, nothing],
      ...[down, down, nothing],
    ]);
    await send('once');
    await during(45_000);
    expect(asked).toEqual([10_000, 15_000, 25_000, 30_000, 35_000, 45_000]);
    expect(left).toEqual([0, 45_000]);
    expect(failures()).toEqual([]);
    messaging.stop();
  });

  it('whose failures are none of the next message', async () => {
    const { send, during, receive, asked, frames, failures, messaging } = await begin([
      down,
      down,
      down,
      down,
    ]);
    await send('one');
    await send('two');
    await during(16_000);
    await receive(echoOf(frames()[0] as never, 'cm1'));
    await during(25_000);
    expect(asked).toEqual([10_000, 15_000, 26_000, 31_000, 41_000]);
    expect(failures()).toEqual([]);
    messaging.stop();
  });

  it.each([
    ['7 s', { 'Retry-After': '7' }, 7000],
    ['less than two looks are apart', { 'Retry-After': '1' }, 5000],
    ['a time that it does not tell', {}, 6000],
  ])('ten times where history asks for %s, as late as that', async (_, headers, wait) => {
    const { send, during, asked, failures, messaging } = await begin(Array(11).fill(tooOften(headers)), {
      timing: { limitFallback: 6000 },
    });
    await send('once');
    await during(10_000 + 9 * wait - 1000);
    expect(asked).toEqual(Array.from({ length: 9 }, (_, nth) => 10_000 + nth * wait));
    expect(failures()).toEqual([]);
    await during(1000);
    expect(asked).toHaveLength(10);
    expect(failures()).toEqual([unsure]);
    messaging.stop();
  });

  it('as often as it left: what the socket did not take is no time', async () => {
    const { socket, send, during, left, messaging } = await begin();
    socket.bufferedAmount = 1_000_000;
    await send('once');
    await during(1000);
    expect(left).toEqual([]);
    socket.bufferedAmount = 0;
    await during(60_000);
    expect(left).toEqual([2000, 17_000, 32_000]);
    messaging.stop();
  });

  it('and is not sent anew for another that did not leave', async () => {
    const { send, during, receive, left, frames, of, messaging } = await begin();
    await send('once');
    messaging.actor.send({ type: 'socket.unsent', id: 'another' });
    await during(5000);
    expect(left).toEqual([0]);
    await receive(echoOf(frames()[0] as never, 'cm1'));
    expect(of('message.sent')).toHaveLength(1);
    messaging.stop();
  });

  it('not while the server wants silence (L-1)', async () => {
    const { send, during, receive, asked, of, messaging } = await begin();
    await send('once');
    await during(5000);
    await receive({ ...bare('TooManyRequestsErrorMessage', { retryAfter: 20 }), tracingId: 'another' });
    const { msLeft = 0 } = of('session.limited')[0] ?? {};
    await during(msLeft - 1);
    expect(asked).toEqual([]);
    await during(1);
    expect(asked).toEqual([5000 + msLeft]);
    messaging.stop();
  });
});

describe('a message that an error names', () => {
  it.each([400, 401, 408, 425, 499])('by %i is refused for good', async (code) => {
    const { send, frames, receive, failures, clock, asked, messaging } = await begin();
    await send('once');
    await receive(plainError(code, 'no', String(frames()[0]?.tracingId)));
    expect(failures()).toMatchObject([{ errorCode: code }]);
    await clock.advance(20_000);
    expect(asked).toEqual([]);
    messaging.stop();
  });

  it.each([399, 500, 599, 4000, 5000])(
    'by %i is looked up at once: nobody knows how it fared (W-6)',
    async (code) => {
      const { send, frames, receive, failures, during, asked, left, messaging } = await begin();
      await send('once');
      await during(1000);
      await receive(plainError(code, 'no', String(frames()[0]?.tracingId)));
      await during(5000);
      expect(asked).toEqual([1000, 6000]);
      expect(left).toEqual([0, 6000]);
      expect(failures()).toEqual([]);
      messaging.stop();
    },
  );
});

it('a message whose echo says nothing of its time is sent at none', async () => {
  const { send, frames, receive, of, messaging } = await begin();
  await send('once');
  const id = String(frames()[0]?.tracingId);
  const channel = { messageId: 'cm1' };
  await receive(structured({ id: 'e1', type: 'Text', text: 'once', direction: 'Inbound', channel }, id));
  expect(of('message.sent')).toStrictEqual([{ type: 'message.sent', id, messageId: 'cm1' }]);
  messaging.stop();
});
