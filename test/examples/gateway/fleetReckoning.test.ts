import { describe, expect, it } from 'vitest';
import { lineOf } from '../../../examples/gateway/fleet/line.ts';
import { createMarks } from '../../../examples/gateway/fleet/marks.ts';
import { bareTime, createTakeovers } from '../../../examples/gateway/fleet/takeovers.ts';
import { judge } from '../../../examples/gateway/fleet/verdict.ts';

/** A message that `from` had since 1000, by a lease until 9000, was taken by somebody else at `takenAt`. */
const taken = (takenAt: number, inLine: number | null) => ({
  ...{ from: 'a', heldSince: 1000, leaseEnd: 9000, inLine, takenAt },
});

describe('how long a message of a dead process was in nobody’s hands', () => {
  it('counts from the death, and not from when the message was kept', () => {
    expect(bareTime(taken(12_000, null), [4000])).toEqual({ bare: 8000, inLine: 0 });
  });

  it('tells the time in the line before the budget apart, once the dead process’ lease has ended', () => {
    expect(bareTime(taken(80_000, 4000), [2000])).toEqual({ bare: 7000, inLine: 71_000 });
    expect(bareTime(taken(80_000, 11_000), [2000])).toEqual({ bare: 9000, inLine: 69_000 });
  });

  it('does not take for a line what comes back by being missed', () => {
    expect(bareTime(taken(80_000, null), [2000])).toEqual({ bare: 78_000, inLine: 0 });
  });

  it('begins with the first thing that happened after the message was in hand, and with that where nothing is known', () => {
    expect(bareTime(taken(12_000, null), [500, 6000, 8000]).bare).toBe(6000);
    expect(bareTime(taken(12_000, null), [500, 13_000]).bare).toBe(11_000);
  });

  it('leaves out what Redis was away for, and nothing else', () => {
    const absences = [{ from: 3000, to: 8000 }];
    expect(bareTime(taken(14_000, null), [5000], absences)).toEqual({ bare: 6000, inLine: 0 });
    expect(bareTime(taken(14_000, 4000), [2000], absences)).toEqual({ bare: 2000, inLine: 5000 });
  });
});

it('the line is what was accepted and the platform did not have, by what the budget grants', () => {
  const samples = [0, 10, 40, 40, 40].map((accepted, n) => ({ time: 1000 * (n + 1), accepted }));
  const told = Array.from({ length: 40 }, (_, n) => 1000 + 250 * (n + 1));
  // Of 40 at 3000 eight are told. 220 calls a minute are ten in three seconds, and every other one is a receipt.
  expect(lineOf(samples, told, 220)).toEqual({ most: 32, time: 19_200 });
  expect(lineOf(samples, told.slice(0, 4), 220).most).toBe(36);
});

describe('a guest’s mark', () => {
  const order = ['one', 'two', 'three'];
  const opened = () => createMarks((messageId) => order.includes(messageId));

  it('is by the places of messages, not by the order in which they arrived', () => {
    const marks = opened();
    const atFirst = marks.ask();
    marks.acknowledged('three');
    marks.acknowledged('two');
    marks.told('three');
    marks.told('two');
    // Asked before anything was acknowledged: whatever comes is no step back.
    atFirst(undefined);
    marks.ask()('three');
    expect(marks.judge(order)).toEqual([]);
  });

  it('is wrong where it stands before what was acknowledged when it was asked for', () => {
    const marks = opened();
    marks.acknowledged('two');
    const asked = marks.ask();
    marks.acknowledged('three');
    asked('one');
    expect(marks.judge(order)).toEqual(['a mark was lost, or went backwards']);
    marks.ask()(undefined);
    expect(marks.judge(order)).toHaveLength(2);
  });

  it('is wrong where nobody has set it', () => {
    const marks = opened();
    marks.told('four');
    expect(marks.judge(order)).toEqual(['a mark was told that nobody had set']);
  });
});

/** What a run has come to that is right in everything: a message, told after `longestWait` with `bare` ms in nobody's hands. */
function verdict({
  bare = 0,
  longestWait = 0,
  longestUnsureWait = 0,
  waiting = 0,
  redisAway = 0,
  inLine = 0,
}) {
  const takeovers = createTakeovers();
  takeovers.failed('a', 1000);
  if (redisAway > 0) {
    takeovers.redis('away', 2_000_000);
    takeovers.redis('back', 2_000_000 + redisAway);
  }
  const times = { heldSince: 900, leaseEnd: 1000, inLine: inLine > 0 ? 1000 + bare : null };
  takeovers.taken({ from: 'a', ...times, takenAt: 1000 + bare + inLine });
  return judge(
    {
      options: {
        ...{ guests: 1, processes: 3, duration: 1, every: 1, budget: 220, killEvery: undefined, kills: 0 },
        ...{ hasSleep: false, stopsRedis: false, hasFigures: false },
      },
      processes: {
        ...{ url: '', webhookUrl: '', deaths: 1, longestStart: 0 },
        ...{ now: () => [], cpu: () => 0, longestWaits: () => [longestWait, longestUnsureWait] },
        ...{ kill: () => {}, sleep: () => {}, close: () => {} },
      },
      takeovers,
      platform: {
        ...{ read: () => {}, ofLastMinute: () => 0, mostOfAMinute: 1, closestTyping: undefined },
        ...{ totals: { calls: 1, typing: 0, receipts: 0, refused: 0 }, told: [1000] },
      },
      counts: { connected: 1, accepted: 1, answered: 1, marks: 1, retries: 0, longestAccept: 0 },
    },
    {
      ...{ isSettled: true, wrong: [], answered: { half: 0, mostOfAHundred: 0, all: 0 } },
      genesys: {
        conversations: () => [{ guestId: 'g', messages: [{ participantId: 'g', text: '0:1' }] } as never],
      },
      ...{ samples: [{ time: 1000, accepted: 1 + waiting }], redis: { commands: 0, cpu: 0 } },
    },
  ).isRight;
}

describe('the verdict', () => {
  it('holds a takeover to 30 s, however long messages wait for the budget', () => {
    expect(verdict({ bare: 30_000 })).toBe(true);
    expect(verdict({ bare: 30_001 })).toBe(false);
    expect(verdict({ bare: 30_001, waiting: 500 })).toBe(false);
  });

  it('holds it to that also in the line, unless it is as long as the budget makes it, twice', () => {
    expect(verdict({ bare: 8000, inLine: 22_000 })).toBe(true);
    expect(verdict({ bare: 8000, inLine: 22_001 })).toBe(false);
    // Ten take six seconds.
    expect(verdict({ bare: 8000, inLine: 34_000, waiting: 10 })).toBe(true);
    expect(verdict({ bare: 8000, inLine: 34_001, waiting: 10 })).toBe(false);
  });

  it('holds all waiting to a takeover, the line twice, and the time without Redis', () => {
    expect(verdict({ longestWait: 30_000 })).toBe(true);
    expect(verdict({ longestWait: 30_001 })).toBe(false);
    expect(verdict({ longestWait: 42_000, waiting: 10 })).toBe(true);
    expect(verdict({ longestWait: 42_001, waiting: 10 })).toBe(false);
    expect(verdict({ longestWait: 35_000, redisAway: 5000 })).toBe(true);
    expect(verdict({ longestWait: 35_001, redisAway: 5000 })).toBe(false);
  });

  it('gives a message whose answer was lost the time of its receipt', () => {
    expect(verdict({ longestUnsureWait: 120_000 })).toBe(true);
    expect(verdict({ longestUnsureWait: 120_001 })).toBe(false);
  });
});
