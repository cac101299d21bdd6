import fc from 'fast-check';
import { checkInvariants, type TraceFile } from 'genesys-conversation-machine/testing';

/** One thing that happens: what, how (a number that a verb reads as it likes), and to whom of several. */
export type Step = readonly [verb: string, how: number, who: number];

/** What playing a script left behind. */
export interface Played {
  /** Everything that happened, as recorders wrote it. */
  readonly traces: readonly TraceFile[];
  /** What was wrong that no trace shows. */
  readonly faults: readonly string[];
  /** Timers and listeners that nobody let go of. */
  readonly timers: number;
  readonly listeners: number;
}

/** A world in which random things happen. A script is whatever its arbitrary makes; the same script is played alike. */
export interface World<Script = unknown> {
  readonly name: string;
  readonly scripts: fc.Arbitrary<Script>;
  play(script: Script): Promise<Played>;
}

/** Steps whose verbs come as often as their weights say: mostly a dozen, now and then as many as may be. */
export const stepsOf = (weights: Readonly<Record<string, number>>, most: number): fc.Arbitrary<Step[]> => {
  const verbs = Object.entries(weights).flatMap(([verb, weight]) => Array<string>(weight).fill(verb));
  const step = fc.tuple(fc.constantFrom(...verbs), fc.nat(9999), fc.nat(1));
  const length = { minLength: 1, maxLength: most };
  return fc.oneof(
    { weight: 7, arbitrary: fc.array(step, length) },
    { weight: 1, arbitrary: fc.array(step, { ...length, size: 'max' }) },
  );
};

/** The entry of a list that a number stands for. */
export const pick = <Value>(list: readonly Value[], how: number): Value => list[how % list.length] as Value;

/** Everything that is wrong with what was played, one line each. */
export function wrongIn({ traces, faults, timers, listeners }: Played): readonly string[] {
  return [
    ...traces.flatMap((trace) =>
      checkInvariants(trace).map(({ clause, at, message }) => `${clause} at ${at} ms: ${message}`),
    ),
    ...faults,
    ...(timers > 0 ? [`C-1: ${timers} timers are left`] : []),
    ...(listeners > 0 ? [`C-1: ${listeners} listeners are left`] : []),
  ];
}
