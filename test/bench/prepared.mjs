/**
 * As `interleave`, for what can be done only once to each of its objects: every round, `prepare` makes `times` of them,
 * `run` is what counts, and `dispose` takes them away.
 */
export async function preparedRounds(subjects, { context, rounds, times, warmup = 8 }) {
  const { median, spread } = context;
  const next = context.random(1);
  const names = Object.keys(subjects);
  const taken = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -warmup; round < rounds; round += 1) {
    const order = names.map((name) => ({ name, at: next() })).sort((one, other) => one.at - other.at);
    for (const { name } of order) {
      const { prepare, run, dispose } = subjects[name];
      const objects = [];
      for (let count = 0; count < times; count += 1) objects.push(prepare(count));
      await settled();
      // Twice, since what is new survives the first time where it is: it is not to be moved while the clock runs.
      for (const type of ['minor', 'minor']) globalThis.gc?.({ type });
      const from = process.cpuUsage();
      const pending = run(objects);
      if (pending !== undefined) await pending;
      const { user, system } = process.cpuUsage(from);
      if (round >= 0) taken[name].push(((user + system) * 1000) / times);
      for (const object of objects) dispose(object);
      await settled();
    }
  }
  return {
    rounds,
    of: (name) => ({ ns: median(taken[name]), spread: spread(taken[name]) }),
    ratio(name, baseline) {
      const ratios = taken[name].map((ns, round) => ns / taken[baseline][round]);
      return { figure: median(ratios), spread: spread(ratios) };
    },
  };
}

/** All that promises have left to do. */
export const settled = () => new Promise((resolve) => setImmediate(resolve));
