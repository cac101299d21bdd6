import type { ConversationEmitted, ConversationEvent } from '../../machines/conversation/events.ts';
import { recordOf } from '../conversation/voiceRecord.ts';
import { type Clock, systemClock } from '../shared/clock.ts';
import { invalidOption } from '../shared/errors.ts';
import { logOf } from '../shared/log.ts';
import { stoppedError } from '../shared/refusals.ts';
import { readStreamFrame } from '../shared/streamFrame.ts';
import type { TransportEvent } from '../shared/transport.ts';
import { checkId, checkListener } from '../shared/validate.ts';
import { Deadlines } from './deadlines.ts';
import { NotedKeys } from './notedKeys.ts';
import { type ResolvedHubOptions, resolveHubOptions } from './options.ts';
import { type Ground, HubRecord } from './record.ts';
import { Shared } from './rest.ts';
import type { Hub, HubConversation, HubListener, HubOptions, HubStats } from './types.ts';

/**
 * Makes a hub: many conversations in one process, for a gateway, a bot or an agent's desktop. Each is a record of a few
 * hundred bytes that gets an XState actor when it needs one, and gives it back when it is at rest. The chart decides as
 * in a conversation of its own: the same events make the same calls, at the same times.
 *
 * @example
 * const hub = createHub({ transport });
 * hub.on('typing.failed', ({ failure }, id) => print(`${id}: ${failure.code}`));
 * hub.keystroke(conversationId);
 * hub.conversation(conversationId).messageSent();
 * hub.stop();
 *
 * @throws ConversationError `invalid-option` when an option cannot be right.
 */
export function createHub(options: HubOptions): Hub {
  return new RunningHub(resolveHubOptions(options));
}

type AnyListener = (told: readonly [ConversationEmitted, string]) => void;

class RunningHub implements Hub, Ground {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly shared = new Shared();
  readonly keys = new NotedKeys();
  readonly giveBackAfter: number;
  actors = 0;
  network: Ground['network'] = null;
  readonly #options: ResolvedHubOptions;
  readonly #records = new Map<string, HubRecord>();
  readonly #listeners = new Map<string, Set<AnyListener>>();
  #unsubscribe: (() => void) | undefined;
  #isStopped = false;

  constructor(options: ResolvedHubOptions) {
    const { clock, transport } = options;
    this.#options = options;
    // What reads the time for every key is called without its object.
    this.clock = clock === systemClock ? clock : freed(clock);
    this.deadlines = new Deadlines(this.clock);
    this.giveBackAfter = options.giveBackAfter;
    this.#unsubscribe = transport?.subscribe?.(this.guard('transport', (event) => this.#take(event)));
  }

  conversation(id: string): HubConversation {
    return this.#of(id).handle;
  }

  has(id: string): boolean {
    return this.#records.has(id);
  }

  keystroke(id: string, at?: number): void {
    if (at === undefined && this.keys.note(id, this.clock)) return;
    (this.#records.get(id) ?? this.#of(id)).keystroke(at);
  }

  send(id: string, event: ConversationEvent): void {
    if (typeof (event as Partial<ConversationEvent> | null)?.type !== 'string') {
      throw invalidOption('event', 'an event of the conversation machine', event);
    }
    this.#of(id).send(event);
  }

  receive(frame: unknown): boolean {
    const [event] = readStreamFrame(frame).events;
    const record = event && this.#records.get((event as { conversationId?: string }).conversationId ?? '');
    return record?.tell('receive', [frame]) === true;
  }

  on(type: string, listener: HubListener<never>): () => void {
    checkListener(type, listener);
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners);
    const told = this.guard(type, ([event, id]: readonly [ConversationEmitted, string]) =>
      listener(event as never, id),
    );
    listeners.add(told);
    return () => listeners.delete(told);
  }

  get stats(): HubStats {
    const { actors, deadlines } = this;
    return {
      conversations: this.#records.size,
      actors,
      deadlines: deadlines.size,
      overdue: deadlines.overdue,
    };
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#unsubscribe?.();
    for (const record of [...this.#records.values()]) record.stop();
    this.#listeners.clear();
    this.deadlines.clearAll();
  }

  optionsFor({ id, transport }: HubRecord): ReturnType<Ground['optionsFor']> {
    return this.#options.optionsFor(id, transport);
  }

  decided(event: ConversationEmitted, { id }: HubRecord): void {
    if (this.#listeners.size === 0) return;
    for (const type of [event.type, '*']) {
      for (const listener of this.#listeners.get(type) ?? []) listener([event, id]);
    }
  }

  guard<A>(name: string, listener: (argument: A) => void): (argument: A) => void {
    return logOf(this.#options.logger).guard(name, listener);
  }

  ended({ id }: HubRecord): void {
    this.#records.delete(id);
  }

  #of(id: string): HubRecord {
    const known = this.#records.get(id);
    if (known) return known;
    checkId('id', id);
    if (this.#isStopped) throw stoppedError();
    const record = new HubRecord(id, this.#options.transportFor(id), this);
    this.#records.set(id, record);
    if (!this.#options.transport) record.listen();
    return record;
  }

  /** What a transport tells that all have in common: each conversation is told what is about it. */
  #take(event: TransportEvent): void {
    if (event.type === 'network.online' || event.type === 'network.offline') {
      this.network = event.type;
      this.#tellAwake(event);
    } else if (event.type === 'limit.announced') {
      this.#tellAwake(event);
      this.#noteSilence(event.retryAfterMs);
    } else if (event.type === 'typing.forbidden') {
      this.#tellAll(event);
    } else if (event.type === 'conversation.opened') {
      this.#of(event.conversationId).take(event);
    } else this.#records.get(event.conversationId)?.take(event);
  }

  #tellAwake(event: TransportEvent): void {
    for (const record of [...this.#records.values()]) if (record.isAwake) record.take(event);
  }

  /** Those who are at rest are woken in slices: nothing of theirs is due. */
  #tellAll(event: TransportEvent): void {
    for (const record of [...this.#records.values()]) {
      if (record.isAwake) record.take(event);
      else this.deadlines.set(record, 0, () => record.take(event));
    }
  }

  /** Whoever is woken before it is over learns of it from what is known of the transport. */
  #noteSilence(ms: number): void {
    const { transport } = this.#options;
    if (!transport) return;
    const record = recordOf(transport);
    record.silentUntil = Math.max(record.silentUntil, this.clock.now() + ms);
  }
}

/** The same clock, whose functions need no `this`. */
const freed = (clock: Clock): Clock => ({
  now: () => clock.now(),
  wallNow: () => clock.wallNow(),
  setTimeout: (callback, ms) => clock.setTimeout(callback, ms),
  clearTimeout: (id) => clock.clearTimeout(id),
  ...(clock.resolution !== undefined && { resolution: clock.resolution }),
});
