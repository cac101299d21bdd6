import { defaultTiming, type TimingOptions } from './timing.ts';

/**
 * Shows the other side as exactly as calls can: the default. Over the typing traces of `test/bench`, with a time-to-live
 * of 5 s: 14.4 calls a minute, 0.5 % of the time wrong; where there is no stop and 5 s lie between two calls, 9.0 calls
 * and 6.4 %. A thing of `timing`, to be spread where more is to be said.
 */
export const faithful: TimingOptions = Object.freeze({ stopWorth: defaultTiming.stopWorth });

/**
 * A third fewer calls for an indicator that is roughly right: it is left to go out by itself where that takes at most
 * 1.35 s, renewed where somebody types for 2.5 s more, and read marks wait up to 3 s for their neighbours. Over the same
 * traces 9.9 calls a minute, 4.7 % of the time wrong; without a stop 8.7 and 6.8 %.
 */
export const thrifty: TimingOptions = Object.freeze({ stopWorth: 1350, renewalWorth: 2500, collect: 3000 });
