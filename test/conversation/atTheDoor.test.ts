import {
  clientCredentials,
  createConversation,
  guestRest,
  type LedgerStorage,
  openGuestConversation,
  webMessaging,
} from 'genesys-conversation-machine';
import { createScriptedTransport, createSteppedClock } from 'genesys-conversation-machine/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { attempt, failureOf, readCall } from '../support/guestCalls.ts';
import { createHarness } from '../support/harness.ts';
import { createSockets, deploymentId } from '../support/socketScript.ts';

const clock = createSteppedClock();
const orgUrl = 'https://api.example.org';
const { Socket } = createSockets();
const transport = createScriptedTransport({ clock });

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('a name that no option has', () => {
  const doors: [string, (wrong: object) => unknown][] = [
    ['createConversation', (wrong) => createConversation({ transport, clock, ...wrong })],
    ['guestRest', (wrong) => guestRest({ orgUrl, participantId: 'me', token: 't', ...wrong })],
    ['openGuestConversation', (wrong) => openGuestConversation({ orgUrl, ...wrong })],
    [
      'clientCredentials',
      (wrong) => clientCredentials({ orgUrl, clientId: 'a', clientSecret: 'b', ...wrong }),
    ],
    [
      'webMessaging',
      (wrong) => webMessaging({ deploymentId, region: 'eu-west-1', webSocket: Socket, ...wrong }),
    ],
    [
      'sendMessage',
      (wrong) =>
        webMessaging({ deploymentId, region: 'eu-west-1', webSocket: Socket }).sendMessage('hi', wrong),
    ],
  ];

  it.each(doors)('is refused by %s, by that name', async (_name, open) => {
    const refused = async () => open({ colour: 'red' });
    await expect(refused()).rejects.toMatchObject({ code: 'invalid-option', option: 'colour' });
    await expect(refused()).rejects.toThrow(/^colour must be absent; known are /);
    await expect(
      (async () => open({ colour: undefined }))().catch((error) => error.option),
    ).resolves.not.toBe('colour');
  });

  it('comes with the one that was meant', () => {
    const made = (wrong: object) => () => createConversation({ transport, clock, ...wrong });
    expect(made({ storge: localStorage })).toThrow(/did you mean storage\?/);
    expect(made({ conversationID: 'c1' })).toThrow(/did you mean conversationId\?/);
    expect(made({ timing: { idel: 1 } })).toThrow(/did you mean timing\.idle\?/);
    expect(made({ '\u001b[31m<b>': 1 })).toThrow(/^\?\?31m\?b\? must be absent/);
  });

  const localStorage = { getItem: () => null, setItem: () => {}, removeItem: () => {} };
});

it('an id that is a number is told to be a string', () => {
  expect(() => createConversation({ transport, clock, conversationId: 12 as never })).toThrow(/a string/);
});

describe('markAsRead', () => {
  it('settles before start(), and its mark leaves after it', async () => {
    const clock = createSteppedClock();
    const transport = createScriptedTransport({ clock });
    const conversation = createConversation({ transport, clock, conversationId: 'c1' });
    conversation.messageReceived({ messageId: 'm1', participantId: 'a' });
    await expect(conversation.markAsRead('m1')).rejects.toMatchObject({ code: 'not-started' });
    await expect(conversation.markAsRead()).rejects.toMatchObject({ code: 'not-started' });
    expect(transport.calls).toEqual([]);
    conversation.start();
    await clock.advance(1000);
    expect(transport.log).toEqual(['0.0 READ m1']);
    await conversation.markAsRead('m1');
  });

  it.each(['', 4, null, {}, new Event('click')])('rejects for %o, and throws nothing', async (wrong) => {
    const { conversation } = createHarness();
    let reading: Promise<void> | undefined;
    expect(() => {
      reading = conversation.markAsRead(wrong as never);
      reading.catch(() => {});
    }).not.toThrow();
    await expect(reading).rejects.toMatchObject({ code: 'invalid-option', option: 'messageId' });
  });
});

describe('a key that can never leave', () => {
  const warned = () => vi.spyOn(console, 'warn').mockImplementation(() => {});

  it('is told once where nothing is open, to who gave no logger', async () => {
    const spy = warned();
    const { conversation, type } = createHarness({ conversationId: null });
    expect(spy).not.toHaveBeenCalled();
    await type(0, 5000);
    expect(spy).toHaveBeenCalledOnce();
    expect(spy.mock.calls[0]?.[0]).toMatch(/call open\(conversationId\)/);
    conversation.stop();
  });

  it.each(['bad-request', 'not-found', 'forbidden'] as const)('is told once after %s', async (code) => {
    const spy = warned();
    const { transport, type, at } = createHarness();
    transport.always('typing', { code, message: 'POST … found no such participant; check the ids.' });
    await type(0, 2000);
    await at(120_000);
    await type(120_000, 122_000);
    expect(spy).toHaveBeenCalledOnce();
    expect(spy.mock.calls[0]?.[0]).toContain('check the ids');
  });

  it('is not told to a logger twice, nor while a connection is still being made, nor for what passes', async () => {
    const spy = warned();
    const logged = createHarness({ conversationId: null, logger: () => {} });
    await logged.type(0, 1000);
    const connecting = createHarness({ conversationId: null });
    connecting.transport.tell({ type: 'network.offline' });
    await connecting.type(0, 1000);
    const passing = createHarness();
    passing.transport.always('typing', { code: 'network', message: 'x' });
    await passing.type(0, 9000);
    expect(spy).not.toHaveBeenCalled();
  });
});

describe('a storage as a function', () => {
  const memory = (): LedgerStorage & { readonly kept: Map<string, string> } => {
    const kept = new Map<string, string>();
    return {
      kept,
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => kept.set(key, value),
      removeItem: (key) => kept.delete(key),
    };
  };

  it('is asked for one at construction', async () => {
    const storage = memory();
    const { conversation, told, at } = createHarness({ storage: () => storage });
    told('m1');
    conversation.viewed('m1');
    await at(1000);
    expect([...storage.kept.values()].join()).toContain('m1');
  });

  it.each<[string, () => LedgerStorage | null | undefined]>([
    [
      'throws, as a page without access to its storage does',
      () => {
        throw new DOMException('The operation is insecure.', 'SecurityError');
      },
    ],
    ['has none', () => null],
    ['gives nothing', () => undefined],
  ])('that %s leaves a conversation that works, and says so once', async (_name, storage) => {
    const { conversation, transport, told, at, trace } = createHarness({ storage });
    told('m1');
    conversation.keystroke();
    await conversation.markAsRead('m1');
    await at(5000);
    expect(transport.log).toContain('0.0 READ m1');
    expect(trace.of('storage.failed')).toMatchObject([{ reason: 'unavailable', degraded: true }]);
    webMessaging({ deploymentId, region: 'eu-west-1', webSocket: Socket, storage: storage as never });
  });

  it('that gives something else is refused', () => {
    expect(() => createHarness({ storage: (() => 4) as never })).toThrow(/storage must be/);
  });
});

describe('what the platform lacks', () => {
  it('is told at construction: random numbers', async () => {
    vi.stubGlobal('crypto', undefined);
    const unsupported = { code: 'unsupported', message: expect.stringContaining('getRandomValues') };
    expect(() => guestRest({ orgUrl, participantId: 'me', token: 't' })).toThrow(
      expect.objectContaining(unsupported),
    );
    expect(() => webMessaging({ deploymentId, region: 'eu-west-1', webSocket: Socket })).toThrow(
      expect.objectContaining(unsupported),
    );
    await expect(openGuestConversation({ orgUrl })).rejects.toMatchObject(unsupported);
  });

  const streamless = (response: Response): Response =>
    Object.defineProperty(response, 'body', { value: undefined });
  const answering = (make: () => Response): typeof fetch => (async () => streamless(make())) as typeof fetch;

  it('is done without: a body that can be read as a stream', async () => {
    const opened = { conversationId: 'c1', guestId: 'g1', guestToken: 'abc' };
    const fetch = answering(() => Response.json(opened));
    expect(await openGuestConversation({ orgUrl, fetch })).toEqual(opened);
    const guest = (make: () => Response) =>
      guestRest({ orgUrl, participantId: 'me', token: 't', fetch: answering(make) });
    expect(
      (await guest(() => new Response(null, { status: 204 })).sendRead(readCall(), attempt())).status,
    ).toBe(204);
    for (const make of [
      () => new Response('<html>', { status: 200 }),
      () => new Response('<html>', { status: 404 }),
      () => new Response('x'.repeat(70_000), { headers: { 'content-type': 'text/plain' } }),
    ]) {
      expect((await failureOf(guest(make).sendRead(readCall(), attempt()))).code).toBe('unreadable-reply');
    }
  });
});
