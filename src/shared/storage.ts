import { invalidOption } from './errors.ts';
import { isThenable } from './thenable.ts';

/**
 * Where marks are kept: `localStorage`, `sessionStorage`, a storage of the `unstorage` package, or anything
 * else with these three methods. Each may be synchronous or return a promise. Text written is given back as
 * it was, or already parsed as JSON, as `unstorage` does.
 */
export interface LedgerStorage {
  /** What was written under a key: text, the value that it was parsed to, or nothing (`null`, `undefined`). */
  getItem(key: string): unknown;
  /** Writes text under a key. */
  setItem(key: string, value: string): unknown;
  /** Forgets a key. */
  removeItem(key: string): unknown;
}

/**
 * How long a storage may take for one reading or writing, ms, before it counts as gone. A wait of its own: a
 * storage is on the same device, and how long calls may take says nothing about it.
 */
export const storagePatience = 2000;

/** A storage, or a function that returns it: a page that may not touch its storage throws at the very name. */
export type StorageOption<Storage> = Storage | (() => Storage | null | undefined);

/** Refuses what lacks a method of {@link LedgerStorage}. */
export function checkStorage<Storage extends LedgerStorage>(storage: Storage): Storage {
  for (const method of ['getItem', 'setItem', 'removeItem'] as const) {
    if (typeof (storage as Partial<Storage> | null)?.[method] !== 'function') {
      throw invalidOption('storage', `an object with a ${method}() function, as localStorage is`, storage);
    }
  }
  return storage;
}

/**
 * The storage that an option stands for. A function that throws, or has none to give, stands for one that
 * fails at every use: whoever uses it goes on without, and says so.
 * @throws ConversationError `invalid-option` for what is no storage.
 */
export function storageIn<Storage extends LedgerStorage>(option: StorageOption<Storage>): Storage {
  if (typeof option !== 'function') return checkStorage(option);
  let given: Storage | null | undefined;
  try {
    given = option();
  } catch {
    given = undefined;
  }
  return given === null || given === undefined ? (noStorage as Storage) : checkStorage(given);
}

const refuse = (): never => {
  throw new Error('There is no storage here.');
};

/** A storage that is not there. */
const noStorage: LedgerStorage = { getItem: refuse, setItem: refuse, removeItem: refuse };

/** Steps that each yield what a storage returned and get back what it stands for. */
export type StorageSteps<T> = Generator<unknown, T, unknown>;

/**
 * Runs steps over a storage: in one go, before it returns, as long as the storage is synchronous; from the
 * first promise on, asynchronously.
 */
export function runSteps<T>(steps: StorageSteps<T>): T | Promise<T> {
  const go = (next: IteratorResult<unknown, T>): T | Promise<T> => {
    let result = next;
    while (!result.done) {
      const { value } = result;
      if (isThenable(value)) {
        return Promise.resolve(value).then(
          (settled) => go(steps.next(settled)),
          (thrown: unknown) => go(steps.throw(thrown)),
        );
      }
      result = steps.next(value);
    }
    return result.value;
  };
  return go(steps.next());
}
