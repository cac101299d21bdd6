import type { LedgerStorage } from 'genesys-conversation-machine';

/** A synchronous storage in memory, as `localStorage` is, that counts and can be told to fail. */
export function createMemoryStorage(content: Record<string, string> = {}) {
  const items = new Map(Object.entries(content));
  const writes: string[] = [];
  let fault: (() => void) | null = null;
  const storage = {
    getItem: (key: string): string | null => items.get(key) ?? null,
    setItem: (key: string, value: string): void => {
      fault?.();
      writes.push(value);
      items.set(key, value);
    },
    removeItem: (key: string): void => {
      items.delete(key);
    },
  } satisfies LedgerStorage;
  return {
    ...storage,
    items,
    writes,
    /** Every write throws from now on. */
    failWith: (thrown: unknown) => {
      fault = () => {
        throw thrown;
      };
    },
  };
}

/** The same behind promises; each step takes `ms` on the clock, or a turn where there is none. */
export function createSlowStorage(
  inner: ReturnType<typeof createMemoryStorage>,
  wait: () => Promise<void> = () => Promise.resolve(),
) {
  return {
    getItem: async (key: string) => {
      await wait();
      return inner.getItem(key);
    },
    setItem: async (key: string, value: string) => {
      await wait();
      inner.setItem(key, value);
    },
    removeItem: async (key: string) => {
      await wait();
      inner.removeItem(key);
    },
  } satisfies LedgerStorage;
}

export const ledgerKey = 'genesys-conversation-machine/ledger';
