import { invalidOption } from '../shared/errors.ts';
import { stoppedError } from '../shared/refusals.ts';

/** What a binding looks at besides the verbs it calls: whether there is still somebody to tell. */
export interface Stoppable {
  /** The XState actor behind the handle. A handle of your own may do without. */
  readonly actor?: { getSnapshot(): { readonly status: string } };
}

/** Refuses what is no element. Asks for shape, not class: an element of an iframe has that frame's classes. */
export function checkElement(option: string, value: unknown): void {
  const isElement = typeof value === 'object' && value !== null && (value as Partial<Element>).nodeType === 1;
  if (!isElement) throw invalidOption(option, 'an element of the page', value);
}

/** Refuses what lacks one of `verbs`, and a conversation that was stopped. */
export function checkTarget(value: unknown, verbs: readonly string[]): void {
  const target = value as Readonly<Record<string, unknown>> | null | undefined;
  if (verbs.some((verb) => typeof target?.[verb] !== 'function')) {
    throw invalidOption('conversation', `a conversation, or anything with ${verbs.join(', ')}`, value);
  }
  const { actor } = value as Stoppable;
  if (actor && actor.getSnapshot().status !== 'active') throw stoppedError();
}
