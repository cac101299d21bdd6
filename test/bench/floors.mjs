// What the rows are divided by: XState alone, and what a page writes by hand. Each does one thing, as little of it as
// it takes, and knows nothing of this package.
import { assign, emit, fromPromise, setup } from 'xstate';

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

/** X3 with a promise actor that is invoked and answered, and a deadline; what makes no call is a `step`. */
const invoking = (idle) =>
  parallel(
    setup({
      actions: { note: assign({ at: () => Date.now() }) },
      actors: { call: fromPromise(async () => ({})) },
      delays: { idle, deadline: 10_000 },
    }),
    region(
      {
        on: { key: { target: 'b', actions: 'note' }, step: { target: 'a', reenter: true, actions: 'note' } },
        after: { idle: 'a' },
      },
      { b: { invoke: { src: 'call', onDone: 'a', onError: 'a' }, after: { deadline: 'a' } } },
    ),
  );

/** Bare invoke: a call with its answer, and nothing else. */
export const bareInvoke = invoking(3000);

/** The same, whose timers are over before they fire: it does what it is told, and no step of its own. */
export const bareWork = invoking(86_400_000);

const telling = setup({
  actions: { note: assign({ at: () => Date.now() }), tell: emit({ type: 'told' }) },
  delays: { silence: 3000, renewal: 4000, rest: 1000, expiry: 5000 },
});
const does = ['note', 'tell'];

/**
 * The steps of the conversation's chart that make no call, in a chart with nothing in it: the states that are left and
 * entered, the timers, one assignment and one event for whoever listens, but no guard, and nobody who listens.
 */
export const bareSteps = {
  /** Our message, while the indicator is lit. */
  'sent while lit': parallel(telling, {
    initial: 'typing',
    states: {
      typing: {
        initial: 'lit',
        states: {
          lit: {
            initial: 'fresh',
            after: { silence: 'lit' },
            on: { key: { target: '#cooldown', actions: does } },
            states: { fresh: { after: { renewal: 'due' } }, due: {} },
          },
        },
      },
      cooldown: {
        id: 'cooldown',
        initial: 'quiet',
        states: { quiet: { after: { rest: 'held' } }, held: {} },
      },
    },
  }),
  /** Somebody else begins to type. */
  'agent types': parallel(telling, {
    initial: 'quiet',
    states: {
      quiet: { on: { key: { target: 'someoneTyping', actions: does } } },
      someoneTyping: {
        initial: 'unannounced',
        states: { unannounced: { after: { expiry: 'announced' } }, announced: {} },
      },
    },
  }),
};
