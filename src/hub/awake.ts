import type { ConversationEmitted } from '../../machines/conversation/events.ts';
import { type Before, type ChartWatcher, RunningChart } from '../conversation/chart.ts';
import type { ResolvedOptions } from '../conversation/options.ts';
import { type LateVerb, Parts } from '../conversation/parts.ts';
import { Keys } from '../conversation/typingVerbs.ts';
import { isThenable } from '../shared/thenable.ts';
import type { TransportEvent } from '../shared/transport.ts';
import type { Deadline, Deadlines, OwnClock } from './deadlines.ts';
import type { KeptReading } from './keptReading.ts';
import { isAtRest } from './rest.ts';

/** Who keeps a conversation whose chart runs. */
export interface Host {
  /** Its chart has decided something. */
  decided(event: ConversationEmitted): void;
  /** Something happened: what a key would do may be another thing now. */
  touched(): void;
  /** It waits for nothing any more, and nothing has happened for a while: its chart may be put away. */
  rests(): void;
  /** Its chart is over, and was not put away. */
  ended(): void;
}

/** What an {@link Awake} is made of. */
export interface AwakeParts {
  readonly options: ResolvedOptions & { readonly clock: OwnClock };
  readonly before: Before & { readonly reading: KeptReading };
  readonly deadlines: Deadlines;
  readonly giveBackAfter: number;
}

/** A conversation that has an actor: its running chart, with all that is around it. */
export class Awake implements ChartWatcher {
  readonly chart: RunningChart;
  readonly parts: Parts;
  readonly keys: Keys;
  readonly #host: Host;
  readonly #made: AwakeParts;
  /** When somebody looks whether it is at rest. */
  #look: Deadline | null = null;
  /** Whether something happened since somebody looked. */
  #isTouched = false;
  /** What is under way of which the chart does not know: a message that is sent, somebody who waits, a work. */
  #held = 0;
  #isPutAway = false;

  constructor(made: AwakeParts, host: Host) {
    this.#made = made;
    this.#host = host;
    this.chart = new RunningChart(made.options, made.before);
    this.parts = new Parts(this.chart);
    this.chart.watch(this); // Evidence comes by the hub, once for all.
    this.keys = new Keys(this.chart);
    this.chart.actor.on('*', (event) => host.decided(event));
  }

  started(): void {}

  ended(): void {
    this.parts.ended();
    if (this.#look) this.#made.deadlines.clear(this.#look);
    this.#look = null;
    if (!this.#isPutAway) this.#host.ended();
  }

  /** Calls a verb, and stays awake for as long as what it began lasts. */
  tell(name: LateVerb, told: readonly unknown[]): unknown {
    this.touch();
    const verb = this.parts.verb(name) as (...told: readonly unknown[]) => unknown;
    const begun = verb(...told);
    if (name === 'sendMessage') this.hold(begun as Promise<unknown>).catch(() => {}); // Its own promise tells.
    if (name !== 'typeWhile') return begun;
    return isThenable(begun) ? this.hold(begun) : this.#holdEach(begun as AsyncGenerator);
  }

  /** Takes what came in. */
  take(event: TransportEvent): void {
    this.touch();
    this.parts.evidence.take(event);
  }

  /** Stays awake until a promise has settled; returns one that settles alike. */
  hold<Result>(begun: PromiseLike<Result>): Promise<Result> {
    this.#held += 1;
    return Promise.resolve(begun).finally(() => this.#release());
  }

  /** Something happened: it is looked at for rest later. */
  touch(): void {
    this.#host.touched();
    this.#isTouched = true;
    this.#lookIn(this.#made.giveBackAfter);
  }

  /** Ends the chart, which somebody has a record of. */
  putAway(): void {
    this.#isPutAway = true;
    this.chart.stop();
  }

  /** Held from the start: a work that is given belongs to the chart that was told of it. */
  #holdEach(chunks: AsyncGenerator): AsyncGenerator {
    this.#held += 1;
    return this.#each(chunks);
  }

  async *#each(chunks: AsyncGenerator): AsyncGenerator {
    try {
      yield* chunks;
    } finally {
      this.#release();
    }
  }

  #release(): void {
    this.#held -= 1;
    if (!this.chart.isStopped()) this.touch();
  }

  #lookIn(ms: number): void {
    const { deadlines } = this.#made;
    this.#look ??= deadlines.set(this, ms, () => {
      this.#look = null;
      this.#lookForRest();
    });
  }

  #lookForRest(): void {
    const { before, giveBackAfter, options } = this.#made;
    if (this.#isTouched) {
      this.#isTouched = false;
      this.#lookIn(giveBackAfter);
    } else if (options.clock.timers > 0 || this.#held > 0) {
      // What it waits for will touch it.
    } else if (isAtRest(this.chart) && !before.reading.isBusy) this.#host.rests();
    else this.#lookIn(options.timing.idle); // Keys that nobody is told of touch nothing.
  }
}
