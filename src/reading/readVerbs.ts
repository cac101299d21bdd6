import type { ConversationContext, Ledger, Mark } from '../../machines/conversation/types.ts';
import { invalidOption } from '../shared/errors.ts';
import { checkMessageId } from '../shared/validate.ts';
import type { Chart } from './chart.ts';
import type { Keeper } from './keeper.ts';
import type { MessageOrder } from './messageOrder.ts';
import type { ReadWaiters } from './readWaiters.ts';
import { alreadyRefused, checkReadable, noReceipts, notShared, notStarted } from './refusals.ts';

/** The verbs of a conversation that are about reading. */
export interface ReadVerbs {
  /**
   * The guest saw this message. Throws `unknown-message` when nobody ever told of it. Nothing follows where they
   * wrote it themselves, or where it was removed.
   * @example
   * conversation.viewed(messageId);
   */
  viewed(messageId: string): void;
  /**
   * The guest saw these messages, in any order: one event for all of them, with the newest that somebody else
   * wrote. Ids that were never told and messages of the guest's own are passed over, and so is everything while
   * nothing is open: whoever observes a list meets all of these. Throws `invalid-option` for what is no list
   * of text.
   * @example
   * conversation.seen(['m1', 'm2']); // whatever an observer of the list has just met
   */
  seen(messageIds: Iterable<string>): void;
  /**
   * Reports the conversation as read up to a message, or without an id up to the newest of somebody else that was
   * told; where none was, up to now. Up to a message of the guest's own means up to the newest of somebody
   * else below it. Resolves when a call that covers it was accepted; rejects with a
   * `ConversationError` when that can no longer happen.
   * Over a transport without read receipts the mark is noted locally, and the promise rejects with
   * `unsupported`: nobody was told; with `not-shared` where the guest wants nobody told. Before `start()` the mark is kept for it, and the promise rejects with
   * `not-started`. May be left unawaited. Never throws: what is no id rejects with `invalid-option`.
   * @example
   * await conversation.markAsRead(messageId);
   */
  markAsRead(messageId?: string): Promise<void>;
  /**
   * Counts messages as unread again, from this one on; without an id, the newest of somebody else. For the
   * guest's own list only: nobody is told, and what was acknowledged stays so. Ends when something newer is
   * seen, or with `markAsRead()`. Throws `unknown-message`.
   * @example
   * conversation.markAsUnread(messageId); // “remind me”: for the guest's own list
   */
  markAsUnread(messageId?: string): void;
  /**
   * Who else has read a message of the open conversation, as far as their reads were told: participant ids. Kept
   * over a reload where there is a `storage`. Throws `no-conversation`, or `unknown-message` where the message was
   * never told.
   * @example
   * const isSeen = conversation.readBy(messageId).length > 0; // shows a tick
   */
  readBy(messageId: string): readonly string[];
  /** How many known messages of others in the open conversation are newer than what was seen. */
  readonly unread: number;
  /**
   * The page may be going: every pending mark leaves at once, in calls that outlive it, as far as the 64 KiB
   * that platforms allow reach; the rest stays in the ledger, and is stored. Nothing leaves that a rate limit, a
   * rejected token or a lost network holds back.
   * @example
   * addEventListener('beforeunload', () => conversation.flush());
   */
  flush(): void;
}

interface Parts {
  readonly order: MessageOrder;
  readonly waiters: ReadWaiters;
  readonly keeper: Keeper;
}

/** The {@link ReadVerbs} that are made late: how many are unread is asked of a handle that has none of them as well. */
export type LateReadVerbs = Omit<ReadVerbs, 'unread'>;

/** Makes {@link LateReadVerbs}. */
export function createReadVerbs(chart: Chart, parts: Parts): LateReadVerbs {
  const { actor } = chart;
  const { order, keeper } = parts;
  const markAsRead = markAsReadOf(chart, parts);

  /**
   * Goes on with the place of a message, or of the newest of somebody else: at once, or once the storage was
   * read, which may have moved it.
   */
  const whenPlaced = (
    conversationId: string,
    messageId: string | undefined,
    goOn: (position: number) => void,
  ): void => {
    const goOnAt = (position: number | undefined): void => {
      if (position !== undefined) goOn(position);
    };
    const newest = () => order.newestOfOthers(conversationId)?.position;
    const told = messageId === undefined ? newest() : order.positionOf(conversationId, messageId);
    const again = () => (messageId === undefined ? newest() : order.find(conversationId, messageId));
    if (keeper.isLoading) keeper.whenLoaded(() => goOnAt(again()));
    else goOnAt(told);
  };

  return {
    viewed: (messageId) => {
      checkMessageId('messageId', messageId);
      const conversationId = chart.openId();
      if (order.isRemoved(conversationId, messageId)) return;
      whenPlaced(conversationId, messageId, (position) => {
        if (order.isOwn(conversationId, messageId)) return;
        chart.send({ type: 'message.viewed', conversationId, mark: { position, messageId } });
      });
    },
    seen: (messageIds) => {
      const ids = checkIds(messageIds);
      const { conversationId } = actor.getSnapshot().context;
      if (conversationId === null) return;
      keeper.whenLoaded(() => {
        const mark = order.newestOfOthersAmong(conversationId, ids);
        if (mark) chart.send({ type: 'message.viewed', conversationId, mark });
      });
    },
    markAsRead: (messageId) => {
      const reading = markAsRead(messageId);
      // May be left unawaited; but a mistake of the program itself is not to go unseen.
      if (isFine(messageId)) reading.catch(() => {});
      return reading;
    },
    markAsUnread: (messageId) => {
      if (messageId !== undefined) checkMessageId('messageId', messageId);
      const conversationId = chart.openId();
      whenPlaced(conversationId, messageId, (position) =>
        chart.send({ type: 'unread.requested', conversationId, position }),
      );
    },
    readBy: (messageId) => {
      const conversationId = chart.openId();
      const position = order.positionOf(conversationId, checkMessageId('messageId', messageId));
      return actor
        .getSnapshot()
        .context.receipts.peers.filter(
          (peer) => peer.conversationId === conversationId && peer.mark.position >= position,
        )
        .map(({ participantId }) => participantId);
    },
    flush: () => {
      chart.send({ type: 'flush.requested' });
      keeper.saveNow();
    },
  };
}

/** A list of text; which of them are messages is not asked. */
function checkIds(messageIds: unknown): readonly string[] {
  const isList = typeof messageIds === 'object' && messageIds !== null && Symbol.iterator in messageIds;
  const ids: readonly unknown[] = isList ? [...(messageIds as Iterable<unknown>)] : [undefined];
  if (!ids.every((id): id is string => typeof id === 'string')) {
    throw invalidOption('messageIds', 'a list of message ids, each a string', messageIds);
  }
  return ids;
}

/** Whether an id, where one is given, is one. */
function isFine(messageId: unknown): boolean {
  try {
    return messageId === undefined || checkMessageId('messageId', messageId) !== '';
  } catch {
    return false;
  }
}

/** `markAsRead`: everything that can be wrong rejects. */
function markAsReadOf(
  chart: Chart,
  { order, waiters, keeper }: Parts,
): (messageId: string | undefined) => Promise<void> {
  const { actor } = chart;
  const request = async (conversationId: string, messageId: string | undefined): Promise<void> => {
    checkReadable(actor.getSnapshot());
    const mark = markUpTo(order, conversationId, messageId);
    if (mark === null) return;
    const { position } = mark;
    const ask = (): void => chart.send({ type: 'read.requested', conversationId, mark });
    const { context } = actor.getSnapshot();
    if (!context.capabilities.readReceipts) {
      ask();
      throw noReceipts();
    }
    if (!chart.isStarted()) {
      ask();
      throw notStarted();
    }
    const ledger = ledgerIn(context, conversationId);
    if (ledger?.acknowledged && ledger.acknowledged.position >= position) {
      if (ledger.unreadFrom !== null) ask();
      return;
    }
    if (ledger && ledger.refused !== null && ledger.refused >= position) throw alreadyRefused();
    if (!context.receipts.isShared) {
      ask();
      throw notShared();
    }
    const acknowledged = waiters.wait(conversationId, position);
    ask();
    return acknowledged;
  };

  return async (messageId) => {
    if (messageId !== undefined) checkMessageId('messageId', messageId);
    checkReadable(actor.getSnapshot());
    const conversationId = chart.openId();
    if (messageId !== undefined) order.positionOf(conversationId, messageId);
    return new Promise((resolve) => keeper.whenLoaded(() => resolve(request(conversationId, messageId))));
  };
}

/** Up to where is meant; `null` where that is nothing: a message of the guest's own is no mark. */
function markUpTo(order: MessageOrder, conversationId: string, messageId: string | undefined): Mark | null {
  if (messageId === undefined) return order.upToNow(conversationId);
  const position = order.positionOf(conversationId, messageId);
  return order.isOwn(conversationId, messageId)
    ? order.newestOfOthers(conversationId, position)
    : { position, messageId };
}

/** How many known messages of others in the open conversation are newer than what was seen. */
export const unreadIn = (context: Pick<ConversationContext, 'conversationId' | 'receipts'>): number =>
  ledgerIn(context, context.conversationId)?.unread ?? 0;

const ledgerIn = (
  { receipts }: Pick<ConversationContext, 'receipts'>,
  conversationId: string | null,
): Ledger | undefined => receipts.ledgers.find((each) => each.conversationId === conversationId);
