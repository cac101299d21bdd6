import type { InspectorMessage, Plain } from '../inspect/types.ts';
import {
  type ConversationTrace,
  type PlainEvent,
  type TraceFailure,
  type TraceItem,
  type TraceLane,
  traceFormat,
  traceVersion,
} from './types.ts';

/** The API actors of a conversation, and which calls they make. */
const lanes: Readonly<Record<string, TraceLane>> = {
  sendTyping: 'typing',
  sendRead: 'read',
  flushReads: 'read',
  refreshToken: 'token',
};

/** Waits longer than this are for an event, and no timer that anybody sees end. */
const longestWait = 24 * 3_600_000;

/** How far a key that a timer speaks of may be from one that is known, ms: clocks and timers count in whole ms. */
const sameKey = 3;

/**
 * Makes a trace of what an inspector told of one conversation: the newest, or the actor of this id. It begins where that
 * conversation was open and at rest for the first time, so that a fresh one can follow it. `undefined` where it never was.
 * @example
 * const messages: InspectorMessage[] = [];
 * createInspector().listen((batch) => messages.push(...batch));
 * const trace = traceOf(messages); // undefined while there is no conversation in them
 */
export function traceOf(
  messages: readonly InspectorMessage[],
  actor = newestConversation(messages),
): ConversationTrace | undefined {
  const begin = messages.findIndex((message) => message.actor === actor && isAtRest(message));
  const first = messages[begin];
  if (first?.kind !== 'snapshot') return undefined;
  const context = first.context as unknown as Context;
  const time = (at: number): number => Math.max(0, Math.round(at - first.at));
  // Who is told of every key has nothing to infer.
  const tellsKeys = messages.some((message) => message.kind === 'event' && message.isQuiet);
  const entries = new Items(time, !tellsKeys);
  for (const message of messages.slice(begin + 1)) entries.take(message, first.actor, context.timing);
  return {
    format: traceFormat,
    version: traceVersion,
    conversationId: context.conversationId,
    participantId: context.participantId,
    seed: context.seed,
    canRefresh: context.token.canRefresh,
    capabilities: context.capabilities,
    timing: context.timing,
    until: time(messages.at(-1)?.at ?? first.at),
    entries: entries.all(),
  };
}

/** What of a conversation's context makes a fresh one follow it. */
type Context = Pick<
  ConversationTrace,
  'conversationId' | 'participantId' | 'seed' | 'capabilities' | 'timing'
> & { readonly token: { readonly canRefresh: boolean } };

function newestConversation(messages: readonly InspectorMessage[]): string | undefined {
  return messages.findLast(
    ({ kind, ...rest }) => kind === 'actor' && 'name' in rest && rest.name === 'conversation',
  )?.actor;
}

function isAtRest(message: InspectorMessage): boolean {
  if (message.kind !== 'snapshot') return false;
  const { conversationId } = (message.context ?? {}) as { readonly conversationId?: Plain };
  const rests = ['typing.idle', 'receipts.upToDate', 'link.ready'];
  return typeof conversationId === 'string' && rests.every((path) => message.active.includes(path));
}

/** The entries of a trace while they are gathered. */
class Items {
  readonly #items: TraceItem[] = [];
  readonly #actors = new Map<string, { readonly lane: TraceLane; readonly open: OpenCall[] }>();
  readonly #waits = new Set<string>();
  readonly #keys: number[] = [];
  readonly #time: (at: number) => number;

  readonly #infersKeys: boolean;

  constructor(time: (at: number) => number, infersKeys: boolean) {
    this.#time = time;
    this.#infersKeys = infersKeys;
  }

  /** Everything in order; keys that are known only by a timer stand where they were pressed. */
  all(): readonly TraceItem[] {
    return this.#items.map((item, index) => ({ item, index })).sort(inOrder).map(({ item }) => item); // biome-ignore format: one line
  }

  take(message: InspectorMessage, conversation: string, { idle }: ConversationTrace['timing']): void {
    const at = this.#time(message.at);
    if (message.actor !== conversation) {
      this.#takeOfCall(message, conversation, at);
      return;
    }
    switch (message.kind) {
      case 'event':
        this.#takeEvent(message.event as PlainEvent, message.from, at);
        return;
      case 'emitted':
        this.#items.push({ at, kind: 'decision', event: message.event as PlainEvent });
        return;
      case 'timer.started': {
        const { id, ms, startedAt } = message.timer;
        const [, name = id, state = ''] = /^xstate\.after\.([^.]+)\.[^.]+\.(.+)$/.exec(id) ?? [];
        if (ms > longestWait) return;
        if (name === 'silenceLeft' && this.#infersKeys) this.#takeKey(this.#time(startedAt + ms - idle));
        this.#waits.add(id);
        this.#items.push({ at, kind: 'wait', wait: id, name, state, ms });
        return;
      }
      case 'timer.ended':
        if (this.#waits.delete(message.id)) {
          this.#items.push({ at, kind: 'waited', wait: message.id, how: message.how });
        }
        return;
      default:
    }
  }

  #takeOfCall(message: InspectorMessage, conversation: string, at: number): void {
    if (message.kind === 'actor' && message.parent === conversation) {
      const lane = lanes[message.name];
      if (lane) this.#actors.set(message.actor, { lane, open: [] });
      return;
    }
    const actor = this.#actors.get(message.actor);
    if (actor === undefined) return;
    const { lane, open } = actor;
    if (message.kind === 'event' && (message.event as PlainEvent).type === 'xstate.init') {
      for (const [index, { conversationId, ...what }] of callsOf(message.event).entries()) {
        const call = index === 0 ? message.actor : `${message.actor}.${index}`;
        open.push({ call, conversationId });
        this.#items.push({ at, kind: 'call', call, lane, ...what });
      }
    } else if (message.kind === 'stopped') {
      for (const { call } of open.splice(0)) this.#items.push({ at, kind: 'answer', call, isGivenUp: true });
    }
  }

  #takeEvent(event: PlainEvent, from: string | undefined, at: number): void {
    const { type } = event;
    if (type.startsWith('xstate.') || type === 'flush.settled') {
      const isAnswer = /^xstate\.(done|error)\.actor\./.test(type) || type === 'flush.settled';
      const { open = [] } = (isAnswer && this.#actors.get(from ?? '')) || {};
      const index = open.findIndex(
        ({ conversationId }) => type !== 'flush.settled' || conversationId === event.conversationId,
      );
      const [answered] = index < 0 ? [] : open.splice(index, 1);
      const failure = failureOf(event.error ?? event.failure);
      if (answered)
        this.#items.push({ at, kind: 'answer', call: answered.call, ...(failure && { failure }) });
      return;
    }
    // What a machine tells itself comes from somebody it knows; what it is told, from nobody.
    if (from !== undefined) return;
    if (type === 'keystroke') this.#keys.push(at);
    this.#items.push({ at, kind: 'input', event });
  }

  /** The last key, as a timer of silence tells it. */
  #takeKey(at: number): void {
    if (this.#keys.some((known) => Math.abs(known - at) <= sameKey)) return;
    this.#keys.push(at);
    this.#items.push({ at, kind: 'input', event: { type: 'keystroke' }, isInferred: true });
  }
}

type Placed = { readonly item: TraceItem; readonly index: number };

/** A key that was found late comes first among what happened in its ms. */
function inOrder(one: Placed, other: Placed): number {
  const isFound = ({ item }: Placed): number => (item.kind === 'input' && item.isInferred ? 0 : 1);
  return one.item.at - other.item.at || isFound(one) - isFound(other) || one.index - other.index;
}

/** A call that is not answered yet. */
interface OpenCall {
  readonly call: string;
  readonly conversationId: Plain | undefined;
}

/** What an API actor was asked to call: one call, or those of a flush. */
function callsOf(
  event: Plain,
): { conversationId: Plain | undefined; isTyping?: boolean; messageId?: string }[] {
  const { call, calls } = ((event as { input?: Plain }).input ?? {}) as {
    call?: Plain;
    calls?: readonly Plain[];
  };
  return (calls ?? [call ?? {}]).map((each) => {
    const { conversationId, isTyping, messageId } = each as Readonly<Record<string, Plain>>;
    return {
      conversationId,
      ...(typeof isTyping === 'boolean' && { isTyping }),
      ...(typeof messageId === 'string' && { messageId }),
    };
  });
}

function failureOf(error: Plain | undefined): TraceFailure | undefined {
  if (error === undefined || error === null) return undefined;
  const { code, status, retryAfterMs } = error as { code?: Plain; status?: Plain; retryAfterMs?: Plain };
  return {
    code: typeof code === 'string' ? code : 'network',
    ...(typeof status === 'number' && { status }),
    ...(typeof retryAfterMs === 'number' && { retryAfterMs }),
  };
}
