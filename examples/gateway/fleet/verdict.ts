import type { Sandbox } from 'genesys-conversation-machine/sandbox';
import { receiptTime } from '../outbox.ts';
import type { RunOptions } from './command.ts';
import type { Counts } from './guest.ts';
import type { AnswerTimes } from './guests.ts';
import { lineOf, type Sample } from './line.ts';
import type { PlatformLog } from './platformLog.ts';
import type { Processes } from './processes.ts';
import type { Takeovers } from './takeovers.ts';

/** What a run has come to. */
export interface Seen {
  readonly options: RunOptions;
  readonly processes: Processes;
  readonly takeovers: Takeovers;
  readonly platform: PlatformLog;
  readonly counts: Counts;
}

/** What a run has measured, as it is kept to compare a simulation with. Times are ms. */
export interface Figures
  extends Pick<RunOptions, 'guests' | 'processes' | 'every' | 'duration' | 'budget'>,
    Omit<AnswerTimes, 'all'> {
  readonly messages: number;
  /** The most messages that waited at one time. */
  readonly mostWaiting: number;
  /** Of a message, with its typing, its answer, the receipts and the mark. */
  readonly gatewayTime: number;
  readonly redisTime: number;
  readonly commands: number;
  /** Of each process at the end, MB. */
  readonly memory: readonly number[];
}

/** How far apart Genesys wants two typing signals of a guest, ms. */
const spacing = 5000;
/**
 * The longest that a message of a dead process may be in nobody's hands, ms, by the reckoning of `bareTime`: the lease of the dead
 * process ends within 8 s, and work that it had in hand comes back to the line within 11 s (silent for 8 s, looked at every 3 s).
 * A second death before the first is seen may cost as much again; the rest is for timers that are late on a busy machine.
 */
const takeoverBound = 30_000;
/**
 * How many times as long as the line takes by the budget a message may stand in it. It is not quite fair: who writes when a new slice
 * of the budget begins is told at once, before those who wait; and work that comes to its turn while the lease of a dead process still
 * lasts goes to the end of the line once more.
 */
const unfairness = 2;

/** Judges a run: what it should have come to, and whether it has. */
export function judge(
  { options, processes, takeovers, platform, counts }: Seen,
  end: {
    readonly isSettled: boolean;
    readonly wrong: readonly string[];
    readonly answered: AnswerTimes;
    readonly genesys: Pick<Sandbox, 'conversations'>;
    /** How many messages were accepted, every second. */
    readonly samples: readonly Sample[];
    /** What Redis has done since it was started last. */
    readonly redis: { readonly commands: number; readonly cpu: number };
  },
): { readonly isRight: boolean; readonly text: string; readonly figures: Figures } {
  const disorder = end.genesys.conversations().filter(({ guestId, messages }) => {
    const own = messages.filter(({ participantId }) => participantId === guestId).map(({ text }) => text);
    const numbers = own.map((text) => Number(text.split(':')[1]));
    return numbers.some((number, at) => number !== at + 1);
  });
  const told = end.genesys
    .conversations()
    .reduce(
      (sum, { guestId, messages }) =>
        sum + messages.filter(({ participantId }) => participantId === guestId).length,
      0,
    );
  const marks = end.wrong.filter((text) => text.includes('mark'));
  const [longestWait, longestUnsureWait] = processes.longestWaits();
  const { count, longest, longestWithLine, redisAway } = takeovers;
  const line = lineOf(end.samples, platform.told, options.budget);
  const lineBound = takeoverBound + unfairness * line.time;
  const waitBound = lineBound + redisAway;
  const { closestTyping, mostOfAMinute, totals } = platform;
  const points: readonly (readonly [boolean, string])[] = [
    [end.isSettled, 'everything that was begun has ended'],
    [
      told === counts.accepted && disorder.length === 0,
      `guests to Genesys: ${counts.accepted} messages accepted, ${told} told, ${disorder.length} conversations out of order`,
    ],
    [
      end.wrong.length === marks.length && counts.answered === counts.accepted,
      `Genesys to guests: ${counts.answered} of ${counts.accepted} answers shown, ${end.wrong.length - marks.length} objections`,
    ],
    [marks.length === 0, `marks: ${counts.marks} acknowledged, ${marks.length} lost or backwards`],
    [
      closestTyping === undefined || closestTyping >= spacing,
      `typing: ${totals.typing} signals, the closest two of one guest ${closestTyping ?? '–'} ms apart`,
    ],
    [
      mostOfAMinute <= options.budget && totals.refused === 0,
      `budget: at most ${mostOfAMinute} calls in any minute of ${options.budget}, ${totals.refused} refused`,
    ],
    [
      longest <= takeoverBound && longestWithLine <= lineBound,
      `takeovers: ${count} messages, in nobody's hands for ${seconds(longest)} of ${seconds(takeoverBound)} at most, with the line ${seconds(longestWithLine)} of ${seconds(lineBound)}; ${processes.deaths} processes died`,
    ],
    [
      longestWait <= waitBound && longestUnsureWait <= waitBound + receiptTime,
      `waiting: a message was told after ${seconds(longestWait)} of ${seconds(waitBound)} at most, and after ${seconds(longestUnsureWait)} of ${seconds(waitBound + receiptTime)} where its answer was lost; ${line.most} waited at one time, which the budget takes ${seconds(line.time)} for${redisAway > 0 ? `; Redis was away for ${seconds(redisAway)}` : ''}`,
    ],
  ];
  const isRight = points.every(([isSo]) => isSo);
  const lines = points.map(([isSo, text]) => `${isSo ? '✓' : '✗'} ${text}`);
  const { half, mostOfAHundred, all } = end.answered;
  const slowest = `  messages were accepted after ${counts.longestAccept} ms at most; their answers were shown after ${half} ms (half), ${mostOfAHundred} ms (99 of 100), ${all} ms (all); ${counts.retries} calls were made again`;
  const perMessage = (total: number): number => Number((total / Math.max(1, counts.accepted)).toFixed(1));
  const { guests, every, duration, budget } = options;
  const figures: Figures = {
    ...{ guests, processes: options.processes, every, duration, budget, messages: counts.accepted },
    ...{ half, mostOfAHundred, mostWaiting: line.most },
    gatewayTime: perMessage(processes.cpu()),
    redisTime: perMessage(end.redis.cpu),
    commands: perMessage(end.redis.commands),
    memory: processes.now().map((each) => Math.round(each.memory / 2 ** 20)),
  };
  const cost = [
    `  a message and its answer took ${figures.gatewayTime} ms of processor in the gateways`,
    ...(options.stopsRedis ? [] : [`${figures.redisTime} ms in Redis, and ${figures.commands} commands`]),
    `memory of the processes: ${figures.memory.join(', ')} MB; a process took ${seconds(processes.longestStart)} at most to start`,
  ].join('; ');
  const objections = end.wrong.slice(0, 10).map((text) => `    ${text}`);
  return {
    ...{ isRight, figures },
    text: [...lines, slowest, cost, ...objections, isRight ? 'Right.' : 'Wrong.'].join('\n'),
  };
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
