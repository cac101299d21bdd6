import { ConversationError, eventStream } from 'genesys-conversation-machine';
import { createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createSockets } from '../support/socketScript.ts';
import { listen } from '../support/streamScript.ts';

type Listening = Awaited<ReturnType<typeof listen>>;

describe('a socket', () => {
  it.each([
    [
      'that says far too much',
      async ({ last }: Listening) => {
        for (let sent = 0; sent < 21; sent += 1) last().receive('?');
      },
    ],
    [
      'that does not answer',
      async ({ clock }: Listening) => {
        await clock.advance(34_000);
      },
    ],
  ])('%s is let go of without a farewell, where it can be', async (_what, act) => {
    const { Socket, sockets } = createSockets();
    let terminated = 0;
    class Terminable extends (Socket as new (url: string) => object) {
      terminate() {
        terminated += 1;
      }
    }
    const stream = await listen(0.5, { events: eventStream({ webSocket: Terminable as never }) });
    const played = { ...stream, last: () => sockets.at(-1) ?? stream.last() };
    played.last().open();
    await stream.clock.settle();
    played.last().receive({ type: 'authenticated', conversationId: 'c1' });
    await stream.clock.settle();
    await act(played);
    expect(terminated).toBe(1);
    expect(stream.lost()).toHaveLength(1);
    stream.stop();
  });

  it('is not even made for whoever leaves at once', async () => {
    const { transport, sockets, clock, stop } = await listen();
    stop();
    const made = sockets.length;
    transport.subscribe(() => {})();
    await clock.settle();
    expect(sockets).toHaveLength(made);
    expect(clock.timers).toBe(0);
  });
});

it('a stream that fails within harms nobody', async () => {
  const own = createSteppedClock();
  let isBroken = false;
  const now = () => {
    if (isBroken) throw new Error('x');
    return own.now();
  };
  const { transport, lose, last, evidence } = await listen(0.9, { clock: { ...own, now } });
  last().open();
  await lose(1013);
  isBroken = true;
  const later = vi.spyOn(globalThis, 'setTimeout');
  onTestFinished(() => later.mockRestore());
  transport.notePage?.({ type: 'network.online' });
  expect(later).not.toHaveBeenCalled();
  expect(evidence).toEqual([{ type: 'network.online' }]);
});

describe('the token of a stream (A-1)', () => {
  const tokens = () => {
    let issued = 0;
    return { issued: () => issued, token: () => `token-${++issued}` };
  };

  it('may be why it is ended by a policy before anything was answered: one other is tried, once', async () => {
    const { token, issued } = tokens();
    const { clock, sockets, lose, lost, last, admit, stop } = await listen(0.9, { token });
    for (const [nth, expected] of [2, 2, 2].entries()) {
      last().open();
      await lose(1008);
      await clock.advance(lost()[nth] ?? 0);
      expect(issued()).toBe(expected);
    }
    await admit();
    await lose(1008);
    await clock.advance(lost().at(-1) ?? 0);
    expect(issued()).toBe(2);
    last().open();
    await lose(1008);
    await clock.advance(lost().at(-1) ?? 0);
    expect(issued()).toBe(3);
    expect(sockets.length).toBe(6);
    stop();
  });

  it('is not why, where it ends in another way', async () => {
    const { token, issued } = tokens();
    const { clock, lose, lost, last, stop } = await listen(0.9, { token });
    for (const code of [1006, 1013, 1000]) {
      last().open();
      await lose(code);
      await clock.advance(lost().at(-1) ?? 0);
    }
    expect(issued()).toBe(1);
    stop();
  });

  it('is not why, where there is no other', async () => {
    const { clock, told, lose, lost, last, sockets, stop } = await listen(0.9);
    last().open();
    await lose(1008);
    await clock.advance(lost()[0] ?? 0);
    expect(sockets).toHaveLength(2);
    expect(told.map(({ type }) => type)).toEqual(['stream.lost']);
    stop();
  });

  it.each([
    ['passes, and is asked for anew with the next attempt', new Error('offline'), ['stream.lost']],
    ['is final', new ConversationError({ code: 'unauthorized', message: 'x' }), ['stream.unauthorized']],
  ])('that cannot be had %s', async (_what, thrown, types) => {
    let asked = 0;
    const { clock, told, lost, sockets, stop } = await listen(0.9, {
      token: () => {
        asked += 1;
        if (asked === 1) throw thrown;
        return 'token';
      },
    });
    expect(told.map(({ type }) => type)).toEqual(types);
    expect(sockets).toHaveLength(0);
    await clock.advance(lost()[0] ?? 60_000);
    expect(sockets).toHaveLength(types.includes('stream.lost') ? 1 : 0);
    stop();
  });

  it('that comes when nobody listens any more opens nothing', async () => {
    let give: (token: string) => void = () => {};
    const signals: AbortSignal[] = [];
    const { clock, sockets, stop } = await listen(0.5, {
      token: ({ signal }) => {
        signals.push(signal);
        return new Promise((resolve) => {
          give = resolve;
        });
      },
    });
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    stop();
    await clock.settle();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    give('late');
    await clock.settle();
    expect(sockets).toEqual([]);
  });
});

it('a socket that cannot even be made is a stream that is lost', async () => {
  let made = 0;
  class Broken {
    constructor() {
      made += 1;
      throw new Error('x');
    }
  }
  const { clock, lost, stop } = await listen(0.9, { events: eventStream({ webSocket: Broken as never }) });
  expect(lost()).toHaveLength(1);
  await clock.advance(lost()[0] ?? 0);
  expect(made).toBe(2);
  expect(lost()).toHaveLength(2);
  stop();
});

it('a wait that is set is waited for, and one that is left undefined is as ever', async () => {
  const { Socket, sockets } = createSockets();
  const timing = { connect: 2000, quiet: undefined };
  const { clock, lost, stop } = await listen(0.5, {
    events: eventStream({ webSocket: Socket, timing: timing as never }),
  });
  sockets[0]?.open();
  await clock.advance(1999);
  expect(lost()).toEqual([]);
  await clock.advance(1);
  expect(lost()).toHaveLength(1);
  stop();
});
