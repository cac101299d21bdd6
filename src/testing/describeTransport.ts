import type { ReadCall, TypingCall } from '../../machines/conversation/types.ts';
import { isConversationError } from '../shared/errors.ts';
import type { Transport } from '../shared/transport.ts';

/** What a back end does with the next call, of those that are answered one by one. */
export type TransportTrouble = 'accepts' | 'refuses-token' | 'fails' | 'limits' | 'hangs' | 'is-gone';

/** A transport over a back end that a test can make fail: what {@link describeTransport} is given for each test. */
export interface TransportUnderTest {
  /** The transport that is held to the promises. */
  readonly transport: Transport;
  /** A conversation that can be called. */
  readonly conversationId: string;
  /** Secrets that must be in no error: the tokens in use. */
  readonly secrets: readonly string[];
  /** Makes the next call meet this, or the connection be in this state as it is made. Absent where the back end cannot be made to fail. */
  readonly meet?: (trouble: TransportTrouble) => unknown;
  /**
   * Why no call of this back end can meet such a trouble, by trouble: over a socket, say, a frame has no answer that could
   * be late. What is not named here is held.
   */
  readonly cannot?: Readonly<Partial<Record<TransportTrouble, string>>>;
  /** How many calls reached the back end, or left towards it; token requests are not counted. */
  readonly calls: () => number;
  /** Lets what is under way go on: a step of a clock, a turn of the event loop. Default: one turn. */
  readonly settle?: () => Promise<unknown>;
  /** Timers that the transport set and that are still there. Default: none are counted. */
  readonly timers?: () => number;
  /** Ends it. */
  readonly end?: () => unknown;
}

/** The runner's own functions: vitest's, or any others with these. */
export interface TestRunner {
  /** Groups tests under a name. */
  describe(name: string, define: () => void): unknown;
  /** Defines one test, which fails when its promise rejects. */
  it(name: string, test: () => Promise<void>): unknown;
}

type Outcome = { readonly value: unknown } | { readonly error: unknown } | 'pending';

/**
 * Runs every promise of the port {@link Transport} against a transport, whoever wrote it: one attempt for each call, no
 * timer of its own, an abort that is heard, rejections that are typed, no token in an error, capabilities that are
 * honest. What fails names the promise. `make` is called for each test.
 * @example
 * describeTransport(
 *   'mine',
 *   () => ({ transport, conversationId, secrets: [guestToken], calls: () => transport.calls.length }),
 *   { describe, it },
 * );
 */
export function describeTransport(
  name: string,
  make: () => TransportUnderTest | Promise<TransportUnderTest>,
  { describe, it }: TestRunner,
): void {
  const promise = (title: string, test: (given: TransportUnderTest) => Promise<void>): void => {
    it(title, async () => {
      const given = await make();
      try {
        await test(given);
      } finally {
        await given.end?.();
      }
    });
  };

  describe(`${name} keeps the promises of a transport`, () => {
    promise('capabilities: says what it can do, in the words of the port', async ({ transport }) => {
      const { capabilities } = transport;
      for (const key of ['stopTyping', 'readReceipts', 'messageEndsTyping'] as const) {
        hold(typeof capabilities?.[key] === 'boolean', 'capabilities', `${key} is true or false`);
      }
      for (const key of ['spacing', 'timeToLive'] as const) {
        const ms = capabilities[key];
        hold(
          Number.isInteger(ms) && ms >= 0 && ms < 2 ** 31,
          'capabilities',
          `${key} is a whole number of ms (L-3)`,
        );
      }
      hold(capabilities.timeToLive > 0, 'capabilities', 'timeToLive is more than nothing');
    });

    promise('one attempt: an accepted call reaches the back end once, and resolves', async (given) => {
      const before = given.calls();
      const outcome = await settled(given, typing(given));
      hold(
        'value' in only(outcome, 'one attempt'),
        'one attempt',
        `a call that is accepted resolves; ${told(outcome)}`,
      );
      hold(
        given.calls() === before + 1,
        'one attempt',
        `one call reaches the back end, not ${given.calls() - before}`,
      );
    });

    promise(
      'honest capabilities: what it says it can do is accepted, and what it cannot is refused',
      async (given) => {
        const { stopTyping, readReceipts } = given.transport.capabilities;
        await settled(given, typing(given));
        const stop = await settled(given, typing(given, { isTyping: false }));
        hold(
          stop !== 'pending' && 'value' in stop === stopTyping,
          'honest capabilities',
          `stopTyping is ${stopTyping}, and a stop ${told(stop)}`,
        );
        const read = await settled(given, reading(given));
        hold(
          read !== 'pending' && 'value' in read === readReceipts,
          'honest capabilities',
          `readReceipts is ${readReceipts}, and a read ${told(read)}`,
        );
      },
    );

    for (const trouble of ['fails', 'limits', 'refuses-token', 'is-gone'] as const) {
      promise(
        `typed rejections: a call that meets "${trouble}" rejects with a ConversationError, once`,
        async (given) => {
          if (!(await meets(given, trouble))) return;
          const before = given.calls();
          const outcome = only(await settled(given, typing(given)), 'typed rejections');
          hold('error' in outcome, 'typed rejections', 'a call that was not accepted rejects; it resolved');
          if (!('error' in outcome)) return;
          const { error } = outcome;
          hold(
            isConversationError(error),
            'typed rejections',
            `what it rejects with is a ConversationError; it is ${nameOf(error)}`,
          );
          const code = (error as { code?: unknown }).code;
          hold(
            codes[trouble].includes(String(code)),
            'typed rejections',
            `its code is ${codes[trouble].join(' or ')}; it is ${String(code)}`,
          );
          for (const secret of given.secrets) {
            hold(
              !textOf(error).includes(secret),
              'no token in an error (S4)',
              'no part of an error has the token in it',
            );
          }
          await settle(given);
          hold(
            given.calls() - before <= 1,
            'one attempt',
            `nothing is tried again by itself; ${given.calls() - before} calls left`,
          );
        },
      );
    }

    promise('no timer of its own: none is left by a call, however it ends', async (given) => {
      await settled(given, typing(given));
      await meets(given, 'fails');
      await settled(given, reading(given));
      const timers = given.timers?.() ?? 0;
      hold(timers === 0, 'no timer of its own', `nothing waits or retries; ${timers} timers are left`);
    });

    promise(
      'abort: a call that is given up settles as failed or not at all, and is not made again',
      async (given) => {
        if (!(await meets(given, 'hangs'))) return;
        const controller = new AbortController();
        const before = given.calls();
        const call = typing(given, {}, controller.signal);
        await settle(given);
        controller.abort();
        const outcome = await settled(given, call);
        hold(
          outcome === 'pending' || 'error' in outcome,
          'abort',
          'a call that was given up is not accepted',
        );
        hold(
          given.calls() - before <= 1,
          'abort',
          `it is not made again; ${given.calls() - before} calls left`,
        );
      },
    );

    promise('abort: a call that was given up before it began does not leave', async (given) => {
      const before = given.calls();
      const outcome = await settled(given, typing(given, {}, AbortSignal.abort()));
      const isSocket = outcome !== 'pending' && 'value' in outcome && given.transport.subscribe !== undefined;
      hold(isSocket || given.calls() === before, 'abort', 'nothing leaves for a call that nobody waits for');
    });

    promise('one refresh: a token that is no longer in use asks for no other (A-1)', async (given) => {
      const { refreshToken } = given.transport;
      if (!refreshToken) return;
      const options = () => ({ signal: new AbortController().signal });
      const accepted = only(await settled(given, typing(given)), 'one refresh (A-1)');
      const current =
        'value' in accepted ? ((accepted.value as { tokenGeneration?: number })?.tokenGeneration ?? 1) : 1;
      const fresh = only(await settled(given, refreshToken(current, options())), 'one refresh (A-1)');
      const number = 'value' in fresh ? (fresh.value as { tokenGeneration: number }).tokenGeneration : 0;
      hold(
        number > current,
        'one refresh (A-1)',
        `the fresh token has a greater number than ${current}; it has ${number}`,
      );
      const again = only(await settled(given, refreshToken(current, options())), 'one refresh (A-1)');
      const same = 'value' in again ? (again.value as { tokenGeneration: number }).tokenGeneration : 0;
      hold(
        same === number,
        'one refresh (A-1)',
        `a straggler is told of number ${number}; it was told of ${same}`,
      );
    });

    promise('subscribe: returns what ends it, and ends it', async ({ transport }) => {
      if (!transport.subscribe) return;
      const end = transport.subscribe(() => {});
      hold(typeof end === 'function', 'subscribe', `it returns a function; it returned ${nameOf(end)}`);
      end();
      end();
    });
  });
}

const codes: Readonly<Record<Exclude<TransportTrouble, 'accepts' | 'hangs'>, readonly string[]>> = {
  'refuses-token': ['unauthorized'],
  fails: ['unavailable', 'network'],
  limits: ['rate-limited'],
  'is-gone': ['conversation-ended', 'not-found'],
};

/** Makes the next call meet a trouble, where this back end knows it. */
async function meets({ meet, cannot }: TransportUnderTest, trouble: TransportTrouble): Promise<boolean> {
  if (!meet || cannot?.[trouble] !== undefined) return false;
  await meet(trouble);
  return true;
}

/** Fails a test by naming the promise that does not hold. */
function hold(isSo: boolean, clause: string, message: string): void {
  if (!isSo) throw new Error(`${clause}: ${message}.`);
}

function only(outcome: Outcome, clause: string): Exclude<Outcome, 'pending'> {
  if (outcome === 'pending') throw new Error(`${clause}: the call never settles.`);
  return outcome;
}

const typing = (
  { transport, conversationId }: TransportUnderTest,
  changes: Partial<TypingCall> = {},
  signal = new AbortController().signal,
): Promise<unknown> =>
  made(() =>
    transport.sendTyping(
      { conversationId, isTyping: true, attempt: 1, keepalive: false, ...changes },
      { signal },
    ),
  );

const reading = (
  { transport, conversationId }: TransportUnderTest,
  changes: Partial<ReadCall> = {},
): Promise<unknown> =>
  made(() =>
    transport.sendRead(
      { conversationId, messageId: 'message-1', attempt: 1, ...changes },
      { signal: new AbortController().signal },
    ),
  );

/** A port's method must not throw; it rejects. */
function made(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return Promise.resolve(call());
  } catch {
    throw new Error('one attempt: a call rejects; it does not throw.');
  }
}

const settle = async ({ settle: own }: TransportUnderTest): Promise<void> => {
  await (own
    ? own()
    : new Promise<void>((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
          port1.close();
          resolve();
        };
        port2.postMessage(null);
      }));
};

/** How a call ends, looked at a few times. */
async function settled(given: TransportUnderTest, call: Promise<unknown>): Promise<Outcome> {
  let outcome: Outcome = 'pending';
  call.then(
    (value) => {
      outcome = { value };
    },
    (error) => {
      outcome = { error };
    },
  );
  for (let turn = 0; turn < 50 && outcome === 'pending'; turn += 1) await settle(given);
  return outcome;
}

const told = (outcome: Outcome): string => {
  if (outcome === 'pending') return 'never settles';
  return 'value' in outcome ? 'is accepted' : `is rejected (${nameOf(outcome.error)})`;
};

const nameOf = (value: unknown): string =>
  value instanceof Error
    ? `${value.name}: ${String((value as { code?: unknown }).code ?? 'no code')}`
    : String(value);

/** Everything that can be read off an error, its causes included. */
function textOf(error: unknown, depth = 0): string {
  if (typeof error !== 'object' || error === null || depth > 5) return String(error);
  const own = Object.getOwnPropertyNames(error).map((key) => textOf(Reflect.get(error, key), depth + 1));
  return [String(error), ...own].join('\n');
}
