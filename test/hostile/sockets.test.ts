import { describe, expect, it } from 'vitest';
import type WebSocket from 'ws';
import { canary } from '../support/guestCalls.ts';
import { reply } from '../support/rawServer.ts';
import { bare, structured } from '../support/socketScript.ts';
import {
  besiegeSockets,
  closeWith,
  during,
  type Handshake,
  nextOfConversation,
  nextOfSession,
  nextOfStream,
  rawFrame,
  writeRaw,
} from '../support/socketSiege.ts';

const html = 'Content-Type: text/html';
const page = '<!doctype html><title>Sign in</title>';
const sessionEnds = ['session.reconnecting', 'session.closed', 'session.failed'] as const;

/** A session that is up, and how the server sees it. */
async function openSession(handshakes: readonly Handshake[] = []) {
  const world = await besiegeSockets(handshakes);
  const session = world.session();
  const arrived = world.nextClient();
  await session.connect();
  return { ...world, messaging: session, client: await arrived };
}

/** An event stream that is open, and how the server sees it. */
async function openStream(
  handshakes: readonly Handshake[] = [],
  ...options: Parameters<Awaited<ReturnType<typeof besiegeSockets>>['stream']>
) {
  const world = await besiegeSockets(handshakes);
  const { transport, conversation } = world.stream(...options);
  const opened = nextOfStream(transport, 'stream.opened');
  const arrived = world.nextClient();
  conversation.start();
  await opened;
  const client = await arrived;
  const say = (frame: object | string): void =>
    client.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  /** Everything said before was heard once this is. */
  const heard = async (): Promise<void> => {
    const told = nextOfStream(transport, 'conversation:typing');
    const end = { conversationId: 'conversation-1', participantId: 'last', isTyping: false };
    say({ type: 'conversation:typing', ...end });
    await told;
  };
  await heard();
  return { ...world, transport, conversation, client, say, heard };
}

/** In which time a stream that was lost is tried again, ms, for a seed in the middle. */
const paces = {
  usual: [0, 2000],
  paced: [1000, 2000],
  slow: [4000, 8000],
  spread: [0, 30_000],
  atOnce: [0, 0],
} as const;

describe('46: a handshake that is refused says by its status what it is worth, twice where it ends something (A-0)', () => {
  it.each([
    [401, 'session.failed', 'unauthorized', paces.slow],
    [403, 'session.failed', 'forbidden', paces.slow],
    [404, 'session.failed', 'not-found', paces.slow],
    [429, 'session.reconnecting', undefined, paces.slow],
    [503, 'session.reconnecting', undefined, paces.slow],
    [200, 'session.reconnecting', undefined, paces.usual],
    [302, 'session.reconnecting', undefined, paces.usual],
  ] as const)('%d', async (status, end, code, [least, most]) => {
    const no = reply(status, ['Connection: close', html, 'Location: /'], page);
    const { clock, session, stream, handshakes } = await besiegeSockets([no, no, no]);

    const messaging = session();
    const first = nextOfSession(messaging, ...sessionEnds);
    messaging.connect().catch(() => {});
    const lost = await first;
    if (lost.type !== 'session.reconnecting') throw new Error(`${status} ended it at once: ${lost.type}`);
    const second = nextOfSession(messaging, ...sessionEnds);
    await clock.advance(lost.msLeft);
    const last = await second;
    expect(last.type).toBe(end);
    if (last.type === 'session.failed') expect(last.failure).toMatchObject({ code, status });
    messaging.stop();
    expect(handshakes()).toBe(2);

    const { transport, conversation } = stream();
    const streamLost = nextOfStream(transport, 'stream.lost');
    conversation.start();
    const { msLeft } = (await streamLost) as { msLeft: number };
    expect(msLeft).toBeGreaterThanOrEqual(least);
    expect(msLeft).toBeLessThanOrEqual(most);
    const opened = nextOfStream(transport, 'stream.opened');
    await clock.advance(msLeft);
    await opened;
    expect(handshakes()).toBe(4);
  });

  it.each([
    ['no HTTP at all', '220 mail.example.org ESMTP\r\n\r\n'],
    [
      '101 that accepts another key',
      reply(101, ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Accept: x']),
    ],
    ['closed without a word', Buffer.alloc(0)],
  ])('%s', async (_what, bytes) => {
    const { clock, session } = await besiegeSockets([bytes]);
    const messaging = session();
    const lost = nextOfSession(messaging, ...sessionEnds);
    const up = messaging.connect();
    const told = await lost;
    expect(told.type).toBe('session.reconnecting');
    await clock.advance((told as { msLeft: number }).msLeft);
    await up;
    expect(messaging.state).toBe('configured');
  });
});

describe('47 to 54: a close code says what is tried next (W-3)', () => {
  type Verdict = 'closed' | 'failed' | 'again' | 'once' | 'at once';
  it.each<
    readonly [row: number, what: string, code: number, verdict: Verdict, pace: readonly [number, number]]
  >([
    [47, 'in good order', 1000, 'closed', paces.paced],
    [47, 'going away', 1001, 'again', paces.usual],
    [48, 'without a word', 1006, 'again', paces.usual],
    [49, 'protocol error', 1002, 'once', paces.slow],
    [49, 'not understood', 1003, 'once', paces.slow],
    [49, 'not UTF-8', 1007, 'once', paces.slow],
    [49, 'an extension is missing', 1010, 'once', paces.slow],
    [50, 'policy', 1008, 'once', paces.slow],
    [51, 'too big', 1009, 'again', paces.usual],
    [52, 'server error', 1011, 'again', paces.usual],
    [52, 'restart', 1012, 'again', paces.spread],
    [52, 'try again later', 1013, 'again', paces.slow],
    [52, 'bad gateway', 1014, 'again', paces.usual],
    [53, 'TLS, which nobody may say', 1015, 'again', paces.usual],
    [54, 'refused for good', 4000, 'failed', paces.usual],
    [54, 'refused for good', 4099, 'failed', paces.usual],
    [54, 'pause first', 4100, 'again', paces.usual],
    [54, 'at once', 4200, 'at once', paces.usual],
    [54, 'unknown', 4300, 'again', paces.usual],
    [54, 'unknown', 4999, 'again', paces.usual],
    [54, 'of no meaning', 3000, 'again', paces.usual],
    [54, 'a number that nobody may say', 1005, 'again', paces.usual],
    [54, 'a number that nobody may say', 5000, 'again', paces.usual],
  ])('%d: %s, %d', async (_row, _what, code, verdict, [least, most]) => {
    const end = (client: WebSocket) => (code === 1006 ? client.terminate() : closeWith(client, code));

    const { clock, messaging, client, nextClient, handshakes, stream } = await openSession();
    const first = nextOfSession(messaging, ...sessionEnds);
    end(client);
    const told = await first;
    const finals = { closed: 'session.closed', failed: 'session.failed' };
    if (verdict === 'closed' || verdict === 'failed') {
      expect(told.type).toBe(finals[verdict]);
      await clock.advance(3_600_000);
      expect(handshakes()).toBe(1);
    } else {
      const { msLeft } = told as { msLeft: number };
      if (verdict === 'at once') expect(msLeft).toBe(0);
      if (code === 4100) expect(msLeft).toBeGreaterThanOrEqual(1000);
      expect(told.type).toBe('session.reconnecting');
      const back = nextClient();
      const configured = nextOfSession(messaging, 'session.configured');
      await clock.advance(msLeft);
      await configured;
      const second = nextOfSession(messaging, ...sessionEnds);
      end(await back);
      expect((await second).type).toBe(verdict === 'once' ? 'session.failed' : 'session.reconnecting');
    }
    messaging.stop();

    const { transport, conversation } = stream();
    const arrived = nextClient();
    const opened = nextOfStream(transport, 'stream.opened');
    conversation.start();
    await opened;
    const lost = nextOfStream(transport, 'stream.lost');
    end(await arrived);
    const { msLeft } = (await lost) as { msLeft: number };
    expect(msLeft).toBeGreaterThanOrEqual(least);
    expect(msLeft).toBeLessThanOrEqual(most);
  });

  it('50: policy before the first answer may be about the token: one fresh one, and no more (A-1)', async () => {
    let issued = 0;
    const refusing = (client: WebSocket) => {
      client.removeAllListeners('message');
      client.on('message', () => closeWith(client, 1008));
    };
    const { clock, stream } = await besiegeSockets([refusing, refusing, refusing]);
    const { transport, conversation } = stream({}, { token: () => `token-${++issued}` });
    const tokens: number[] = [];
    conversation.start();
    for (let round = 0; round < 3; round += 1) {
      const { msLeft } = (await nextOfStream(transport, 'stream.lost')) as { msLeft: number };
      tokens.push(issued);
      expect(msLeft).toBeGreaterThanOrEqual(4000);
      await clock.advance(msLeft);
    }
    await nextOfStream(transport, 'stream.opened');
    expect(tokens).toEqual([1, 2, 2]);
    expect(issued).toBe(2);
  });

  it('50: policy where no other token can be had is no word on the one there is', async () => {
    const refusing = (client: WebSocket) => closeWith(client, 1008);
    const { clock, stream } = await besiegeSockets([refusing]);
    const { transport, conversation } = stream();
    conversation.start();
    const { msLeft } = (await nextOfStream(transport, 'stream.lost')) as { msLeft: number };
    await clock.advance(msLeft);
    await nextOfStream(transport, 'stream.opened');
  });

  it('51: too big is the end of the message that was, and of no other (W-6)', async () => {
    const { messaging, client, clock } = await openSession();
    client.removeAllListeners('message');
    client.on('message', () => closeWith(client, 1009));
    const failed = nextOfSession(messaging, 'message.failed');
    const sent = messaging.sendMessage('big').catch((thrown) => thrown);
    expect(await failed).toMatchObject({ failure: { code: 'bad-request' } });
    expect(await sent).toMatchObject({ code: 'bad-request' });
    const up = nextOfSession(messaging, 'session.configured');
    await clock.advance(2000);
    await up;
    await expect(messaging.sendMessage('small')).resolves.toMatchObject({ messageId: 'message-1' });
  });
});

it('55: a close reason is the server’s text: nothing of it is told or logged (S14)', async () => {
  const reason = `\u001b[31m${canary} Bearer eyJ.x.y\r\nSet-Cookie: a=b`.slice(0, 120);
  const { messaging, client, logged, nextClient, stream } = await openSession();
  const told: unknown[] = [];
  messaging.actor.on('*', (event) => told.push(event));
  const ended = nextOfSession(messaging, ...sessionEnds);
  closeWith(client, 4001, reason);
  await ended;
  const { transport, conversation } = stream();
  const arrived = nextClient();
  const opened = nextOfStream(transport, 'stream.opened');
  conversation.start();
  await opened;
  const lost = nextOfStream(transport, 'stream.lost');
  closeWith(await arrived, 4001, reason);
  told.push(await lost);
  const text = JSON.stringify([told, logged]);
  for (const part of ['canary', 'Bearer', '\\u001b', 'Set-Cookie']) expect(text).not.toContain(part);
});

describe('56, 63: open, and then nothing that anybody can read (W-4, W-8)', () => {
  it('56: a session whose server hears and never answers is replaced', async () => {
    const { clock, messaging, client, nextClient } = await openSession();
    client.removeAllListeners('message');
    const back = nextClient();
    const lost = nextOfSession(messaging, 'session.reconnecting');
    await clock.advance(60_000);
    await lost;
    const up = nextOfSession(messaging, 'session.configured');
    await clock.advance(2000);
    await Promise.all([back, up]);
    expect(client.readyState).not.toBe(1);
  });

  it('63: a server that pings below all frames is as silent as one that does not', async () => {
    const { clock, transport, client } = await openStream();
    client.removeAllListeners('message');
    const lost = nextOfStream(transport, 'stream.lost');
    for (let second = 0; second < 36; second += 1) {
      client.ping();
      await clock.advance(1000);
    }
    await lost;
  });

  it('63: any frame counts as life, and without one the socket is replaced', async () => {
    const { clock, transport, client, say, heard, nextClient, handshakes } = await openStream();
    client.removeAllListeners('message');
    for (let time = 0; time < 120; time += 20) {
      await clock.advance(20_000);
      say({ type: 'of no meaning' });
      await heard();
    }
    expect(handshakes()).toBe(1);
    const back = nextClient();
    const lost = nextOfStream(transport, 'stream.lost');
    await clock.advance(34_000);
    await lost;
    await clock.advance(2000);
    await back;
    expect(client.readyState).not.toBe(1);
  });
});

it('57: opened and closed again and again, it is tried ever more slowly (W-3)', async () => {
  const closing = (client: WebSocket) =>
    client.on('message', () => setImmediate(() => closeWith(client, 1011)));
  const { clock, session } = await besiegeSockets(Array(8).fill(closing));
  const messaging = session();
  messaging.connect().catch(() => {});
  const waits: number[] = [];
  for (let round = 0; round < 6; round += 1) {
    const { msLeft } = (await nextOfSession(messaging, 'session.reconnecting')) as { msLeft: number };
    waits.push(msLeft);
    await clock.advance(msLeft);
  }
  // Full jitter: each is somewhere below a bound that doubles, up to half a minute.
  expect(waits.every((wait, index) => wait <= Math.min(30_000, 1000 * 2 ** (index + 1)))).toBe(true);
  expect(Math.max(...waits.slice(3))).toBeGreaterThan(2000);
});

describe('58: frames that nobody can read (W-7, S11)', () => {
  const kinds: [string, (client: WebSocket) => void][] = [
    ['text', (client) => client.send('Hi, not JSON')],
    ['bytes', (client) => client.send(Buffer.from([1, 2, 3]))],
    ['nothing', (client) => client.send('')],
    ['cut JSON', (client) => client.send('{"type":"conversation:ended"')],
    ['null', (client) => client.send('null')],
  ];

  it.each(kinds)('%s: a few harm nothing, many cost the socket', async (_what, send) => {
    const { transport, conversation, client, heard } = await openStream();
    for (let count = 0; count < 10; count += 1) send(client);
    await heard();
    expect(conversation.actor.getSnapshot().matches({ link: 'ready' })).toBe(true);
    const lost = nextOfStream(transport, 'stream.lost');
    for (let count = 0; count < 11; count += 1) send(client);
    await lost;
  });

  it.each(kinds)('%s, over a session', async (_what, send) => {
    const { messaging, client } = await openSession();
    for (let count = 0; count < 10; count += 1) send(client);
    await expect(messaging.sendMessage('still there')).resolves.toMatchObject({ messageId: 'message-1' });
    const lost = nextOfSession(messaging, ...sessionEnds);
    for (let count = 0; count < 21; count += 1) send(client);
    expect((await lost).type).toBe('session.reconnecting');
  });

  it('half a character: the socket ends, and is had again', async () => {
    const { clock, messaging, client } = await openSession();
    const lost = nextOfSession(messaging, ...sessionEnds);
    writeRaw(client, rawFrame(0x1, Buffer.from([0x22, 0xc3, 0x22])));
    const told = await lost;
    expect(told.type).toBe('session.reconnecting');
    const up = nextOfSession(messaging, 'session.configured');
    await clock.advance((told as { msLeft: number }).msLeft);
    await up;
  });

  it('a frame that breaks the protocol: the same', async () => {
    const { transport, client } = await openStream();
    const lost = nextOfStream(transport, 'stream.lost');
    writeRaw(client, Buffer.from([0xff, 0xff, 0x00]));
    await lost;
  });
});

describe('59: frames beyond every measure (S11)', () => {
  it('one that announces 100 MB is not waited for', async () => {
    const { clock, messaging, client } = await openSession();
    const lost = nextOfSession(messaging, ...sessionEnds);
    const head = Buffer.from([0x81, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
    head.writeUInt32BE(100 * 1024 * 1024, 6);
    writeRaw(client, Buffer.concat([head, Buffer.alloc(1024, 'x')]));
    expect((await lost).type).toBe('session.reconnecting');
    const up = nextOfSession(messaging, 'session.configured');
    await clock.advance(2000);
    await up;
  });

  it('a hundred thousand small ones cost the socket, and no more of them is read than anybody could mean', async () => {
    const { transport, client, clock } = await openStream();
    const lost = nextOfStream(transport, 'stream.lost');
    let heard = 0;
    transport.on('conversation:typing', () => {
      heard += 1;
    });
    const here = { conversationId: 'conversation-1', participantId: 'agent', isTyping: true };
    const frame = rawFrame(0x1, Buffer.from(JSON.stringify({ type: 'conversation:typing', ...here })));
    writeRaw(client, Buffer.concat(Array(100_000).fill(frame)));
    await lost;
    expect(heard).toBeGreaterThan(100);
    expect(heard).toBeLessThanOrEqual(2000);
    const opened = nextOfStream(transport, 'stream.opened');
    await clock.advance(2000);
    await opened;
  });

  it('one nested a hundred thousand levels deep is one that nobody can read', async () => {
    const { messaging, client } = await openSession();
    client.send(`{"class":"string","body":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
    await expect(messaging.sendMessage('still there')).resolves.toMatchObject({ messageId: 'message-1' });
  });
});

describe('60: frames of another version (W-7)', () => {
  const here = { conversationId: 'conversation-1' };
  const odd = [
    { type: 'conversation:reaction', ...here, participantId: 'agent' },
    { type: 'conversation:typing', version: 99, ...here, participantId: 'agent', isTyping: 'yes' },
    { type: 'conversation:typing', ...here, participantId: 7, isTyping: true },
    { type: 'conversation:message', ...here, participantId: 'agent', text: 'no id' },
    { type: 'conversation:message', ...here, messageId: ['m1'], participantId: 'agent', text: 'x' },
    { type: 'conversation:read', ...here, participantId: 'agent', messageId: {} },
    { type: 'conversation:ended', conversationId: null },
    { type: 'authenticated', conversationId: 'conversation-2' },
    { type: { toString: 'conversation:ended' }, ...here },
    { ...here },
  ];

  it('over a stream: what is known is checked, what is not is nothing', async () => {
    const { conversation, say, heard, handshakes } = await openStream();
    const told: unknown[] = [];
    for (const type of ['conversation.ended', 'unread.changed', 'peer.read', 'roster.changed'] as const) {
      conversation.on(type, (event) => told.push(event));
    }
    for (const frame of odd) say(frame);
    await heard();
    expect(told).toEqual([]);
    expect(handshakes()).toBe(1);
  });

  it('over a session, too', async () => {
    const { messaging, client } = await openSession();
    const told: unknown[] = [];
    messaging.actor.on('*', (event) => told.push(event));
    const frames = [
      bare('ReactionEvent', { version: 99 }),
      { class: 7, body: {} },
      structured({ type: 'Hologram', direction: 'Outbound', id: 'h' }),
      { class: 'SessionResponse', code: '200', body: { connected: 'true' } },
      { class: 'string', code: 'x', body: 'x' },
    ];
    for (const frame of frames) client.send(JSON.stringify(frame));
    await messaging.sendMessage('still there');
    expect(told).toMatchObject([{ type: 'message.sent' }]);
    expect(messaging.state).toBe('configured');
  });
});

describe('61: typing of others that nobody ends (I-2, S11)', () => {
  const typing = (participantId: string, more: object = {}) => ({
    type: 'conversation:typing',
    conversationId: 'conversation-1',
    participantId,
    isTyping: true,
    ...more,
  });

  it.each([
    ['no duration', {}, 5000],
    ['a negative one', { duration: -1 }, 5000],
    ['NaN', { duration: 'NaN' }, 5000],
    ['null', { duration: null }, 5000],
    ['one too long', { duration: 1e12 }, 30_000],
    ['one too short', { duration: 0.001 }, 1000],
    ['a time that is ahead', { sentAt: '2099-01-01T00:00:00Z' }, 5000],
  ])('%s: it ends by itself', async (_what, more, ms) => {
    const { clock, conversation, say, heard } = await openStream();
    const typists = () => conversation.actor.getSnapshot().context.roster.typists.length;
    say(typing('agent', more));
    await heard();
    await clock.advance(ms - 1);
    expect(typists()).toBe(1);
    await clock.advance(1);
    expect(typists()).toBe(0);
  });

  it('of more people than anybody can show: no more than fifty, and all of them end', async () => {
    const { clock, conversation, say, heard } = await openStream();
    const typists = () => conversation.actor.getSnapshot().context.roster.typists.length;
    for (let count = 0; count < 1900; count += 1) say(typing(`agent-${count}`));
    await heard();
    expect(typists()).toBe(50);
    await clock.advance(5000);
    expect(typists()).toBe(0);
  });
});

it('62: what others have read: of another conversation, backwards, twice, of nobody knows what (R-5a)', async () => {
  const { conversation, say, heard } = await openStream();
  const told: string[] = [];
  conversation.on('peer.read', ({ participantId, messageId }) => told.push(`${participantId} ${messageId}`));
  const here = { conversationId: 'conversation-1' };
  const read = (messageId: string, more: object = {}) =>
    say({ type: 'conversation:read', ...here, participantId: 'agent', messageId, ...more });
  for (const messageId of ['m1', 'm2', 'm3']) {
    say({ type: 'conversation:message', ...here, messageId, participantId: 'guest-1', text: 'x' });
  }
  read('m2');
  read('m2');
  read('m1');
  read('m3', { conversationId: 'conversation-2' });
  read('nobody knows');
  await heard();
  expect(told).toEqual(['agent m2']);
  expect(conversation.readBy('m2')).toEqual(['agent']);
  expect(conversation.readBy('m3')).toEqual([]);
});

describe('65: a token that is rejected after the handshake, or changes while the socket is open (A-1, S2)', () => {
  it('4401 gets one fresh token, at once, and the socket that works is left alone', async () => {
    const seen: unknown[] = [];
    let issued = 0;
    const { clock, stream, handshakes } = await besiegeSockets([], (client, frame) => {
      if (frame.type !== 'authenticate') return false;
      seen.push(frame.token);
      if (frame.token !== 'token-1') return false;
      closeWith(client, 4401);
      return true;
    });
    const { transport, conversation } = stream({}, { token: () => `token-${++issued}` });
    const lost = nextOfStream(transport, 'stream.lost');
    const opened = nextOfStream(transport, 'stream.opened');
    conversation.start();
    expect(await lost).toMatchObject({ msLeft: 0 });
    await opened;
    expect(seen).toEqual(['token-1', 'token-2']);
    conversation.reauthorize();
    await clock.advance(20_000);
    expect(handshakes()).toBe(2);
  });

  it('4401 without another token is the end of it, until somebody signs in', async () => {
    const { clock, stream, handshakes } = await besiegeSockets([(client) => void closeWith(client, 4401)]);
    const { transport, conversation } = stream();
    const ended = nextOfStream(transport, 'stream.unauthorized');
    conversation.start();
    await ended;
    await clock.advance(3_600_000);
    expect(handshakes()).toBe(1);
  });
});

describe('15, 33, 39: a history that cannot be had holds nothing up, and the gap is told (I-1)', () => {
  const message = (messageId: string) => ({
    type: 'conversation:message',
    conversationId: 'conversation-1',
    messageId,
    participantId: 'agent',
    text: 'hello',
  });

  it.each([
    ['15: a page', reply(200, ['Connection: close', html], page)],
    ['33: no byte at all', ''],
    ['39: a body beyond every measure', reply(200, ['Connection: close'], 'x'.repeat(200_000))],
  ])('%s', async (_what, history) => {
    const { clock, state, client, transport, conversation, nextClient } = await openStream();
    const heard: string[] = [];
    transport.on('conversation:message', ({ messageId }) => heard.push(messageId));
    const missed = nextOfConversation(conversation, 'messages.missed');
    state.history = history;
    const lost = nextOfStream(transport, 'stream.lost');
    const back = nextClient();
    client.terminate();
    const { msLeft } = (await lost) as { msLeft: number };
    const opened = nextOfStream(transport, 'stream.opened');
    await clock.advance(msLeft);
    await opened;
    (await back).send(JSON.stringify(message('m1')));
    await during(clock, missed);
    const told = nextOfStream(transport, 'conversation:message');
    (await back).send(JSON.stringify(message('m2')));
    await told;
    expect(heard).toEqual(['m1', 'm2']);
    expect(conversation.unread).toBe(2);
  });
});

describe('66: the guest’s own typing comes back: it is never shown, and never said again', () => {
  it('over a stream', async () => {
    const { conversation, say, heard, calls, clock } = await openStream();
    const frame = { conversationId: 'conversation-1', participantId: 'guest-1', isTyping: true };
    for (let count = 0; count < 3; count += 1) say({ type: 'conversation:typing', ...frame });
    await heard();
    await clock.advance(10_000);
    expect(conversation.actor.getSnapshot().context.roster.typists).toEqual([]);
    expect(calls.filter((call) => call.endsWith('typing'))).toEqual([]);
  });

  it('over a session', async () => {
    const { messaging, client } = await openSession();
    const told: string[] = [];
    messaging.subscribe(({ type }) => told.push(type));
    const events = [{ eventType: 'Typing', typing: { type: 'On', duration: 5000 } }];
    client.send(JSON.stringify(structured({ type: 'Event', direction: 'Inbound', id: 'e', events })));
    await messaging.sendMessage('hello');
    expect(told).not.toContain('remote.typing');
  });
});

describe('45: a portal answers for every host, until somebody signs in there (A-0)', () => {
  it.each([
    ['a page', reply(200, ['Connection: close', html], page)],
    ['a redirect', reply(302, ['Connection: close', 'Location: http://portal.example.org/'])],
  ])(
    '%s in place of everything: nothing is lost, nothing ends, and all of it is back',
    async (_what, portal) => {
      const { clock, state, stream, calls } = await besiegeSockets();
      state.portal = portal;
      const { transport, conversation } = stream();
      const lost = nextOfStream(transport, 'stream.lost');
      const ends: unknown[] = [];
      for (const type of ['conversation.ended', 'link.unauthorized'] as const) {
        conversation.on(type, (event) => ends.push(event));
      }
      conversation.start();
      await lost;
      conversation.messageReceived({ messageId: 'm1', participantId: 'agent' });
      const failed = nextOfConversation(conversation, 'read.failed');
      conversation.viewed('m1');
      await clock.advance(200);
      expect(await failed).toMatchObject({ willRetry: true });
      const typing = nextOfConversation(conversation, 'typing.failed');
      conversation.keystroke();
      await clock.advance(1000);
      await typing;
      expect(calls).toEqual([]);

      state.portal = null;
      const opened = nextOfStream(transport, 'stream.opened');
      const acknowledged = nextOfConversation(conversation, 'read.acknowledged');
      const announced = nextOfConversation(conversation, 'typing.announced');
      conversation.online();
      await during(clock, Promise.all([opened, acknowledged, announced]));
      expect(ends).toEqual([]);
    },
  );
});
