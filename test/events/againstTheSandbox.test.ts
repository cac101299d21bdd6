import {
  type Conversation,
  type ConversationEmitted,
  createConversation,
  type EventsOptions,
  eventStream,
  type GuestRest,
  type GuestRestOptions,
  guestRest,
  type StreamTold,
  type WebSocketConstructor,
} from 'genesys-conversation-machine';
import { startSandbox } from 'genesys-conversation-machine/sandbox';
import { createSteppedClock, type SteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';

/** The lines of the README, against the real sandbox over loopback; both go by one stepped clock. */
async function openGuest(options: { token?: GuestRestOptions['token']; events?: EventsOptions } = {}) {
  const clock = createSteppedClock();
  const sandbox = await startSandbox({ clock: { ...clock, now: clock.wallNow } });
  const { conversationId, guestId, guestToken } = sandbox.startConversation();
  const { agentId } = sandbox.conversation(conversationId);
  const transport = guestRest({
    orgUrl: sandbox.url,
    participantId: guestId,
    token: options.token ?? guestToken,
    clock,
    events: eventStream({
      ...{ webSocket: WebSocket as WebSocketConstructor, random: () => 0.5 },
      ...options.events,
    }),
  });
  const texts: string[] = [];
  transport.on('conversation:message', ({ text }) => texts.push(text));
  const conversation = createConversation({ transport, conversationId, clock, random: () => 0.25 });
  onTestFinished(async () => {
    conversation.stop();
    await sandbox.close();
  });
  return { clock, sandbox, conversationId, guestId, agentId, transport, conversation, texts };
}

/** Resolves with the next decision of a kind. */
const next = <Type extends ConversationEmitted['type']>(conversation: Conversation, type: Type) =>
  new Promise<Extract<ConversationEmitted, { type: Type }>>((resolve) => {
    const off = conversation.on(type, (event) => {
      off();
      resolve(event);
    });
  });

/** Resolves with what the transport tells next of a kind. */
const told = <Type extends StreamTold['type']>(transport: GuestRest, type: Type) =>
  new Promise<Extract<StreamTold, { type: Type }>>((resolve) => {
    const off = transport.on(type, (event) => {
      off();
      resolve(event);
    });
  });

/** Lets time pass, a little between any two words of the server's, until something comes. */
async function during<T>(clock: SteppedClock, work: Promise<T>): Promise<T> {
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  work.then(end, end);
  while (!isOver) {
    await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(10);
  }
  return work;
}

/** Opens the stream, and waits until the history was told, which is right before the agent's first word. */
async function started(guest: Awaited<ReturnType<typeof openGuest>>): Promise<void> {
  const opened = told(guest.transport, 'stream.opened');
  guest.conversation.start();
  await opened;
  await caughtUp(guest);
}

async function caughtUp({ sandbox, transport, conversationId }: Awaited<ReturnType<typeof openGuest>>) {
  const read = told(transport, 'conversation:typing');
  sandbox.pushFrame(conversationId, {
    type: 'conversation:typing',
    conversationId,
    participantId: 'somebody',
    isTyping: false,
  });
  await read;
}

const typists = ({ actor }: Conversation) =>
  actor.getSnapshot().context.roster.typists.map(({ participantId }) => participantId);

it('the event stream comes by an import of its own, and what is wrong says by which', () => {
  const options = { orgUrl: 'http://127.0.0.1:1', participantId: 'g', token: 't' };
  for (const events of [true, {}, { webSocket: WebSocket }, null]) {
    expect(() => guestRest({ ...options, events: events as never })).toThrow(
      /^events must be what eventStream\(\) makes, or absent: import that/,
    );
  }
  expect(() => guestRest(options).on('stream.opened', () => {})).toThrow(
    expect.objectContaining({ code: 'unsupported', message: expect.stringContaining('import eventStream') }),
  );
  expect(() => eventStream({ websocket: WebSocket } as never)).toThrow(/did you mean webSocket\?/);
  expect(() => eventStream({ webSocket: WebSocket as WebSocketConstructor, timing: { quiet: 0 } })).toThrow(
    /^timing.quiet must be/,
  );
});

describe('guestRest({ events: eventStream() })', () => {
  it('hears the agent type, speak, read and end', async () => {
    const guest = await openGuest();
    const { sandbox, conversation, conversationId, agentId, transport } = guest;
    await started(guest);

    const typing = next(conversation, 'roster.changed');
    sandbox.agent.typing(conversationId, true);
    expect((await typing).participantIds).toEqual([agentId]);

    const unread = next(conversation, 'unread.changed');
    const frame = told(transport, 'conversation:message');
    const { messageId } = sandbox.agent.say(conversationId, 'Hello');
    expect(await unread).toMatchObject({ count: 1 });
    expect(await frame).toMatchObject({ text: 'Hello', messageId, participantId: agentId, position: 1 });
    expect(typists(conversation)).toEqual([]);

    conversation.viewed(messageId);
    await conversation.markAsRead(messageId);
    expect(sandbox.conversation(conversationId).messages[0]?.readBy).toHaveLength(1);
    expect(conversation.unread).toBe(0);

    const read = next(conversation, 'peer.read');
    sandbox.agent.say(conversationId, 'Are you there?');
    sandbox.agent.read(conversationId);
    expect(await read).toMatchObject({ participantId: agentId, position: 2 });

    const ended = next(conversation, 'conversation.ended');
    sandbox.endConversation(conversationId);
    await ended;
    expect(conversation.actor.getSnapshot().matches({ link: 'ended' })).toBe(true);
  });

  it('hears what was said before it listened, once and in order (I-1)', async () => {
    const guest = await openGuest();
    guest.sandbox.agent.say(guest.conversationId, 'one');
    guest.sandbox.agent.say(guest.conversationId, 'two');
    await started(guest);
    guest.sandbox.agent.say(guest.conversationId, 'three');
    await told(guest.transport, 'conversation:message');
    expect(guest.texts).toEqual(['one', 'two', 'three']);
    expect(guest.conversation.unread).toBe(3);
  });

  it('catches up with what was said while the stream was dropped, over several pages (I-1)', async () => {
    const guest = await openGuest();
    const { sandbox, conversation, conversationId, transport, texts, clock, agentId } = guest;
    await started(guest);
    const first = told(transport, 'conversation:message');
    sandbox.agent.say(conversationId, 'before');
    await first;

    const lost = told(transport, 'stream.lost');
    sandbox.dropStreams(conversationId);
    await lost;
    for (let number = 1; number <= 100; number += 1) sandbox.agent.say(conversationId, `missed ${number}`);
    sandbox.agent.read(conversationId);
    const opened = told(transport, 'stream.opened');
    const read = next(conversation, 'peer.read');
    await clock.advance(2000);
    expect(await opened).toMatchObject({ reopened: true });
    expect(await read).toMatchObject({ participantId: agentId, position: 101 });
    await caughtUp(guest);
    expect(texts).toEqual(['before', ...Array.from({ length: 100 }, (_, index) => `missed ${index + 1}`)]);
    expect(conversation.unread).toBe(101);
  });

  it('says that there is a gap where the history cannot be had (I-1)', async () => {
    const guest = await openGuest();
    const { sandbox, conversation, conversationId, transport, clock } = guest;
    await started(guest);
    const lost = told(transport, 'stream.lost');
    sandbox.dropStreams(conversationId);
    await lost;
    sandbox.fault({ lane: 'history', status: 404 });
    const missed = next(conversation, 'messages.missed');
    await clock.advance(2000);
    expect(await missed).toEqual({ type: 'messages.missed', conversationId });
  });

  it('gets a fresh token where its own expired in the middle, and hears on (A-1)', async () => {
    let issued = 0;
    const guest = await openGuest({
      token: () => {
        issued += 1;
        return guest.sandbox.issueToken(guest.conversationId).guestToken;
      },
    });
    const { sandbox, conversationId, transport, clock, conversation } = guest;
    await started(guest);
    expect(issued).toBe(1);
    const lost = told(transport, 'stream.lost');
    sandbox.expireTokens(conversationId);
    sandbox.dropStreams(conversationId);
    await lost;
    sandbox.agent.say(conversationId, 'while you were out');
    const opened = told(transport, 'stream.opened');
    const heard = told(transport, 'conversation:message');
    await clock.advance(2000);
    await opened;
    expect(await heard).toMatchObject({ text: 'while you were out', caughtUp: true });
    expect(issued).toBe(2);
    expect(conversation.unread).toBe(1);
  });

  it('says that no token works where none can be had, and hears on once one can', async () => {
    let isSignedIn = true;
    const guest = await openGuest({
      token: () => (isSignedIn ? guest.sandbox.issueToken(guest.conversationId).guestToken : 'sandbox-no'),
    });
    const { sandbox, conversationId, transport, clock, conversation } = guest;
    await started(guest);
    isSignedIn = false;
    sandbox.expireTokens(conversationId);
    const lost = told(transport, 'stream.lost');
    sandbox.dropStreams(conversationId);
    await lost;
    await during(clock, told(transport, 'stream.unauthorized'));
    await clock.advance(600_000);
    isSignedIn = true;
    const opened = told(transport, 'stream.opened');
    conversation.keystroke();
    await opened;
  });

  it('replaces a stream that went silent, and hears what was said into it (W-4, I-1)', async () => {
    const guest = await openGuest();
    const { sandbox, conversation, conversationId, transport, texts, clock } = guest;
    await started(guest);
    sandbox.stallStreams(conversationId);
    sandbox.agent.say(conversationId, 'into the void');
    const opened = told(transport, 'stream.opened');
    await clock.advance(34_000);
    await opened;
    await caughtUp(guest);
    expect(texts).toEqual(['into the void']);
    expect(conversation.unread).toBe(1);
    const heard = told(transport, 'conversation:message');
    sandbox.agent.say(conversationId, 'there you are');
    await heard;
  });

  it('finds a half-open stream within 4 s of being looked at, and is back at once (W-4)', async () => {
    const guest = await openGuest();
    const { sandbox, conversation, conversationId, transport, clock } = guest;
    await started(guest);
    sandbox.stallStreams(conversationId);
    sandbox.agent.say(conversationId, 'into the void');
    const heard = told(transport, 'conversation:message');
    conversation.show();
    await clock.advance(4000);
    expect(await heard).toMatchObject({ text: 'into the void', caughtUp: true });
    expect(clock.now()).toBe(4000);
  });

  it('closes with the page that is put away, and opens when it is taken out again', async () => {
    const guest = await openGuest();
    const { sandbox, conversation, conversationId, transport, clock } = guest;
    await started(guest);
    const lost = told(transport, 'stream.lost');
    conversation.freeze();
    await lost;
    await clock.advance(60_000);
    sandbox.agent.say(conversationId, 'while away');
    const heard = told(transport, 'conversation:message');
    conversation.resume();
    await clock.advance(1000);
    expect(await heard).toMatchObject({ text: 'while away', caughtUp: true });
  });

  it('waits for a network, and tells the conversation how it stands', async () => {
    const guest = await openGuest();
    const { sandbox, conversation, conversationId, transport, clock } = guest;
    await started(guest);
    const lost = told(transport, 'stream.lost');
    conversation.offline();
    sandbox.dropStreams(conversationId);
    await lost;
    expect(conversation.actor.getSnapshot().matches({ link: 'offline' })).toBe(true);
    const calls = sandbox.calls({ lane: 'stream' }).length;
    await clock.advance(600_000);
    expect(sandbox.calls({ lane: 'stream' })).toHaveLength(calls);
    const opened = told(transport, 'stream.opened');
    conversation.online();
    expect(conversation.actor.getSnapshot().matches({ link: 'ready' })).toBe(true);
    await clock.advance(1000);
    await opened;
  });

  it('leaves nothing behind once nobody listens (C-1)', async () => {
    const guest = await openGuest();
    await started(guest);
    const closed = new Promise((resolve) => {
      guest.transport.on('stream.lost', resolve);
      guest.transport.on('stream.opened', resolve);
      setImmediate(() => resolve('quiet'));
    });
    guest.conversation.stop();
    expect(await closed).toBe('quiet');
    expect(guest.clock.timers).toBe(0);
  });
});
