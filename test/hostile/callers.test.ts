import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import {
  createConversation,
  guestRest,
  isConversationError,
  webMessaging,
} from 'genesys-conversation-machine';
import { createScriptedTransport, createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../src/shared/clock.ts';
import { attempt, canary, failureOf, typingCall } from '../support/guestCalls.ts';
import { createHarness } from '../support/harness.ts';
import { createMemoryStorage } from '../support/memoryStorage.ts';
import { reply, serving } from '../support/rawServer.ts';
import { besiege, timesOf } from '../support/siege.ts';
import { deploymentId } from '../support/socketScript.ts';

/** What was thrown, at once. */
function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (thrown) {
    return thrown;
  }
  return 'nothing';
}

describe('67: what is no id is refused at once, and never asked to turn itself into one', () => {
  const never = () => {
    throw new Error('asked');
  };
  const hostile: [string, unknown][] = [
    ['a number', 42],
    ['a big one', 42n],
    ['a symbol', Symbol('c1')],
    ['a boxed string', new String('c1')],
    ['what cannot be turned into a string', { toString: never, valueOf: never, [Symbol.toPrimitive]: never }],
    ['what throws at every look', new Proxy({}, { get: never, ownKeys: never, getPrototypeOf: never })],
    ['a function', never],
  ];

  it.each(hostile)('%s', (_what, id) => {
    const clock = createSteppedClock();
    const transport = createScriptedTransport({ clock });
    const { conversation } = createHarness();
    const doors: readonly (readonly [string, () => unknown])[] = [
      ['conversationId', () => createConversation({ transport, clock, conversationId: id as never })],
      ['conversationId', () => conversation.open(id as never)],
      ['messageId', () => conversation.viewed(id as never)],
      ['messageId', () => conversation.markAsUnread(id as never)],
      ['messageId', () => conversation.messageRemoved(id as never)],
      ['messageId', () => conversation.messageReceived({ messageId: id as never, participantId: 'a' })],
      ['participantId', () => conversation.messageReceived({ messageId: 'm', participantId: id as never })],
      [
        'participantId',
        () => guestRest({ orgUrl: 'https://api.example.org', participantId: id as never, token: 't' }),
      ],
      ['deploymentId', () => webMessaging({ deploymentId: id as never, endpoint: 'http://127.0.0.1:1' })],
    ];
    for (const [option, door] of doors) {
      expect(thrownBy(door)).toMatchObject({ code: 'invalid-option', option });
    }
  });

  it('a field that is another at the second look is looked at once', async () => {
    const { conversation, at, transport } = createHarness();
    let looks = 0;
    const shifty = {
      participantId: 'agent',
      get messageId() {
        looks += 1;
        return looks === 1 ? 'm1' : '../m2';
      },
    };
    conversation.messageReceived(shifty);
    conversation.viewed('m1');
    await at(1000);
    expect(looks).toBe(1);
    expect(transport.log).toEqual(['0.2 READ m1']);
  });
});

describe('69: two spellings of one letter are two ids: nothing is normalised (S8)', () => {
  it('on the wire and in the order', async () => {
    const composed = 'caf\u00e9';
    const apart = 'cafe\u0301';
    const { conversation, at, told, server } = await besiege({ conversation: { conversationId: apart } });
    told(composed);
    told(apart);
    expect(conversation.unread).toBe(2);
    conversation.viewed(composed);
    await at(1000);
    expect(conversation.unread).toBe(1);
    expect(server.requests.map(({ body }) => JSON.parse(Buffer.from(body, 'latin1').toString()))).toEqual([
      { conversationId: apart, messageId: composed },
    ]);
  });
});

describe('70: ids that are names of a prototype are ordinary ids (S12)', () => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype'];

  it.each(names)('%s', async (id) => {
    const storage = createMemoryStorage();
    const { conversation, transport, at } = createHarness({ conversationId: id, storage });
    expect(
      conversation.receive({
        type: 'conversation:typing',
        conversationId: id,
        participantId: id,
        isTyping: true,
      }),
    ).toBe(true);
    expect(conversation.actor.getSnapshot().context.roster.typists).toMatchObject([{ participantId: id }]);
    conversation.messageReceived({ messageId: id, participantId: id });
    conversation.messageReceived({ messageId: 'm2', participantId: 'guest' });
    expect(conversation.unread).toBe(2);
    conversation.viewed(id);
    await at(1000);
    expect(transport.log).toEqual([`0.2 READ ${id}`]);
    conversation.receive({
      type: 'conversation:read',
      conversationId: id,
      participantId: id,
      messageId: 'm2',
    });
    expect(conversation.readBy('m2')).toEqual([id]);
    expect(({} as Record<string, unknown>).messageId).toBeUndefined();
    conversation.stop();

    const later = createHarness({ conversationId: id, storage });
    later.conversation.messageReceived({ messageId: id, participantId: id });
    await later.at(5000);
    expect(later.conversation.unread).toBe(0);
    expect(later.transport.log).toEqual([]);
  });
});

describe('75: a listener that does what listeners should not', () => {
  it('comes and goes while others are told, each hears what it should', async () => {
    const { conversation, at } = createHarness();
    const heard: string[] = [];
    const endSecond = { now: () => {} };
    conversation.on('typing.acknowledged', () => {
      heard.push('first');
      endSecond.now();
      conversation.on('typing.acknowledged', () => heard.push('late'));
    });
    endSecond.now = conversation.on('typing.acknowledged', () => heard.push('second'));
    conversation.keystroke();
    await at(100);
    expect(heard.filter((name) => name === 'first')).toHaveLength(1);
    heard.length = 0;
    conversation.stopTyping();
    await at(2000);
    expect(heard.sort()).toEqual(['first', 'late']);
  });

  it('tells more from within: in order, and none is lost', async () => {
    const { conversation, transport, at, told } = createHarness();
    told('m1', 'm2');
    conversation.on('unread.changed', ({ count }) => {
      if (count === 1) conversation.viewed('m2');
    });
    conversation.on('typing.announced', () => conversation.stopTyping());
    conversation.viewed('m1');
    conversation.keystroke();
    await at(5000);
    expect(conversation.unread).toBe(0);
    expect(transport.log).toEqual(['0.0 ON', '0.2 READ m2', '1.0 OFF']);
  });
});

describe('76: a place that is no newer moves nothing (R-1, R-7)', () => {
  it('equal, lower, or of another conversation', async () => {
    const { conversation, transport, at } = createHarness();
    const tell = (messageId: string, position: number) =>
      conversation.messageReceived({ messageId, participantId: 'agent', position });
    tell('m5', 5);
    conversation.viewed('m5');
    await at(2000);
    tell('m5', 5);
    tell('m3', 3);
    tell('other', 5);
    for (const id of ['m5', 'm3', 'other']) conversation.viewed(id);
    await at(10_000);
    expect(transport.log).toEqual(['0.2 READ m5']);
    conversation.open('c2');
    expect(thrownBy(() => conversation.viewed('m5'))).toMatchObject({ code: 'unknown-message' });
  });

  it('as far as numbers go', async () => {
    const { conversation, transport, at } = createHarness();
    conversation.messageReceived({ messageId: 'last', participantId: 'agent', position: 2 ** 52 });
    conversation.messageReceived({ messageId: 'first', participantId: 'agent', position: -(2 ** 52) });
    conversation.viewed('last');
    await at(2000);
    expect(conversation.unread).toBe(0);
    expect(transport.log).toEqual(['0.2 READ last']);
    for (const position of [2 ** 53, Number.NaN, 2 ** 52 + 1]) {
      const message = { messageId: 'beyond', participantId: 'agent', position };
      expect(thrownBy(() => conversation.messageReceived(message))).toMatchObject({ option: 'position' });
    }
  });
});

describe('77: far too much of everything', () => {
  it('a hundred thousand keys in one task are one call (T-2)', async () => {
    const { conversation, transport, at } = createHarness();
    for (let count = 0; count < 100_000; count += 1) conversation.keystroke();
    await at(900);
    expect(transport.log).toEqual(['0.0 ON']);
  });

  it('a hundred thousand messages that came into view in one task are one call (R-2)', async () => {
    const { conversation, transport, at } = createHarness();
    const ids = Array.from({ length: 100_000 }, (_, index) => `m${index}`);
    for (const messageId of ids.slice(-500)) {
      conversation.messageReceived({ messageId, participantId: 'agent' });
    }
    conversation.seen(ids);
    await at(5000);
    expect(transport.log).toEqual(['0.2 READ m99999']);
    expect(conversation.unread).toBe(0);
  });

  it('three thousand conversations, one after the other: what is kept of them stays bounded', async () => {
    const { conversation, at } = createHarness();
    for (let count = 0; count < 3000; count += 1) conversation.open(`c-${count}`);
    await at(1);
    expect(conversation.actor.getSnapshot().context.receipts.ledgers.length).toBeLessThanOrEqual(200);
  });
});

describe('80: a clock that jumps in the middle of a wait (L-1, I-2, T-10)', () => {
  const hour = 3_600_000;
  it.each([-hour, hour, 365 * 24 * hour])('the wall by %d ms: no call sooner, and none later', async (ms) => {
    const { conversation, clock, calls, at, told } = await besiege({
      read: [reply(429, ['Retry-After: 20'])],
    });
    told('m1');
    conversation.viewed('m1');
    await at(5000);
    clock.shiftWall(ms);
    await at(60_000);
    const [first = 0, second = 0] = timesOf(calls, 'READ');
    expect(second - first).toBeGreaterThanOrEqual(20);
    expect(second - first).toBeLessThanOrEqual(20.5);
  });

  it.each<[string, { now?: number; wall?: number; timers?: number }]>([
    ['the machine slept for eight hours', { now: 8 * hour }],
    ['and its monotonic clock did not see it', { wall: 8 * hour }],
    ['and its timers fire as late', { wall: 8 * hour, timers: 8 * hour }],
  ])('%s: what was typed before is not said after (T-7), and one mark leaves once', async (_what, jump) => {
    const { conversation, transport, at, told, clock } = createHarness();
    transport.answer('typing', { code: 'unavailable', message: 'x', status: 503 });
    transport.answer('read', { code: 'unavailable', message: 'x', status: 503 });
    told('m1');
    conversation.viewed('m1');
    await at(250);
    conversation.keystroke();
    await at(300);
    const before = transport.calls.length;
    clock.jump(jump);
    conversation.show();
    await clock.advance(9 * hour);
    const after = transport.log.slice(before);
    expect(after.filter((line) => line.includes('READ'))).toHaveLength(1);
    expect(after.filter((line) => line.endsWith('ON'))).toEqual([]);
  });
});

describe('82: a page whose globals are not what they were', () => {
  it('a prototype that has learnt the words of the wire: what is received has only its own (S12)', async () => {
    const polluted: Record<string, unknown> = {
      extend() {},
      conversationId: 'conversation-2',
      messageId: 'polluted',
      participantId: 'polluted',
      isTyping: false,
      position: 7,
      sentAt: 1,
      duration: 1,
      text: 'polluted',
      token: 'polluted',
      access_token: 'polluted',
      guestToken: 'polluted',
      expiresIn: 1,
    };
    const { prototype } = Object;
    const { conversation, at, type, told, trace, calls, server } = await besiege({
      read: [reply(500), reply(200, ['Content-Type: application/json'], '{}')],
    });
    for (const [name, value] of Object.entries(polluted)) {
      Object.defineProperty(prototype, name, { value, configurable: true, writable: true, enumerable: true });
    }
    try {
      told('m1');
      conversation.viewed('m1');
      await type(0, 2000);
      await at(20_000);
    } finally {
      for (const name of Object.keys(polluted)) Reflect.deleteProperty(prototype, name);
    }
    expect(calls.map((call) => call.split(' ')[1])).toEqual(['ON', 'READ', 'READ']);
    expect(server.requests.map(({ body }) => JSON.parse(body))).toEqual([
      { conversationId: 'conversation-1', isTyping: true },
      { conversationId: 'conversation-1', messageId: 'm1' },
      { conversationId: 'conversation-1', messageId: 'm1' },
    ]);
    expect(trace.of('read.failed').map(({ failure }) => Object.keys(failure).sort())).toEqual([
      ['attempt', 'code', 'message', 'requestId', 'status'],
    ]);
  });

  it('a fetch that is replaced later is not used', async () => {
    const server = await serving((socket) => socket.end(reply(204)));
    const guest = guestRest({ orgUrl: server.url, participantId: 'guest-1', token: canary });
    vi.stubGlobal('fetch', () => Promise.reject(new Error('replaced')));
    onTestFinished(() => void vi.unstubAllGlobals());
    expect((await guest.sendTyping(typingCall(), attempt())).status).toBe(204);
  });

  it('timers of a framework in their place: what they return is given back to them', () => {
    const set = { task: 1 };
    const cleared: unknown[] = [];
    vi.stubGlobal('setTimeout', () => set);
    vi.stubGlobal('clearTimeout', (id: unknown) => cleared.push(id));
    const id = systemClock.setTimeout(() => {}, 5);
    systemClock.clearTimeout(id);
    vi.unstubAllGlobals();
    expect(cleared).toEqual([set]);
  });

  it('everything frozen: a conversation and a session run as ever', async () => {
    const program = `
      import { createConversation, guestRest, webMessaging } from 'genesys-conversation-machine';
      const replies = [500, 204, 204];
      const transport = guestRest({
        orgUrl: 'https://api.example.org', participantId: 'g', token: 't',
        fetch: async () => new Response(null, { status: replies.shift() ?? 204 }),
      });
      const conversation = createConversation({
        transport, conversationId: 'c1', timing: { backoffBase: 1, readInterval: 0, collect: 0 },
      }).start();
      conversation.messageReceived({ messageId: 'm1', participantId: 'a' });
      await conversation.markAsRead('m1');
      try { conversation.open('..'); } catch ({ name, code }) { console.log(name, code); }
      webMessaging({ deploymentId: '${deploymentId}', endpoint: 'http://127.0.0.1:1', webSocket: class {} }).stop();
      conversation.stop();
      console.log('done', replies.length);`;
    const folder = join(process.cwd(), 'node_modules', '.hostile');
    const file = join(folder, `frozen-${process.pid}.mjs`);
    await mkdir(folder, { recursive: true });
    onTestFinished(() => rm(file, { force: true }));
    const { outputFiles } = await build({
      stdin: { contents: program, resolveDir: process.cwd() },
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      conditions: ['@genesys-conversation-machine/source'],
      external: ['xstate', 'ofetch', 'uuid'],
    });
    await writeFile(file, outputFiles[0]?.contents ?? '');
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--frozen-intrinsics',
      '--no-warnings',
      file,
    ]);
    expect(stdout).toBe('ConversationError invalid-option\ndone 1\n');
  });
});

it('a failure of a caller is a typed one, and says which argument it was about', async () => {
  const failure = await failureOf(
    guestRest({ orgUrl: 'https://api.example.org', participantId: 'g', token: 't' }).sendTyping(
      typingCall({ conversationId: '..' }),
      attempt(),
    ),
  );
  expect(isConversationError(failure)).toBe(true);
  expect(failure).toMatchObject({ code: 'bad-request', option: 'conversationId' });
});
