import { invalidOption } from './errors.ts';

/**
 * The seed of all jitter: drawn once, so that the machines stay reproducible (C-3).
 * @throws ConversationError `invalid-option` when `random` gives something that is not in [0, 1).
 */
export function drawSeed(random: () => number = Math.random): number {
  const drawn = random();
  if (typeof drawn !== 'number' || !(drawn >= 0 && drawn < 1)) {
    throw invalidOption('random', 'a function that returns a number in [0, 1)', drawn);
  }
  return Math.floor(drawn * 2 ** 32) | 0;
}
