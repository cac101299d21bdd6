import { parseArgs } from 'node:util';
import type { Costs } from './costs.ts';
import { type Load, type Outcome, type Setting, simulate } from './simulation.ts';

/** What `--simulate --help` says. */
export const simulationHelp = `npm run fleet -- --simulate [options]

Simulates fleets that no machine here could run, from what a message has cost where it was measured, and prints what each is
short of first, how long a message takes until its answer is shown, and how many guests are too many. Lists are by commas.

  --guests LIST      (default 50,300,3000,10000)
  --processes LIST   gateways, each with a core of its own (default 1,3,8)
  --budget LIST      calls a minute that the platform grants (default 300,60000)
  --every N          seconds between two messages of a guest, on average (default 60)
  --minutes N        how long guests write (default 5)
  --seed N           another run of chance (default 1); the same one gives the same table`;

const defaults = {
  guests: '50,300,3000,10000',
  processes: '1,3,8',
  budget: '300,60000',
  every: '60',
  minutes: '5',
  seed: '1',
};

/** Reads the arguments behind `--simulate`; undefined where help was asked for. Throws a `TypeError`. */
export function settingsIn(args: readonly string[]): readonly Setting[] | undefined {
  const text = (given: string) => ({ type: 'string', default: given }) as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ simulate: { type: 'boolean' }, help: { type: 'boolean' } },
      ...{
        guests: text(defaults.guests),
        processes: text(defaults.processes),
        budget: text(defaults.budget),
      },
      ...{ every: text(defaults.every), minutes: text(defaults.minutes), seed: text(defaults.seed) },
    },
  });
  if (values.help) return undefined;
  const numbers = (name: keyof typeof defaults): readonly number[] =>
    values[name].split(',').map((each) => {
      const value = Number(each);
      if (Number.isFinite(value) && value > 0) return value;
      throw new TypeError(`--${name} must be numbers above 0, and ${each} is none`);
    });
  const one = (name: keyof typeof defaults): number => numbers(name)[0] ?? 1;
  const every = one('every') * 1000;
  const others = { every, beginning: every, duration: one('minutes') * 60_000, seed: one('seed') };
  return numbers('budget').flatMap((budget) =>
    numbers('processes').flatMap((processes) =>
      numbers('guests').map((guests) => ({ guests, processes, budget, ...others })),
    ),
  );
}

const names: Readonly<Record<keyof Load, string>> = {
  gateways: 'the gateways’ cores',
  redis: 'Redis’ core',
  budget: 'the budget',
};

/** The table of simulated fleets, as text: a line for each setting. */
export function tableOf(settings: readonly Setting[], costs: Costs): string {
  const rows = settings.map((setting) => row(setting, simulate(setting, costs)));
  const head = [
    ...['calls a minute', 'processes', 'guests', 'messages', 'half in', '99 of 100 in'],
    ...['most in line', 'asks the most of', 'stops at', 'MB a process'],
  ];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function row({ budget, processes, guests }: Setting, outcome: Outcome): readonly string[] {
  const { messages, half, mostOfAHundred, mostWaiting, load, first, mostGuests, memory } = outcome;
  // What is short of anything has waits that only grow.
  const wait = (ms: number): string => (load[first] > 1 ? 'grows' : duration(ms));
  return [
    ...[budget, processes, guests, messages].map(String),
    ...[wait(half), wait(mostOfAHundred), String(mostWaiting)],
    `${names[first]}, ${Math.round(100 * load[first])} %`,
    `${roughly(mostGuests)} guests`,
    String(Math.round(memory)),
  ];
}

const duration = (ms: number): string =>
  ms < 10_000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 1000)} s`;
/** Two digits: chance makes the rest. */
const roughly = (count: number): string => String(Number(count.toPrecision(2)));
