import type { Clock } from '../shared/clock.ts';
import type { InspectorMessage, Looker } from './types.ts';

/** A message before it is numbered: each kind keeps its own fields. */
export type Draft = InspectorMessage extends infer M
  ? M extends InspectorMessage
    ? Omit<M, 'n' | 'at'>
    : never
  : never;

/** Those who look, each with what waits for them. */
export interface Lookers {
  /** Whether anybody looks: where not, nothing needs to be copied. */
  isWatched(): boolean;
  /** Tells everybody. */
  tell(draft: Draft): void;
  /** Adds one, with what was there before them. Returns what takes them away. */
  add(looker: Looker, earlier: readonly Draft[]): () => void;
}

/** How messages are gathered. */
export interface Gathering {
  readonly clock: Clock;
  /** How long messages are gathered before they are told, ms. */
  readonly batchEvery: number;
  /** Most messages that wait for one looker. */
  readonly keep: number;
}

/** Makes the register of lookers. A timer runs only while something waits to be told. */
export function createLookers({ clock, batchEvery, keep }: Gathering): Lookers {
  const all = new Map<Looker, { waiting: InspectorMessage[]; lost: number }>();
  let timer: unknown;
  let count = 0;

  const number = (draft: Draft): InspectorMessage => {
    count += 1;
    return { ...draft, n: count, at: clock.now() } as InspectorMessage;
  };
  const wake = (): void => {
    timer ??= clock.setTimeout(flush, batchEvery);
  };
  const flush = (): void => {
    timer = undefined;
    for (const [looker, box] of [...all]) {
      if (box.waiting.length === 0) continue;
      const batch = box.waiting;
      if (box.lost > 0) batch.unshift({ ...number({ kind: 'lost', actor: '', count: box.lost }), n: 0 });
      box.waiting = [];
      box.lost = 0;
      try {
        looker(batch);
      } catch (error) {
        all.delete(looker);
        console.error('A looker of an inspector threw; it is told nothing more.', error);
      }
    }
  };
  const put = (box: { waiting: InspectorMessage[]; lost: number }, message: InspectorMessage): void => {
    // Twice as many are let in before half go: moving an array for each message would be quadratic.
    if (box.waiting.length >= keep * 2) {
      box.waiting = box.waiting.slice(-keep);
      box.lost += keep;
    }
    box.waiting.push(message);
  };

  return {
    isWatched: () => all.size > 0,
    tell: (draft) => {
      if (all.size === 0) return;
      const message = number(draft);
      for (const box of all.values()) put(box, message);
      wake();
    },
    add: (looker, earlier) => {
      const box = { waiting: earlier.map(number), lost: 0 };
      const own: Looker = (messages) => looker(messages);
      all.set(own, box);
      wake();
      return () => {
        all.delete(own);
        if (all.size > 0 || timer === undefined) return;
        clock.clearTimeout(timer);
        timer = undefined;
      };
    },
  };
}
