import { interleave, median, random, spread } from './measure.mjs';

/** What a row is given; README.md of this folder says what each is for. */
export async function createContext({ quick, withPeers, log }) {
  return {
    quick,
    rounds: (count) => (quick ? Math.max(3, Math.round(count / 20)) : count),
    root: new URL('../../', import.meta.url),
    peers: withPeers ? await import('../peers/index.mjs') : undefined,
    log,
    interleave: (subjects, options) =>
      interleave(subjects, quick ? { ...options, batch: 2, warmup: 1 } : options),
    median,
    spread,
    random,
  };
}
