import FakeTimers from '@sinonjs/fake-timers';

const { setImmediate } = globalThis;

/** Lets everything that waits for promises or for the network of this process go on. */
const settle = async () => {
  for (let turn = 0; turn < 8; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** Replaces the platform's time until `uninstall`. Call it before the package that is driven is imported. */
export function fakeClock({ now = Date.UTC(2026, 0, 1) } = {}) {
  const clock = FakeTimers.install({
    now,
    toFake: [
      ...['Date', 'performance', 'hrtime', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
    ],
  });
  const began = clock.now;
  let jumped = 0;
  return {
    /** Time that passed, ms; what the wall clock was set by is not in it. */
    elapsed: () => clock.now - began - jumped,
    settle,
    /** Lets that many ms pass, one timer at a time, so that what a timer starts happens before the next. */
    async advance(ms) {
      let isOver = false;
      clock.setTimeout(() => {
        isOver = true;
      }, ms);
      await settle();
      while (!isOver) {
        clock.next();
        await settle();
      }
      // What was set meanwhile for this very moment.
      clock.tick(0);
      await settle();
    },
    /** Sets the wall clock by that many ms; timers keep what is left of them. */
    setWall(by) {
      jumped += by;
      clock.setSystemTime(clock.now + by);
    },
    uninstall: () => clock.uninstall(),
  };
}
