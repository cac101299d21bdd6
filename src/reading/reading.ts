import type { ConversationEmitted } from '../../machines/conversation/events.ts';
import { mayStillRead } from '../../machines/conversation/receipts.logic.ts';
import type { Clock } from '../shared/clock.ts';
import { stoppedError } from '../shared/refusals.ts';
import type { Transport } from '../shared/transport.ts';
import type { Chart } from './chart.ts';
import { inMemory, type Keeper, type LedgerPersistence, type StoredReads } from './keeper.ts';
import { MessageOrder } from './messageOrder.ts';
import { PeerReads, type ToldRead } from './peerReads.ts';
import { createReadVerbs, type LateReadVerbs } from './readVerbs.ts';
import { ReadWaiters, settlePrivate, settleWaiters } from './readWaiters.ts';
import { savingFirst } from './savingFirst.ts';

/**
 * All of reading behind one door: the order of messages, the marks and their storage, those who wait for
 * `markAsRead()`, and how far others have read. What a conversation in which nothing is read does not need is made where
 * it is first asked for.
 */
export class Reading {
  readonly #transport: Transport;
  readonly #keeper: Keeper;
  #chart: Chart | null = null;
  #order: MessageOrder | null = null;
  #waiters: ReadWaiters | null = null;
  #peers: PeerReads | null = null;
  #verbs: LateReadVerbs | null = null;
  #sendRead: Transport['sendRead'] | null = null;

  constructor(transport: Transport, clock: Clock, storage: LedgerPersistence | null) {
    this.#transport = transport;
    this.#keeper =
      storage?.keep({
        clock,
        order: this.order,
        participantId: transport.participantId ?? null,
        onAcknowledged: (id, position) => this.#waiters?.acknowledge(id, position),
      }) ?? inMemory;
    // Asked for first, it comes first: what is known to be read is not reported by what waits as well.
    this.#keeper.whenLoaded(() => this.catchUp());
  }

  /** Marks of an earlier run that are known already: the chart starts from them. */
  get stored(): StoredReads {
    return this.#keeper.stored;
  }

  /** Where messages get their place, so that they can be read. */
  get order(): MessageOrder {
    this.#order ??= new MessageOrder();
    return this.#order;
  }

  /** The verbs of the handle. */
  get verbs(): LateReadVerbs {
    this.#verbs ??= createReadVerbs(this.#running, {
      order: this.order,
      waiters: this.#waiting,
      keeper: this.#keeper,
    });
    return this.#verbs;
  }

  /** Connects reading with its chart, or with the one that goes on from there. */
  attach(chart: Chart): void {
    this.#chart = chart;
    this.#verbs = null;
    this.#keeper.attach(chart);
  }

  /** How many known messages of others stand after a position, or from another one on. */
  unread(conversationId: string, after: number, from: number | null): number {
    return this.#order?.unread(conversationId, after, from) ?? 0;
  }

  /** Whether a message was taken out. */
  isRemoved(conversationId: string, messageId: string | undefined): boolean {
    return messageId !== undefined && this.#order?.isRemoved(conversationId, messageId) === true;
  }

  /** Takes a message out; where a storage is still read, once more what that knows of it. */
  remove(conversationId: string, messageId: string): void {
    const takeOut = (): void => {
      const place = this.order.remove(conversationId, messageId);
      const older = place ? this.order.newestOfOthers(conversationId, place.position) : null;
      this.#running.send({ type: 'message.removed', conversationId, messageId, older });
    };
    takeOut();
    if (this.#keeper.isLoading) this.#keeper.whenLoaded(takeOut);
  }

  /** Makes one read call, after what it reports was stored. */
  sendRead(...call: Parameters<Transport['sendRead']>): ReturnType<Transport['sendRead']> {
    this.#sendRead ??= savingFirst(this.#transport, this.#keeper, (conversationId) =>
      mayStillRead(this.#running.actor.getSnapshot().context, conversationId),
    );
    return this.#sendRead(...call);
  }

  /** Whoever waits for `markAsRead()` waits for what the chart decides. */
  noteDecision(event: ConversationEmitted): void {
    const waiters = this.#waiters;
    if (!waiters || waiters.isEmpty) return;
    settleWaiters(event, waiters);
    if (event.type === 'sharing.changed' && event.lane === 'read' && !event.isShared)
      this.#goPrivate(waiters);
  }

  /** Tells the chart of the reads whose message has its place now. */
  catchUp(): void {
    if (!this.#peers || this.#keeper.isLoading) return;
    for (const event of this.#peers.due()) this.#running.send(event);
  }

  /** Stores at once what is due to be stored. */
  saveNow(): void {
    this.#keeper.saveNow();
  }

  /** Somebody has read this far. */
  read(told: ToldRead): void {
    this.#peerReads.take(told);
    this.catchUp();
  }

  /** The guest has read this far in another tab. */
  readElsewhere(conversationId: string, messageId: string): void {
    this.#peerReads.take({ conversationId, messageId, participantId: '' }, true);
    this.catchUp();
  }

  /** The guest has seen the newest message of somebody else in the open conversation. */
  readNewest(): void {
    const { conversationId } = this.#running.actor.getSnapshot().context;
    if (conversationId === null) return;
    this.#keeper.whenLoaded(() => {
      const mark = this.order.newestOfOthers(conversationId);
      if (mark) this.#running.send({ type: 'message.viewed', conversationId, mark });
    });
  }

  /** Stores what is left, and refuses everyone who still waits (C-1). */
  close(): void {
    this.#keeper.close();
    this.#waiters?.refuseAll(stoppedError);
  }

  get #waiting(): ReadWaiters {
    this.#waiters ??= new ReadWaiters();
    return this.#waiters;
  }

  get #peerReads(): PeerReads {
    this.#peers ??= new PeerReads(this.order, this.#transport.participantId);
    return this.#peers;
  }

  get #running(): Chart {
    if (!this.#chart) throw new Error('Reading has no chart yet.');
    return this.#chart;
  }

  /** What is under way has its answer; where it is given up without one, nothing else says so. */
  #goPrivate(waiters: ReadWaiters): void {
    const { actor } = this.#running;
    settlePrivate(actor.getSnapshot().context, waiters);
    const watching = actor.subscribe({
      next: ({ context }) => {
        if (context.receipts.isShared || waiters.isEmpty) watching.unsubscribe();
        else settlePrivate(context, waiters);
      },
      error: () => {},
    });
  }
}
