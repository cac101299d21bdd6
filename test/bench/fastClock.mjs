/** A clock that goes as fast as it can: time stands still until `next` fires the first timer that is due, or goes on. */
export function fastClock() {
  const timers = new Map();
  let now = 0;
  let last = 0;
  return {
    resolution: 0,
    now: () => now,
    wallNow: () => now,
    setTimeout: (callback, ms) => {
      last += 1;
      timers.set(last, { at: now + ms, callback });
      return last;
    },
    clearTimeout: (id) => timers.delete(id),
    /** Fires the first timer that is due by `time` and returns true; where there is none, goes on to `time`. */
    next: (time) => {
      let first = null;
      for (const [id, { at }] of timers)
        if (at <= time && (first === null || at < first.at)) first = { id, at };
      if (first === null) {
        now = time;
        return false;
      }
      const { callback } = timers.get(first.id);
      timers.delete(first.id);
      now = Math.max(now, first.at);
      callback();
      return true;
    },
  };
}
