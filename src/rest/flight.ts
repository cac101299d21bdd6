import { within } from '../shared/deadline.ts';
import type { ConversationError } from '../shared/errors.ts';

/** Waits for the work under way, or starts it. An abort of `signal` makes this one caller leave. */
export type Join<T> = (signal: AbortSignal | undefined) => Promise<T>;

/**
 * Shares `start` among all who join while it runs. When the last of them has left, its signal aborts and the
 * next one to join starts anew: work that never settles costs those who waited, not those who come later.
 */
export function sharedFlight<T>(
  start: (signal: AbortSignal) => Promise<T>,
  givenUp: () => ConversationError,
): Join<T> {
  let current: Flight<T> | undefined;

  const land = (flight: Flight<T>) => {
    if (current === flight) current = undefined;
  };

  const takeOff = (): Flight<T> => {
    const controller = new AbortController();
    const result = Promise.resolve()
      .then(() => start(controller.signal))
      .finally(() => land(flight));
    const flight: Flight<T> = { result, controller, waiting: 0 };
    return flight;
  };

  const leave = (flight: Flight<T>) => {
    flight.waiting -= 1;
    if (flight.waiting > 0) return;
    land(flight);
    flight.controller.abort();
  };

  return (signal) => {
    if (signal?.aborted) return Promise.reject(givenUp());
    const flight = current ?? takeOff();
    current = flight;
    flight.waiting += 1;
    const onAbort = () => {
      leave(flight);
      return givenUp();
    };
    return within({ signal }, () => flight.result, onAbort);
  };
}

interface Flight<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}
