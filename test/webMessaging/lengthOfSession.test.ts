import { describe, expect, it } from 'vitest';
import {
  bare,
  createSession,
  echoes,
  echoOf,
  health,
  sessionResponse,
  structured,
} from '../support/socketScript.ts';

const spoken = {
  id: 'm1',
  type: 'Text',
  text: 'hi',
  channel: { time: '2026-01-01T00:00:00.000Z', messageId: 'cm1' },
};

describe('the length of a session', () => {
  it('is told before it ends, asked about before and after, and extended by messages alone (W-9)', async () => {
    const session = createSession();
    await session.configure({ durationSeconds: 3600 });
    const alive = async (ms: number) => {
      for (let left = ms; left > 0; left -= 5000) {
        await session.clock.advance(Math.min(left, 5000));
        session.socket().receive(bare('Anything'));
      }
    };
    await alive(3_289_999);
    expect(echoes(session)).toBe(0);
    await alive(1);
    expect(echoes(session)).toBe(1);
    await alive(10_000);
    expect(session.of('session.expiring')).toEqual([{ type: 'session.expiring', msLeft: 300_000 }]);
    session.messaging.sendMessage('still here');
    await session.clock.settle();
    session.socket().receive(echoOf(session.socket().sent.at(-1) as never, 'cm1'));
    expect(session.of('session.extended')).toEqual([{ type: 'session.extended', msLeft: 3_600_000 }]);
    await alive(3_600_000);
    expect(session.of('session.expiring')).toHaveLength(2);
    await alive(2000);
    expect(echoes(session)).toBe(3);
    session.socket().receive(bare('SessionExpiredEvent'));
    expect(session.messaging.state).toBe('failed');
    expect(session.clock.timers).toBe(0);
  });

  it.each([
    ['the answer to a health check', health],
    ['a word on the session', (body: object) => sessionResponse({ newSession: false, ...body })],
  ])('is told anew, and its end in time, where %s moves it nearer (W-9)', async (_, frame) => {
    const session = createSession();
    const { clock } = session;
    await session.configure({ durationSeconds: 3600 });
    await clock.advance(10_000);
    const moved = (msLeft: number) =>
      frame({ durationSeconds: 3600, expirationDate: (clock.wallNow() + msLeft) / 1000 });
    await session.receive(moved(400_000));
    expect(session.of('session.duration').at(-1)).toEqual({
      type: 'session.duration',
      durationMs: 3_600_000,
      msLeft: 400_000,
    });
    const alive = async (ms: number) => {
      await clock.advance(ms / 2);
      await session.receive(bare('Anything'));
      await clock.advance(ms / 2);
    };
    for (let count = 0; count < 2; count += 1) await alive(44_000);
    await clock.advance(1999);
    expect(echoes(session)).toBe(0);
    await clock.advance(1);
    expect(echoes(session)).toBe(1);
    await session.receive(bare('Anything'));
    await clock.advance(9999);
    expect(session.of('session.expiring')).toEqual([]);
    await clock.advance(1);
    expect(session.of('session.expiring')).toEqual([{ type: 'session.expiring', msLeft: 300_000 }]);
    session.messaging.stop();
  });

  it('is asked about once more when it is past, as often as the answer moves it a little (W-9)', async () => {
    const session = createSession();
    const { clock } = session;
    await session.configure({ durationSeconds: 3600 });
    const alive = async (ms: number) => {
      for (let left = ms; left > 0; left -= 9000) {
        await clock.advance(Math.min(left, 9000));
        await session.receive(bare('Anything'));
      }
    };
    await alive(3_600_000);
    const before = echoes(session);
    await clock.advance(2000);
    expect(echoes(session)).toBe(before + 1);
    const moved = { durationSeconds: 3600, expirationDate: (clock.wallNow() + 100_000) / 1000 };
    await session.receive(health(moved));
    await alive(101_999);
    expect(echoes(session)).toBe(before + 1);
    await clock.advance(1);
    expect(echoes(session)).toBe(before + 2);
    expect(session.of('session.expiring')).toHaveLength(1);
    expect(session.of('session.extended')).toEqual([]);
    await session.receive(structured({ ...spoken, direction: 'Outbound' }));
    expect(session.of('session.extended')).toEqual([{ type: 'session.extended', msLeft: 3_600_000 }]);
    session.messaging.stop();
  });

  it('is known by a date alone', async () => {
    for (const newSession of [true, false]) {
      const session = createSession();
      await session.configure({ newSession, expirationDate: (session.clock.wallNow() + 400_000) / 1000 });
      expect(session.of('session.duration')).toEqual([
        { type: 'session.duration', durationMs: null, msLeft: 400_000 },
      ]);
      session.messaging.stop();
    }
  });

  it('of a new one is its whole length, whatever the date', async () => {
    const session = createSession();
    const expirationDate = (session.clock.wallNow() + 400_000) / 1000;
    await session.configure({ durationSeconds: 3600, expirationDate });
    expect(session.of('session.duration').at(-1)).toMatchObject({ msLeft: 3_600_000 });
    session.messaging.stop();
  });

  it('is moved by no answer without a word on it, and by nothing that was said before', async () => {
    const session = createSession();
    const alive = async (ms: number) => {
      for (let left = ms; left > 0; left -= 9000) {
        await session.clock.advance(Math.min(left, 9000));
        await session.receive(health());
      }
    };
    await session.configure({ durationSeconds: 700 });
    await alive(100_000);
    session.messaging.actor.send({
      type: 'frame.message',
      direction: 'outbound',
      message: { messageId: 'm1', kind: 'text', sender: 'human', text: 'hi', isCaughtUp: true },
    });
    await alive(299_999);
    expect(session.of('session.expiring')).toEqual([]);
    await alive(1);
    expect(session.of('session.expiring')).toHaveLength(1);
    session.messaging.stop();
  });

  it.each([
    ['a date in the past', { durationSeconds: 3600, expirationDate: 1 }, 0],
    ['a date in a far future', { durationSeconds: 3600, expirationDate: 9_999_999_999 }, 3_600_000],
    ['eighteen months', { durationSeconds: 47_000_000 }, 2 ** 31 - 1],
    ['nonsense', { durationSeconds: -5, expirationDate: 'soon' }, null],
  ])('%s is clamped', async (_, body, msLeft) => {
    const session = createSession();
    await session.configure({ newSession: false, ...body });
    const told = session.of('session.duration').map((event) => event.msLeft);
    expect(told).toEqual(msLeft === null ? [] : [msLeft]);
    session.messaging.stop();
  });

  it('is asked about by a check that waits its turn, where it falls due while a doubt is asked (W-8, W-9)', async () => {
    const session = createSession();
    const { clock, messaging, receive } = session;
    await session.configure({ durationSeconds: 400 });
    const alive = async (ms: number) => {
      for (let left = ms; left > 0; left -= 5000) {
        await clock.advance(Math.min(left, 5000));
        await receive(bare('Anything'));
      }
    };
    await alive(390_000);
    messaging.show();
    await receive(health());
    await alive(11_000);
    const before = echoes(session);
    messaging.show();
    expect(session.socket().sent.at(-1)?.action).toBe('getJwt');
    await clock.advance(1000); // The end is past for 2 s, and the doubt is not answered yet.
    await receive(bare('JwtResponse', { jwt: 'j', exp: 1 }));
    await alive(17_999);
    expect(echoes(session)).toBe(before);
    await alive(1);
    expect(echoes(session)).toBe(before + 1);
    messaging.stop();
  });

  it('is told anew, and asked about in time, where it is moved nearer after it was told (W-9)', async () => {
    const session = createSession();
    const { clock, receive, messaging } = session;
    await session.configure({ durationSeconds: 335 });
    const alive = async (ms: number) => {
      for (let left = ms; left > 0; left -= 5000) {
        await clock.advance(Math.min(left, 5000));
        await receive(bare('Anything'));
      }
    };
    const moved = (msLeft: number) =>
      health({ durationSeconds: 3600, expirationDate: (clock.wallNow() + msLeft) / 1000 });
    await alive(25_000);
    expect(echoes(session)).toBe(1);
    await receive(moved(305_000));
    await clock.advance(4999);
    expect(session.of('session.expiring')).toEqual([]);
    await clock.advance(1);
    expect(session.of('session.expiring')).toEqual([{ type: 'session.expiring', msLeft: 300_000 }]);
    await alive(30_000);
    await receive(moved(50_000));
    await alive(51_999);
    const before = echoes(session);
    await clock.advance(1);
    expect(echoes(session)).toBe(before + 1);
    messaging.stop();
  });
});
