import type { PeerRead, StoredLedger } from '../../machines/conversation/types.ts';
import type { Clock } from '../shared/clock.ts';
import type { Chart } from './chart.ts';
import type { MessageOrder } from './messageOrder.ts';

/** What of reading outlives a run: the guest's own marks, and how far others have read. */
export interface StoredReads {
  readonly ledgers: readonly StoredLedger[];
  readonly peers: readonly PeerRead[];
}

/** Where the marks of a conversation are, beside its chart. */
export interface Keeper {
  /** The marks of an earlier run that are known already. */
  readonly stored: StoredReads;
  /** Whether the places of messages may still change by what is stored. */
  readonly isLoading: boolean;
  /** Connects the machine: its marks are stored from now on. */
  attach(chart: Chart): void;
  /** Runs something once the places of messages are known: now, or when the storage was read. */
  whenLoaded(run: () => void): void;
  /** Stores what is new, without waiting for the end of the task. */
  saveNow(): void;
  /** Stores what is new; `null` where that is done at once, else a promise that ends in time. */
  whenSaved(): Promise<void> | null;
  /** Stores what is left and waits for nothing any more. */
  close(): void;
}

/** What a {@link Keeper} is made of. */
export interface KeeperParts {
  readonly clock: Clock;
  readonly order: MessageOrder;
  /** The guest whose marks are kept; those of other guests who share the storage are left alone. */
  readonly participantId: string | null;
  /** Told when others who share the storage had more acknowledged than this conversation knew. */
  readonly onAcknowledged: (conversationId: string, position: number) => void;
}

/** What keeps read marks over a reload and a crash: made by `persistLedger`. */
export interface LedgerPersistence {
  /** Makes the keeper of one conversation. Called by `createConversation`. */
  keep(parts: KeeperParts): Keeper;
}

/** Marks live as long as the chart that holds them. */
export const inMemory: Keeper = {
  stored: { ledgers: [], peers: [] },
  isLoading: false,
  attach: () => {},
  whenLoaded: (run) => run(),
  saveNow: () => {},
  whenSaved: () => null,
  close: () => {},
};
