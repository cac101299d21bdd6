import {
  clientCredentials,
  createConversation,
  guestRest,
  openGuestConversation,
} from 'genesys-conversation-machine';
import { startSandbox } from 'genesys-conversation-machine/sandbox';
import { expect, it, vi } from 'vitest';
import type { InspectionEvent } from 'xstate';
import { canary, expectNoCanary } from '../support/guestCalls.ts';
import { goLive } from '../support/live.ts';

/** What a program could read of an object: own properties, hidden ones and getters included, and those of its class. */
function partsOf(object: object): unknown[] {
  const parts: unknown[] = object instanceof Map || object instanceof Set ? [...object] : [];
  for (let layer = object; layer && layer !== Object.prototype; layer = Object.getPrototypeOf(layer)) {
    for (const name of Reflect.ownKeys(layer)) {
      try {
        parts.push(String(name), Reflect.get(layer, name, object));
      } catch {
        // A getter that throws shows nothing.
      }
    }
  }
  return parts;
}

/**
 * Everything a program could print of values, each object once: what hangs on a conversation hangs on it by many ways. An
 * object that changes is another one each time; what is not, a getter's say, is looked at when it is first met.
 */
function everyPrintOf(values: readonly unknown[]): string {
  const prints: string[] = [];
  const met = new Set<unknown>();
  const due: unknown[] = [...values];
  while (due.length > 0) {
    const value = due.pop();
    if (typeof value !== 'object' || value === null) {
      if (typeof value !== 'function') prints.push(String(value));
    } else if (!met.has(value)) {
      met.add(value);
      due.push(...partsOf(value));
    }
  }
  return prints.join('\n');
}

/** The parts of an inspection event that an inspector shows; the actors themselves are printed once, at the end. */
function whatAnInspectorShows(inspected: InspectionEvent): unknown {
  const { type } = inspected;
  if (type === '@xstate.action') return JSON.stringify(inspected.action);
  if (type === '@xstate.actor') return type;
  if (type === '@xstate.event') return inspected.event;
  const { event, snapshot } = inspected as {
    event: unknown;
    snapshot: { context?: unknown; value?: unknown };
  };
  return [event, snapshot.context, snapshot.value, JSON.stringify(snapshot)];
}

function expectNoTrace(prints: string, tokens: readonly string[]): void {
  for (const token of tokens) {
    for (let start = 0; start + 12 <= token.length; start += 6) {
      const part = token.slice(start, start + 12);
      if (!/^[\w-]+$/.test(part) || part.startsWith('sandbox-')) continue;
      expect(prints.includes(part)).toBe(false);
    }
  }
}

it('no token is in any log line, error, event, snapshot, inspection or URL of a run with every failure', async () => {
  const seen: unknown[] = [];
  const tokens: string[] = [];
  const consoles = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) =>
    vi.spyOn(console, name).mockImplementation((...line) => void seen.push(line)),
  );
  const live = await goLive({
    token: (issue) => () => {
      const token = issue();
      tokens.push(token);
      return token;
    },
    conversation: {
      logger: (entry) => seen.push(entry),
      inspect: (event) => seen.push(whatAnInspectorShows(event)),
    },
  });
  const { sandbox, conversation, conversationId, guestToken, transport, trace, type, at } = live;
  tokens.push(guestToken);
  conversation.actor.on('*', (event) => seen.push(event));
  conversation.actor.subscribe({
    next: (snapshot) => seen.push(snapshot.context, snapshot.value),
    error: (error) => seen.push(error),
  });
  const read = (): void => {
    const { messageId } = sandbox.agent.say(conversationId, 'hello');
    conversation.messageReceived({ messageId, participantId: 'agent' });
    conversation.markAsRead(messageId).catch((error: unknown) => seen.push(error));
  };

  const faults = [
    { status: 400, body: '{"code":"bad"}' },
    { status: 401, body: {} },
    { status: 429, headers: { 'Retry-After': '1' } },
    { status: 503, body: '<html>' },
    { status: 200, headers: { 'Content-Type': 'text/html' }, body: '<html>login</html>' },
    { status: 302, headers: { Location: 'https://elsewhere.example/' } },
    { action: 'reset' as const },
  ];
  let time = 0;
  for (const fault of faults) {
    sandbox.fault({ lane: 'typing', ...fault });
    sandbox.fault({ lane: 'read', ...fault });
    read();
    await type(time, time + 3000, 500);
    time += 130_000;
    await at(time);
    seen.push(conversation.actor.getPersistedSnapshot());
  }
  sandbox.expireTokens();
  read();
  await type(time, time + 3000, 500);
  await at(time + 20_000);
  const last = sandbox.agent.say(conversationId, 'bye');
  sandbox.endConversation(conversationId);
  conversation.messageReceived({ messageId: last.messageId, participantId: 'agent' });
  conversation.markAsRead(last.messageId).catch((error: unknown) => seen.push(error));
  time += 60_000;
  await at(time);
  seen.push(conversation.actor.getPersistedSnapshot(), transport);
  seen.push(sandbox.calls(), trace.entries);

  expect(tokens.length).toBeGreaterThanOrEqual(3);
  const codes = new Set(trace.of('read.failed').map(({ failure }) => failure.code));
  expect([...codes].sort()).toEqual([
    'bad-request',
    'conversation-ended',
    'network',
    'rate-limited',
    'redirected',
    'unauthorized',
    'unavailable',
    'unreadable-reply',
  ]);
  const prints = everyPrintOf([...seen, conversation, conversation.actor, conversation.actor.getSnapshot()]);
  expect(prints).toContain(conversationId);
  expectNoTrace(prints, tokens);
  for (const call of sandbox.calls()) expectNoTrace(call.path, tokens);
  for (const spy of consoles) spy.mockRestore();
});

it('no token, client secret or base URL credential is in an error of the openers and providers', async () => {
  const sandbox = await startSandbox();
  const canary = 'canary-0123456789-abcdefghij';
  const errors: unknown[] = [];
  const keep = async (act: () => unknown): Promise<void> => {
    try {
      await act();
    } catch (error) {
      errors.push(error);
    }
  };
  for (const token of [
    `${canary}\r\nX: y`,
    `${canary}\n`,
    `Bearer ${canary}`,
    `${canary}\u0000`,
    `${canary}é`,
  ]) {
    await keep(() => guestRest({ orgUrl: sandbox.url, participantId: 'guest', token }));
    await keep(async () => {
      const transport = guestRest({ orgUrl: sandbox.url, participantId: 'guest', token: () => token });
      const call = { conversationId: 'c1', isTyping: true, attempt: 1, keepalive: false };
      await transport.sendTyping(call, { signal: new AbortController().signal });
    });
  }
  await keep(() =>
    guestRest({ orgUrl: `https://user:${canary}@example.com`, participantId: 'g', token: 'a' }),
  );
  await keep(() => openGuestConversation({ orgUrl: `https://example.com/?token=${canary}` }));
  await keep(clientCredentials({ orgUrl: sandbox.url, clientId: 'nobody', clientSecret: canary }));
  await keep(() => createConversation({ transport: canary as never }));
  expect(errors).toHaveLength(14);
  expectNoTrace(everyPrintOf(errors), [canary]);
  await sandbox.close();
});

it('the check for the canary finds it wherever it hides', () => {
  const hiding = [
    new Error(`Bearer ${canary}`),
    Object.defineProperty({}, 'hidden', { value: { deep: canary.slice(3, 15) } }),
    {
      get token() {
        return canary;
      },
    },
  ];
  for (const value of hiding) expect(() => expectNoCanary(value)).toThrow();
  expect(() => expectNoCanary(new Error('fine'))).not.toThrow();
});
