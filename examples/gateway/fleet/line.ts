/** How many messages were accepted at a time, ms. */
export interface Sample {
  readonly time: number;
  readonly accepted: number;
}

/** What messages had to wait for by the platform's budget alone. */
export interface Line {
  /** The most that were accepted and not told at one time. */
  readonly most: number;
  /** The longest that one would have waited had each been told in the order in which they were accepted, ms. */
  readonly fairWait: number;
}

/**
 * The line of messages before the budget: what was accepted by and by, against the times at which the platform had a message, in their
 * order. The hundredth message of a fair line is told when a hundred have been told.
 */
export function lineOf(samples: readonly Sample[], told: readonly number[]): Line {
  let [most, fairWait, toldBefore] = [0, 0, 0];
  for (const { time, accepted } of samples) {
    while ((told[toldBefore] ?? Number.POSITIVE_INFINITY) <= time) toldBefore += 1;
    most = Math.max(most, accepted - toldBefore);
    fairWait = Math.max(fairWait, (told[accepted - 1] ?? time) - time);
  }
  return { most, fairWait };
}
