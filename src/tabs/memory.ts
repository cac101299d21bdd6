import { name } from './channel.ts';

/** Where a tab keeps what it did last, as `sessionStorage` does: text by name, at once. */
export interface TabStorage {
  /** What was written under a key; `null` for nothing. */
  getItem(key: string): string | null;
  /** Writes text under a key. */
  setItem(key: string, value: string): void;
}

/** What a tab said last, for itself when it is loaded again. */
export interface TabMemory {
  /** What was kept for this guest; `undefined` where there is nothing, or nothing to be read. */
  recall(guest: string): unknown;
  keep(guest: string, message: object): void;
}

/** The storage of this tab alone, which outlives a reload. */
export const platformStorage = (): TabStorage | null =>
  typeof window === 'undefined' ? null : window.sessionStorage;

/** Makes a {@link TabMemory}. A storage that is forbidden, full or broken remembers nothing, and harms nobody. */
export function createMemory(storage: () => TabStorage | null | undefined): TabMemory {
  const attempt = <T>(step: (storage: TabStorage | null | undefined) => T): T | undefined => {
    try {
      return step(storage());
    } catch {
      return undefined;
    }
  };
  const key = (guest: string): string => `${name}/${guest}`;
  return {
    recall: (guest) => attempt((kept) => JSON.parse(kept?.getItem(key(guest)) ?? 'null')),
    keep: (guest, message) => attempt((kept) => kept?.setItem(key(guest), JSON.stringify(message))),
  };
}
