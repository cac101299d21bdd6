import type { Policies, StoredLedger } from '../../machines/conversation/types.ts';
import type { Clock } from '../shared/clock.ts';
import { stoppedError } from '../shared/refusals.ts';
import type { LedgerStorage } from '../shared/storage.ts';
import type { Transport } from '../shared/transport.ts';
import type { Chart } from './chart.ts';
import { withinKeepalive } from './keepaliveBudget.ts';
import { LedgerKeeper } from './ledgerKeeper.ts';
import { MessageOrder } from './messageOrder.ts';
import { PeerReads } from './peerReads.ts';
import { readReadFrame } from './readFrame.ts';
import { createReadVerbs, type ReadVerbs } from './readVerbs.ts';
import { ReadWaiters, settleWaiters } from './readWaiters.ts';
import { savingFirst } from './savingFirst.ts';

/** What reading is made of. */
export interface ReadingOptions {
  readonly transport: Transport;
  /** Where marks are kept; `null` for memory only. */
  readonly storage: LedgerStorage | null;
  readonly storageKey: string;
  readonly clock: Clock;
}

/** Reading before there is a chart: what the chart is made with. */
export interface Reading {
  /** Marks of an earlier run that are known already. */
  readonly stored: readonly StoredLedger[];
  /** What reading decides for the chart. */
  readonly policies: Pick<Policies, 'unreadAfter' | 'withinKeepalive'>;
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
  /** Takes a frame of the event stream. Returns whether it says how far somebody has read. */
  receive(frame: unknown): boolean;
  /** Stores at once what is due to be stored. */
  saveNow(): void;
  /** Stores what is left, and refuses everyone who still waits (C-1). */
  close(): void;
}

/**
 * All of reading behind one door: the order of messages, the marks and their storage, those who wait for
 * `markAsRead()`, and how far others have read.
 */
export function createReading({ transport, storage, storageKey, clock }: ReadingOptions): Reading {
  const order = new MessageOrder();
  const waiters = new ReadWaiters();
  const keeper = new LedgerKeeper({
    storage,
    storageKey,
    clock,
    order,
    participantId: transport.participantId ?? null,
    onAcknowledged: (id, position) => waiters.acknowledge(id, position),
  });
  return {
    stored: keeper.stored,
    policies: { unreadAfter: order.unreadAfter.bind(order), withinKeepalive },
    sendRead: savingFirst(transport, keeper),
    attach: (chart) => {
      settleWaiters(chart.actor, waiters);
      keeper.attach(chart);
      const peers = new PeerReads(order);
      return {
        verbs: createReadVerbs(chart, { order, waiters, keeper }),
        order,
        catchUp: () => peers.due().forEach(chart.send),
        receive: (frame) => {
          const read = readReadFrame(frame);
          if (read) keeper.whenLoaded(() => peers.take(read).forEach(chart.send));
          return read !== null;
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
