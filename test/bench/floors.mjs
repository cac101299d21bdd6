// What the rows are divided by: XState alone, and what a page writes by hand. Each does one thing, as little of it as
// it takes, and knows nothing of this package.
import { assign, fromPromise, setup } from 'xstate';

/** A throttle as it is written by hand: a closure that compares the clock with its last call. */
export function handThrottle(call, window) {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    const now = Date.now();
    if (now - last < window) return;
    last = now;
    call();
  };
}

const names = ['a', 'b', 'c', 'd'];
/** A region of four states, of which the first handles the event. */
const region = (first, rest = {}) => ({
  initial: 'a',
  states: { ...Object.fromEntries(names.map((name) => [name, {}])), a: first, ...rest },
});

const parallel = (setUp, first, options = {}) =>
  setUp.createMachine({
    type: 'parallel',
    context: { at: 0 },
    states: { one: first, two: region({}), three: region({}), four: region({}) },
    ...options,
  });

/** X2: four regions of four states each, whose event assigns one time stamp. */
export const X2 = parallel(
  setup({ actions: { note: assign({ at: () => Date.now() }) } }),
  region({ on: { key: { actions: 'note' } } }),
);

const after = setup({ actions: { note: assign({ at: () => Date.now() }) }, delays: { idle: 3000 } });

/** X3: the same, its event entering a state again that has an `after`. */
export const X3 = parallel(
  after,
  region({ on: { key: { target: 'a', reenter: true, actions: 'note' } }, after: { idle: 'a' } }),
);

/** Bare invoke: X3 with a promise actor that is invoked and answered, and a deadline. */
export const bareInvoke = parallel(
  setup({
    actions: { note: assign({ at: () => Date.now() }) },
    actors: { call: fromPromise(async () => ({})) },
    delays: { idle: 3000, deadline: 10_000 },
  }),
  region(
    { on: { key: { target: 'b', actions: 'note' } }, after: { idle: 'a' } },
    { b: { invoke: { src: 'call', onDone: 'a', onError: 'a' }, after: { deadline: 'a' } } },
  ),
);
