import { describe, expect, it } from 'vitest';
import { sample } from '../../support/sample.ts';
import { typingSessions } from './generator.ts';
import { onOnly, ours, quickClock, withStop } from './ours.ts';
import { leastReads, readingSessions, replayReads } from './reads.ts';
import { failing, replay, type Subject, type Time, type World } from './replay.ts';
import { difference, lengthOf, union } from './spans.ts';

const seeds = sample([20240607, 777, 4711, 90210], [20240607, 777, 4711, 90210, 1, 2, 3, 4, 5, 6, 7, 8]);
const sessions = sample(6, 60);

describe('typing traces', () => {
  it('are the same for the same seed, and others for another', () => {
    const made = typingSessions({ seed: 4711, sessions: 20 });
    expect(typingSessions({ seed: 4711, sessions: 20 })).toEqual(made);
    expect(typingSessions({ seed: 4712, sessions: 20 })).not.toEqual(made);
  });

  it('are what their description says', () => {
    const made = typingSessions({ seed: 20240607, sessions: 1000 });
    const keys = made.flatMap((session) => session.keys).length;
    const pauses = made.flatMap(({ keys }) => keys.slice(1).map((at, index) => at - (keys[index] ?? 0)));
    const gaps = pauses.filter((gap) => gap < 1000).sort((one, other) => one - other);
    expect(gaps[Math.floor(gaps.length / 2)]).toBeCloseTo(180, -1);
    expect(keys / (pauses.length - gaps.length + made.length)).toBeCloseTo(21, -1);
    expect(Math.min(...made.map(({ endsAt }) => endsAt))).toBeLessThan(15_000);
    expect(Math.max(...made.map(({ endsAt }) => endsAt))).toBeGreaterThan(110_000);
    expect(pauses.every((pause) => pause < 22_000)).toBe(true);
    const abandoned = typingSessions({ seed: 20240607, sessions: 1, isSent: false });
    expect(abandoned[0]).toMatchObject({ sentAt: null, endsAt: (abandoned[0]?.keys.at(-1) ?? 0) + 30_000 });
  });
});

describe('a replay', () => {
  const session = { keys: [0, 1000], sentAt: 9000, endsAt: 10_000 };

  it('says how long the other side was shown too much, and too little', async () => {
    const once = (at: number) => {
      let keys = 0;
      return ({ call }: World<Time>): Subject => ({
        key: () => (keys++ === at ? call(true) : undefined),
        sent: () => {},
        end: () => {},
      });
    };
    // Types from 0 to 4 s; shown from 0 to 5 s, or from 1 to 6 s.
    const first = await replay({ sessions: [session], time: quickClock(), subject: once(0) });
    expect(first).toMatchObject({
      falselyLit: 10,
      falselyDark: 0,
      wrong: 10,
      longestDark: 0,
      callsPerMinute: 6,
    });
    const second = await replay({ sessions: [session], time: quickClock(), subject: once(1) });
    expect(second).toMatchObject({ falselyLit: 20, falselyDark: 10, longestDark: 1000 });
    const lost = await replay({
      ...{ sessions: [session], time: quickClock(), subject: once(0) },
      fate: () => 'hangs',
    });
    expect(lost).toMatchObject({ falselyLit: 0, falselyDark: 40, calls: 1 });
  });

  it('reckons in spans of time', () => {
    const truth = union([
      [4, 6],
      [0, 3],
      [2, 4],
      [8, 9],
    ]);
    expect(truth).toEqual([
      [0, 6],
      [8, 9],
    ]);
    expect(
      difference(truth, [
        [1, 2],
        [5, 10],
      ]),
    ).toEqual([
      [0, 1],
      [2, 5],
    ]);
    expect(lengthOf(difference(truth, []))).toBe(7);
  });
});

describe('in whichever trace, two typing calls are never closer than the spacing (T-2)', () => {
  for (const [name, capabilities] of Object.entries({ 'with a stop': withStop, 'on-only': onOnly })) {
    for (const share of [0, 0.1, 0.5]) {
      it(`${name}, ${share * 100} % of the calls fail`, async () => {
        for (const seed of seeds) {
          const result = await replay({
            sessions: typingSessions({ seed, sessions, isSent: seed !== 777 }),
            time: quickClock(),
            subject: ours(capabilities),
            fate: failing(share, seed),
          });
          expect(result.calls).toBeGreaterThan(sessions);
          expect(result.leastGap).toBeGreaterThanOrEqual(capabilities.spacing ?? 0);
          expect(result.mostInMinute).toBeLessThanOrEqual(Math.ceil(60_000 / (capabilities.spacing ?? 0)));
        }
      });
    }
  }
});

describe('reading traces', () => {
  it('lose nothing, and make no more calls than foresight would within the same lag (R-2)', async () => {
    const reading = readingSessions(20240607, sample(10, 100));
    const { callsPerView, longestLag, lost } = await replayReads(reading, { collect: 1000 });
    expect(lost).toBe(0);
    expect(longestLag).toBeLessThanOrEqual(1000);
    expect(callsPerView / leastReads(reading, 1000)).toBeLessThanOrEqual(1.01);
  });
});
