import { parseArgs } from 'node:util';

/** What a run is told. Times are ms. */
export interface RunOptions {
  readonly guests: number;
  readonly processes: number;
  readonly duration: number;
  /** How far apart a guest's messages are, on average. */
  readonly every: number;
  /** Calls a minute that the platform grants. */
  readonly budget: number;
  /** How far apart processes are killed; undefined for none. */
  readonly killEvery: number | undefined;
  /** How many processes have to die before the run ends, however long that takes. */
  readonly kills: number;
  /** Whether a process is put to sleep now and then instead of killed. */
  readonly hasSleep: boolean;
  readonly stopsRedis: boolean;
  /** Whether the figures are printed as one line of JSON as well. */
  readonly hasFigures: boolean;
}

/** How many messages a second a run has by default at most: gateways, guests, Redis and the sandbox share one machine. */
const messagesPerSecond = 10;

/** What `--help` says. */
export const help = `npm run fleet -- [options]

Gateways on Redis behind one port, a sandbox that plays Genesys Cloud, and a load of guests who type, write and
read. Shows what happens, and ends with a verdict: exit code 0 where everything came once, in order, and within
the budget, else 1.

  --guests N       how many guests (default 300)
  --processes N    how many gateway processes (default 3)
  --seconds N      how long guests write (default 60); --minutes N as well
  --every N        seconds between two messages of a guest, on average (default 30; for more than 300 guests as
                   many more as leave 10 messages a second, since all of this runs on one machine)
  --budget N       calls a minute that the platform grants (default: what the guests need; Genesys' own is 300)
  --kill           ends a process at random every 10 s; another one comes in its place
  --kill-every N   seconds between those ends
  --kills N        ends after so many of them, however long it takes
  --sleep          every other time a process is stopped for longer than its leases last, and woken, instead
  --stop-redis     ends Redis in the middle, and starts it again 5 s later
  --figures        prints what was measured as one line of JSON, too
  --simulate       simulates fleets by what was measured, and runs none: --simulate --help`;

/** Reads the arguments of the command; undefined where help was asked for. Throws a `TypeError`. */
export function optionsIn(args: readonly string[]): RunOptions | undefined {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ guests: text, processes: text, seconds: text, minutes: text, every: text, budget: text },
      ...{
        'kill-every': text,
        kills: text,
        kill: flag,
        sleep: flag,
        'stop-redis': flag,
        figures: flag,
        help: flag,
      },
    },
  });
  if (values.help) return undefined;
  const number = (
    name: 'guests' | 'processes' | 'seconds' | 'minutes' | 'every' | 'budget' | 'kill-every' | 'kills',
  ) => {
    const given = values[name];
    if (given === undefined) return undefined;
    const value = Number(given);
    if (Number.isFinite(value) && value > 0) return value;
    throw new TypeError(`--${name} must be a number above 0, and ${given} is none`);
  };
  const guests = number('guests') ?? 300;
  const every = (number('every') ?? Math.max(30, guests / messagesPerSecond)) * 1000;
  const hasKills = values.kill || values['kill-every'] !== undefined || values.kills !== undefined;
  const killEvery = hasKills ? (number('kill-every') ?? 10) * 1000 : undefined;
  const kills = number('kills') ?? 0;
  const seconds = number('seconds') ?? (number('minutes') ?? 1) * 60;
  return {
    ...{ guests, every, killEvery, kills },
    processes: number('processes') ?? 3,
    duration: seconds * 1000,
    // A message, its typing, the receipt of its answer, and as much again: shares are kept for what is worth more.
    budget: number('budget') ?? Math.max(300, Math.ceil((6 * guests * 60_000) / every)),
    hasSleep: values.sleep,
    stopsRedis: values['stop-redis'],
    hasFigures: values.figures,
  };
}
