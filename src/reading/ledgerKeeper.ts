import type { Ledger, Mark, StorageTrouble, StoredLedger } from '../../machines/conversation/types.ts';
import type { Clock } from '../shared/clock.ts';
import type { LedgerStorage } from '../shared/storage.ts';
import type { Chart } from './chart.ts';
import type { LedgerRecord } from './ledgerFormat.ts';
import { LedgerStore } from './ledgerStore.ts';
import type { MessageOrder } from './messageOrder.ts';

/** What a {@link LedgerKeeper} is made of. */
export interface LedgerKeeperOptions {
  /** Where marks are kept; `null` for memory only. */
  readonly storage: LedgerStorage | null;
  readonly storageKey: string;
  readonly clock: Clock;
  readonly order: MessageOrder;
  /** The guest whose marks are kept; those of other guests who share the storage are left alone. */
  readonly participantId: string | null;
  /** Told when others who share the storage had more acknowledged than this conversation knew. */
  readonly onAcknowledged: (conversationId: string, position: number) => void;
}

/**
 * Carries marks between a conversation and its storage. A synchronous storage is read before the
 * machine starts; with an asynchronous one, whatever needs a message's place waits until it was read. What
 * the storage is about is said by {@link LedgerStore}; the keeper only knows the marks.
 */
export class LedgerKeeper {
  readonly #options: LedgerKeeperOptions;
  readonly #store: LedgerStore | null;
  #chart: Chart | null = null;
  #stored: readonly StoredLedger[] = [];
  /** What went wrong before there was a chart to tell. */
  #troubles: StorageTrouble[] = [];
  /** The ledgers that a save was planned for, and those that were looked at for one. */
  #planned: readonly Ledger[] = [];
  #looked: readonly Ledger[] = [];
  #savedMarks = '[]';

  constructor(options: LedgerKeeperOptions) {
    this.#options = options;
    const { storage, storageKey: key, clock } = options;
    this.#store =
      storage &&
      new LedgerStore({
        storage,
        key,
        clock,
        onLoaded: (records) => this.#take(records),
        onSaved: (merged) => this.#learn(merged),
        onTrouble: (trouble) => this.#tell(trouble),
      });
    this.#store?.load();
  }

  /** The marks that a synchronous storage held. */
  get stored(): readonly StoredLedger[] {
    return this.#stored;
  }

  /** Whether the places of messages may still change by what is stored. */
  get isLoading(): boolean {
    return this.#store?.isLoading ?? false;
  }

  /** Connects the machine: its marks are stored from now on. */
  attach(chart: Chart): void {
    this.#chart = chart;
    this.#savedMarks = marksIn(this.#ledgers());
    for (const trouble of this.#troubles) this.#tell(trouble);
    this.#troubles = [];
    if (!this.#store) return;
    chart.actor.subscribe({ next: () => this.#plan(), error: () => {} });
  }

  /** Runs something once the places of messages are known: now, or when the storage was read. */
  whenLoaded(run: () => void): void {
    if (this.#store) this.#store.whenLoaded(run);
    else run();
  }

  /** Stores what is new, without waiting for the end of the task. */
  saveNow(): void {
    const store = this.#store;
    const ledgers = this.#ledgers();
    if (!store || store.isLoading || ledgers === this.#looked) return;
    this.#looked = ledgers;
    const marks = marksIn(ledgers);
    if (marks === this.#savedMarks) return;
    this.#savedMarks = marks;
    const { order, participantId } = this.#options;
    store.save(
      ledgers.filter(isWorthKeeping).map((ledger) => ({
        ...storedOf(ledger),
        participantId,
        order: order.arrivals(ledger.conversationId),
      })),
    );
  }

  /** Stores what is new; `null` where that is done at once, else a promise that ends in time. */
  whenSaved(): Promise<void> | null {
    this.saveNow();
    return this.#store?.whenSaved() ?? null;
  }

  /** Stores what is left and waits for nothing any more. */
  close(): void {
    this.saveNow();
    this.#store?.close();
  }

  /** At the end of the task: a burst of marks is written once. */
  #plan(): void {
    const ledgers = this.#ledgers();
    if (ledgers === this.#planned) return;
    this.#planned = ledgers;
    queueMicrotask(() => this.saveNow());
  }

  #ledgers(): readonly Ledger[] {
    return this.#chart?.actor.getSnapshot().context.receipts.ledgers ?? [];
  }

  /** Takes over what was stored: as the machine's start, or, where there is one already, as news to it. */
  #take(records: readonly LedgerRecord[]): void {
    const ledgers = this.#restore(records);
    if (!this.#chart) {
      this.#stored = ledgers;
      return;
    }
    if (ledgers.length > 0) this.#chart.send({ type: 'ledger.loaded', ledgers });
    this.#savedMarks = marksIn(this.#ledgers());
  }

  #restore(records: readonly LedgerRecord[]): readonly StoredLedger[] {
    return this.#own(records).map((record) => {
      const { conversationId, seen, acknowledged, order } = record;
      const marks = [acknowledged, seen].filter((mark) => mark !== null);
      const places = [
        ...order,
        ...marks.flatMap(({ messageId, position }) =>
          messageId === undefined ? [] : [[messageId, position] as const],
        ),
      ];
      const floor = marks.reduce((most, { position }) => Math.max(most, position), 0);
      this.#options.order.restore(
        conversationId,
        [...new Map(places)].sort(([, one], [, other]) => one - other),
        floor,
      );
      return {
        ...storedOf(record),
        seen: this.#here(conversationId, seen),
        acknowledged: this.#here(conversationId, acknowledged),
      };
    });
  }

  /** A stored mark at the place that its message has here. */
  #here(conversationId: string, mark: Mark | null): Mark | null {
    const position =
      mark?.messageId === undefined ? undefined : this.#options.order.find(conversationId, mark.messageId);
    return mark && position !== undefined ? { ...mark, position } : mark;
  }

  /** Takes over what others who share the storage had acknowledged meanwhile, where its place is known here. */
  #learn(merged: readonly LedgerRecord[]): void {
    const ledgers = this.#ledgers();
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

const isWorthKeeping = ({ seen }: Ledger): boolean => seen !== null;

const storedOf = ({ conversationId, seen, acknowledged, refused, over }: StoredLedger): StoredLedger => ({
  conversationId,
  seen,
  acknowledged,
  refused,
  over,
});

const marksIn = (ledgers: readonly Ledger[]): string =>
  JSON.stringify(ledgers.filter(isWorthKeeping).map(storedOf));
