import { slicesOf } from '../budget.ts';

/** How many messages were accepted at a time, ms. */
export interface Sample {
  readonly time: number;
  readonly accepted: number;
}

/** What messages had to wait for by the platform's budget alone. */
export interface Line {
  /** The most that were accepted and not told at one time. */
  readonly most: number;
  /** How long so many take by the budget, ms. */
  readonly time: number;
}

/** The receipt of a message's answer is a call as well: where both wait, a message has every other one. */
const callsOfAMessage = 2;

/**
 * The line of messages before a budget of so many calls a minute, from what was accepted by and by and the times at which the
 * platform had a message, in their order.
 */
export function lineOf(samples: readonly Sample[], told: readonly number[], callsPerMinute: number): Line {
  let [most, toldBefore] = [0, 0];
  for (const { time, accepted } of samples) {
    while ((told[toldBefore] ?? Number.POSITIVE_INFINITY) <= time) toldBefore += 1;
    most = Math.max(most, accepted - toldBefore);
  }
  const { seconds, points } = slicesOf(callsPerMinute);
  return { most, time: (callsOfAMessage * most * seconds * 1000) / points };
}
