import type { StorageTrouble } from '../../machines/conversation/types.ts';
import type { Clock } from '../shared/clock.ts';
import { within } from '../shared/deadline.ts';
import {
  isThenable,
  type LedgerStorage,
  runSteps,
  type StorageSteps,
  storagePatience,
} from '../shared/storage.ts';
import {
  type FoundLedgers,
  type LedgerRecord,
  mergeRecords,
  readDocument,
  writeDocument,
} from './ledgerFormat.ts';

/** What a {@link LedgerStore} is made of. */
export interface LedgerStoreOptions {
  readonly storage: LedgerStorage;
  readonly key: string;
  readonly clock: Clock;
  /** Told once for data that was put aside, and once when the storage is given up. */
  readonly onTrouble: (trouble: StorageTrouble) => void;
  /** Told after each write what is stored now, others' marks included. */
  readonly onSaved: (merged: readonly LedgerRecord[]) => void;
}

interface Write {
  readonly records: readonly LedgerRecord[];
  readonly done: Promise<void>;
  resolve(): void;
}

/**
 * Ledgers in a storage. They are written in turn under two keys, so that a write which a crash cuts short
 * leaves the other one whole, and every write first takes in what is there, so that nobody's marks go back.
 * Never throws and never waits for ever: a storage that fails is told of once and then left alone.
 */
export class LedgerStore {
  readonly #options: LedgerStoreOptions;
  readonly #keys: readonly [string, string];
  readonly #cache = new Map<string, { readonly text: string; readonly found: FoundLedgers }>();
  readonly #closing = new AbortController();
  #isGone = false;
  #hasPutAside = false;
  #next: Write | null = null;
  #current: Write | null = null;

  constructor(options: LedgerStoreOptions) {
    this.#options = options;
    this.#keys = [options.key, `${options.key}.2`];
  }

  /** Reads what is stored: at once from a synchronous storage. Nothing where the storage fails. */
  load(): readonly LedgerRecord[] | Promise<readonly LedgerRecord[]> {
    return this.#guarded(this.#read(), ({ records }) => records, []);
  }

  /**
   * Writes ledgers, merged with what is stored. At once into a synchronous storage; else one write at a time,
   * and of those that came meanwhile only the last.
   */
  save(records: readonly LedgerRecord[]): void {
    this.#next = { ...(this.#next ?? deferred()), records };
    if (this.#current === null) this.#work();
  }

  /** Ends when everything given to `save` is stored, or cannot be; `null` when that is so already. */
  whenSaved(): Promise<void> | null {
    return (this.#next ?? this.#current)?.done ?? null;
  }

  /** Ends the wait for a storage that does not answer; what is under way may still end. */
  close(): void {
    this.#closing.abort();
  }

  #work(): void {
    while (this.#next !== null && !this.#isGone) {
      const write = this.#next;
      this.#current = write;
      this.#next = null;
      const written = this.#guarded(this.#write(write.records), (merged) => merged, null);
      if (isThenable(written)) {
        written.then((merged) => {
          this.#end(write, merged);
          this.#work();
        });
        return;
      }
      this.#end(write, written);
    }
    this.#next?.resolve();
    this.#next = null;
  }

  #end(write: Write, merged: readonly LedgerRecord[] | null): void {
    this.#current = null;
    write.resolve();
    if (merged) this.#options.onSaved(merged);
  }

  *#read(): StorageSteps<{ records: readonly LedgerRecord[]; oldest: string; revision: number }> {
    const found: FoundLedgers[] = [];
    for (const key of this.#keys) {
      const raw = yield this.#options.storage.getItem(key);
      const known = this.#cache.get(key);
      const document = known !== undefined && known.text === raw ? known.found : readDocument(raw);
      if (document.trouble !== null) yield* this.#putAside(key, raw, document);
      found.push(document);
    }
    const [first, second] = found as [FoundLedgers, FoundLedgers];
    return {
      records: mergeRecords(
        ...(first.revision > second.revision ? [second, first] : [first, second]).map((each) => each.records),
      ),
      oldest: first.revision > second.revision ? this.#keys[1] : this.#keys[0],
      revision: Math.max(first.revision, second.revision),
    };
  }

  *#write(records: readonly LedgerRecord[]): StorageSteps<readonly LedgerRecord[]> {
    const stored = yield* this.#read();
    const merged = mergeRecords(stored.records, records);
    const text = writeDocument(merged, stored.revision + 1);
    yield this.#options.storage.setItem(stored.oldest, text);
    this.#cache.set(stored.oldest, { text, found: readDocument(text) });
    return merged;
  }

  *#putAside(key: string, raw: unknown, { records, revision, trouble }: FoundLedgers): StorageSteps<void> {
    const { storage, key: base, onTrouble } = this.#options;
    try {
      yield storage.setItem(`${base}.aside`, typeof raw === 'string' ? raw : JSON.stringify(raw));
    } catch {
      // Whatever cannot be kept aside is given up: it was of no use.
    }
    if (records.length > 0) yield storage.setItem(key, writeDocument(records, revision));
    else yield storage.removeItem(key);
    if (this.#hasPutAside || trouble === null) return;
    this.#hasPutAside = true;
    onTrouble({ reason: trouble, degraded: false });
  }

  #guarded<T, U>(steps: StorageSteps<T>, take: (result: T) => U, otherwise: U): U | Promise<U> {
    try {
      if (this.#isGone) return otherwise;
      const result = runSteps(steps);
      if (!(result instanceof Promise)) return take(result);
      return this.#inTime(result.then(take)).catch((thrown: unknown) => {
        this.#giveUp(reasonOf(thrown));
        return otherwise;
      });
    } catch (thrown) {
      this.#giveUp(reasonOf(thrown));
      return otherwise;
    }
  }

  /** Waits while patience lasts; once closed as long as it takes, since no timer may be left then (C-1). */
  #inTime<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.#closing;
    const deadline = { clock: this.#options.clock, ms: storagePatience };
    return within(
      { signal, deadline },
      () => work,
      () => new TooSlow(),
    ).catch((thrown) => (signal.aborted ? work : Promise.reject(thrown)));
  }

  #giveUp(reason: StorageTrouble['reason']): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#options.onTrouble({ reason, degraded: true });
  }
}

function deferred(): Pick<Write, 'done' | 'resolve'> {
  let resolve = (): void => {};
  const done = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { done, resolve };
}

class TooSlow extends Error {}

function reasonOf(thrown: unknown): StorageTrouble['reason'] {
  if (thrown instanceof TooSlow) return 'slow';
  const name = (thrown as { name?: unknown } | null | undefined)?.name;
  return name === 'QuotaExceededError' || name === 'NS_ERROR_DOM_QUOTA_REACHED' ? 'quota' : 'unavailable';
}
