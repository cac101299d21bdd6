import { describe, expect, it } from 'vitest';
import { draw } from '../../machines/random.ts';
import { type CloseVerdict, waitAfter } from '../../machines/reconnect.ts';
import {
  askAgain,
  backoffWait,
  clockStep,
  limitWait,
  longestSilence,
  longestTyping,
  never,
  now,
  timeLeft,
  toDelay,
  type WaitRules,
} from '../../machines/waits.ts';

const rules: WaitRules = {
  backoffBase: 1000,
  backoffCap: 30_000,
  jitter: 0.5,
  tries: 3,
  park: 60_000,
  retryAfterCap: 300_000,
};
const limited = (retryAfterMs?: number) => ({
  code: 'rate-limited' as const,
  message: 'x',
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});

describe('a wait', () => {
  it.each([
    [Number.NaN, 0],
    [Number.NEGATIVE_INFINITY, 0],
    [-1, 0],
    [0, 0],
    [0.2, 1],
    [1, 1],
    [999.001, 1000],
    [2 ** 31 - 1, 2 ** 31 - 1],
    [2 ** 31, 2 ** 31 - 1],
    [Number.POSITIVE_INFINITY, 2 ** 31 - 1],
  ])('of %d ms is a timer of %d ms (L-3)', (ms, delay) => {
    expect(toDelay(ms)).toBe(delay);
  });

  it.each([
    [null, never],
    [900, never],
    [1000, never],
    [1000.5, 1],
    [3000, 2000],
    [2 ** 40, never],
  ])('until %j, seen from 1000, is %d ms (L-3)', (until, left) => {
    expect(timeLeft(1000, until)).toBe(left);
  });

  it('is read from the clock that came in, with a step where that moves in some', () => {
    const of = (readings: { now(): number; step?(): number }) => ({ ports: { readings } });
    expect(now(of({ now: () => 7 }))).toBe(7);
    expect(clockStep(of({ now: () => 7 }))).toBe(0);
    expect(clockStep(of({ now: () => 7, step: () => 16 }))).toBe(16);
  });

  it('that is over brings the chart back into its state, from outside', () => {
    expect(askAgain('waiting', 'dueOne', 'dueTwo')).toEqual({
      dueOne: { target: 'waiting', reenter: true },
      dueTwo: { target: 'waiting', reenter: true },
    });
  });

  it('has these bounds', () => {
    expect({ never, longestTyping, longestSilence }).toEqual({
      never: 2_147_483_647,
      longestTyping: 30_000,
      longestSilence: 300_000,
    });
  });
});

describe('the wait after a failure (L-5)', () => {
  it.each([
    [0, 500, 1000],
    [1, 500, 1000],
    [2, 1000, 2000],
    [3, 60_000, 120_000],
    [4, 60_000, 120_000],
  ])('number %i is from %d to %d ms', (failures, least, most) => {
    expect(backoffWait(rules, failures, 0)).toBe(least);
    expect(backoffWait(rules, failures, 0.5)).toBe((least + most) / 2);
    expect(backoffWait(rules, failures, 1)).toBe(most);
  });

  it('is capped, and as random as the rules say', () => {
    const patient = { ...rules, tries: 20, jitter: 0.2 };
    expect(backoffWait(patient, 5, 0)).toBe(12_800);
    expect(backoffWait(patient, 6, 0)).toBe(24_000);
    expect(backoffWait(patient, 19, 0.5)).toBe(27_000);
  });

  it.each([
    [5000, 0, 5000],
    [5000, 0.5, 5250],
    [-5000, 1, 500],
    [0, 0, 0],
    [300_000, 0, 300_000],
    [300_001, 0, 300_000],
  ])(
    'that asks for %d ms of silence lasts that, capped, and a little longer (L-1)',
    (asked, random, wait) => {
      expect(limitWait(rules, limited(asked), 1, random)).toBe(wait);
    },
  );

  it('that asks for silence without a number is that of any failure (L-2)', () => {
    expect(limitWait(rules, limited(), 2, 0.5)).toBe(1500);
  });
});

describe('the wait for the next socket (W-3)', () => {
  const socketRules = { reconnectBase: 1000, reconnectCap: 30_000 };
  const wait = (verdict: CloseVerdict, failures: number, random: number, jumped = false): number =>
    waitAfter(socketRules, { verdict, failures, jumped, random });

  it.each<[CloseVerdict, number, number, number]>([
    ['retry', 1, 0, 2000],
    ['retry', 3, 0, 8000],
    ['retry', 5, 0, 30_000],
    ['once', 1, 0, 2000],
    ['paced', 3, 1000, 8000],
    ['spread', 1, 0, 30_000],
    ['slowly', 1, 4000, 8000],
    ['slowly', 2, 8000, 16_000],
    ['slowly', 3, 15_000, 30_000],
    ['immediate', 3, 0, 0],
  ])('after a close that asks for %s, number %i, is from %d to %d ms', (verdict, failures, least, most) => {
    expect(wait(verdict, failures, 0)).toBe(least);
    expect(wait(verdict, failures, 1)).toBe(most);
  });

  it('is at random in between', () => {
    expect(wait('retry', 2, 0.25)).toBe(1000);
    expect(wait('spread', 9, 0.25)).toBe(7500);
    expect(wait('slowly', 1, 0.5)).toBe(6000);
    expect(wait('paced', 1, 0.25)).toBe(1000);
    expect(wait('paced', 1, 0.75)).toBe(1500);
  });

  it('is none at once but the first time', () => {
    expect(wait('immediate', 2, 0.5, true)).toBe(2000);
  });
});

it.each([
  [0, [0.26642920868471265, 0.0003297457005828619, 0.2232720274478197]],
  [42, [0.6011037519201636, 0.44829055899754167, 0.8524657934904099]],
  [-1, [0.8964226141106337, 0.189478256739676, 0.7156526781618595]],
])('what is drawn from seed %i is what mulberry32 draws (C-3)', (seed, expected) => {
  const drawn: number[] = [];
  let next = seed;
  for (const _ of expected) {
    const [value, after] = draw(next);
    drawn.push(value);
    next = after;
  }
  expect(drawn).toEqual(expected);
});
