import type { StorageTrouble } from '../../machines/conversation/types.ts';
import type { LedgerStorage, StorageSteps } from '../shared/storage.ts';
import {
  type FoundLedgers,
  type LedgerRecord,
  mergeRecords,
  OrderTexts,
  readDocument,
  writeDocument,
} from './ledgerFormat.ts';

/** What {@link LedgerDocuments} are made of. */
export interface LedgerDocumentsOptions {
  readonly storage: LedgerStorage;
  readonly key: string;
  /** Told once that something which could not be read was put aside. */
  readonly onAside: (reason: StorageTrouble['reason']) => void;
}

interface Stored {
  readonly records: readonly LedgerRecord[];
  /** The key that the next write goes to. */
  readonly oldest: string;
  readonly revision: number;
}

/**
 * The two documents that ledgers are kept in. They are written in turn, so that a write which a crash cuts
 * short leaves the other one whole, and every write first takes in what is there, so that nobody's marks go
 * back. Reading and writing are steps over the storage; what it throws is thrown.
 */
export class LedgerDocuments {
  readonly #options: LedgerDocumentsOptions;
  readonly #keys: readonly [string, string];
  readonly #cache = new Map<string, { readonly text: string; readonly found: FoundLedgers }>();
  /** What both were when they were last looked at, and what that amounts to. */
  #last: readonly [FoundLedgers, FoundLedgers, Stored] | null = null;
  readonly #orders = new OrderTexts();
  #isAsideTold = false;

  constructor(options: LedgerDocumentsOptions) {
    this.#options = options;
    this.#keys = [options.key, `${options.key}.2`];
  }

  /** Reads both. What is wrong with one is put aside. */
  *read(): StorageSteps<Stored> {
    const first = yield* this.#find(this.#keys[0]);
    const second = yield* this.#find(this.#keys[1]);
    if (this.#last?.[0] === first && this.#last[1] === second) return this.#last[2];
    const [older, newer] = first.revision > second.revision ? [second, first] : [first, second];
    const stored = {
      records: mergeRecords(older.records, newer.records),
      oldest: older === first ? this.#keys[0] : this.#keys[1],
      revision: newer.revision,
    };
    this.#last = [first, second, stored];
    return stored;
  }

  /** Writes ledgers, merged with what is stored; what is stored then comes out. */
  *write(records: readonly LedgerRecord[]): StorageSteps<readonly LedgerRecord[]> {
    const { records: known, oldest, revision: last } = yield* this.read();
    const revision = last + 1;
    const merged = mergeRecords(known, records);
    const { text, records: written } = writeDocument(merged, revision, this.#orders);
    yield this.#options.storage.setItem(oldest, text);
    const found: FoundLedgers = { revision, records: written, trouble: null };
    this.#cache.set(oldest, { text, found });
    if (this.#last) {
      // What was written holds all that the other document does.
      const [first, second] = this.#last;
      const isFirst = oldest === this.#keys[0];
      const other = isFirst ? this.#keys[1] : this.#keys[0];
      const stored = { records: merged, oldest: other, revision };
      this.#last = isFirst ? [found, second, stored] : [first, found, stored];
    }
    return merged;
  }

  *#find(key: string): StorageSteps<FoundLedgers> {
    const raw = yield this.#options.storage.getItem(key);
    const known = this.#cache.get(key);
    const found = known !== undefined && known.text === raw ? known.found : readDocument(raw);
    if (found.trouble !== null) yield* this.#putAside(key, raw, found);
    return found;
  }

  *#putAside(key: string, raw: unknown, { records, revision, trouble }: FoundLedgers): StorageSteps<void> {
    const { storage, key: base, onAside } = this.#options;
    try {
      yield storage.setItem(`${base}.aside`, typeof raw === 'string' ? raw : JSON.stringify(raw));
    } catch {
      // Whatever cannot be kept aside is given up: it was of no use.
    }
    if (records.length > 0) yield storage.setItem(key, writeDocument(records, revision).text);
    else yield storage.removeItem(key);
    if (this.#isAsideTold || trouble === null) return;
    this.#isAsideTold = true;
    onAside(trouble);
  }
}
