/** What the other side is shown, beside what is true. `missing`: somebody types, and no indicator says so. */
export type Look = 'dark' | 'right' | 'false' | 'missing';

/** For how long a key says that somebody types, ms. */
const typesFor = 3000;

/** How soon an emptied box, or one that was left, says that nobody types any more, ms: a key takes it back. */
const blink = 150;

/**
 * Measures how true an indicator is. True is: a key in the last 3 s, and neither sent nor given up since. `onLook` is
 * told of every change, in order; its times are those of the change, be it told later.
 */
export function createLightMeter(onLook: (look: Look, at: number) => void = () => {}) {
  const time: Record<Look, number> = { dark: 0, right: 0, false: 0, missing: 0 };
  let now = Number.NEGATIVE_INFINITY;
  let trueUntil = Number.NEGATIVE_INFINITY;
  let litUntil = Number.NEGATIVE_INFINITY;
  let since = now;
  let look: Look = 'dark';
  let longestFalse = 0;

  const see = (): void => {
    const isTrue = now < trueUntil;
    const next: Look = now < litUntil ? (isTrue ? 'right' : 'false') : isTrue ? 'missing' : 'dark';
    if (next === look) return;
    look = next;
    since = now;
    onLook(look, now);
  };
  const advance = (to: number): void => {
    while (now < to) {
      const next = Math.min(to, ...[trueUntil, litUntil].filter((end) => end > now));
      if (Number.isFinite(now)) time[look] += next - now;
      now = next;
      if (look === 'false') longestFalse = Math.max(longestFalse, now - since);
      see();
    }
  };

  return {
    advance,
    key: (at: number): void => {
      advance(at);
      trueUntil = now + typesFor;
      see();
    },
    sent: (at: number): void => {
      advance(at);
      trueUntil = now;
      see();
    },
    paused: (at: number): void => {
      advance(at);
      trueUntil = Math.min(trueUntil, now + blink);
    },
    /** The indicator is shown, for `ms` at most where nobody renews it. */
    lit: (at: number, ms = Number.POSITIVE_INFINITY): void => {
      advance(at);
      litUntil = now + ms;
      see();
    },
    out: (at: number): void => {
      advance(at);
      litUntil = now;
      see();
    },
    /** How long the indicator was wrong, ms, and the longest time in one go that it was shown and not true. */
    wrong: () => ({ ms: time.false + time.missing, falselyLit: time.false, longestFalse }),
  };
}

export type LightMeter = ReturnType<typeof createLightMeter>;
