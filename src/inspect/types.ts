import type { Chart } from './chartOf.ts';

/** What every message says first: which of them it is, when it was, and of whom it speaks. */
interface Said {
  /** Rises by one with every message of an inspector. */
  readonly n: number;
  /** When it happened, monotonic ms of the inspector's clock. */
  readonly at: number;
  /** The actor's id within this inspector; no two actors share one. */
  readonly actor: string;
}

/** Plain data: what `JSON.stringify` takes and gives back unchanged. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/** A transition that was taken, by its place in the {@link Chart} of its machine. */
export interface TakenTransition {
  /** Key of the transition in `chart.transitions`. */
  readonly key: string;
  /** Path of the state it left, dotted, from below the root; empty for the root itself. */
  readonly from: string;
  /** Paths of the states it entered; empty where it only ran actions. */
  readonly to: readonly string[];
}

/** A timer that a machine set. */
export interface PendingTimer {
  /** Its id within its actor. Set again under the same id it is another timer. */
  readonly id: string;
  /** The event that it sends when it is over, such as `after silenceLeft`. */
  readonly event: string;
  /** How long it runs, ms, as the delay resolved. */
  readonly ms: number;
  /** When it was set, monotonic ms of the inspector's clock. */
  readonly startedAt: number;
}

/** What an inspector tells those who look: plain data, redacted, in order. */
export type InspectorMessage =
  /** An actor began, or was there already when somebody began to look (`replayed`). */
  | (Said & {
      readonly kind: 'actor';
      /** A machine's id, or the name of the actor as its parent's chart knows it. */
      readonly name: string;
      /** Who invoked or spawned it. */
      readonly parent?: string;
      /** What it draws like, where it is a machine. */
      readonly chart?: Chart;
      readonly replayed?: boolean;
    })
  /** An event arrived, or a key was only noted (`isQuiet`): it would have changed nothing. */
  | (Said & {
      readonly kind: 'event';
      readonly event: Plain;
      readonly from?: string;
      readonly isQuiet?: true;
    })
  /** Transitions were taken, eventless ones included. */
  | (Said & {
      readonly kind: 'transition';
      readonly event: string;
      readonly transitions: readonly TakenTransition[];
    })
  /** An actor came to rest. `active` are the paths of all states it is in. */
  | (Said & {
      readonly kind: 'snapshot';
      readonly status: string;
      readonly active: readonly string[];
      readonly context?: Plain;
    })
  /** A timer was set. */
  | (Said & { readonly kind: 'timer.started'; readonly timer: PendingTimer })
  /** A timer is no more: it fired, was cancelled, or was set again under its id. */
  | (Said & {
      readonly kind: 'timer.ended';
      readonly id: string;
      readonly how: 'fired' | 'cancelled' | 'replaced';
    })
  /** A machine emitted a decision. */
  | (Said & { readonly kind: 'emitted'; readonly event: Plain })
  /** An actor is no more. */
  | (Said & { readonly kind: 'stopped'; readonly status: string })
  /** So many messages before this one were too many, and are lost. */
  | (Said & { readonly kind: 'lost'; readonly count: number });

/** Gets messages in batches, in order. What it throws ends its looking, and is said once on the console. */
export type Looker = (messages: readonly InspectorMessage[]) => void;
