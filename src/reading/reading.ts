import { mayStillRead } from '../../machines/conversation/receipts.logic.ts';
import type { Policies } from '../../machines/conversation/types.ts';
import type { Clock } from '../shared/clock.ts';
import { stoppedError } from '../shared/refusals.ts';
import type { Transport } from '../shared/transport.ts';
import type { Chart } from './chart.ts';
import { withinKeepalive } from './keepaliveBudget.ts';
import { inMemory, type LedgerPersistence, type StoredReads } from './keeper.ts';
import { MessageOrder } from './messageOrder.ts';
import { PeerReads, type ToldRead } from './peerReads.ts';
import { createReadVerbs, type ReadVerbs } from './readVerbs.ts';
import { ReadWaiters, settleWaiters } from './readWaiters.ts';
import { savingFirst } from './savingFirst.ts';

/** What reading is made of. */
export interface ReadingOptions {
  readonly transport: Transport;
  /** Where marks are kept; `null` for memory only. */
  readonly storage: LedgerPersistence | null;
  readonly clock: Clock;
}

/** Reading before there is a chart: what the chart is made with. */
export interface Reading {
  /** Marks of an earlier run that are known already. */
  readonly stored: StoredReads;
  /** What reading decides for the chart. */
  readonly policies: Pick<Policies, 'unread' | 'withinKeepalive'>;
  /** Makes one read call, after what it reports was stored. */
  readonly sendRead: Transport['sendRead'];
  /** Connects reading with its chart. Once. */
  attach(chart: Chart): AttachedReading;
}

/** Reading beside its running chart. */
export interface AttachedReading {
  /** The verbs of the handle; `unread` is read at each use. */
  readonly verbs: ReadVerbs;
  /** Where messages get their place, so that they can be read. */
  readonly order: MessageOrder;
  /** Tells the chart what waited for a message that has its place now. */
  catchUp(): void;
  /** Stores at once what is due to be stored. */
  saveNow(): void;
  /** Somebody has read this far. */
  read(told: ToldRead): void;
  /** The guest has read this far in another tab. */
  readElsewhere(conversationId: string, messageId: string): void;
  /** The guest has seen the newest message of somebody else in the open conversation. */
  readNewest(): void;
  /** Stores what is left, and refuses everyone who still waits (C-1). */
  close(): void;
}

/**
 * All of reading behind one door: the order of messages, the marks and their storage, those who wait for
 * `markAsRead()`, and how far others have read.
 */
export function createReading({ transport, storage, clock }: ReadingOptions): Reading {
  const order = new MessageOrder();
  const waiters = new ReadWaiters();
  const keeper =
    storage?.keep({
      clock,
      order,
      participantId: transport.participantId ?? null,
      onAcknowledged: (id, position) => waiters.acknowledge(id, position),
    }) ?? inMemory;
  let attached: Chart | null = null;
  return {
    stored: keeper.stored,
    policies: { unread: order.unread.bind(order), withinKeepalive },
    sendRead: savingFirst(transport, keeper, (conversationId) => {
      const context = attached?.actor.getSnapshot().context;
      return context === undefined || mayStillRead(context, conversationId);
    }),
    attach: (chart) => {
      attached = chart;
      settleWaiters(chart.actor, waiters);
      keeper.attach(chart);
      const peers = new PeerReads(order, transport.participantId);
      return {
        verbs: createReadVerbs(chart, { order, waiters, keeper }),
        order,
        catchUp: () => peers.due().forEach(chart.send),
        read: (told) => keeper.whenLoaded(() => peers.take(told).forEach(chart.send)),
        readElsewhere: (conversationId, messageId) =>
          keeper.whenLoaded(() => peers.takeOwn(conversationId, messageId).forEach(chart.send)),
        readNewest: () => {
          const { conversationId } = chart.actor.getSnapshot().context;
          if (conversationId === null) return;
          keeper.whenLoaded(() => {
            const mark = order.newestOfOthers(conversationId);
            if (mark) chart.send({ type: 'message.viewed', conversationId, mark });
          });
        },
        saveNow: () => keeper.saveNow(),
        close: () => {
          keeper.close();
          waiters.refuseAll(stoppedError());
        },
      };
    },
  };
}
