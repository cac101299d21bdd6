import type { ActorRefLike, InspectionEvent, Observer } from 'xstate';
import { invalidOption } from './errors.ts';

/** Looks at one event of a running chart. */
export type Inspect = (event: InspectionEvent) => void;

/**
 * Who looks at a running chart, as XState takes it: a function, or an observer such as the `inspect` of an
 * inspector. Of an observer only `next` is called: a chart that fails or ends is told by its events.
 */
export type Inspector = Inspect | Pick<Observer<InspectionEvent>, 'next'>;

/**
 * The function that an inspector stands for; `undefined` where none is given.
 * @throws ConversationError `invalid-option` where it is neither a function nor has a `next()`.
 */
export function checkInspector(inspector: unknown): Inspect | undefined {
  if (inspector === undefined) return undefined;
  if (typeof inspector === 'function') return inspector as Inspect;
  const observer = inspector as { next?: unknown } | null;
  if (typeof observer?.next !== 'function') {
    throw invalidOption('inspect', 'a function, or an observer with a next() function', inspector);
  }
  return (event) => (observer as { next: Inspect }).next(event);
}

/** Under this name the `inspect` of an inspector takes keys that are no event: in a lit chart most keys change nothing. */
const quietKeys = Symbol.for('genesys-conversation-machine.quietKeys');

/** Is told of a key that a conversation has only noted. */
export type LookAtKey = (conversation: ActorRefLike) => void;

/** Gives a function that looks at a chart the other one, which looks at keys that the chart is not told of. */
export const withQuietKeys = (inspect: Inspect, look: LookAtKey): Inspect =>
  Object.assign(inspect, { [quietKeys]: look });

/** What looks at such keys, where the inspector has it; others are none the worse. */
export const quietKeysOf = (inspect: Inspect | undefined): LookAtKey | undefined =>
  (inspect as { readonly [quietKeys]?: LookAtKey } | undefined)?.[quietKeys];
