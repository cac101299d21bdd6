import { guestRest, type TokenProvider } from 'genesys-conversation-machine';
import { describe, expect, test } from 'vitest';
import { ConversationError, type ConversationErrorCode } from '../../src/shared/errors.ts';
import type { Transport } from '../../src/shared/transport.ts';
import { attempt, canary, failureOf, readCall, typingCall } from '../support/guestCalls.ts';

interface Asked {
  readonly signal: AbortSignal;
  readonly resolve: (token: string) => void;
  readonly reject: (error: unknown) => void;
}

/** A provider whose every answer the test gives by hand. */
function scripted() {
  const asked: Asked[] = [];
  const provider: TokenProvider = ({ signal }) =>
    new Promise((resolve, reject) => asked.push({ signal, resolve, reject }));
  return { asked, provider, nth: (n: number) => asked[n - 1] as Asked };
}

/** A transport over a fetch that accepts everything and notes which tokens it saw. */
function guestWith(token: string | TokenProvider) {
  const tokens: (string | null)[] = [];
  const fetch = (async (_url: string, init: RequestInit) => {
    tokens.push(new Headers(init.headers).get('authorization'));
    return new Response(null, { status: 204 });
  }) as unknown as typeof globalThis.fetch;
  const transport = guestRest({ orgUrl: 'https://api.example.org', participantId: 'guest-1', token, fetch });
  return { tokens, transport, refresh: refreshOf(transport) };
}

function refreshOf(transport: Transport) {
  return (rejected: number, controller?: AbortController) => {
    if (transport.refreshToken === undefined) throw new Error('this transport cannot refresh');
    return transport.refreshToken(rejected, attempt(controller));
  };
}

/** Lets every promise reaction that is due run. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

async function withFirstToken(first = 'first') {
  const script = scripted();
  const guest = guestWith(script.provider);
  const call = guest.transport.sendTyping(typingCall(), attempt());
  await settled();
  script.nth(1).resolve(first);
  await call;
  return { ...script, ...guest };
}

describe('a plain token', () => {
  test('has no number, and nothing that could replace it', async () => {
    const { tokens, transport } = guestWith('plain');
    expect(await transport.sendTyping(typingCall(), attempt())).not.toHaveProperty('tokenGeneration');
    expect(tokens).toEqual(['Bearer plain']);
    expect(transport).not.toHaveProperty('refreshToken');
  });
});

describe('the first token', () => {
  test('is fetched once for all who need it, and kept', async () => {
    const { asked, nth, provider } = scripted();
    const { tokens, transport } = guestWith(provider);
    const calls = [transport.sendTyping(typingCall(), attempt()), transport.sendRead(readCall(), attempt())];
    await settled();
    nth(1).resolve('first');
    for (const accepted of await Promise.all(calls)) expect(accepted.tokenGeneration).toBe(1);
    await transport.sendRead(readCall(), attempt());
    expect(tokens).toEqual(Array(3).fill('Bearer first'));
    expect(asked).toHaveLength(1);
  });

  test('may come from a function that returns it at once', async () => {
    const { tokens, transport } = guestWith(() => 'sync');
    await transport.sendRead(readCall(), attempt());
    expect(tokens).toEqual(['Bearer sync']);
  });

  test('is asked for again after a failure', async () => {
    const { nth, provider } = scripted();
    const { transport } = guestWith(provider);
    const lost = failureOf(transport.sendRead(readCall(), attempt()));
    await settled();
    nth(1).reject(new Error('offline'));
    expect(await lost).toMatchObject({ code: 'unavailable', attempt: 1 });
    const call = transport.sendRead(readCall({ attempt: 2 }), attempt());
    await settled();
    nth(2).resolve('second');
    expect((await call).tokenGeneration).toBe(1);
  });
});

describe('a provider that fails', () => {
  const saying = (code: ConversationErrorCode) => new ConversationError({ code, message: code, status: 418 });

  test.each<[string, unknown, ConversationErrorCode]>([
    ['an error', new Error(canary), 'unavailable'],
    ['a string', canary, 'unavailable'],
    ['nothing', undefined, 'unavailable'],
    ['what looks like ours and is not', { code: 'unauthorized', message: canary }, 'unavailable'],
    ['unauthorized', saying('unauthorized'), 'unauthorized'],
    ['network', saying('network'), 'network'],
    ['timeout', saying('timeout'), 'timeout'],
    ['unavailable', saying('unavailable'), 'unavailable'],
    ['rate-limited', saying('rate-limited'), 'rate-limited'],
    ['unreadable-reply', saying('unreadable-reply'), 'unreadable-reply'],
    ['forbidden, which is not about the lane', saying('forbidden'), 'unauthorized'],
    ['not-found, which is not about the conversation', saying('not-found'), 'unauthorized'],
    ['conversation-ended, likewise', saying('conversation-ended'), 'unauthorized'],
    ['redirected, by a portal', saying('redirected'), 'redirected'],
    ['bad-request', saying('bad-request'), 'unauthorized'],
    ['a wrong option of its own', saying('invalid-option'), 'unavailable'],
  ])('with %s', async (_name, rejection, code) => {
    const { tokens, transport, refresh } = guestWith(() => Promise.reject(rejection));
    const failures = [failureOf(transport.sendRead(readCall(), attempt())), failureOf(refresh(0))];
    for (const failure of await Promise.all(failures)) {
      expect(failure.code).toBe(code);
      expect(failure.tokenGeneration).toBeUndefined();
    }
    expect(tokens).toEqual([]);
  });

  test('by throwing', async () => {
    const { refresh } = guestWith(() => {
      throw new Error(canary);
    });
    expect((await failureOf(refresh(0))).code).toBe('unavailable');
  });

  test('and says how long to wait', async () => {
    const limited = new ConversationError({
      code: 'rate-limited',
      message: 'x',
      status: 429,
      retryAfterMs: 7,
    });
    const { refresh } = guestWith(() => Promise.reject(limited));
    expect(await failureOf(refresh(0))).toMatchObject({ code: 'rate-limited', status: 429, retryAfterMs: 7 });
  });

  test.each<[string, unknown]>([
    ['an empty string', ''],
    ['a scheme', `Bearer ${canary}`],
    ['a line break', `${canary}\n`],
    ['an object', { token: canary }],
    ['nothing', undefined],
  ])('by resolving to %s', async (_name, value) => {
    const { tokens, transport, refresh } = guestWith(async () => value as string);
    for (const call of [transport.sendRead(readCall(), attempt()), refresh(0)]) {
      expect((await failureOf(call)).code).toBe('unauthorized');
    }
    expect(tokens).toEqual([]);
  });
});

describe('a refresh', () => {
  test('brings the next number, and later calls carry the fresh token', async () => {
    const { nth, refresh, tokens, transport } = await withFirstToken();
    const refreshed = refresh(1);
    await settled();
    nth(2).resolve('second');
    expect(await refreshed).toEqual({ tokenGeneration: 2 });
    expect((await transport.sendRead(readCall(), attempt())).tokenGeneration).toBe(2);
    expect(tokens).toEqual(['Bearer first', 'Bearer second']);
  });

  test('is shared by all who ask while it runs', async () => {
    const { asked, nth, refresh } = await withFirstToken();
    const refreshes = [refresh(1), refresh(1), refresh(1)];
    await settled();
    nth(2).resolve('second');
    expect(await Promise.all(refreshes)).toEqual(Array(3).fill({ tokenGeneration: 2 }));
    expect(asked).toHaveLength(2);
  });

  test('is not made for a straggler whose token is out of use already', async () => {
    const { asked, nth, refresh } = await withFirstToken();
    const refreshed = refresh(1);
    await settled();
    nth(2).resolve('second');
    await refreshed;
    expect(await refresh(1)).toEqual({ tokenGeneration: 2 });
    expect(await refresh(0)).toEqual({ tokenGeneration: 2 });
    expect(asked).toHaveLength(2);
  });

  test('that brings the rejected token again is none', async () => {
    const { nth, refresh } = await withFirstToken('same');
    const refreshed = failureOf(refresh(1));
    await settled();
    nth(2).resolve('same');
    expect((await refreshed).code).toBe('unauthorized');
    const again = refresh(1);
    await settled();
    nth(3).resolve('other');
    expect(await again).toEqual({ tokenGeneration: 2 });
  });

  test('for a straggler does not hand out a newer token that was rejected as well', async () => {
    const { nth, refresh } = await withFirstToken();
    const second = refresh(1);
    await settled();
    nth(2).resolve('second');
    await second;
    const lost = failureOf(refresh(2));
    await settled();
    nth(3).reject(new Error('offline'));
    await lost;
    const straggler = refresh(1);
    await settled();
    nth(4).resolve('third');
    expect(await straggler).toEqual({ tokenGeneration: 3 });
  });

  test('always brings a number greater than the rejected one', async () => {
    const { nth, refresh } = await withFirstToken();
    const refreshed = refresh(7);
    await settled();
    nth(2).resolve('second');
    expect((await refreshed).tokenGeneration).toBeGreaterThan(7);
  });

  test('holds calls back: none leaves with a token that was rejected', async () => {
    const { nth, refresh, tokens, transport } = await withFirstToken();
    const refreshed = refresh(1);
    const call = transport.sendRead(readCall(), attempt());
    await settled();
    expect(tokens).toEqual(['Bearer first']);
    nth(2).resolve('second');
    await Promise.all([refreshed, call]);
    expect(tokens).toEqual(['Bearer first', 'Bearer second']);
  });

  test('that failed leaves the rejected token out of use: the next call asks anew', async () => {
    const { nth, refresh, tokens, transport } = await withFirstToken();
    const refreshed = failureOf(refresh(1));
    await settled();
    nth(2).reject(new Error('offline'));
    expect((await refreshed).code).toBe('unavailable');
    const call = transport.sendRead(readCall(), attempt());
    await settled();
    nth(3).resolve('third');
    expect((await call).tokenGeneration).toBe(2);
    expect(tokens).toEqual(['Bearer first', 'Bearer third']);
  });
});

describe('giving up on a token', () => {
  test('one who leaves does not spoil it for the others', async () => {
    const { asked, nth, refresh } = await withFirstToken();
    const leaving = new AbortController();
    const left = failureOf(refresh(1, leaving));
    const staying = refresh(1);
    await settled();
    leaving.abort();
    expect((await left).code).toBe('timeout');
    expect(nth(2).signal.aborted).toBe(false);
    nth(2).resolve('second');
    expect(await staying).toEqual({ tokenGeneration: 2 });
    expect(asked).toHaveLength(2);
  });

  test('one who comes with an aborted signal does not even start it', async () => {
    const { asked, refresh } = await withFirstToken();
    const controller = new AbortController();
    controller.abort();
    expect((await failureOf(refresh(1, controller))).code).toBe('timeout');
    expect(asked).toHaveLength(1);
  });

  test('a provider that never settles keeps nobody, is told, and is asked anew', async () => {
    const { nth, refresh } = await withFirstToken();
    const controller = new AbortController();
    const stuck = failureOf(refresh(1, controller));
    await settled();
    controller.abort();
    expect((await stuck).code).toBe('timeout');
    expect(nth(2).signal.aborted).toBe(true);
    const fresh = refresh(1);
    await settled();
    nth(3).resolve('third');
    expect(await fresh).toEqual({ tokenGeneration: 2 });
  });

  test('a call waiting for its first token is given up with its attempt', async () => {
    const { provider } = scripted();
    const { tokens, transport } = guestWith(provider);
    const controller = new AbortController();
    const call = failureOf(transport.sendRead(readCall(), attempt(controller)));
    controller.abort();
    expect(await call).toMatchObject({ code: 'timeout', attempt: 1 });
    expect(tokens).toEqual([]);
  });

  test('a token that comes after all is used', async () => {
    const { asked, nth, refresh } = await withFirstToken();
    const controller = new AbortController();
    const stuck = failureOf(refresh(1, controller));
    await settled();
    controller.abort();
    await stuck;
    nth(2).resolve('late');
    await settled();
    expect(await refresh(1)).toEqual({ tokenGeneration: 2 });
    expect(asked).toHaveLength(2);
  });

  test('but never in place of one that was asked for later', async () => {
    const { nth, refresh, tokens, transport } = await withFirstToken();
    const controller = new AbortController();
    const stuck = failureOf(refresh(1, controller));
    await settled();
    controller.abort();
    await stuck;
    const fresh = refresh(1);
    await settled();
    nth(3).resolve('third');
    await fresh;
    nth(2).resolve('late');
    await settled();
    expect((await transport.sendRead(readCall(), attempt())).tokenGeneration).toBe(2);
    expect(tokens.at(-1)).toBe('Bearer third');
  });

  test('the same token from both the late and the later answer counts once', async () => {
    const { nth, refresh } = await withFirstToken();
    const controller = new AbortController();
    const stuck = failureOf(refresh(1, controller));
    await settled();
    controller.abort();
    await stuck;
    const fresh = refresh(1);
    await settled();
    nth(2).resolve('second');
    await settled();
    nth(3).resolve('second');
    expect(await fresh).toEqual({ tokenGeneration: 2 });
  });

  test('another token from the late and from the later answer has another number', async () => {
    const { nth, refresh, tokens, transport } = await withFirstToken();
    const controller = new AbortController();
    const stuck = failureOf(refresh(1, controller));
    await settled();
    controller.abort();
    await stuck;
    const fresh = refresh(1);
    await settled();
    nth(2).resolve('late');
    await settled();
    expect((await transport.sendRead(readCall(), attempt())).tokenGeneration).toBe(2);
    nth(3).resolve('third');
    expect(await fresh).toEqual({ tokenGeneration: 3 });
    expect((await transport.sendRead(readCall(), attempt())).tokenGeneration).toBe(3);
    expect(tokens).toEqual(['Bearer first', 'Bearer late', 'Bearer third']);
  });

  test('a late answer does not let a second one start beside the one under way', async () => {
    const { asked, nth, refresh } = await withFirstToken();
    const controller = new AbortController();
    const stuck = failureOf(refresh(1, controller));
    await settled();
    controller.abort();
    await stuck;
    const refreshes = [refresh(1)];
    await settled();
    nth(2).reject(new Error('late'));
    await settled();
    refreshes.push(refresh(1));
    await settled();
    expect(asked).toHaveLength(3);
    nth(3).resolve('third');
    expect(await Promise.all(refreshes)).toEqual(Array(2).fill({ tokenGeneration: 2 }));
  });

  test('a late failure goes unnoticed', async () => {
    const { nth, refresh } = await withFirstToken();
    const controller = new AbortController();
    const stuck = failureOf(refresh(1, controller));
    await settled();
    controller.abort();
    await stuck;
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    nth(2).reject(new Error(canary));
    await settled();
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  test('a provider that asks the transport itself does not call itself for ever', async () => {
    const controller = new AbortController();
    let asked = 0;
    const { transport } = guestWith(async () => {
      asked += 1;
      await transport.sendRead(readCall(), attempt(controller));
      return 'never';
    });
    const call = failureOf(transport.sendRead(readCall(), attempt(controller)));
    await settled();
    controller.abort();
    expect((await call).code).toBe('timeout');
    expect(asked).toBe(1);
  });
});
