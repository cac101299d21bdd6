/**
 * One draw of a seeded generator (mulberry32): a number in [0, 1) and the seed of the next draw. Pure, so
 * that the same seed and the same events make the same trace (C-3).
 */
export function draw(seed: number): readonly [value: number, nextSeed: number] {
  const nextSeed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(nextSeed ^ (nextSeed >>> 15), 1 | nextSeed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return [((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32, nextSeed];
}
