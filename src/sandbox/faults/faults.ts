import type { SandboxCall } from '../journal/journal.ts';
import { type Fault, faultMatches, parseFault } from './callFault.ts';

/** The faults still to be played, in the order they were added, and the calls they hold up. */
export class Faults {
  #faults: Fault[] = [];
  readonly #held = new Set<() => void>();

  /** Checks and adds a fault; returns what takes it away again. Throws a `TypeError` for a malformed one. */
  add(spec: unknown): () => void {
    const fault = parseFault(spec);
    this.#faults.push(fault);
    return () => {
      this.#faults = this.#faults.filter((other) => other !== fault);
    };
  }

  /** The number of faults not used up. */
  get size(): number {
    return this.#faults.length;
  }

  /** Uses up one play of the first fault that means `call`. */
  take(call: SandboxCall): Fault | undefined {
    const fault = this.#faults.find((candidate) => faultMatches(candidate, call));
    if (fault === undefined) return undefined;
    fault.remaining -= 1;
    if (fault.remaining === 0) this.#faults = this.#faults.filter((other) => other !== fault);
    return fault;
  }

  /** Keeps `release` until the fault's call is let go, and returns what forgets it. */
  hold(release: () => void): () => void {
    this.#held.add(release);
    return () => this.#held.delete(release);
  }

  /** Forgets every fault and cuts off the calls they hold up. */
  clear(): void {
    this.#faults = [];
    for (const release of this.#held) release();
    this.#held.clear();
  }
}
