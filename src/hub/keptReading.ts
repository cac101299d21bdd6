import type { ConversationContext } from '../../machines/conversation/types.ts';
import { Reading } from '../reading/index.ts';
import type { Keeper, LedgerPersistence } from '../reading/keeper.ts';
import type { ToldRead } from '../reading/peerReads.ts';
import type { Clock } from '../shared/clock.ts';
import type { Transport } from '../shared/transport.ts';

/** Reading that goes on when its chart is put away. */
export class KeptReading extends Reading {
  readonly #keeper: Keeper | null;
  /** Whether somebody's read was told, which may wait for its message. */
  #isTold = false;

  constructor(transport: Transport, clock: Clock, storage: LedgerPersistence | null) {
    let keeper: Keeper | null = null;
    super(
      transport,
      clock,
      storage && {
        keep: (parts) => {
          keeper = storage.keep(parts);
          return keeper;
        },
      },
    );
    this.#keeper = keeper;
  }

  /** Whether the storage is read or written. */
  get isBusy(): boolean {
    return this.#keeper !== null && (this.#keeper.isLoading || this.#keeper.whenSaved() !== null);
  }

  /** Whether it holds nothing that a later one would not find in the storage. */
  isBlank({ conversationId, receipts }: ConversationContext, id: string): boolean {
    const isKnown = [conversationId, id].some(
      (each) => each !== null && this.order.places(each) !== undefined,
    );
    return !this.#isTold && !isKnown && receipts.ledgers.length === 0 && receipts.peers.length === 0;
  }

  override read(told: ToldRead): void {
    this.#isTold = true;
    super.read(told);
  }

  override readElsewhere(conversationId: string, messageId: string): void {
    this.#isTold = true;
    super.readElsewhere(conversationId, messageId);
  }

  override close(): void {}

  /** The end of it: stores what is left, and refuses everyone who waits. */
  end(): void {
    super.close();
  }
}
