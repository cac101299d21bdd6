import { type Explored, play, transitionsOf } from './live.ts';

/** One path through a machine, to be played on a live actor. */
export interface MachinePath<Snapshot> {
  /** The back end that makes a difference, and the steps with an arrow between: the title of a test. */
  readonly title: string;
  /** What happens, in order, by name. */
  readonly steps: readonly string[];
  /**
   * Plays it on a fresh actor, whose clock moves by hand and whose calls are answered by the steps. `onStep` is told the
   * snapshot at the beginning, with `null`, and after each step, with its name. What it throws ends the path.
   */
  replay(onStep?: (snapshot: Snapshot, step: string | null) => void): PathEnd;
}

/** Where a path came to. */
export interface PathEnd {
  /** Every transition that it took, by the names of {@link ExploredPaths.transitions}. */
  readonly taken: readonly string[];
  /** The state after the last step, as `snapshot.value`. */
  readonly value: unknown;
  /** The state once all trouble was over. */
  readonly restedIn: unknown;
  /** Whether that is the machine's rest; a trap is where it is not. */
  readonly isAtRest: boolean;
}

/** Paths that together take every transition of a machine. */
export interface ExploredPaths<Snapshot> {
  /** Each with a fresh actor of its own. */
  readonly paths: readonly MachinePath<Snapshot>[];
  /** Every transition there is, as `typing.idle | keystroke | 0`: from where, on what, which of several. */
  readonly transitions: readonly string[];
}

interface Ended {
  readonly value: unknown;
  readonly status: string;
  matches(value: unknown): boolean;
}

/** Makes {@link ExploredPaths} of a machine, in each back end that makes a difference to it, and of known paths through it. */
export function pathsThrough<Snapshot>(
  variants: Readonly<Record<string, Explored>>,
  known: Readonly<Record<string, readonly string[]>>,
): ExploredPaths<Snapshot> {
  const all = new Set<string>();
  const paths = Object.entries(variants).flatMap(([variant, explored]) => {
    const names = transitionsOf(explored.machine);
    for (const name of names.values()) all.add(name);
    return (known[variant] ?? []).map((path): MachinePath<Snapshot> => {
      const steps = path.split(' > ');
      return {
        title: `${variant}: ${path}`,
        steps,
        replay: (onStep) => {
          const world = play(explored, names, steps, ({ actor }, step) =>
            onStep?.(actor.getSnapshot() as Snapshot, step),
          );
          const { value } = world.actor.getSnapshot() as Ended;
          const taken = [...world.taken];
          explored.release(world);
          const end = world.actor.getSnapshot() as Ended;
          world.stop();
          const isAtRest = end.status === 'active' && end.matches(explored.rest);
          return { taken, value, restedIn: end.value, isAtRest };
        },
      };
    });
  });
  return { paths, transitions: [...all] };
}
