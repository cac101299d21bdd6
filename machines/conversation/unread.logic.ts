import { type Args, base, changing, emitting } from './base.ts';
import type { ConversationEvent } from './events.ts';
import { isAbove, withLedger } from './ledger.logic.ts';
import { withMessage } from './roster.logic.ts';
import type { ConversationContext, Ledger, PeerRead } from './types.ts';

/** How many people's reads are remembered; who read least recently is forgotten first. */
const mostPeers = 200;

/**
 * Up to where a ledger counts as read: what was seen, or only what is acknowledged once the rest cannot be delivered.
 * Where nobody takes marks, seen is read.
 */
function readUpTo(ledger: Ledger, { receipts, capabilities }: ConversationContext): number {
  const { seen, acknowledged, refused, over } = ledger;
  const isLost =
    capabilities.readReceipts &&
    (over || receipts.forbidden || (seen !== null && refused !== null && refused >= seen.position));
  return (isLost ? acknowledged : seen)?.position ?? Number.NEGATIVE_INFINITY;
}

function countOf(ledger: Ledger, context: ConversationContext): number {
  const { conversationId, unreadFrom } = ledger;
  return context.ports.policies?.unread?.(conversationId, readUpTo(ledger, context), unreadFrom) ?? 0;
}

const firstMoved = (context: ConversationContext): Ledger | undefined =>
  context.receipts.ledgers.find((ledger) => countOf(ledger, context) !== ledger.unread);

const isSamePeer = (one: Omit<PeerRead, 'mark'>, other: Omit<PeerRead, 'mark'>): boolean =>
  one.conversationId === other.conversationId && one.participantId === other.participantId;

/** What is known of others' reads with news taken in: each only rises. */
export const withPeers = (peers: readonly PeerRead[], news: readonly PeerRead[]): readonly PeerRead[] =>
  news.reduce<readonly PeerRead[]>((all, peer) => {
    const known = all.find((each) => isSamePeer(each, peer));
    const further = known && known.mark.position >= peer.mark.position ? known : peer;
    return [...all.filter((each) => each !== known), further].slice(-mostPeers);
  }, peers);

/** What counting unread messages and noting others' reads asks. */
export const unreadGuards = {
  unreadMoved: ({ context }: Args) => firstMoved(context) !== undefined,
  peerReadOn: ({ context, event }: Args) => {
    if (event.type !== 'peer.read' || event.participantId === context.participantId) return false;
    const known = context.receipts.peers.find((peer) => isSamePeer(peer, event));
    return isAbove(event.mark, known?.mark ?? null);
  },
};

/** What is noted beside the lane: unread counts, and how far others have read (R-5a). */
export const unreadActions = {
  countUnread: base.enqueueActions(({ context, enqueue }) => {
    const ledger = firstMoved(context);
    if (!ledger) return;
    const { conversationId } = ledger;
    const count = countOf(ledger, context);
    const { receipts } = context;
    enqueue(
      changing({
        receipts: {
          ...receipts,
          ledgers: withLedger(receipts, conversationId, (each) => ({ ...each, unread: count })),
        },
      }),
    );
    enqueue(emitting({ type: 'unread.changed', conversationId, count }));
  }),
  /** Counted at once: a step of the chart's own for each message would cost as much as the message. */
  noteReceived: base.enqueueActions(({ context, event, enqueue }) => {
    if (event.type !== 'message.received') return;
    const { receipts } = context;
    const { conversationId } = event;
    let [before, count] = [0, 0];
    const ledgers = withLedger(receipts, conversationId, (ledger) => {
      [before, count] = [ledger.unread, countOf(ledger, context)];
      return count === before ? ledger : { ...ledger, unread: count };
    });
    enqueue(changing({ receipts: { ...receipts, ledgers }, roster: withMessage({ context, event }) }));
    if (count !== before) enqueue(emitting({ type: 'unread.changed', conversationId, count }));
  }),
  noteUnread: base.assign({
    receipts: ({ context: { receipts }, event }) => {
      if (event.type !== 'unread.requested') return receipts;
      const { conversationId, position } = event;
      const change = (ledger: Ledger) => ({ ...ledger, unreadFrom: position });
      return { ...receipts, ledgers: withLedger(receipts, conversationId, change) };
    },
  }),
  notePeerRead: base.assign({
    receipts: ({ context: { receipts }, event }) => {
      if (event.type !== 'peer.read') return receipts;
      const { conversationId, participantId, mark } = event;
      return { ...receipts, peers: withPeers(receipts.peers, [{ conversationId, participantId, mark }]) };
    },
  }),
  emitMissed: base.emit(({ event }) => ({
    type: 'messages.missed',
    conversationId: (event as Extract<ConversationEvent, { type: 'messages.missed' }>).conversationId,
  })),
  emitPeerRead: base.emit(({ event }) => {
    const { conversationId, participantId, mark } = event as Extract<
      ConversationEvent,
      { type: 'peer.read' }
    >;
    return { type: 'peer.read', conversationId, participantId, ...mark };
  }),
};
