import { invalidOption } from '../shared/errors.ts';
import { checkStorage, type LedgerStorage, type StorageOption, storageIn } from '../shared/storage.ts';
import { checkOptions, namesOf } from '../shared/validate.ts';
import type { LedgerPersistence } from './keeper.ts';
import { LedgerKeeper } from './ledgerKeeper.ts';

/** What {@link persistLedger} takes besides the storage. */
export interface PersistLedgerOptions {
  /** The key to store under, 1 to 200 characters. Default: `genesys-conversation-machine/ledger`. */
  readonly key?: string;
}

const optionNames = namesOf<PersistLedgerOptions>({ key: true });

/**
 * Keeps read marks over a reload and a crash, for `createConversation({ storage: persistLedger(localStorage) })`.
 * Takes `localStorage`, an `unstorage` storage, or anything with their three methods; or a function that returns
 * one, as in `() => localStorage`, which is called for each conversation: where a page may not touch its storage,
 * that throws; marks are kept in memory then, and `storage.failed` says so.
 * Marks and ids are stored, never text or tokens; guests who share a storage do not get each other's marks.
 *
 * @throws ConversationError `invalid-option` for what is no storage, or no key.
 * @example
 * const conversation = createConversation({ transport, conversationId, storage: persistLedger(localStorage) });
 */
export function persistLedger(
  storage: StorageOption<LedgerStorage>,
  options: PersistLedgerOptions = {},
): LedgerPersistence {
  checkOptions(options, 'an object, or absent', optionNames);
  const { key = 'genesys-conversation-machine/ledger' } = options;
  if (typeof key !== 'string' || key.length === 0 || key.length > 200) {
    throw invalidOption('key', 'a string of 1 to 200 characters', key);
  }
  if (typeof storage !== 'function') checkStorage(storage);
  return { keep: (parts) => new LedgerKeeper({ ...parts, key, storage: storageIn(storage) }) };
}
