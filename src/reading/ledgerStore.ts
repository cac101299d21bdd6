import type { StorageTrouble } from '../../machines/conversation/types.ts';
import type { Clock } from '../shared/clock.ts';
import { within } from '../shared/deadline.ts';
import { type LedgerStorage, runSteps, type StorageSteps, storagePatience } from '../shared/storage.ts';
import { LedgerDocuments } from './ledgerDocuments.ts';
import type { LedgerRecord } from './ledgerFormat.ts';

/** What a {@link LedgerStore} is made of. */
export interface LedgerStoreOptions {
  readonly storage: LedgerStorage;
  readonly key: string;
  readonly clock: Clock;
  /** Told what was stored, before anything that waited for it goes on. Nothing where the storage failed. */
  readonly onLoaded: (records: readonly LedgerRecord[]) => void;
  /** Told after each write what is stored now, others' marks included. */
  readonly onSaved: (merged: readonly LedgerRecord[]) => void;
  /** Told once for data that was put aside, and once when the storage is given up. */
  readonly onTrouble: (trouble: StorageTrouble) => void;
}

interface Write {
  readonly records: readonly LedgerRecord[];
  readonly done: Promise<void>;
  resolve(): void;
}

type Phase =
  | { readonly is: 'loading'; readonly waiting: (() => void)[] }
  | { readonly is: 'ready' }
  | { readonly is: 'writing' | 'closing'; readonly write: Write; readonly next: Write | null }
  | { readonly is: 'given up' }
  | { readonly is: 'closed' };

/**
 * The life of a storage of ledgers.
 *
 * | phase      | the storage is …                        | `save`           | it answers          | it fails, or is late | `close`   |
 * | ---------- | --------------------------------------- | ---------------- | ------------------- | -------------------- | --------- |
 * | `loading`  | being read; some wait for that          | –                | `ready`             | `given up`           | `closed`  |
 * | `ready`    | at rest                                 | `writing`        | –                   | –                    | `closed`  |
 * | `writing`  | being written; of later writes the last waits | becomes the next | the next, or `ready` | `given up`     | `closing` |
 * | `closing`  | being written, and nobody waits for it  | –                | the next, or `closed` | `closed`           | –         |
 * | `given up` | left alone; marks are in memory only    | –                | –                   | –                    | `closed`  |
 * | `closed`   | left alone                              | –                | –                   | –                    | –         |
 *
 * Never throws and never waits for ever. A synchronous storage passes `loading` and `writing` in one go. What
 * is under way when the store is closed may still end, but no timer stays for it (C-1).
 */
export class LedgerStore {
  readonly #options: LedgerStoreOptions;
  readonly #documents: LedgerDocuments;
  #phase: Phase = { is: 'loading', waiting: [] };
  readonly #closing = new AbortController();

  constructor(options: LedgerStoreOptions) {
    const { storage, key, onTrouble } = options;
    this.#options = options;
    const onAside = (reason: StorageTrouble['reason']): void => onTrouble({ reason, degraded: false });
    this.#documents = new LedgerDocuments({ storage, key, onAside });
  }

  /** Whether what is stored is still being read. */
  get isLoading(): boolean {
    return this.#phase.is === 'loading';
  }

  /** Reads what is stored: at once from a synchronous storage. */
  load(): void {
    this.#run(this.#documents.read(), ({ records }) => this.#loaded(records, { is: 'ready' }));
  }

  /** Runs something once what is stored is known: now, or when it was read, or will not be any more. */
  whenLoaded(run: () => void): void {
    if (this.#phase.is === 'loading') this.#phase.waiting.push(run);
    else run();
  }

  /**
   * Writes ledgers, merged with what is stored. At once into a synchronous storage; else one write at a time,
   * and of those that came meanwhile only the last.
   */
  save(records: readonly LedgerRecord[]): void {
    const phase = this.#phase;
    if (phase.is === 'ready') {
      const write = { ...deferred(), records };
      this.#phase = { is: 'writing', write, next: null };
      this.#write(write);
    } else if (phase.is === 'writing') {
      this.#phase = { ...phase, next: { ...(phase.next ?? deferred()), records } };
    }
  }

  /** Ends when everything given to `save` is stored, or cannot be; `null` when that is so already. */
  whenSaved(): Promise<void> | null {
    return 'write' in this.#phase ? (this.#phase.next ?? this.#phase.write).done : null;
  }

  /** Ends the wait for a storage that does not answer. */
  close(): void {
    const phase = this.#phase;
    this.#phase = 'write' in phase ? { ...phase, is: 'closing' } : { is: 'closed' };
    this.#closing.abort();
    if (phase.is === 'loading') for (const run of phase.waiting) run();
  }

  #loaded(records: readonly LedgerRecord[], phase: Phase): void {
    const loading = this.#phase;
    if (loading.is !== 'loading') return;
    this.#options.onLoaded(records);
    if (this.#phase !== loading) return; // Closed by somebody who heard of it.
    this.#phase = phase;
    for (const run of loading.waiting) run();
  }

  #write({ records }: Write): void {
    this.#run(this.#documents.write(records), (merged) => this.#written(merged));
  }

  #written(merged: readonly LedgerRecord[]): void {
    const phase = this.#phase;
    if (!('write' in phase)) return;
    const { write, next } = phase;
    const rest: Phase = { is: phase.is === 'writing' ? 'ready' : 'closed' };
    this.#phase = next ? { ...phase, write: next, next: null } : rest;
    write.resolve();
    this.#options.onSaved(merged);
    if (next) this.#write(next);
  }

  #giveUp(reason: StorageTrouble['reason']): void {
    const phase = this.#phase;
    if (phase.is === 'closed') return;
    if (phase.is === 'closing') this.#phase = { is: 'closed' };
    if (phase.is === 'writing') this.#phase = { is: 'given up' };
    this.#options.onTrouble({ reason, degraded: true });
    this.#loaded([], { is: 'given up' });
    if (!('write' in phase)) return;
    phase.write.resolve();
    phase.next?.resolve();
  }

  #run<T>(steps: StorageSteps<T>, goOn: (result: T) => void): void {
    const fail = (thrown: unknown): void => this.#giveUp(reasonOf(thrown));
    let result: T | Promise<T>;
    try {
      result = runSteps(steps);
    } catch (thrown) {
      fail(thrown);
      return;
    }
    if (result instanceof Promise) this.#inTime(result).then(goOn, fail);
    else goOn(result);
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
