import { v4 as uuid } from 'uuid';
import { field, parseJson } from '../shared/json.ts';
import { isUuid } from '../shared/validate.ts';

/** Where a session's identity is kept between page loads; three methods of the platform's `Storage`, sync or not. */
export interface SessionStorage {
  /** What was written under a key; `null` for nothing. */
  getItem(key: string): string | null | Promise<string | null>;
  /** Writes text under a key. */
  setItem(key: string, value: string): unknown;
  /** Forgets a key. */
  removeItem(key: string): unknown;
}

/** Who the guest is. */
interface GuestIdentity {
  /** A UUID made here; to the server it is the guest. */
  readonly token: string;
  /** A local name of the conversation, since the product tells none; not derived from the token. */
  readonly conversationId: string;
}

/** Keeps the guest's token, in a closure; nothing but frames gets it (S5). */
export interface IdentityKeeper {
  /** The identity that was kept, or a new one. */
  load(): Promise<GuestIdentity>;
  /** The identity in use; null before it was loaded. */
  readonly current: GuestIdentity | null;
  /** The token must not be used again. */
  forget(): void;
  /** What follows is another conversation of the same guest. */
  beginConversation(): void;
  /**
   * The server began or resumed a session. If a new one is begun where one was used with this token, that
   * conversation is over. Returns whether the session was used before.
   */
  noteSession(isNew: boolean): boolean;
}

type Kept = GuestIdentity & { readonly used: boolean };

/**
 * Makes an {@link IdentityKeeper}. A storage that fails, hangs or holds something else is as good as none:
 * `report` is told once, and the identity lives in memory.
 */
export function identityKeeper(
  storage: SessionStorage | undefined,
  key: string,
  report: (message: string) => void,
  within: <T>(work: () => Promise<T>) => Promise<T>,
): IdentityKeeper {
  let kept: Kept | null = null;
  let wasRead = false;
  let hasFailed = false;
  let queue: Promise<void> = Promise.resolve();

  const fail = (): undefined => {
    if (!hasFailed) report('The storage option failed; the session is kept in memory only.');
    hasFailed = true;
  };
  const read = async (): Promise<unknown> =>
    storage === undefined ? undefined : within(async () => storage.getItem(key)).catch(fail);
  /** Nobody waits for a write, but each waits for the one before it. */
  const later = (work: (storage: SessionStorage) => unknown): void => {
    if (storage !== undefined) queue = queue.then(() => work(storage)).then(() => {}, fail);
  };
  const keep = (identity: Kept): void => {
    kept = identity;
    const value = JSON.stringify({ version: 1, ...identity });
    later((to) => to.setItem(key, value));
  };

  return {
    load: async () => {
      if (!wasRead) {
        const stored = parse(await read());
        kept ??= wasRead ? null : stored;
        wasRead = true;
      }
      if (kept === null) keep({ token: uuid(), conversationId: uuid(), used: false });
      return kept as unknown as GuestIdentity;
    },
    get current() {
      return kept;
    },
    forget: () => {
      kept = null;
      wasRead = true;
      later((from) => from.removeItem(key));
    },
    beginConversation: () => {
      if (kept !== null) keep({ ...kept, conversationId: uuid(), used: false });
    },
    noteSession: (isNew) => {
      const wasUsed = kept?.used === true;
      if (kept === null) return false;
      if (isNew && wasUsed) keep({ ...kept, conversationId: uuid() });
      else if (!wasUsed) keep({ ...kept, used: true });
      return wasUsed && !isNew;
    },
  };
}

function parse(value: unknown): Kept | null {
  const stored = typeof value === 'string' ? parseJson(value) : undefined;
  const token = field(stored, 'token');
  const conversationId = field(stored, 'conversationId');
  if (field(stored, 'version') !== 1 || !isUuid(token) || !isUuid(conversationId)) return null;
  return { token, conversationId, used: field(stored, 'used') === true };
}
