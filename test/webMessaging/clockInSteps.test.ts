import { describe, expect, it } from 'vitest';
import { bare, createSession, sessionResponse, structured } from '../support/socketScript.ts';

/** A browser's clock that is made coarse against fingerprinting: a timer may find that its time has not come (L-3). */
const step = 64;
const timing = { quiet: 45_011, settle: 5003, notice: 300_007 };
/** The answer to a health check, without a word on the session's end. */
const health = {
  ...structured({ type: 'Text', text: 'ping', direction: 'Inbound', id: 'h' }),
  type: 'response',
  tracingId: 'SGVhbHRoQ2hlY2tNZXNzYWdlSWQ=',
};
const starts = [0, 7, 13, 29, 41, 57];

async function begin(start: number, body: object = {}) {
  const asked: number[] = [];
  const session = createSession(
    {
      timing,
      fetch: async () => {
        asked.push(session.clock.now());
        return new Response('', { status: 503 });
      },
    },
    step,
  );
  await session.clock.advance(start);
  await session.configure(body);
  const left = (action: string): number =>
    session.sockets.flatMap(({ sent }) => sent).filter((frame) => frame.action === action).length;
  const admit = async (resumed: object) => {
    session.socket().open();
    await session.clock.settle();
    await session.receive(sessionResponse({ newSession: false, ...resumed }));
    await session.receive(bare('JwtResponse', { jwt: 'j', exp: 4_000_000_000 }));
    await session.clock.settle();
  };
  return { ...session, asked, left, admit };
}

describe.each(starts)(
  'on a clock that moves in steps, from %i ms on, nothing is late by more than one',
  (start) => {
    it('not the next socket (W-3)', async () => {
      const { clock, sockets, socket, of, messaging } = await begin(start);
      for (let lost = 1; lost < 5; lost += 1) {
        socket().end(1006);
        await clock.settle();
        await clock.advance((of('session.reconnecting').at(-1)?.msLeft ?? 0) + step);
        expect(sockets).toHaveLength(lost + 1);
      }
      messaging.stop();
    });

    it('not the question whether the link lives (W-8)', async () => {
      const { clock, receive, left, messaging } = await begin(start);
      await clock.advance(10_007);
      await receive(bare('Anything'));
      await clock.advance(timing.quiet - step);
      expect(left('echo')).toBe(0);
      await clock.advance(2 * step);
      expect(left('echo')).toBe(1);
      messaging.stop();
    });

    it('not the end of a silence that was made longer meanwhile (L-1)', async () => {
      const { clock, receive, of, left, messaging } = await begin(start);
      await receive(bare('TooManyRequestsErrorMessage', { retryAfter: 3 }));
      messaging.sendMessage('hello').catch(() => {});
      await clock.advance(1000);
      await receive(bare('TooManyRequestsErrorMessage', { retryAfter: 9 }));
      const msLeft = of('session.limited').at(-1)?.msLeft ?? 0;
      await clock.advance(msLeft - step);
      expect(left('onMessage')).toBe(0);
      await clock.advance(2 * step);
      expect(left('onMessage')).toBe(1);
      messaging.stop();
    });

    it('not what is told and asked of an end that was put off (W-9)', async () => {
      const { clock, receive, of, left, messaging } = await begin(start, { durationSeconds: 3600 });
      const alive = async (ms: number) => {
        for (let rest = ms; rest > 0; rest -= 5000) {
          await clock.advance(Math.min(rest, 5000));
          await receive(bare('Anything'));
        }
      };
      await alive(100_000);
      const channel = { time: '2026-01-01T00:00:00.000Z', messageId: 'cm1' };
      await receive(structured({ id: 'm1', type: 'Text', text: 'hi', channel, direction: 'Outbound' }));
      await alive(3_600_000 - timing.notice - 10_000 - step);
      expect(left('echo')).toBe(0);
      await clock.advance(2 * step);
      expect(left('echo')).toBe(1);
      await receive(health);
      await clock.advance(10_000);
      expect(of('session.expiring')).toHaveLength(1);
      const before = left('echo');
      await alive(timing.notice + 2000 - 2 * step);
      expect(left('echo')).toBe(before);
      await clock.advance(2 * step);
      expect(left('echo')).toBe(before + 1);
      messaging.stop();
    });

    it.each([
      ['that can be talked in', {}],
      ['that can be looked at', { readOnly: true }],
    ])('not a look into history for what was missed, in a session %s (I-1)', async (_, resumed) => {
      const { clock, socket, of, asked, admit, messaging } = await begin(start);
      socket().end(4200);
      await clock.advance(0);
      await admit(resumed);
      await clock.advance(timing.settle + step);
      await clock.advance(2 * timing.settle + step);
      expect(asked).toHaveLength(3);
      expect(of('session.gap')).toHaveLength(1);
      messaging.stop();
    });

    it('not a look into history for a message without an echo (W-6)', async () => {
      const { clock, receive, of, asked, messaging } = await begin(start);
      messaging.sendMessage('hello').catch(() => {});
      await clock.advance(10_000);
      await receive(bare('JwtResponse', { jwt: 'j', exp: 4_000_000_000 }));
      await clock.settle();
      for (let failures = 1; failures < 10 && of('message.failed').length === 0; failures += 1) {
        expect(asked).toHaveLength(failures);
        await clock.advance(failures * timing.settle + step);
      }
      expect(of('message.failed')).toHaveLength(1);
      messaging.stop();
    });
  },
);
