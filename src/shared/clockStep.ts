/** The coarsest clock that browsers give, ms: against fingerprinting they let it stand still that long. */
const coarsest = 100;
/** How exactly a browser keeps to its own steps, ms. */
const slack = 0.5;
/** Beyond this distance of two readings, ms, what a browser's steps are off by adds up. */
const farthest = 10_000;

/**
 * In which steps a clock moves: the coarsest that explain all its readings so far. Taken for as coarse as can
 * be until readings show otherwise, since a gap that is counted on a coarse clock can be one step shorter than
 * it looks (I-2).
 */
export class ClockStep {
  #step: number | null = null;
  #last: number | null = null;

  /** Takes a reading into account. Returns it. */
  note(reading: number): number {
    if (this.#step !== null && this.#step < 2 * slack) return reading;
    const passed = reading - (this.#last ?? reading);
    this.#last = reading;
    if (passed > slack && passed <= farthest) this.#step = commonStep(this.#step ?? passed, passed);
    return reading;
  }

  /** How coarse the clock may be, ms: at most {@link coarsest}. */
  get ms(): number {
    return Math.min(this.#step ?? coarsest, coarsest);
  }
}

/** The greatest step that both are whole multiples of, more or less. */
function commonStep(one: number, other: number): number {
  let [greater, smaller] = one > other ? [one, other] : [other, one];
  while (smaller > slack) {
    const rest = greater % smaller;
    [greater, smaller] = [smaller, smaller - rest <= slack ? 0 : rest];
  }
  return greater;
}
