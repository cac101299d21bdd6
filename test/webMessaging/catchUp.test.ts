import fc from 'fast-check';
import { createConversation, type WebMessagingOptions } from 'genesys-conversation-machine';
import { describe, expect, it } from 'vitest';
import { createMessengerWorld } from '../support/messengerWorld.ts';
import { sample } from '../support/sample.ts';
import { bare, createSession, plainError, sessionResponse } from '../support/socketScript.ts';

async function createChat({
  luck = 0.5,
  latency = 40,
  ...options
}: { readonly luck?: number; readonly latency?: number } & Partial<WebMessagingOptions> = {}) {
  const { clock, messenger, makeSession } = createMessengerWorld(latency);
  const make = () => {
    const messaging = makeSession({ random: () => luck, ...options });
    const heard: string[] = [];
    const late: string[] = [];
    const listen = (text = '', isCaughtUp?: true): void => {
      heard.push(text);
      if (isCaughtUp) late.push(text);
    };
    messaging.on('message.received', ({ message }) => listen(message.text, message.isCaughtUp));
    messaging.on('message.mirrored', ({ message }) => listen(message.text, message.isCaughtUp));
    let gaps = 0;
    messaging.on('session.gap', () => {
      gaps += 1;
    });
    return { messaging, heard, late, gaps: () => gaps };
  };
  const guest = make();
  guest.messaging.connect().catch(() => {});
  await clock.advance(1000);
  return { clock, messenger, make, ...guest };
}

describe('what was said while the socket was down (I-1)', () => {
  it('comes in order, once, marked as caught up, and counts as unread', async () => {
    const { clock, messenger, messaging, heard, late, gaps } = await createChat();
    const conversation = createConversation({ transport: messaging, clock }).start();
    messenger.say('one');
    await clock.advance(100);
    messenger.cut('loses');
    messenger.say('while away');
    await clock.advance(1050);
    messenger.say('three');
    await clock.advance(10_000);
    messenger.say('four');
    await clock.advance(10_000);
    expect(heard).toEqual(['one', 'while away', 'three', 'four']);
    expect(late).toContain('while away');
    expect(late).not.toContain('four');
    expect(conversation.unread).toBe(4);
    conversation.viewed('message-2');
    expect(conversation.unread).toBe(2);
    expect(gaps()).toBe(0);
    conversation.stop();
    messaging.stop();
  });

  it('is waited for by what comes in live, but not for long', async () => {
    const { clock, messenger, messaging, heard } = await createChat({ latency: 400 });
    messenger.cut('loses');
    messenger.say('away');
    await clock.advance(2000);
    messenger.say('live');
    messenger.failHistory(1);
    await clock.advance(60_000);
    expect([...heard].sort()).toEqual(['away', 'live']);
    messaging.stop();
  });

  it('is waited for by what overtakes the answer to configureSession, until that comes or the connection goes', async () => {
    const { clock, messenger, messaging, heard } = await createChat({ latency: 390 });
    await clock.advance(5000);
    messenger.say('away');
    await clock.advance(389);
    messaging.freeze();
    await clock.advance(3000);
    messaging.resume();
    await clock.advance(390);
    messenger.say('live, before the answer');
    await clock.advance(545);
    messenger.deafen();
    await clock.advance(60_000);
    expect(heard).toEqual(['away', 'live, before the answer']);
    messaging.stop();
  });

  it('includes what was said to a session that began behind the back of the guest: its answer was lost', async () => {
    const { clock, messenger, messaging, heard, gaps } = await createChat();
    const { conversationId } = messaging;
    messenger.say('of the old one');
    await clock.advance(100);
    messenger.expire();
    await clock.advance(100);
    expect(messaging.state).toBe('failed');
    messaging.connect().catch(() => {});
    await clock.advance(85); // The socket opened, and configureSession has arrived.
    expect(messenger.tokens()).toHaveLength(1);
    messenger.cut('loses');
    messenger.say('a greeting');
    await clock.advance(30_000);
    expect(heard).toEqual(['of the old one', 'a greeting']);
    expect(messaging.conversationId).not.toBe(conversationId);
    expect(gaps()).toBe(0);
    messaging.stop();
  });

  it('may be more than one page', async () => {
    const { clock, messenger, messaging, heard, gaps } = await createChat();
    messenger.say('first');
    await clock.advance(100);
    messenger.cut('loses');
    const texts = Array.from({ length: 60 }, (_, number) => `away ${number}`);
    for (const text of texts) messenger.say(text);
    await clock.advance(10_000);
    expect(heard).toEqual(['first', ...texts]);
    expect(messenger.asked).toEqual([1, 2, 3]);
    expect(gaps()).toBe(0);
    messaging.stop();
  });

  it('is looked for no further back than to what was told', async () => {
    const { clock, messenger, messaging, heard } = await createChat();
    const before = Array.from({ length: 60 }, (_, number) => `before ${number}`);
    for (const text of before) messenger.say(text);
    await clock.advance(100);
    messenger.cut('loses');
    messenger.say('away');
    await clock.advance(10_000);
    expect(heard).toEqual([...before, 'away']);
    expect(messenger.asked).toEqual([1]);
    messaging.stop();
  });

  it('is told to be missing, once, where it is more than is looked through', async () => {
    const { clock, messenger, messaging, heard, gaps } = await createChat();
    messenger.say('first');
    await clock.advance(100);
    messenger.cut('loses');
    for (let number = 0; number < 300; number += 1) messenger.say(`away ${number}`);
    await clock.advance(120_000);
    expect(messenger.asked).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(gaps()).toBe(1);
    expect(heard.at(-1)).toBe('away 299');
    messaging.stop();
  });

  it('is told to be missing where history cannot be had, once', async () => {
    const { clock, messenger, messaging, heard, gaps } = await createChat();
    messenger.failHistory(100);
    messenger.cut('loses');
    messenger.say('away');
    await clock.advance(120_000);
    expect(gaps()).toBe(1);
    expect(heard).toEqual([]);
    messaging.stop();
  });

  it('is told to be missing where the server knows the session no more, and not where the guest began anew', async () => {
    const { clock, messenger, messaging, gaps } = await createChat();
    const renewed = messaging.startNew();
    renewed.catch(() => {});
    await clock.advance(1000);
    expect(gaps()).toBe(0);
    messenger.cut('loses');
    messenger.forget();
    await clock.advance(30_000);
    expect(messaging.state).toBe('configured');
    expect(gaps()).toBe(1);
    messaging.stop();
  });

  it('does not include what was there before: a session that another page began tells only what was missed', async () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    };
    const { clock, messenger, messaging, make } = await createChat({ storage });
    messenger.say('of the first page');
    await clock.advance(100);
    messaging.stop();
    const second = make();
    second.messaging.connect();
    await clock.advance(2000);
    messenger.cut('loses');
    messenger.say('away');
    await clock.advance(20_000);
    expect(second.heard).toEqual(['away']);
    expect(second.gaps()).toBe(0);
    second.messaging.stop();
  });

  it('includes what the guest wrote elsewhere, and settles what left here', async () => {
    const { clock, messenger, messaging, heard } = await createChat();
    const sent = messaging.sendMessage('mine');
    await clock.advance(45);
    messenger.cut('delivers');
    messenger.say('theirs');
    await clock.advance(60_000);
    await expect(sent).resolves.toMatchObject({ messageId: expect.any(String) });
    expect(messenger.accepted).toHaveLength(1);
    expect(heard).toEqual(['theirs']);
    messaging.stop();
  });

  it('comes once, whatever is cut, goes deaf or fails: ten cuts at random', async () => {
    const moment = fc.integer({ min: 0, max: 120_000 });
    const trouble = fc.record({ at: moment, how: fc.constantFrom('cut', 'cut', 'deaf', 'freeze', 'close') });
    await fc.assert(
      fc.asyncProperty(
        fc.array(trouble, { minLength: 10, maxLength: 10 }),
        fc.array(moment, { minLength: 1, maxLength: 25 }),
        fc.integer({ min: 1, max: 400 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        async (troubles, says, latency, luck) => {
          const { clock, messenger, messaging, heard, gaps } = await createChat({ latency, luck });
          await clock.advance(5000);
          const conversation = createConversation({ transport: messaging, clock }).start();
          const start = clock.now();
          const steps = [
            ...troubles.map(({ at, how }) => ({
              at,
              run: () => {
                if (how === 'cut') messenger.cut('loses');
                if (how === 'deaf') messenger.deafen();
                if (how === 'freeze') messaging.freeze();
                if (how === 'close') messaging.close();
              },
            })),
            ...troubles.map(({ at }) => ({
              at: at + 3000,
              run: () => {
                messaging.resume();
                messaging.connect().catch(() => {});
              },
            })),
            ...says.map((at) => ({ at, run: () => messenger.say(`at ${at}`) })),
          ].sort((one, other) => one.at - other.at);
          for (const { at, run } of steps) {
            await clock.advance(Math.max(0, start + at - clock.now()));
            run();
          }
          await clock.advance(600_000);
          const said = messenger.history.map(({ text }) => text);
          expect(heard).toEqual(said);
          expect(conversation.unread).toBe(said.length);
          expect(gaps()).toBe(0);
          conversation.stop();
          messaging.stop();
          await clock.settle();
          expect(clock.timers).toBe(messenger.inFlight);
        },
      ),
      { numRuns: sample(15, 300) },
    );
  }, 120_000);
});

describe('a session that was lost and had again', () => {
  /** Owes a look into history, which is answered so. */
  async function owing(answer: () => Response | Promise<Response>, isOwn = true) {
    const asked: number[] = [];
    const session = createSession({
      fetch: async () => {
        asked.push(session.clock.now());
        return answer();
      },
    });
    const resume = async (newSession = false) => {
      session.socket().open();
      await session.clock.settle();
      await session.receive(sessionResponse({ newSession }));
      await session.receive(bare('JwtResponse', { jwt: 'j', exp: 4_000_000_000 }));
      await session.clock.settle();
    };
    if (isOwn) {
      await session.configure();
      session.socket().end(4200);
    } else session.messaging.connect().catch(() => {});
    await session.clock.settle();
    const start = session.clock.now();
    await resume();
    /** Nothing but the server's silence passes the time. */
    const during = async (ms: number) => {
      for (let left = ms; left > 0; left -= 5000) {
        await session.clock.advance(Math.min(left, 5000));
        await session.receive(bare('Anything'));
      }
    };
    return {
      session,
      asked: () => asked.map((at) => at - start),
      gaps: () => session.of('session.gap').length,
      during,
      resume,
    };
  }
  const failing =
    (status: number, headers: Record<string, string> = {}) =>
    () =>
      new Response('', { status, headers });
  const never = () => new Promise<Response>(() => {});

  it('asks three times, later each time, and then says that something may be missing (I-1)', async () => {
    const { session, asked, gaps, during } = await owing(failing(503));
    await during(14_999);
    expect(asked()).toEqual([0, 5000]);
    expect(gaps()).toBe(0);
    await during(100_000);
    expect(asked()).toEqual([0, 5000, 15_000]);
    expect(gaps()).toBe(1);
    session.messaging.stop();
  });

  it('and was begun elsewhere misses nothing where history cannot be had (I-1)', async () => {
    const { session, asked, gaps, during } = await owing(failing(503), false);
    await during(100_000);
    expect(asked()).toEqual([0, 5000, 15_000]);
    expect(gaps()).toBe(0);
    session.messaging.stop();
  });

  it('and was wiped asks for nothing of it (I-1)', async () => {
    const { session, asked, gaps, during } = await owing(failing(503));
    await session.receive(bare('SessionClearedEvent'));
    await during(100_000);
    expect(asked()).toEqual([0]);
    expect(gaps()).toBe(0);
    session.messaging.stop();
  });

  it('and is not there any more was missed since it was closed (I-1)', async () => {
    const { session, gaps, resume } = await owing(() => Response.json({ entities: [] }));
    session.messaging.close();
    session.messaging.connect().catch(() => {});
    await session.clock.settle();
    await resume(true);
    expect(gaps()).toBe(1);
    session.messaging.stop();
  });

  it('asks ten times where history is only asked too often, each time as late as it says', async () => {
    const { session, asked, gaps, during } = await owing(failing(429, { 'Retry-After': '7' }));
    await during(62_999);
    expect(asked()).toHaveLength(9);
    expect(asked().every((at, nth) => at === nth * 7000)).toBe(true);
    expect(gaps()).toBe(0);
    await during(100_000);
    expect(asked()).toHaveLength(10);
    expect(gaps()).toBe(1);
    session.messaging.stop();
  });

  it.each([
    ['a logout', bare('LogoutEvent'), 1],
    ['a sign-in elsewhere', bare('ConnectionClosedEvent', { reason: 'signedIn' }), 1],
    ['an expiry', bare('SessionExpiredEvent'), 1],
    ['a session that is not there', plainError(4007), 1],
    ['too many connections, which leave the session', bare('ConnectionClosedEvent'), 0],
    ['a refusal, which leaves it', 4000, 0],
    ['an end by request, which leaves it', null, 0],
  ])('and ends with %s says what was missed where it cannot be had any more', async (_, end, expected) => {
    const { session, asked, gaps, resume } = await owing(never);
    expect(asked()).toEqual([0]);
    if (end === null) session.messaging.close();
    else if (typeof end === 'number') session.socket().end(end);
    else await session.receive(end);
    expect(['closed', 'failed']).toContain(session.messaging.state);
    expect(gaps()).toBe(expected);
    session.messaging.connect().catch(() => {});
    await session.clock.settle();
    await resume(expected === 1);
    expect(asked()).toHaveLength(expected === 1 ? 1 : 2);
    expect(gaps()).toBe(expected);
    session.messaging.stop();
  });
});
