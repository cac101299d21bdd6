import { createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it, vi } from 'vitest';
import type { LedgerRecord } from '../../src/reading/ledgerFormat.ts';
import { LedgerStore } from '../../src/reading/ledgerStore.ts';

const seenUpTo = (position: number): readonly LedgerRecord[] => [
  {
    ...{ conversationId: 'c1', participantId: null, seen: { position }, acknowledged: null, refused: null },
    ...{ over: false, order: [], peers: [] },
  },
];

/** A store over a storage that takes 100 ms for each step, of which reading is two and writing three. */
function createStore() {
  const clock = createSteppedClock();
  const items = new Map<string, string>();
  const written: number[] = [];
  const storage = { fault: null as Error | null };
  const step = async <Result>(work: () => Result): Promise<Result> => {
    await new Promise<void>((resolve) => void clock.setTimeout(resolve, 100));
    if (storage.fault) throw storage.fault;
    return work();
  };
  const heard = { onLoaded: vi.fn(), onSaved: vi.fn(), onTrouble: vi.fn() };
  const store = new LedgerStore({
    storage: {
      getItem: (key) => step(() => items.get(key)),
      setItem: (key, text) =>
        step(() => {
          items.set(key, text);
          written.push(JSON.parse(text).ledgers[0].seen.position);
        }),
      removeItem: (key) => step(() => items.delete(key)),
    },
    key: 'k',
    clock,
    ...heard,
  });
  const at = (ms: number): Promise<void> => clock.advance(ms - clock.now());
  const save = (position: number): void => store.save(seenUpTo(position));
  return { store, storage, written, heard, clock, at, save };
}

/** The same, once it was read. */
async function createReady() {
  const made = createStore();
  made.store.load();
  await made.at(1000);
  return made;
}

const degraded = { reason: 'unavailable', degraded: true };

describe('a storage of ledgers that is being read', () => {
  it('holds back who waits for it, and takes nothing to store', async () => {
    const { store, heard, written, at, save } = createStore();
    store.load();
    const run = vi.fn();
    store.whenLoaded(run);
    save(1);
    expect([store.isLoading, store.whenSaved()]).toEqual([true, null]);
    await at(199);
    expect(run).not.toHaveBeenCalled();
    await at(200);
    expect(run).toHaveBeenCalledTimes(1);
    expect(heard.onLoaded.mock.calls).toEqual([[[]]]);
    expect([store.isLoading, store.whenSaved()]).toEqual([false, null]);
    await at(2000);
    expect(written).toEqual([]);
  });

  it('and fails then is given up: nothing is known, and nothing stored', async () => {
    const { store, storage, heard, written, at, save, clock } = createStore();
    storage.fault = new Error('no');
    store.load();
    const run = vi.fn();
    store.whenLoaded(run);
    await at(1000);
    expect(heard.onLoaded.mock.calls).toEqual([[[]]]);
    expect(heard.onTrouble.mock.calls).toEqual([[degraded]]);
    expect(run).toHaveBeenCalledTimes(1);
    storage.fault = null;
    save(1);
    await at(5000);
    expect([written, store.isLoading, store.whenSaved(), clock.timers]).toEqual([[], false, null, 0]);
  });

  it('and is closed then tells nobody anything any more', async () => {
    const { store, storage, heard, at, clock } = createStore();
    store.load();
    const run = vi.fn();
    store.whenLoaded(run);
    store.close();
    expect(run).toHaveBeenCalledTimes(1);
    storage.fault = new Error('no');
    await at(5000);
    for (const listener of Object.values(heard)) expect(listener).not.toHaveBeenCalled();
    expect([run.mock.calls.length, store.isLoading, clock.timers]).toEqual([1, false, 0]);
  });

  it('and is closed by who hears of it goes on with nobody twice, and stores nothing', async () => {
    const { store, heard, written, at, save } = createStore();
    heard.onLoaded.mockImplementation(() => store.close());
    store.load();
    const run = vi.fn();
    store.whenLoaded(run);
    await at(1000);
    expect(run).toHaveBeenCalledTimes(1);
    save(1);
    await at(5000);
    expect(written).toEqual([]);
  });
});

describe('a storage of ledgers that is written', () => {
  it('gets one write after another, of those that came meanwhile the last, again and again', async () => {
    const { store, heard, written, at, save } = await createReady();
    const ended: string[] = [];
    for (const position of [1, 2, 3]) {
      save(position);
      void store.whenSaved()?.then(() => ended.push(`${position}: ${written.join()}`));
    }
    await at(1299);
    expect(written).toEqual([]);
    await at(1300);
    save(4);
    await at(3000);
    expect(written).toEqual([1, 3, 4]);
    expect(ended).toEqual(['1: 1', '2: 1,3', '3: 1,3']);
    expect(store.whenSaved()).toBe(null);
    save(5);
    await at(5000);
    expect(written).toEqual([1, 3, 4, 5]);
    expect(heard.onSaved.mock.calls.map(([records]) => records[0].seen.position)).toEqual([1, 3, 4, 5]);
  });

  it('and fails then is given up: who waited goes on, and nothing is stored any more', async () => {
    const { store, storage, heard, written, at, save, clock } = await createReady();
    save(1);
    save(2);
    const ended = vi.fn();
    void store.whenSaved()?.then(ended);
    storage.fault = new Error('no');
    await at(2000);
    expect(ended).toHaveBeenCalledTimes(1);
    expect(heard.onTrouble.mock.calls).toEqual([[degraded]]);
    storage.fault = null;
    save(3);
    await at(5000);
    expect([written, store.whenSaved(), clock.timers]).toEqual([[], null, 0]);
  });

  it('and is closed then has its writes ended, without a timer, and gets no other', async () => {
    const { store, written, at, save, clock } = await createReady();
    save(1);
    save(2);
    const steps = clock.timers;
    store.close();
    expect(clock.timers).toBe(steps - 1);
    save(3);
    await at(3000);
    save(4);
    await at(5000);
    expect([written, store.whenSaved(), clock.timers]).toEqual([[1, 2], null, 0]);
  });

  it('and is closed then, and fails, keeps nobody waiting', async () => {
    const { store, storage, written, at, save } = await createReady();
    save(1);
    const ended = vi.fn();
    void store.whenSaved()?.then(ended);
    store.close();
    storage.fault = new Error('no');
    await at(3000);
    expect(ended).toHaveBeenCalledTimes(1);
    storage.fault = null;
    save(2);
    await at(5000);
    expect([written, store.whenSaved()]).toEqual([[], null]);
  });

  it('and closed at rest is left alone', async () => {
    const { store, written, at, save } = await createReady();
    store.close();
    save(1);
    await at(5000);
    expect([written, store.whenSaved()]).toEqual([[], null]);
  });
});

describe('what went wrong with a storage', () => {
  const named = (name: unknown) => Object.assign(new Error('no'), { name });
  it.each<[unknown, string]>([
    [named('QuotaExceededError'), 'quota'],
    [named('NS_ERROR_DOM_QUOTA_REACHED'), 'quota'],
    [named('SecurityError'), 'unavailable'],
    [{ name: 7 }, 'unavailable'],
    [null, 'unavailable'],
    [undefined, 'unavailable'],
    ['QuotaExceededError', 'unavailable'],
  ])('is told in a word: %o is %s', (thrown, reason) => {
    const onTrouble = vi.fn();
    const fail = () => {
      throw thrown;
    };
    const storage = { getItem: fail, setItem: fail, removeItem: fail };
    const clock = createSteppedClock();
    const quiet = { onLoaded: () => {}, onSaved: () => {} };
    new LedgerStore({ storage, key: 'k', clock, onTrouble, ...quiet }).load();
    expect(onTrouble.mock.calls).toEqual([[{ reason, degraded: true }]]);
  });
});
