import type { Sandbox } from 'genesys-conversation-machine/sandbox';
import { receiptTime } from '../outbox.ts';
import type { RunOptions } from './command.ts';
import type { Counts } from './guest.ts';
import type { PlatformLog } from './platformLog.ts';
import type { Processes } from './processes.ts';

/** What a run has come to. */
export interface Seen {
  readonly options: RunOptions;
  readonly processes: Processes;
  readonly platform: PlatformLog;
  readonly counts: Counts;
}

/** How far apart Genesys wants two typing signals of a guest, ms. */
const spacing = 5000;
/**
 * The longest that a message may wait for another process to tell it, ms, for each death that it meets: its lease (8 s), and the
 * time after which work of a silent process is given to another one (8 s, looked at every 3 s). Two deaths, and Redis' pause.
 */
const takeoverBound = 30_000;
/** The same for a message whose answer was lost with its process: it waits for its receipt at first. */
const unsureBound = receiptTime + takeoverBound;

/** Judges a run: what it should have come to, and whether it has. */
export function judge(
  { options, processes, platform, counts }: Seen,
  end: {
    readonly isSettled: boolean;
    readonly wrong: readonly string[];
    readonly genesys: Sandbox;
    /** What Redis has done since it was started last. */
    readonly redis: { readonly commands: number; readonly cpu: number };
  },
): { readonly isRight: boolean; readonly text: string } {
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
  const { count, longest, longestUnsure } = processes.takenOver();
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
      longest <= takeoverBound && longestUnsure <= unsureBound,
      `takeovers: ${count} messages, the longest after ${(longest / 1000).toFixed(1)} s of ${takeoverBound / 1000} s, or with its answer lost ${(longestUnsure / 1000).toFixed(1)} s of ${unsureBound / 1000} s; ${processes.deaths} processes died`,
    ],
  ];
  const isRight = points.every(([isSo]) => isSo);
  const lines = points.map(([isSo, text]) => `${isSo ? '✓' : '✗'} ${text}`);
  const slowest = `  a message was accepted after ${counts.longestAccept} ms and answered after ${counts.longestAnswer} ms at most; ${counts.retries} calls were made again`;
  const perMessage = (total: number): string => (total / Math.max(1, counts.accepted)).toFixed(1);
  const memory = processes.now().map((each) => Math.round(each.memory / 2 ** 20));
  const cost = [
    `  a message and its answer took ${perMessage(processes.cpu())} ms of processor in the gateways`,
    ...(options.stopsRedis
      ? []
      : [`${perMessage(end.redis.cpu)} ms in Redis, and ${perMessage(end.redis.commands)} commands`]),
    `memory of the processes: ${memory.join(', ')} MB`,
  ].join('; ');
  const objections = end.wrong.slice(0, 10).map((text) => `    ${text}`);
  return {
    isRight,
    text: [...lines, slowest, cost, ...objections, isRight ? 'Right.' : 'Wrong.'].join('\n'),
  };
}
