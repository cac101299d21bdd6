import { describe, expect, it } from 'vitest';
import { type CrashOptions, playCrash } from '../support/crash.ts';

const variants = [false, true].flatMap((isAsync) =>
  [false, true].flatMap((isTorn) => [false, true].map((looksAgain) => ({ isAsync, isTorn, looksAgain }))),
);

function expectToHold(
  run: Awaited<ReturnType<typeof playCrash>>,
  { looksAgain }: Partial<CrashOptions>,
): void {
  const { calls, acknowledged, greatestSeen, promised, stored } = run;
  expect(acknowledged).toBeGreaterThanOrEqual(promised);
  if (looksAgain) expect(acknowledged).toBe(greatestSeen);
  expect(stored).toBe(acknowledged);
  for (const [index, { position, knownAcknowledged }] of calls.entries()) {
    expect(position).toBeGreaterThan(knownAcknowledged);
    expect(position).toBeGreaterThanOrEqual(calls[index - 1]?.position ?? 0);
  }
}

describe.each(variants)(
  'a process that stops at any step (async storage $isAsync, torn writes $isTorn, looks again $looksAgain)',
  (variant) => {
    it('leaves behind what the next one needs: the highest mark is acknowledged, none goes back (R-3, R-3a)', async () => {
      const whole = await playCrash({ crashAt: null, ...variant });
      expectToHold(whole, { looksAgain: true });
      expect(whole.steps).toBeGreaterThan(30);
      for (let crashAt = 1; crashAt <= whole.steps; crashAt += 1) {
        const run = await playCrash({ crashAt, ...variant });
        try {
          expectToHold(run, variant);
        } catch (error) {
          throw new Error(`stopped at step ${crashAt}: ${JSON.stringify(run)}`, { cause: error });
        }
      }
    });
  },
);
