import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bare,
  createSession,
  echoes,
  health,
  plainError,
  sessionResponse,
  structured,
} from '../support/socketScript.ts';

const hour = 3_600_000;
const _spoken = {
  id: 'm1',
  type: 'Text',
  text: 'hi',
  channel: { time: '2026-01-01T00:00:00.000Z', messageId: 'cm1' },
};
const again = (session: ReturnType<typeof createSession>) => session.sockets.length;

describe('the end of a socket', () => {
  it.each([
    ['1000', 1000, 'closed'],
    ['1001', 1001, 'reconnecting'],
    ['no code', 1005, 'reconnecting'],
    ['1006', 1006, 'reconnecting'],
    ['1002', 1002, 'reconnecting'],
    ['1003', 1003, 'reconnecting'],
    ['1007', 1007, 'reconnecting'],
    ['1010', 1010, 'reconnecting'],
    ['1008', 1008, 'reconnecting'],
    ['1009', 1009, 'reconnecting'],
    ['1011', 1011, 'reconnecting'],
    ['1012', 1012, 'reconnecting'],
    ['1013', 1013, 'reconnecting'],
    ['1014', 1014, 'reconnecting'],
    ['1015', 1015, 'reconnecting'],
    ['4000', 4000, 'failed'],
    ['4099', 4099, 'failed'],
    ['4100', 4100, 'reconnecting'],
    ['4200', 4200, 'configuring'],
    ['4300', 4300, 'reconnecting'],
    ['4999', 4999, 'reconnecting'],
    ['3000', 3000, 'reconnecting'],
  ])('%s', async (_, code, expected) => {
    const session = createSession();
    const socket = await session.configure();
    socket.end(code);
    await session.clock.settle();
    if (code === 4200) {
      expect(again(session)).toBe(2);
      session.socket().open();
    }
    expect(session.messaging.state).toBe(expected);
    expect(socket.listeners).toBe(0);
    session.messaging.stop();
  });

  it.each([1002, 1003, 1007, 1008, 1010, 1015])('%i is answered with one more attempt only', async (code) => {
    const session = createSession();
    for (const expected of ['reconnecting', 'failed']) {
      await (again(session) === 0 ? session.configure() : session.connect());
      session.socket().end(code);
      await session.clock.settle();
      expect(session.messaging.state).toBe(expected);
    }
    expect(session.of('session.failed')[0]?.failure.message).toContain(String(code));
    session.messaging.stop();
  });

  it.each([
    [1002, 'network'],
    [1007, 'network'],
    [1008, 'forbidden'],
    [4000, 'forbidden'],
    [4099, 'forbidden'],
  ])('%i, which would come again, is told as %s', async (closed, code) => {
    const session = createSession();
    while (session.messaging.state !== 'failed') {
      await session.connect();
      session.socket().end(closed);
      await session.clock.settle();
    }
    expect(session.of('session.failed')[0]?.failure).toMatchObject({
      code,
      message: expect.stringContaining(`code ${closed}`),
    });
    session.messaging.stop();
  });

  it.each([
    [4100, 1000],
    [4199, 1000],
    [4300, 0],
    [1006, 0],
  ])('%i is followed by another socket, not before %i ms are over (W-3)', async (code, least) => {
    const session = createSession({ random: () => 0 });
    await session.configure();
    session.socket().end(code);
    expect(session.of('session.reconnecting')).toEqual([
      { type: 'session.reconnecting', attempt: 1, msLeft: expect.any(Number) },
    ]);
    const { msLeft = 0 } = session.of('session.reconnecting')[0] ?? {};
    expect(msLeft).toBeGreaterThanOrEqual(least);
    await session.clock.advance(msLeft);
    expect(again(session)).toBe(2);
    session.messaging.stop();
  });

  it.each([4200, 4299])('%i is followed by another at once, whatever is drawn', async (code) => {
    const session = createSession({ random: () => 0.999 });
    await session.configure();
    session.socket().end(code);
    await session.clock.settle();
    expect(again(session)).toBe(2);
    session.messaging.stop();
  });

  it('the second immediate attempt is not immediate', async () => {
    const session = createSession();
    await session.configure();
    session.socket().end(4200);
    await session.clock.settle();
    session.socket().end(4200);
    await session.clock.settle();
    expect(session.messaging.state).toBe('reconnecting');
    session.messaging.stop();
  });

  it('1009 fails the message that killed the socket, so that it kills no other', async () => {
    const session = createSession();
    await session.configure();
    const sent = session.messaging.sendMessage('big');
    await session.clock.settle();
    session.socket().end(1009);
    await expect(sent).rejects.toMatchObject({ code: 'bad-request' });
    session.messaging.stop();
  });

  it.each([
    [401, 'failed', 'unauthorized'],
    [403, 'failed', 'forbidden'],
    [404, 'failed', 'not-found'],
    [410, 'failed', 'not-found'],
    [400, 'failed', 'bad-request'],
    [407, 'reconnecting', ''],
    [429, 'reconnecting', ''],
    [503, 'reconnecting', ''],
    [500, 'reconnecting', ''],
    [200, 'reconnecting', ''],
  ])('a handshake refused with %i, twice: once may be a proxy (A-0)', async (status, state, code) => {
    const session = createSession();
    session.messaging.connect();
    await session.clock.settle();
    session.socket().end(1006, `Unexpected server response: ${status}`);
    expect(session.messaging.state).toBe('reconnecting');
    await session.clock.advance(5000);
    session.socket().end(1006, `Unexpected server response: ${status}`);
    expect(session.messaging.state).toBe(state);
    if (state === 'failed') {
      const { failure } = session.of('session.failed')[0] ?? {};
      expect(failure).toMatchObject({ code, status });
      expect(failure?.message).toContain(`refused with status ${status}; check the deployment id`);
      await session.clock.advance(hour);
      expect(session.sockets).toHaveLength(2);
    }
    session.messaging.stop();
  });

  it('a handshake that a proxy refused once ends nothing (A-0)', async () => {
    const session = createSession();
    session.messaging.connect();
    await session.clock.settle();
    session.socket().end(1006, 'Unexpected server response: 403');
    await session.clock.advance(5000);
    session.socket().open();
    session.socket().receive(sessionResponse());
    expect(session.messaging.state).toBe('configured');
    session.messaging.stop();
  });

  it('where nobody tells the status, failing handshakes make it look at the deployment again', async () => {
    let status = 'Active';
    let asked = 0;
    const session = createSession({
      config: 'load',
      fetch: () => {
        asked += 1;
        return Promise.resolve(Response.json({ status }));
      },
    });
    session.messaging.connect();
    await session.clock.settle();
    status = 'Inactive';
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      session.socket().end(1006);
      await session.clock.advance(session.of('session.reconnecting').at(-1)?.msLeft ?? 0);
      await session.clock.settle();
    }
    expect(asked).toBe(2);
    expect(session.of('session.failed')[0]?.failure.code).toBe('forbidden');
    expect(again(session)).toBe(3);
  });

  it('a close reason of the server appears nowhere', async () => {
    const session = createSession();
    await session.configure();
    session.socket().end(4001);
    expect(JSON.stringify([session.emitted, session.logged])).not.toContain('reason":"\\u001b');
    session.messaging.stop();
  });
});

describe('reconnecting (W-3)', () => {
  it('waits a random time up to a bound that doubles and is capped', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 0.999, noNaN: true }), async (random) => {
        const session = createSession({ random: () => random });
        session.messaging.connect();
        await session.clock.settle();
        for (let attempt = 1; attempt <= 8; attempt += 1) {
          session.socket().end(1006);
          const { msLeft, attempt: told } = session.of('session.reconnecting').at(-1) as never as {
            msLeft: number;
            attempt: number;
          };
          expect(told).toBe(attempt);
          expect(Number.isInteger(msLeft)).toBe(true);
          expect(msLeft).toBeLessThanOrEqual(Math.min(30_000, 1000 * 2 ** attempt));
          const before = again(session);
          await session.clock.advance(Math.max(0, msLeft - 1));
          if (msLeft > 1) expect(again(session)).toBe(before);
          await session.clock.advance(1);
          expect(again(session)).toBe(before + 1);
        }
        session.messaging.stop();
      }),
      { numRuns: 25 },
    );
  });

  it('waits anything up to the bound, the first time as well', async () => {
    const waits: number[] = [];
    for (let seed = 0; seed < 1; seed += 0.02) {
      const session = createSession({ random: () => seed });
      session.messaging.connect();
      await session.clock.settle();
      session.socket().end(1006);
      waits.push(session.of('session.reconnecting')[0]?.msLeft ?? 0);
      session.messaging.stop();
    }
    expect(Math.min(...waits)).toBeLessThan(400);
    expect(Math.max(...waits)).toBeGreaterThan(1600);
    expect(Math.max(...waits)).toBeLessThanOrEqual(2000);
  });

  it('keeps the token, asks for no new session, and resumes (W-2)', async () => {
    const session = createSession();
    const socket = await session.configure();
    const { conversationId } = session.messaging;
    socket.end(1006);
    await session.clock.advance(2000);
    session.socket().open();
    session.socket().receive(sessionResponse({ newSession: false }));
    expect(session.socket().sent[0]).toMatchObject({
      action: 'configureSession',
      token: socket.sent[0]?.token,
      startNew: false,
    });
    expect(session.messaging.conversationId).toBe(conversationId);
    expect(session.told.map(({ type }) => type)).toEqual([
      'network.offline',
      'network.online',
      'conversation.opened',
      'network.offline',
      'network.online',
      'conversation.opened',
    ]);
    session.messaging.stop();
  });

  it('is another conversation where the server knew nothing of the session any more', async () => {
    const session = createSession();
    await session.configure();
    const before = session.messaging.conversationId;
    session.socket().end(1006);
    await session.clock.advance(2000);
    session.socket().open();
    session.socket().receive(sessionResponse({ newSession: true }));
    expect(session.messaging.conversationId).not.toBe(before);
    session.messaging.stop();
  });

  it('is given up after a while, and nothing is left then', async () => {
    const session = createSession();
    const up = session.messaging.connect();
    await session.clock.advance(hour);
    expect(session.messaging.state).toBe('failed');
    await expect(up).rejects.toMatchObject({
      code: 'network',
      message: 'The connection was lost and could not be had again; check the network, then connect again.',
    });
    expect(session.clock.timers).toBe(0);
    expect(session.sockets.every(({ listeners }) => listeners === 0)).toBe(true);
    const tried = again(session);
    expect(tried).toBeGreaterThan(5);
    await session.connect();
    expect(again(session)).toBe(tried + 1);
    session.messaging.stop();
  });

  it('takes each end for what it is, whatever the one before was', async () => {
    const resumed = async (session: ReturnType<typeof createSession>) => {
      await session.clock.advance(2000);
      session.socket().open();
      await session.clock.settle();
      await session.receive(sessionResponse({ newSession: false }));
    };
    for (const [first, held, second, state, sockets] of [
      [1006, 0, 1002, 'reconnecting', 2],
      [1006, 0, 4200, 'connecting', 3],
      [4200, 0, 4200, 'reconnecting', 2],
      [4200, 5000, 4200, 'connecting', 3],
      [1002, 0, 1002, 'failed', 2],
      [1002, 0, 1006, 'reconnecting', 2],
      [1002, 5000, 1002, 'reconnecting', 2],
    ] as const) {
      const session = createSession();
      await session.configure();
      session.socket().end(first);
      await resumed(session);
      await session.clock.advance(held);
      session.socket().end(second);
      await session.clock.settle();
      expect([first, held, second, session.messaging.state, again(session)]).toEqual([
        first,
        held,
        second,
        state,
        sockets,
      ]);
      session.messaging.stop();
    }
  });

  it('is given up after its time, whatever may be tried, and after its tries, whatever the time', async () => {
    for (const [timing, least, most, tried] of [
      [{ reconnectWindow: 60_000, reconnectTries: 10_000 }, 60_000, 105_000, 20],
      [{ reconnectWindow: 3_600_000, reconnectTries: 4 }, 4000, 60_000, 4],
    ] as const) {
      const session = createSession({ timing: { ...timing, connect: 1000 } });
      const up = expect(session.messaging.connect()).rejects.toMatchObject({ code: 'network' });
      while (session.messaging.state !== 'failed') await session.clock.advance(100);
      await up;
      expect(session.clock.now()).toBeGreaterThanOrEqual(least);
      expect(session.clock.now()).toBeLessThan(most);
      expect(again(session)).toBeLessThanOrEqual(tried + 1);
      session.messaging.stop();
    }
  });

  it.each([
    [59_999, 'reconnecting'],
    [60_000, 'failed'],
  ])(
    'is given up by what is lost after its time, which is whole: %i ms after the first loss',
    async (ms, state) => {
      const { clock, configure, socket, messaging } = createSession({
        timing: { reconnectWindow: 60_000, connect: 100_000 },
      });
      await configure();
      await clock.advance(40_000);
      socket().end(1006);
      await clock.advance(ms);
      socket().end(1006);
      expect(messaging.state).toBe(state);
      messaging.stop();
    },
  );

  it('a socket that does not hold forgets no failure, one that holds does', async () => {
    const session = createSession();
    await session.configure();
    const attempts = () => session.of('session.reconnecting').map(({ attempt }) => attempt);
    for (const uptime of [4999, 4999, 5000, 0]) {
      await session.clock.advance(uptime);
      session.socket().end(1006);
      await session.clock.advance(session.of('session.reconnecting').at(-1)?.msLeft ?? 0);
      session.socket().open();
      session.socket().receive(sessionResponse({ newSession: false }));
    }
    expect(attempts()).toEqual([1, 2, 1, 2]);
    session.messaging.stop();
  });

  it('makes no attempt while offline, and none per flap', async () => {
    const session = createSession();
    await session.configure();
    session.socket().end(1006);
    for (let flap = 0; flap < 100; flap += 1) {
      session.messaging.offline();
      await session.clock.advance(50);
      session.messaging.online();
      await session.clock.advance(50);
    }
    expect(again(session)).toBeLessThanOrEqual(12);
    session.messaging.offline();
    const before = again(session);
    await session.clock.advance(hour);
    expect(again(session)).toBeLessThanOrEqual(before + 1);
    session.messaging.stop();
  });

  it('offline time does not use the window up, and going online is answered with jitter', async () => {
    const session = createSession();
    await session.configure();
    session.messaging.offline();
    session.socket().end(1006);
    await session.clock.advance(hour);
    expect(again(session)).toBe(1);
    session.messaging.online();
    await session.clock.advance(1000);
    expect(again(session)).toBe(2);
    session.socket().end(1006);
    expect(session.messaging.state).toBe('reconnecting');
    session.messaging.stop();
  });

  it('follows a network that went and came back while the socket lived', async () => {
    const session = createSession();
    await session.configure();
    session.messaging.offline();
    await session.clock.advance(100);
    session.messaging.online();
    await session.clock.advance(100);
    session.socket().end(1006);
    await session.clock.advance(5000);
    expect(again(session)).toBe(2);
    session.messaging.stop();
  });

  it('of a session that could be looked at for long begins a new count', async () => {
    const session = createSession({ timing: { reconnectTries: 2 } });
    await session.configure();
    session.socket().end(1006);
    await session.clock.advance(5000);
    session.socket().open();
    await session.receive(sessionResponse({ readOnly: true }));
    expect(session.messaging.state).toBe('readOnly');
    await session.clock.advance(hour);
    session.socket().end(1006);
    expect(session.messaging.state).toBe('reconnecting');
    session.messaging.stop();
  });

  it('comes sooner when the user is back, once for each attempt', async () => {
    const session = createSession({ random: () => 0.9 });
    session.messaging.connect();
    await session.clock.settle();
    const waits = () => session.of('session.reconnecting').map(({ msLeft }) => msLeft);
    while ((waits().at(-1) ?? 0) < 5000) {
      session.socket().end(1006);
      if ((waits().at(-1) ?? 0) < 5000) await session.clock.advance(waits().at(-1) ?? 0);
    }
    const before = again(session);
    for (let show = 0; show < 20; show += 1) session.messaging.show();
    await session.clock.advance(1000);
    expect(again(session)).toBe(before + 1);
    session.messaging.stop();
  });

  describe('is not everybody’s at the same moment, and not put off', () => {
    /** How long after this the next socket is made, for a socket that was lost by `code`. */
    const waits = async (code: number, then: (session: ReturnType<typeof createSession>) => unknown) => {
      const found: number[] = [];
      for (let seed = 0; seed < 1; seed += 0.1) {
        const session = createSession({ random: () => seed });
        (await session.configure()).end(code);
        await then(session);
        const start = session.clock.now();
        while (again(session) < 2) await session.clock.advance(50);
        found.push(session.clock.now() - start);
        session.messaging.stop();
      }
      return found;
    };
    const spread = (found: readonly number[]) => Math.max(...found) - Math.min(...found);

    it('where somebody looks at the page again, once or often', async () => {
      const alone = await waits(1013, () => {});
      expect(Math.min(...alone)).toBeGreaterThanOrEqual(4000);
      const once = await waits(1013, ({ messaging }) => messaging.show());
      expect(Math.max(...once)).toBeLessThanOrEqual(1000);
      expect(spread(once)).toBeGreaterThan(300);
      const often = await waits(1013, ({ messaging }) => {
        for (let count = 0; count < 20; count += 1) messaging.show();
      });
      expect(often).toEqual(once);
    });

    it('where the network is back', async () => {
      const back = await waits(1006, async ({ messaging, clock }) => {
        messaging.offline();
        await clock.advance(60_000);
        messaging.online();
      });
      expect(Math.max(...back)).toBeLessThanOrEqual(1000);
      expect(spread(back)).toBeGreaterThan(300);
    });

    it('by a network that was away for a moment, or never', async () => {
      const alone = await waits(1013, () => {});
      const flickered = await waits(1013, ({ messaging }) => {
        messaging.offline();
        messaging.online();
      });
      expect(flickered).toEqual(alone);
      const told = await waits(1013, async ({ messaging, clock }) => {
        for (let count = 0; count < 40; count += 1) {
          messaging.online();
          await clock.advance(100);
        }
      });
      expect(told).toEqual(alone.map((wait) => Math.max(50, wait - 4000)));
    });
  });

  it('a page that is put away closes its socket, and opens one when it is back', async () => {
    const session = createSession();
    const socket = await session.configure();
    session.messaging.freeze();
    expect(socket.closes).toEqual([1000]);
    expect(session.clock.timers).toBe(0);
    await session.clock.advance(hour);
    expect(again(session)).toBe(1);
    session.messaging.resume();
    session.messaging.resume();
    await session.clock.settle();
    expect(again(session)).toBe(2);
    session.messaging.stop();
  });

  it('a socket of the past is heard no more (W-4)', async () => {
    const session = createSession();
    const old = await session.configure();
    old.end(1006);
    await session.clock.advance(2000);
    session.socket().open();
    session.socket().receive(sessionResponse({ newSession: false }));
    const before = session.emitted.length;
    old.receive(bare('LogoutEvent'));
    old.end(4000);
    expect(session.emitted).toHaveLength(before);
    expect(session.messaging.state).toBe('configured');
    session.messaging.stop();
  });

  it('a wall clock that is set back an hour changes nothing', async () => {
    const run = async (shift: number) => {
      const session = createSession();
      await session.configure({ durationSeconds: 900 });
      session.clock.shiftWall(shift);
      const seen: string[] = [];
      for (const [index, code] of [1006, 1011, 1013].entries()) {
        await session.clock.advance(46_000);
        session.socket().end(code);
        session.clock.shiftWall(index === 1 ? shift : 0);
        await session.clock.advance(30_000);
        seen.push(`${session.sockets.length} ${session.messaging.state} ${session.clock.now()}`);
        session.socket().open();
        session.socket().receive(sessionResponse({ newSession: false }));
      }
      session.messaging.show();
      const trace = JSON.stringify([session.emitted, seen]);
      session.messaging.stop();
      return trace;
    };
    expect(await run(-hour)).toBe(await run(0));
  });
});

describe('the link (W-4)', () => {
  it('silence is answered with a health check, and no answer with another socket at once', async () => {
    const session = createSession();
    const dead = await session.configure();
    await session.clock.advance(44_999);
    expect(echoes(session)).toBe(0);
    await session.clock.advance(1);
    expect(dead.sent.at(-1)).toEqual({
      action: 'echo',
      token: dead.sent[0]?.token,
      tracingId: 'SGVhbHRoQ2hlY2tNZXNzYWdlSWQ=',
      message: { type: 'Text', text: 'ping' },
    });
    await session.clock.advance(9999);
    expect(session.messaging.state).toBe('configured');
    await session.clock.advance(1);
    expect(session.messaging.state).toBe('reconnecting');
    expect(dead.listeners).toBe(0);
    expect(dead.readyState).toBe(2);
    await session.clock.advance(2000);
    expect(again(session)).toBe(2);
    session.messaging.stop();
  });

  it.each([
    ['the answer', health({ durationSeconds: '3600', expirationDate: '1790003600' })],
    ['any other frame', bare('Anything')],
    ['even one that nobody can read', '?'],
  ])('%s proves that it lives', async (_, frame) => {
    const session = createSession();
    await session.configure();
    for (let round = 0; round < 5; round += 1) {
      await session.clock.advance(45_000);
      await session.receive(frame);
    }
    await session.clock.advance(20_000);
    expect(session.messaging.state).toBe('configured');
    expect(echoes(session)).toBe(5);
    expect(session.of('message.mirrored')).toEqual([]);
    session.messaging.stop();
  });

  it('an answer in the older form is one as well, and is never shown', async () => {
    const session = createSession();
    await session.configure();
    await session.receive(
      structured({
        type: 'Text',
        text: 'ping',
        direction: 'Inbound',
        id: 'h',
        metadata: { customMessageId: 'SGVhbHRoQ2hlY2tNZXNzYWdlSWQ=' },
      }),
    );
    expect(session.kinds().at(-1)).toBe('session.checked');
    session.messaging.stop();
  });

  it('is checked at once when the user or the network is back, but never by a health check twice in 30 s (W-8)', async () => {
    const session = createSession();
    await session.configure();
    session.messaging.show();
    expect(echoes(session)).toBe(1);
    await session.receive(health());
    for (let count = 0; count < 10; count += 1) session.messaging.online();
    session.messaging.show();
    await session.clock.advance(1000);
    await session.receive(bare('JwtResponse', { jwt: 'j', exp: 1 }));
    await session.clock.advance(28_999);
    expect(echoes(session)).toBe(1);
    await session.clock.advance(1);
    session.messaging.show();
    expect(echoes(session)).toBe(2);
    session.messaging.stop();
  });

  it('a check that is wanted too soon is deferred, not dropped, and leaves once (W-8, W-9)', async () => {
    const session = createSession();
    await session.configure({ durationSeconds: 335 });
    session.messaging.show();
    await session.receive(health());
    await session.clock.advance(26_000);
    session.messaging.show();
    expect(session.socket().sent.at(-1)?.action).toBe('getJwt');
    await session.receive(bare('JwtResponse', { jwt: 'j', exp: 1 }));
    await session.clock.advance(3999);
    expect(echoes(session)).toBe(1);
    await session.clock.advance(1);
    expect(echoes(session)).toBe(2);
    await session.receive(health({ durationSeconds: '3600' }));
    for (let time = 0; time < 120_000; time += 10_000) {
      await session.clock.advance(10_000);
      await session.receive(bare('Anything'));
    }
    expect(echoes(session)).toBe(2);
    expect(session.of('session.expiring')).toEqual([]);
    session.messaging.stop();
  });

  it('a check that a session near its notice wants too soon leaves as soon as it may (W-8, W-9)', async () => {
    const session = createSession();
    const { clock, receive } = session;
    await session.configure({ durationSeconds: 330 });
    await clock.advance(10_000);
    session.messaging.show();
    await receive(health());
    await clock.advance(29_999);
    expect(echoes(session)).toBe(1);
    await clock.advance(1);
    expect(echoes(session)).toBe(2);
    session.messaging.stop();
  });

  it('that is slow but speaks is asked again, and kept (W-8)', async () => {
    const session = createSession();
    const socket = await session.configure();
    session.messaging.show();
    await session.clock.advance(2000);
    await session.receive(bare('Anything'));
    expect(socket.sent.at(-1)?.action).toBe('getJwt');
    await session.clock.advance(2000);
    await session.receive(health());
    await session.clock.advance(20_000);
    expect(session.sockets).toHaveLength(1);
    expect(session.messaging.state).toBe('configured');
    session.messaging.stop();
  });

  it.each([
    ['the answer', health(), 0],
    ['a token', bare('JwtResponse', { jwt: 'j', exp: 1 }), 0],
    ['an error', plainError(500), 0],
    ['a rate limit', bare('TooManyRequestsErrorMessage', { retryAfter: 1 }), 0],
    ['something else', bare('Anything'), 1],
  ])('that speaks is asked again unless that answers: %s (W-8)', async (_, frame, asked) => {
    const session = createSession();
    const socket = await session.configure();
    session.messaging.show();
    await session.clock.advance(2000);
    await session.receive(frame);
    await session.clock.advance(2000);
    await session.receive(bare('Anything'));
    await session.clock.advance(2000);
    expect(socket.sent.filter(({ action }) => action === 'getJwt')).toHaveLength(asked);
    session.messaging.stop();
  });

  it('is not doubted for what was asked of the one before it', async () => {
    const session = createSession();
    await session.configure({ durationSeconds: 335 });
    await session.receive(bare('TooManyRequestsErrorMessage', { retryAfter: 60, errorCode: 4029 }));
    await session.clock.advance(30_000);
    session.messaging.show();
    session.socket().end(1006);
    await session.clock.advance(40_000);
    session.socket().open();
    await session.receive(sessionResponse({ newSession: false, durationSeconds: 3600 }));
    await session.clock.advance(10_000);
    expect(session.sockets).toHaveLength(2);
    expect(echoes(session)).toBe(0);
    session.messaging.stop();
  });

  it('is checked when the clocks say that the machine slept', async () => {
    const session = createSession();
    await session.configure();
    session.messaging.hide();
    session.clock.shiftWall(8 * hour);
    session.messaging.hide();
    expect(echoes(session)).toBe(1);
    session.messaging.stop();
  });

  it('gives a peer up that sends nothing readable, or floods', async () => {
    for (const [frame, count] of [
      ['?', 21],
      [bare('Anything'), 2001],
    ] as const) {
      const session = createSession();
      const socket = await session.configure();
      for (let sent = 0; sent < count; sent += 1) socket.receive(frame);
      expect(session.messaging.state).toBe('reconnecting');
      expect(socket.listeners).toBe(0);
      session.messaging.stop();
    }
  });

  it('a typing signal that the socket does not take is dropped', async () => {
    const session = createSession();
    const socket = await session.configure();
    const call = {
      conversationId: session.messaging.conversationId as string,
      isTyping: true,
      attempt: 1,
      keepalive: false,
    };
    const type = () => session.messaging.sendTyping(call, { signal: new AbortController().signal });
    socket.throws = true;
    await expect(type()).rejects.toMatchObject({ code: 'network' });
    socket.throws = false;
    socket.bufferedAmount = 1_000_000;
    await expect(type()).rejects.toMatchObject({ code: 'network' });
    socket.bufferedAmount = 0;
    socket.readyState = 2;
    await expect(type()).rejects.toMatchObject({ code: 'network' });
    socket.readyState = 1;
    await expect(type()).resolves.toBeDefined();
    expect(socket.sent.at(-1)).toEqual({
      action: 'onMessage',
      token: socket.sent[0]?.token,
      tracingId: expect.any(String),
      message: { type: 'Event', events: [{ eventType: 'Typing', typing: { type: 'On' } }] },
    });
    session.messaging.stop();
  });

  it('an open socket without an answer to configureSession is replaced; so is one that does not open', async () => {
    const session = createSession();
    await session.connect();
    await session.clock.advance(10_000);
    expect(session.messaging.state).toBe('reconnecting');
    await session.clock.advance(2000);
    expect(again(session)).toBe(2);
    await session.clock.advance(15_000);
    expect(session.messaging.state).toBe('reconnecting');
    expect(session.sockets.every(({ sent }) => sent.length <= 1)).toBe(true);
    session.messaging.stop();
  });
});
