import { checkBoolean, checkDelay, checkInteger } from '../shared/validate.ts';

/** The scripted faults of one kind still to be played, in the order they were added, and what they hold up. */
export class FaultQueue<Fault extends { remaining: number }, Target> {
  readonly #parse: (spec: unknown) => Fault;
  readonly #means: (fault: Fault, target: Target) => boolean;
  readonly #held = new Set<() => void>();
  #faults: Fault[] = [];

  /** `parse` checks a fault, and `means` says whether it befalls a target. */
  constructor(parse: (spec: unknown) => Fault, means: (fault: Fault, target: Target) => boolean) {
    this.#parse = parse;
    this.#means = means;
  }

  /** Checks and adds a fault; returns what takes it away again. Throws a `TypeError` for a malformed one. */
  add(spec: unknown): () => void {
    const fault = this.#parse(spec);
    this.#faults.push(fault);
    return () => this.#remove(fault);
  }

  /** The number of faults not used up. */
  get size(): number {
    return this.#faults.length;
  }

  /** Uses up one play of the first fault that means `target`. */
  take(target: Target): Fault | undefined {
    const fault = this.#faults.find((candidate) => this.#means(candidate, target));
    if (fault === undefined) return undefined;
    fault.remaining -= 1;
    if (fault.remaining === 0) this.#remove(fault);
    return fault;
  }

  /** Keeps `release` until the fault's call or connection is let go, and returns what forgets it. */
  hold(release: () => void): () => void {
    this.#held.add(release);
    return () => this.#held.delete(release);
  }

  /** Forgets every fault and cuts off what they hold up. */
  clear(): void {
    this.#faults = [];
    for (const release of this.#held) release();
    this.#held.clear();
  }

  #remove(fault: Fault): void {
    this.#faults = this.#faults.filter((other) => other !== fault);
  }
}

/** How a fault of either kind plays, as its spec says. */
interface Play {
  remaining: number;
  delay: number;
  applied: boolean;
}

/** Checks what every fault may say: how often it plays, how late, and whether the effect is applied. Throws a `TypeError`. */
export function parsePlay({ times, delay, applied }: Record<string, unknown>): Play {
  return {
    remaining: parseTimes(times),
    delay: delay === undefined ? 0 : checkDelay('fault.delay', delay),
    applied: applied === undefined ? false : checkBoolean('fault.applied', applied),
  };
}

/** Once unless it says otherwise. */
function parseTimes(times: unknown): number {
  if (times === undefined) return 1;
  if (times === null || times === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  return checkInteger('fault.times', times, 1, Number.MAX_SAFE_INTEGER);
}
