/** What a test did while nothing was mutated. */
export interface Covered {
  readonly title: string;
  readonly ms: number;
  /** The same on a machine that does nothing else, roughly: what the processor did, and a share of what was waited. */
  readonly cost: number;
  /** What was wrong with it, where it failed; such a test kills nothing. */
  readonly error?: string;
  /** How often each mutant's place was passed. */
  readonly hits: Readonly<Record<string, number>>;
}

/** What a file of tests did while nothing was mutated. */
export interface FileCoverage {
  readonly file: string;
  readonly tests: readonly Covered[];
  /** Mutants whose places are passed as the sources are loaded. */
  readonly loaded: readonly string[];
  readonly error?: string;
}

/** One test that is to be tried on a mutant. */
export interface Trial {
  readonly file: string;
  /** The titles that lead to it. */
  readonly title: string;
  /** After so many ms it counts as endless. */
  readonly limitMs: number;
  /** After so many passes of the mutant's place it counts as endless. */
  readonly limitHits: number;
}

/** What the worker is asked. */
export type Question =
  | { readonly type: 'cover'; readonly file: string }
  | {
      readonly type: 'try';
      readonly mutant: string;
      /** Whether the sources have to be loaded anew, since the mutant is one of what happens then. */
      readonly isLoaded: boolean;
      readonly trials: readonly Trial[];
    };

/** What the worker says. */
export type Answer =
  | { readonly type: 'covered'; readonly coverage: FileCoverage }
  /** The test of this place in the list begins. */
  | { readonly type: 'at'; readonly nth: number }
  | { readonly type: 'survived' }
  | {
      readonly type: 'killed';
      readonly nth: number;
      readonly message: string;
      /** Whether the process is in doubt from here on: the test was cut off, and may still be running. */
      readonly isCutOff: boolean;
      /** Whether the test holds when nothing is mutated: otherwise it says nothing of the mutant. */
      readonly isSure: boolean;
    };
