import type { ConversationEmitted, ConversationEvent } from '../../machines/conversation/events.ts';
import type { Keyboard } from '../conversation/keyboard.ts';
import type { ResolvedOptions } from '../conversation/options.ts';
import type { LateVerb } from '../conversation/parts.ts';
import type { ConversationListener } from '../conversation/types.ts';
import { forgetCalls } from '../conversation/voiceRecord.ts';
import { unreadIn } from '../reading/index.ts';
import type { Clock } from '../shared/clock.ts';
import type { Transport, TransportEvent } from '../shared/transport.ts';
import { checkListener } from '../shared/validate.ts';
import { Awake, type Host } from './awake.ts';
import { type Deadlines, OwnClock } from './deadlines.ts';
import { HubHandle, type Told } from './handle.ts';
import { KeptReading } from './keptReading.ts';
import type { NotedKeys, PlaceOfKeys } from './notedKeys.ts';
import { persistedOf, type Rest, restOf, type Shared } from './rest.ts';
import type { HubConversation } from './types.ts';

/** What all conversations of a hub have in common. */
export interface Ground {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly shared: Shared;
  readonly keys: NotedKeys;
  readonly giveBackAfter: number;
  /** How many conversations have an actor. */
  actors: number;
  /** What a conversation's chart is made of, but for its clock. */
  optionsFor(record: HubRecord): ResolvedOptions;
  /** What a transport that all have in common said last of the network; `null` for nothing. */
  readonly network: 'network.online' | 'network.offline' | null;
  /** Tells whoever listens to all conversations. */
  decided(event: ConversationEmitted, record: HubRecord): void;
  /** The same listener, but harmless. */
  guard<A>(name: string, listener: (argument: A) => void): (argument: A) => void;
  /** A conversation has stopped. */
  ended(record: HubRecord): void;
}

type Listeners = Map<string, Set<(event: ConversationEmitted) => void>>;

/** One conversation of a hub: a record that gets a chart when it needs one, and has it put away when it is at rest. */
export class HubRecord implements Host, Told {
  readonly id: string;
  readonly transport: Transport;
  readonly #ground: Ground;
  #awake: Awake | null = null;
  #rest: Rest | null = null;
  /** Where its keys are noted, while it has an actor. */
  #notes: PlaceOfKeys | null = null;
  /** The keyboard, while the chart would only note a key: until something else happens. */
  #quiet: Keyboard | null = null;
  /** What is known of its messages, once something is. */
  #reading: KeptReading | null = null;
  #listeners: Listeners | null = null;
  #handle: HubConversation | null = null;
  #unsubscribe: (() => void) | undefined;
  #isOver = false;

  constructor(id: string, transport: Transport, ground: Ground) {
    this.id = id;
    this.transport = transport;
    this.#ground = ground;
  }

  get handle(): HubConversation {
    this.#handle ??= new HubHandle(this) as unknown as HubConversation;
    return this.#handle;
  }

  get isAwake(): boolean {
    return this.#awake !== null && !this.#isOver;
  }

  get unread(): number {
    const remembered = this.#awake?.chart.actor.getSnapshot().context ?? this.#rest;
    return remembered ? unreadIn(remembered) : 0;
  }

  getSnapshot(): ReturnType<HubConversation['getSnapshot']> {
    return this.#up().chart.actor.getSnapshot();
  }

  keystroke(at: number | undefined): void {
    if (this.#quiet) {
      this.#quiet.noteKeyAt(at);
      return;
    }
    const { chart, keys } = this.#awake ?? this.#up();
    keys.keystroke(at);
    const isNoted = !chart.isStopped() && !chart.actor.getSnapshot().hasTag('attentive');
    if (!isNoted || chart.lookAtKey || !this.#notes) return;
    this.#quiet = chart.keyboard;
    this.#ground.keys.hush(this.id, this.#notes);
  }

  touched(): void {
    if (!this.#quiet) return;
    this.#quiet = null;
    this.#ground.keys.wake(this.id);
  }

  send(event: ConversationEvent): void {
    const awake = this.#up();
    awake.touch();
    awake.chart.send(event);
  }

  /** Listens to a transport of its own, where that tells of what comes in. */
  listen(): void {
    if (!this.transport.subscribe) return;
    const listener = this.#ground.guard('transport', (event: TransportEvent) => this.take(event));
    this.#unsubscribe = this.transport.subscribe(listener);
  }

  /** Tells it what came in. */
  take(event: TransportEvent): void {
    if (!this.#isOver) this.#up().take(event);
  }

  tell(name: LateVerb, told: readonly unknown[]): unknown {
    return this.#up().tell(name, told);
  }

  on<T extends ConversationEmitted['type']>(type: T, listener: ConversationListener<T>): () => void {
    checkListener(type, listener);
    const guarded = this.#ground.guard(type, listener as (event: ConversationEmitted) => void);
    this.#listeners ??= new Map();
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners);
    listeners.add(guarded);
    return () => listeners.delete(guarded);
  }

  leave(): Promise<void> {
    const awake = this.#up();
    return awake.hold(awake.parts.leave());
  }

  stop(): void {
    if (this.#isOver) return;
    if (this.#awake) this.#awake.chart.stop();
    else this.ended();
  }

  decided(event: ConversationEmitted): void {
    this.touched();
    for (const listener of this.#listeners?.get(event.type) ?? []) listener(event);
    this.#ground.decided(event, this);
  }

  rests(): void {
    const awake = this.#awake;
    if (!awake) return;
    const { context } = awake.chart.actor.getSnapshot();
    const { clock, deadlines, shared } = this.#ground;
    this.#rest = restOf(awake.chart, shared);
    if (this.#reading?.isBlank(context, this.id)) {
      this.#reading.end();
      this.#reading = null;
    }
    this.#awake = null;
    this.#ground.actors -= 1;
    awake.putAway();
    this.#giveKeysBack();
    forgetCalls(this.transport, clock.now() - context.timing.spacing - deadlines.resolution);
  }

  ended(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#awake) this.#ground.actors -= 1;
    this.#giveKeysBack();
    this.#unsubscribe?.();
    this.#reading?.end();
    this.#listeners = null;
    this.#rest = null;
    this.#ground.ended(this);
  }

  /** Its chart, which goes on where it stood. */
  #up(): Awake {
    if (this.#awake) return this.#awake;
    const { clock, deadlines, giveBackAfter } = this.#ground;
    const { storage, ...options } = this.#ground.optionsFor(this);
    this.#reading ??= new KeptReading(this.transport, clock, this.#isOver ? null : storage);
    const rest = this.#rest;
    const own = new OwnClock(clock, deadlines, this, () => this.#awake?.touch());
    const notes = this.#ground.keys.take();
    const awake = new Awake(
      {
        options: { ...options, storage, clock: own },
        before: {
          reading: this.#reading,
          notes,
          stood: (input) => (rest ? { snapshot: persistedOf(rest, input) } : {}),
        },
        deadlines,
        giveBackAfter,
      },
      this,
    );
    this.#awake = awake;
    this.#notes = notes;
    this.#rest = null;
    if (this.#isOver) {
      awake.putAway();
      this.#giveKeysBack();
    } else this.#start(awake);
    return awake;
  }

  #giveKeysBack(): void {
    this.touched();
    this.#notes?.giveBack();
    this.#notes = null;
  }

  #start(awake: Awake): void {
    this.#ground.actors += 1;
    awake.touch();
    awake.parts.start();
    const { online } = awake.chart.actor.getSnapshot().context;
    const { network } = this.#ground;
    if (network !== null && online !== (network === 'network.online')) awake.take({ type: network });
  }
}
