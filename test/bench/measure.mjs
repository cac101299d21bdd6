// Ratios that can be believed on a machine that others use as well: process CPU time, rounds in which every subject runs
// once, in a new order each time, and medians.

/** The middle of a list of numbers; `NaN` of none. */
export const median = (list) => quantile(list, 0.5);

/** The 10th and the 90th percentile of a list of numbers. */
export const spread = (list) => [quantile(list, 0.1), quantile(list, 0.9)];

function quantile(list, share) {
  const sorted = [...list].sort((one, other) => one - other);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  return sorted.length === 0 ? Number.NaN : below + (above - below) * (place - Math.floor(place));
}

/** Numbers in [0, 1) that are the same for the same seed, everywhere (mulberry32). */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** CPU time of this process so far, in ns: its own and the kernel's, that of collecting garbage and compiling included. */
const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
};

async function timed(subject, times) {
  const from = cpu();
  // Awaited only where there is something to wait for: an await costs as much as a throttle.
  const pending = subject(times);
  if (pending !== undefined) await pending;
  return (cpu() - from) / times;
}

/** So many times that a batch takes about that many ms; warms the subject up on the way. */
async function batchOf(subject, ms) {
  let times = 1;
  for (let rounds = 0; rounds < 40; rounds += 1) {
    // The least of three: in one of them the compiler or the collector of garbage may have been at work.
    const tries = [await timed(subject, times), await timed(subject, times), await timed(subject, times)];
    const took = Math.min(...tries) * times;
    if (took >= ms * 5e5) return Math.max(1, Math.round((times * ms * 1e6) / took));
    times = took < ms * 5e4 ? times * 8 : times * 2;
  }
  return times;
}

const shuffled = (list, next) =>
  list
    .map((entry) => ({ entry, order: next() }))
    .sort((one, other) => one.order - other.order)
    .map(({ entry }) => entry);

/**
 * Runs every subject once a round, in an order that changes. `subjects` are functions that do their thing `times` times;
 * `batch` is the CPU time of one go, in ms; `rest` is awaited after each go, outside the time that counts. Rounds that only
 * warm up (`warmup`) do not count.
 */
export async function interleave(subjects, { rounds, batch = 12, warmup = 5, seed = 1, rest } = {}) {
  const next = random(seed);
  const names = Object.keys(subjects);
  const times = {};
  const taken = Object.fromEntries(names.map((name) => [name, []]));
  for (const name of names) {
    times[name] = await batchOf(subjects[name], batch);
    if (rest) await rest();
  }
  for (let round = -warmup; round < rounds; round += 1) {
    for (const name of shuffled(names, next)) {
      const ns = await timed(subjects[name], times[name]);
      if (round >= 0) taken[name].push(ns);
      if (rest) await rest();
    }
  }
  return {
    rounds,
    /** CPU time of one time, in ns: the median, and the spread over the rounds. */
    of: (name) => ({ ns: median(taken[name]), spread: spread(taken[name]) }),
    /** Round by round, since the machine may be busier in one than in another. */
    ratio(name, baseline) {
      const ratios = taken[name].map((ns, round) => ns / taken[baseline][round]);
      return { figure: median(ratios), spread: spread(ratios) };
    },
  };
}
