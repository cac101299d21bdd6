import type { ConversationEmitted } from '../../machines/conversation/events.ts';
import type { ConversationContext } from '../../machines/conversation/types.ts';
import type { SessionEmitted } from '../../machines/session/events.ts';
import type { SessionContext } from '../../machines/session/types.ts';
import type { Clock } from '../shared/clock.ts';
import { isConversationError, toFailure } from '../shared/errors.ts';
import type { WebSocketConstructor } from '../shared/platformSocket.ts';
import type { TracedCall, TraceFile, TraceMoment, TraceValue } from '../shared/traceFile.ts';
import type { Transport, TransportEvent } from '../shared/transport.ts';
import { longestDelay } from '../shared/validate.ts';
import { createPlainValues } from './plainValues.ts';
import { recordedSocket, type Unstamped, type Write } from './recordedSocket.ts';

/** Writes down what happens around a chat, as one {@link TraceFile}: plain JSON without texts and tokens. */
export interface Recorder {
  /** Give it to what is recorded in place of the clock that the recorder was made with. */
  readonly clock: Clock;
  /**
   * Records a conversation, a session or a transport, and returns the one to use from then on: it is used, and typed,
   * as the one that was given. Of a handle its verbs, decisions, states and marks are written; of a transport its calls,
   * their answers, and what it tells.
   * @example
   * const conversation = recorder.watch(createConversation({ transport: recorder.watch(transport), clock: recorder.clock }));
   */
  watch<Watched extends object>(watched: Watched): Watched;
  /**
   * The constructor to give to `webMessaging`: its sockets and their frames are written.
   * @example
   * const session = webMessaging({ region: 'eu-west-1', deploymentId, webSocket: recorder.webSocket(WebSocket) });
   */
  webSocket(Socket: WebSocketConstructor): WebSocketConstructor;
  /**
   * The `fetch` to give to `webMessaging`: what is asked of history is written.
   * @example
   * const session = webMessaging({ region: 'eu-west-1', deploymentId, fetch: recorder.fetch(fetch) });
   */
  fetch(real: typeof fetch): typeof fetch;
  /**
   * What was written so far.
   * @example
   * expect(checkInvariants(recorder.trace())).toEqual([]);
   */
  trace(): TraceFile;
}

/** What a {@link Recorder} is made of. */
export interface RecorderOptions {
  /** Times everything; a stepped one in tests. */
  readonly clock: Clock;
}

type Verb = (...given: unknown[]) => unknown;

/** What a handle has besides its verbs, as far as a recorder reads it. */
interface Handle {
  readonly actor: {
    on(type: '*', listener: (event: ConversationEmitted | SessionEmitted) => void): unknown;
    subscribe(observer: { next(snapshot: Snapshot): void; error(): void }): unknown;
    getSnapshot(): Snapshot;
  };
}
interface Snapshot {
  readonly value: unknown;
  readonly context: ConversationContext | SessionContext;
}

/** Functions of a handle that tell nothing new. */
const questions: ReadonlySet<string> = new Set(['on', 'readBy', 'subscribe', 'notePage']);

/** How late a timer may fire, beyond what a reading of the clock is off by, ms: as much as the checkers let pass. */
const onTime = 1;

/**
 * Makes a {@link Recorder}.
 * @example
 * const recorder = createRecorder({ clock: createSteppedClock() });
 * const transport = recorder.watch(createScriptedTransport({ clock: recorder.clock }));
 * const conversation = recorder.watch(createConversation({ transport, clock: recorder.clock }));
 * expect(checkInvariants(recorder.trace())).toEqual([]);
 */
export function createRecorder({ clock }: RecorderOptions): Recorder {
  const moments: TraceMoment[] = [];
  const values = createPlainValues();
  const wallAtZero = clock.wallNow() - clock.now();
  const counts = { conversation: 0, session: 0, call: 0 };
  const running = new Set<string>();
  /** When each is due, and how late it was said to be. */
  const timers = new Map<unknown, { readonly due: number; readonly late: number }>();
  let wallShift = 0;
  let open = 0;

  const write: Write = (moment) => {
    const at = clock.now();
    const shift = clock.wallNow() - at - wallAtZero;
    if (Math.abs(shift - wallShift) > (clock.resolution ?? 0) + 1) {
      moments.push({ at, kind: 'wall', ms: shift - wallShift });
      wallShift = shift;
    }
    noteLate(at);
    moments.push({ at, ...moment } as TraceMoment);
  };
  /** Each that is late is said to be so once while it is waited for, and once as it `ends`, by then for good. */
  const noteLate = (at: number, ends: unknown = null): void => {
    let most = 0;
    for (const [timer, { due, late }] of timers) {
      const isNews = late === 0 || timer === ends;
      if (!isNews || at - due - late <= (clock.resolution ?? 0) + onTime) continue;
      most = Math.max(most, at - due);
      timers.set(timer, { due, late: at - due });
    }
    if (most > 0) moments.push({ at, kind: 'late', ms: most });
  };

  const recordedCall = <Result>(
    about: TracedCall,
    signal: AbortSignal | undefined,
    made: () => Promise<Result>,
  ) => {
    counts.call += 1;
    const call = counts.call;
    let isOver = false;
    const answered = (moment: Unstamped<Extract<TraceMoment, { kind: 'answer' }>>): void => {
      if (!isOver) write(moment);
      isOver = true;
      signal?.removeEventListener('abort', aborted);
    };
    const aborted = (): void => answered({ kind: 'answer', call, outcome: 'aborted' });
    write({ kind: 'call', call, ...about });
    signal?.addEventListener('abort', aborted, { once: true });
    const going = made();
    going.then(
      (result) => {
        const generation = (result as { tokenGeneration?: number } | undefined)?.tokenGeneration;
        answered({
          kind: 'answer',
          call,
          outcome: 'accepted',
          ...(generation !== undefined && { generation }),
        });
      },
      (thrown) => answered({ kind: 'answer', call, outcome: 'failed', failure: toFailure(thrown) }),
    );
    return going;
  };

  const transportParts = ({ refreshToken, subscribe, ...transport }: Transport): Partial<Transport> => ({
    sendTyping: (call, options) => {
      const { conversationId, isTyping, attempt, keepalive } = call;
      const about = { lane: 'typing', conversationId, isTyping, attempt, keepalive } as const;
      return recordedCall(about, options.signal, () => transport.sendTyping(call, options));
    },
    sendRead: (call, options) =>
      recordedCall({ lane: 'read', ...call }, options.signal, () => transport.sendRead(call, options)),
    ...(refreshToken && {
      refreshToken: (rejectedGeneration, options) =>
        recordedCall({ lane: 'token', rejectedGeneration }, options.signal, () =>
          refreshToken(rejectedGeneration, options),
        ),
    }),
    ...(subscribe && {
      subscribe: (listener) =>
        subscribe((event) => {
          write({ kind: 'told', event: values.of(event) as unknown as TransportEvent });
          listener(event);
        }),
    }),
  });

  const recordedVerb =
    (who: string, verb: string, real: Verb, self: object): Verb =>
    (...given) => {
      const args = verb === 'sendMessage' ? [{ text: given[0] }] : given;
      write({ kind: 'input', who, verb, with: values.of(args) as readonly TraceValue[] });
      const refused = (thrown: unknown): void =>
        write({ kind: 'refused', who, verb, code: isConversationError(thrown) ? thrown.code : 'unexpected' });
      try {
        const result = real(...given);
        if (verb === 'stop') noteRest(who);
        if (typeof (result as Promise<unknown> | undefined)?.then === 'function') {
          open += 1;
          (result as Promise<unknown>).then(
            () => {
              open -= 1;
              write({ kind: 'kept', who, verb, with: values.of(args) as readonly TraceValue[] });
            },
            (thrown) => {
              open -= 1;
              refused(thrown);
            },
          );
        }
        return result === watchedBy.get(self) ? self : result;
      } catch (thrown) {
        refused(thrown);
        throw thrown;
      }
    };
  const watchedBy = new WeakMap<object, object>();

  const noteRest = (who: string): void => {
    running.delete(who);
    if (running.size > 0) return;
    write({ kind: 'rest', who, timers: timers.size, open: 0 });
  };

  const begin = (handle: Handle): string => {
    const { context } = handle.actor.getSnapshot();
    const isConversation = 'receipts' in context;
    const what = isConversation ? 'conversation' : 'session';
    counts[what] += 1;
    const who = `${what}-${counts[what]}`;
    running.add(who);
    if (isConversation) {
      const { conversationId, participantId, capabilities, timing } = context;
      write({
        kind: 'began',
        who,
        what: 'conversation',
        conversationId,
        participantId,
        capabilities,
        timing,
        ...(context.ports.voice?.hasTabs && { hasTabs: true }),
      });
    } else write({ kind: 'began', who, what: 'session', timing: context.timing });

    let state = '';
    let marks = '';
    handle.actor.on('*', (event) =>
      write({ kind: 'emitted', who, event: values.of(event) as unknown as ConversationEmitted }),
    );
    const next = ({ value, context: now }: Snapshot): void => {
      const text = JSON.stringify(value);
      if (text !== state) write({ kind: 'state', who, value: value as TraceValue });
      state = text;
      if (!('receipts' in now)) return;
      const ledgers = now.receipts.ledgers.map(({ conversationId, seen, inFlight, acknowledged }) => ({
        conversationId,
        seen,
        inFlight,
        acknowledged,
      }));
      const all = JSON.stringify(ledgers);
      if (all !== marks) write({ kind: 'marks', who, marks: ledgers });
      marks = all;
    };
    handle.actor.subscribe({ next, error: () => {} });
    return who;
  };

  return {
    clock: {
      ...(clock.resolution !== undefined && { resolution: clock.resolution }),
      now: () => clock.now(),
      wallNow: () => clock.wallNow(),
      setTimeout: (callback, ms) => {
        if (!(Number.isInteger(ms) && ms >= 0 && ms <= longestDelay))
          write({ kind: 'timer', ms: String(ms) });
        const timer = clock.setTimeout(() => {
          noteLate(clock.now(), timer);
          timers.delete(timer);
          callback();
        }, ms);
        timers.set(timer, { due: clock.now() + ms, late: 0 });
        return timer;
      },
      clearTimeout: (id) => {
        if (timers.has(id)) noteLate(clock.now(), id);
        timers.delete(id);
        clock.clearTimeout(id);
      },
    },
    watch: (watched) => {
      const parts = 'sendTyping' in watched ? transportParts(watched as unknown as Transport) : {};
      const who = 'actor' in watched ? begin(watched as unknown as Handle) : null;
      const self: object = {};
      for (const name of Object.keys(watched)) {
        const value: unknown = (parts as Record<string, unknown>)[name] ?? Reflect.get(watched, name);
        const isVerb =
          who !== null && typeof value === 'function' && !(name in parts) && !questions.has(name);
        Object.defineProperty(self, name, {
          enumerable: true,
          ...(typeof value === 'function'
            ? { value: isVerb ? recordedVerb(who, name, value as Verb, self) : value }
            : { get: () => Reflect.get(watched, name) }),
        });
      }
      watchedBy.set(self, watched);
      return self as typeof watched;
    },
    webSocket: (Socket) => recordedSocket(Socket, write, values),
    fetch: (real) => (input, init) => {
      const { pathname, searchParams } = new URL(input instanceof Request ? input.url : input);
      if (pathname.endsWith('/webmessaging/messages')) {
        write({ kind: 'history', page: Number(searchParams.get('pageNumber') ?? 1) });
      }
      return real(input, init);
    },
    trace: () => ({
      format: 'genesys-conversation-machine/trace',
      version: 1,
      wallAtZero,
      ...((clock.resolution ?? 0) > 0 && { resolution: clock.resolution as number }),
      until: clock.now(),
      moments: moments.map((moment) => (moment.kind === 'rest' ? { ...moment, open } : moment)),
    }),
  };
}
