import type { SteppedClock } from './steppedClock.ts';

/** How {@link typeText} types. */
export interface TypeTextOptions {
  /** Goes on between the keys. */
  readonly clock: Pick<SteppedClock, 'advance'>;
  /**
   * Presses one key: `() => conversation.keystroke()`, or `(key) => user.keyboard(key)` of Testing Library with an
   * element that {@link countAsPerson} was given.
   */
  readonly press: (key: string) => unknown;
  /** Ms between two keys. Default: 120. */
  readonly every?: number;
}

/**
 * Types a text as a person does, key by key, without waiting for real.
 * @example
 * await typeText('Hello', { clock, press: () => conversation.keystroke() });
 */
export async function typeText(text: string, { clock, press, every = 120 }: TypeTextOptions): Promise<void> {
  for (const key of text) {
    await press(key);
    await clock.advance(every);
  }
}

/**
 * Makes what a script does to an element count as a person's, until the returned function is called. `bindTyping` takes
 * trusted events only (T-9), and in jsdom none is, those of Testing Library's `user-event` neither. Call it before
 * `bindTyping(element, …)`.
 * @example
 * const end = countAsPerson(input);
 * bindTyping(input, conversation); // hears `user-event` of Testing Library from now on
 * end();
 */
export function countAsPerson(element: EventTarget): () => void {
  const add = element.addEventListener.bind(element);
  const remove = element.removeEventListener.bind(element);
  const wrapped = new Map<unknown, (event: Event) => void>();
  element.addEventListener = (
    type: string,
    listener: unknown,
    options?: boolean | AddEventListenerOptions,
  ) => {
    if (typeof listener !== 'function') return;
    const trusting = wrapped.get(listener) ?? ((event: Event) => listener(trusted(event)));
    wrapped.set(listener, trusting);
    add(type, trusting, options);
  };
  element.removeEventListener = (type: string, listener: unknown, options?: boolean | EventListenerOptions) =>
    remove(type, wrapped.get(listener) ?? (listener as EventListener), options);
  return () => {
    element.addEventListener = add;
    element.removeEventListener = remove;
  };
}

/** The event, said to be trusted. */
const trusted = (event: Event): Event =>
  new Proxy(event, {
    get: (target, name) => {
      if (name === 'isTrusted') return true;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
