import { askAgain } from '../waits.ts';
import { session } from './setup.ts';

/** History could not be had: later again, or it is said that something may be missing. */
const missing = [
  { guard: 'pastIsLost', target: 'settled', actions: ['emitGap', 'settlePast'] }, // I-1
  { target: 'settled', actions: 'postponePast' },
] as const;

/**
 * Does the guest know all that was said?
 *
 * | state     | meaning                                                                       |
 * | --------- | ----------------------------------------------------------------------------- |
 * | `settled` | yes; or history could not be had, and is asked again later                    |
 * | `asking`  | history is asked for what was said while no socket listened                   |
 *
 * While it is asked, what comes in live waits at the socket for a moment, so that all is told in order.
 */
export const past = session.createStateConfig({
  initial: 'settled',
  states: {
    settled: {
      always: { guard: 'pastDue', target: 'asking' },
      after: askAgain('settled', 'pastDue'),
    },
    asking: {
      invoke: {
        id: 'catchUp',
        src: 'catchUp',
        input: ({ context }) => ({ ports: context.ports, isBaseline: context.past.owed === 'baseline' }),
        onError: missing,
      },
      on: {
        'past.had': [
          { guard: 'pastIsWhole', target: 'settled', actions: 'settlePast' },
          { target: 'settled', actions: ['emitGap', 'settlePast'] }, // I-1
        ],
        'past.missing': missing,
      },
      after: { historyDeadline: missing },
    },
  },
});
