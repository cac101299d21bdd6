/** A place in a conversation's message order, and the message at it where it is known by id. */
export interface Mark {
  /** Greater is newer; arrival order or a position the application supplied, never wall-clock time. */
  readonly position: number;
  /** The message that it names; absent for everything up to now. */
  readonly messageId?: string;
  /** Where the message that it names stands, if that is older: the one at its own place was taken out. */
  readonly namedAt?: number;
}

/** How far one conversation was read: `seen` ≥ `inFlight` ≥ `acknowledged`, each only ever rises. */
export interface Ledger {
  /** Whose ledger it is. */
  readonly conversationId: string;
  /** The newest message that the guest has seen. */
  readonly seen: Mark | null;
  /** What the read call that is under way reports. */
  readonly inFlight: Mark | null;
  /** What the back end has confirmed. */
  readonly acknowledged: Mark | null;
  /** Position of the newest mark that the back end refused for good; nothing up to it is called again. */
  readonly refused: number | null;
  /** Whether the conversation is over (L-4). */
  readonly ended: boolean;
  /** Whether only a reply said so: a call of that conversation which is accepted later disproves it. */
  readonly endedByReply: boolean;
  /** Whether its marks are, so that nothing of them can be delivered until it is reopened. */
  readonly over: boolean;
  /** From where on the guest marked messages as unread; nobody is told. */
  readonly unreadFrom: number | null;
  /** How many known messages of others count as unread. */
  readonly unread: number;
}

/** What of a ledger outlives the machine. */
export type StoredLedger = Pick<Ledger, 'conversationId' | 'seen' | 'acknowledged' | 'refused' | 'over'>;

/** How far somebody else has read. */
export interface PeerRead {
  /** Where they read. */
  readonly conversationId: string;
  /** Who read. */
  readonly participantId: string;
  /** How far. */
  readonly mark: Mark;
}

/** What is wrong with the storage of marks. */
export interface StorageTrouble {
  /**
   * `unreadable`, `unknown-version`, `too-large`: what was stored is put aside. `quota`, `slow`,
   * `unavailable`: the storage refused, did not answer in time, or threw.
   */
  readonly reason: 'unreadable' | 'unknown-version' | 'too-large' | 'quota' | 'slow' | 'unavailable';
  /** Whether marks are kept in memory only from now on. */
  readonly degraded: boolean;
}
