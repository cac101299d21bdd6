import { describe, expect, it } from 'vitest';
import { createMemoryStorage } from '../support/memoryStorage.ts';
import {
  bare,
  createSession,
  deploymentId,
  echoOf,
  sessionResponse,
  structured,
} from '../support/socketScript.ts';

const said = (id: string, direction = 'Outbound') => ({ id, type: 'Text', text: id, direction });
const typing = structured({
  type: 'Event',
  direction: 'Outbound',
  events: [{ eventType: 'Typing', typing: { type: 'On' } }],
});
const token = bare('JwtResponse', { jwt: 'j', exp: 4_000_000_000 });

/** The guest of a session that another page had before. */
const hadElsewhere = () =>
  createMemoryStorage({
    [`genesys-conversation-machine:${deploymentId}`]: JSON.stringify({
      version: 1,
      token: deploymentId,
      conversationId: deploymentId,
      used: true,
    }),
  });

/** A session that was had again, up to its open socket; history has these messages, the newest first, once `answer` is called. */
async function createResumed(...messages: readonly object[]) {
  let answer: (response: Response) => void = () => {};
  const session = createSession({
    fetch: () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  });
  const heard: string[] = [];
  for (const type of ['message.received', 'message.mirrored'] as const)
    session.messaging.on(type, ({ message }) => heard.push(message.text ?? ''));
  session.messaging.on('remote.typing', () => heard.push('typing'));
  const { clock, receive } = session;
  const reopen = async () => {
    await clock.settle();
    session.socket().open();
    await clock.settle();
  };
  await session.configure();
  session.socket().end(4200);
  await reopen();
  return {
    ...session,
    heard,
    reopen,
    resume: () => receive(sessionResponse({ newSession: false })),
    live: (id: string, direction?: string) => receive(structured(said(id, direction))),
    /** The answer to the call that is under way, for later. */
    pending: () => answer,
    answer: async () => {
      await receive(token);
      answer(Response.json({ entities: messages }));
      await clock.settle();
    },
  };
}

describe('what comes in live while history is asked (I-1)', () => {
  it.each(['before', 'after'])('waits for what was missed, %s the session is had', async (moment) => {
    const { heard, told, live, receive, resume, answer, messaging } = await createResumed(
      said('live'),
      said('away'),
    );
    if (moment === 'after') await resume();
    await receive(typing);
    await live('live');
    await live('later');
    if (moment === 'before') await resume();
    expect(heard).toEqual([]);
    await answer();
    expect(heard).toEqual(['away', 'live', 'typing', 'later']);
    const lateness = told.flatMap((event) => (event.type === 'message.received' ? [event.isCaughtUp] : []));
    expect(lateness).toEqual([true, true, undefined]);
    await live('last');
    expect(heard.at(-1)).toBe('last');
    messaging.stop();
  });

  it('waits whoever wrote it, but for the echo of what left here', async () => {
    const resumed = await createResumed();
    const { heard, socket, receive, resume, answer, messaging } = resumed;
    await resume();
    const sent = messaging.sendMessage('mine');
    await resumed.clock.settle();
    const frame = socket().sent.at(-1) as { readonly tracingId: string };
    await receive(structured(said('theirs'), frame.tracingId));
    await receive(structured(said('elsewhere', 'Inbound'), 'of another device'));
    await receive(structured(said('somewhere', 'Inbound')));
    await receive(echoOf(frame, 'm1'));
    await expect(sent).resolves.toMatchObject({ messageId: 'm1' });
    expect(heard).toEqual([]);
    await answer();
    expect(heard).toEqual(['theirs', 'elsewhere', 'somewhere']);
    messaging.stop();
  });

  it('leaves no timer where the session is stopped', async () => {
    const { clock, live, resume, messaging } = await createResumed();
    await resume();
    await live('held');
    messaging.stop();
    expect(clock.timers).toBe(0);
  });

  it('is told at once where the session turns out to be a new one', async () => {
    const { heard, live, receive, messaging } = await createResumed();
    await live('first');
    await receive(typing);
    expect(heard).toEqual([]);
    await receive(sessionResponse({ newSession: true }));
    expect(heard).toEqual(['first', 'typing']);
    messaging.stop();
  });

  it('waits three seconds from when history was asked, however much there is, and is told once', async () => {
    const { clock, heard, live, resume, answer, messaging } = await createResumed(said('two'), said('one'));
    await live('one');
    await clock.advance(4000);
    await resume();
    await clock.advance(2000);
    await live('two');
    await clock.advance(999);
    expect(heard).toEqual([]);
    await clock.advance(1);
    expect(heard).toEqual(['one', 'two']);
    await live('three');
    await answer();
    expect(heard).toEqual(['one', 'two', 'three']);
    messaging.stop();
  });

  it('waits three seconds from the first of it where history was asked before', async () => {
    const { clock, heard, live, resume, messaging } = await createResumed();
    await resume();
    await clock.advance(1500);
    await live('one');
    await clock.advance(2999);
    expect(heard).toEqual([]);
    await clock.advance(1);
    expect(heard).toEqual(['one']);
    messaging.stop();
  });

  it('and is lost with its connection is missed, and comes with the rest of it', async () => {
    const resumed = await createResumed(said('late'), said('held'));
    const { clock, heard, live, resume, answer, reopen, messaging } = resumed;
    await resume();
    await live('held');
    resumed.socket().end(1006);
    messaging.offline();
    await clock.advance(4000);
    messaging.online();
    await clock.advance(2000);
    await reopen();
    await resume();
    expect(heard).toEqual([]);
    await answer();
    expect(heard).toEqual(['held', 'late']);
    messaging.stop();
  });

  it('is told by the connection that asked for it, or by the next', async () => {
    const resumed = await createResumed(said('away'));
    const { clock, heard, receive, pending, resume, answer, reopen, messaging } = resumed;
    await resume();
    await receive(token);
    const late = pending();
    resumed.socket().end(1006);
    late(Response.json({ entities: [said('away')] }));
    await clock.advance(2000);
    await reopen();
    await resume();
    expect(heard).toEqual([]);
    await answer();
    expect(heard).toEqual(['away']);
    messaging.stop();
  });

  it('is told once, though it moved on from one page to the next', async () => {
    const page = Array.from({ length: 25 }, (_, number) => said(`text ${number}`));
    const { heard, resume, answer, messaging } = await createResumed(...page);
    await resume();
    for (let asked = 0; asked < 8; asked += 1) await answer();
    expect(heard).toEqual(page.map(({ text }) => text).reverse());
    messaging.stop();
  });

  it('is messages alone: what else history has is over, and not told again', async () => {
    const presence = (type: string, direction: string) => ({
      type: 'Event',
      direction,
      events: [{ eventType: 'Presence', presence: { type } }],
    });
    const past = [said('away'), presence('Disconnect', 'Outbound'), presence('Join', 'Inbound')];
    const { heard, emitted, resume, answer, messaging } = await createResumed(...past, {
      id: 'receipt',
      type: 'Receipt',
    });
    await resume();
    const before = emitted.length;
    await answer();
    expect(heard).toEqual(['away']);
    expect(emitted.slice(before).map(({ type }) => type)).toEqual(['message.received']);
    expect(messaging.state).toBe('configured');
    messaging.stop();
  });

  it('that ends with a logout leaves no conversation that a gap could be told of', async () => {
    const { told, resume, receive, of, messaging } = await createResumed();
    await resume();
    await receive(bare('LogoutEvent'));
    expect(of('session.gap')).toHaveLength(1);
    expect(told.filter((event) => 'conversationId' in event && event.conversationId === null)).toEqual([]);
    messaging.stop();
  });

  it('does not keep the guest from what a lost connection cannot answer any more', async () => {
    const { resume, socket, clock, messaging } = await createResumed();
    await resume();
    const asked = messaging.history();
    socket().end(1006);
    await clock.settle();
    await expect(asked).rejects.toMatchObject({
      code: 'network',
      message: 'No token for the message history came; the connection is not up.',
    });
    messaging.stop();
  });
});

describe('a session that began elsewhere, and is had here for the first time', () => {
  it('tells at once what comes in, reads once what was there, and misses nothing (I-1)', async () => {
    const answers: ((response: Response) => void)[] = [];
    let asked = 0;
    const session = createSession({
      storage: hadElsewhere(),
      fetch: () => {
        asked += 1;
        return new Promise((resolve) => answers.push(resolve));
      },
    });
    const { clock, receive } = session;
    await session.configure({ newSession: false });
    await receive(structured(said('live')));
    expect(session.of('message.received')).toHaveLength(1);
    await receive(token);
    const past = ['newer', 'older'].map((id) => said(id, 'Inbound'));
    answers[0]?.(Response.json({ entities: [said('live'), ...past, said('theirs')] }));
    for (let time = 0; time < 60_000; time += 5000) {
      await clock.advance(5000);
      await receive(token);
    }
    expect(asked).toBe(1);
    expect(session.of('session.gap')).toEqual([]);
    expect(session.kinds()).not.toContain('message.mirrored');
    expect(session.told.filter(({ type }) => type === 'history.received')).toMatchObject([
      { messages: [{ messageId: 'older' }, { messageId: 'newer' }] },
    ]);
    session.messaging.stop();
  });
});

describe('a session that is begun anew where another page had one', () => {
  it('is heard from its start: all of its history is missed that was not told (I-1)', async () => {
    const session = createSession({
      storage: hadElsewhere(),
      fetch: async () => Response.json({ entities: [said('second'), said('first')] }),
    });
    await session.configure({ newSession: true });
    session.socket().end(4200);
    await session.clock.settle();
    session.socket().open();
    await session.receive(sessionResponse({ newSession: false }));
    await session.receive(token);
    await session.clock.settle();
    const heard = session.of('message.received').map(({ message }) => message.text);
    expect(heard).toEqual(['first', 'second']);
    expect(session.of('session.gap')).toEqual([]);
    session.messaging.stop();
  });
});

describe('a session that began elsewhere, whose past could not be read', () => {
  it('misses only what is newer than what it heard (I-1)', async () => {
    let entities: readonly object[] | null = null;
    const session = createSession({
      storage: hadElsewhere(),
      fetch: async () =>
        entities === null ? new Response('', { status: 503 }) : Response.json({ entities }),
    });
    const heard = () => session.of('message.received').map(({ message }) => message.text);
    const resume = async () => {
      await session.receive(sessionResponse({ newSession: false }));
      await session.receive(token);
      await session.clock.settle();
    };
    await session.connect();
    await resume();
    for (let seconds = 0; seconds < 30; seconds += 5) {
      await session.clock.advance(5000);
      await session.receive(token);
    }
    await session.receive(structured(said('heard')));
    session.socket().end(4200);
    await session.clock.settle();
    session.socket().open();
    const known = { ...said('heard'), channel: { messageId: 'by another id' } };
    entities = [said('away'), known, said('old'), said('older')];
    await resume();
    expect(heard()).toEqual(['heard', 'away']);
    expect(session.of('session.gap')).toEqual([]);
    session.messaging.stop();
  });

  it.each([
    ['nothing that was heard', ['away', 'old']],
    ['nothing at all', []],
  ])('is told of a gap where history has %s', async (_, ids) => {
    let entities: readonly object[] | null = null;
    const session = createSession({
      storage: hadElsewhere(),
      fetch: async () =>
        entities === null ? new Response('', { status: 503 }) : Response.json({ entities }),
    });
    await session.connect();
    await session.receive(sessionResponse({ newSession: false }));
    for (let seconds = 0; seconds < 30; seconds += 5) {
      await session.receive(token);
      await session.clock.advance(5000);
    }
    expect(session.of('session.gap')).toEqual([]);
    session.socket().end(4200);
    await session.clock.settle();
    session.socket().open();
    entities = ids.map((id) => said(id));
    await session.receive(sessionResponse({ newSession: false }));
    await session.receive(token);
    await session.clock.settle();
    expect(session.of('message.received')).toEqual([]);
    expect(session.of('session.gap')).toHaveLength(1);
    session.messaging.stop();
  });
});
