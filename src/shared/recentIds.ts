/** Remembers the last ids noted, and forgets the oldest. */
export class RecentIds {
  readonly #ids = new Set<string>();
  readonly #most: number;
  /** Goes on from one to the next: looked for from the start, the oldest would stand behind the places of all before it. */
  #oldest: IterableIterator<string> | null = null;

  constructor(most: number) {
    this.#most = most;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Forgets all, and returns what they were, the oldest first. */
  clear(): readonly string[] {
    const ids = [...this.#ids];
    this.#ids.clear();
    return ids;
  }

  /** Notes an id; false where it was known. */
  note(id: string): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    if (this.#ids.size > this.#most) {
      this.#oldest ??= this.#ids.values();
      this.#ids.delete(this.#oldest.next().value as string);
    }
    return true;
  }
}
