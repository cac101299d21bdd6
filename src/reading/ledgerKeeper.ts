import type {
  Ledger,
  Mark,
  PeerRead,
  StorageTrouble,
  StoredLedger,
} from '../../machines/conversation/types.ts';
import type { LedgerStorage } from '../shared/storage.ts';
import type { Chart } from './chart.ts';
import type { Keeper, KeeperParts, StoredReads } from './keeper.ts';
import { keptOf, restore } from './keptPlaces.ts';
import type { LedgerRecord } from './ledgerFormat.ts';
import { LedgerStore } from './ledgerStore.ts';

/** What a {@link LedgerKeeper} is made of. */
export interface LedgerKeeperOptions extends KeeperParts {
  readonly storage: LedgerStorage;
  readonly key: string;
}

const nothing = { ledgers: [], peers: [] } as const;

/**
 * Carries marks between a conversation and its storage. A synchronous storage is read before the
 * machine starts; with an asynchronous one, whatever needs a message's place waits until it was read. What
 * the storage is about is said by {@link LedgerStore}; the keeper only knows the marks.
 */
export class LedgerKeeper implements Keeper {
  readonly #options: LedgerKeeperOptions;
  readonly #store: LedgerStore;
  #chart: Chart | null = null;
  #stored: StoredReads = nothing;
  /** What went wrong before there was a chart to tell. */
  #troubles: StorageTrouble[] = [];
  /** The marks that a save was planned for, and those that were looked at for one. */
  #planned: Reads = nothing;
  #looked: Reads = nothing;
  #savedMarks = marksIn(nothing);

  constructor(options: LedgerKeeperOptions) {
    this.#options = options;
    const { storage, key, clock } = options;
    this.#store = new LedgerStore({
      storage,
      key,
      clock,
      onLoaded: (records) => this.#take(records),
      onSaved: (merged) => this.#learn(merged),
      onTrouble: (trouble) => this.#tell(trouble),
    });
    this.#store.load();
  }

  get stored(): StoredReads {
    return this.#stored;
  }

  get isLoading(): boolean {
    return this.#store.isLoading;
  }

  attach(chart: Chart): void {
    this.#chart = chart;
    this.#savedMarks = marksIn(this.#reads());
    for (const trouble of this.#troubles) this.#tell(trouble);
    this.#troubles = [];
    chart.actor.subscribe({ next: () => this.#plan(), error: () => {} });
  }

  whenLoaded(run: () => void): void {
    this.#store.whenLoaded(run);
  }

  saveNow(): void {
    const store = this.#store;
    const reads = this.#reads();
    if (store.isLoading || isSame(reads, this.#looked)) return;
    this.#looked = reads;
    const marks = marksIn(reads);
    if (marks === this.#savedMarks) return;
    this.#savedMarks = marks;
    const { order, participantId } = this.#options;
    store.save(
      worthKeeping(reads).map((ledger) => ({
        ...ledger,
        participantId,
        order: keptOf(order.places(ledger.conversationId)),
        peers: reads.peers
          .filter(({ conversationId }) => conversationId === ledger.conversationId)
          .map((peer) => ({ participantId: peer.participantId, mark: peer.mark })),
      })),
    );
  }

  whenSaved(): Promise<void> | null {
    // What waited for what is read comes first: another handle may have reported it meanwhile.
    if (this.isLoading)
      return new Promise<void>((resolve) => this.whenLoaded(resolve)).then(
        () => this.whenSaved() ?? undefined,
      );
    this.saveNow();
    return this.#store.whenSaved();
  }

  close(): void {
    this.saveNow();
    this.#store.close();
  }

  /** At the end of the task: a burst of marks is written once. */
  #plan(): void {
    const reads = this.#reads();
    if (isSame(reads, this.#planned)) return;
    this.#planned = reads;
    queueMicrotask(() => this.saveNow());
  }

  #reads(): Reads {
    return this.#chart?.actor.getSnapshot().context.receipts ?? nothing;
  }

  /** Takes over what was stored: as the machine's start, or, where there is one already, as news to it. */
  #take(records: readonly LedgerRecord[]): void {
    const stored = this.#own(records).map((record) => this.#restore(record));
    const ledgers = stored.map(({ ledger }) => ledger);
    const peers = stored.flatMap((each) => each.peers);
    if (!this.#chart) {
      this.#stored = { ledgers, peers };
      return;
    }
    if (ledgers.length > 0) this.#chart.send({ type: 'ledger.loaded', ledgers, peers });
    this.#savedMarks = marksIn(this.#reads());
  }

  #restore(record: LedgerRecord): { readonly ledger: StoredLedger; readonly peers: readonly PeerRead[] } {
    const { conversationId, seen, acknowledged, order, peers } = record;
    const marks = [acknowledged, seen].filter((mark) => mark !== null);
    const known = new Set(order.map(({ messageId }) => messageId));
    const places = [
      ...order,
      ...marks.flatMap(({ messageId, position }) =>
        messageId === undefined || known.has(messageId)
          ? []
          : [{ messageId, position, sentAt: null, author: null }],
      ),
    ];
    const floor = marks.reduce((most, { position }) => Math.max(most, position), 0);
    restore(this.#options.order, conversationId, places, floor);
    return {
      ledger: {
        ...storedOf(record),
        seen: seen && this.#here(conversationId, seen),
        acknowledged: acknowledged && this.#here(conversationId, acknowledged),
      },
      peers: peers.map((peer) => ({ ...peer, conversationId, mark: this.#here(conversationId, peer.mark) })),
    };
  }

  /** A stored mark at the place that its message has here. */
  #here(conversationId: string, mark: Mark): Mark {
    const position =
      mark.messageId === undefined ? undefined : this.#options.order.find(conversationId, mark.messageId);
    return position === undefined ? mark : { ...mark, position };
  }

  /** Takes over what others who share the storage had acknowledged meanwhile, where its place is known here. */
  #learn(merged: readonly LedgerRecord[]): void {
    const { ledgers } = this.#reads();
    const { order, onAcknowledged } = this.#options;
    const news = this.#own(merged).flatMap(({ conversationId, acknowledged }) => {
      const own = ledgers.find((ledger) => ledger.conversationId === conversationId);
      if (!own || acknowledged?.messageId === undefined) return [];
      const position = order.find(conversationId, acknowledged.messageId);
      if (position === undefined || position <= (own.acknowledged?.position ?? Number.NEGATIVE_INFINITY))
        return [];
      const mark = { ...acknowledged, position };
      return [{ conversationId, seen: null, acknowledged: mark, refused: null, over: false }];
    });
    if (news.length === 0) return;
    this.#chart?.send({ type: 'ledger.loaded', ledgers: news });
    for (const { conversationId, acknowledged } of news) {
      onAcknowledged(conversationId, acknowledged.position);
    }
  }

  #own(records: readonly LedgerRecord[]): readonly LedgerRecord[] {
    return records.filter(({ participantId }) => participantId === this.#options.participantId);
  }

  #tell(trouble: StorageTrouble): void {
    if (this.#chart) this.#chart.send({ type: 'storage.failed', ...trouble });
    else this.#troubles.push(trouble);
  }
}

/** What is kept, as the chart holds it. */
interface Reads {
  readonly ledgers: readonly Ledger[];
  readonly peers: readonly PeerRead[];
}

const isSame = (one: Reads, other: Reads): boolean =>
  one.ledgers === other.ledgers && one.peers === other.peers;

/** What is stored of each conversation in which somebody, the guest or another, has read something. */
function worthKeeping({ ledgers, peers }: Reads): readonly StoredLedger[] {
  const read = ledgers.filter(({ seen }) => seen !== null).map(storedOf);
  const known = new Set(read.map(({ conversationId }) => conversationId));
  const others = new Set(peers.map(({ conversationId }) => conversationId));
  const blank = { seen: null, acknowledged: null, refused: null, over: false };
  return [
    ...[...others].filter((id) => !known.has(id)).map((conversationId) => ({ conversationId, ...blank })),
    ...read,
  ];
}

const storedOf = ({ conversationId, seen, acknowledged, refused, over }: StoredLedger): StoredLedger => ({
  conversationId,
  seen,
  acknowledged,
  refused,
  over,
});

const marksIn = (reads: Reads): string => JSON.stringify([worthKeeping(reads), reads.peers]);
