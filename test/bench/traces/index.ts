/**
 * Typing and reading traces out of a seed, and their replay: how many calls a subject makes, and how true what the other
 * side is shown is. A subject is whatever turns keys into typing calls; `ours` makes this package one, a peer needs
 * `key`, `sent` and `end`, and a {@link Time} that its timers go by.
 */
export { typingSessions, usualSeed } from './generator.ts';
export { onOnly, ours, quickClock, withStop } from './ours.ts';
export { leastReads, readingSessions, replayReads } from './reads.ts';
export { failing, hanging, replay } from './replay.ts';
export { longestDarkWithHang, readsAt, typingRows } from './rows.ts';
