import { v4 as uuid } from 'uuid';
import { type Backing, Later, type Lease, type WorkQueue } from './backing/backing.ts';
import {
  type Conversation,
  type Conversations,
  type Kept,
  placed,
  say,
  type Waiting,
} from './conversations.ts';
import type { Failures } from './failures.ts';
import { type OpenMessaging, Untraceable } from './openMessaging.ts';
import { Late, PlatformRefusal } from './platform.ts';
import { Refusal, tooMany } from './refusal.ts';

/** What the guests' messages are told from. */
interface Parts {
  readonly backing: Backing;
  readonly conversations: Conversations;
  readonly openMessaging: OpenMessaging;
  readonly failures: Failures;
  /** How long a message is tried to be told, ms. */
  readonly deliveryTime: number;
  readonly log: (line: string) => void;
}

/** Tells the platform what guests write: each message once, in order, and not at all before it is kept. */
export interface Outbox {
  /**
   * Keeps a message and has it told. Resolves when the platform has it, or when it is kept and the platform takes its time.
   * Rejects with a `Refusal`; the same `messageId` again is the same message.
   */
  post(conversationId: string, messageId: string, text: string): Promise<Kept>;
  /** How many messages wait. */
  waiting(): Promise<number>;
  /** The messages that another process had kept and not told. */
  readonly takenOver: TakenOver;
}

/** Messages that one process told in the place of another. */
export interface TakenOver {
  /** How many. */
  readonly count: number;
  /** How long the longest of them waited, ms. */
  readonly longest: number;
  /** The same of those whose answer was lost with their process, so that a receipt was waited for at first, ms. */
  readonly longestUnsure: number;
}

/** How long one voice speaks for a conversation before it has to ask again, ms; a call of 5 s at most fits in. */
const leaseTime = 8000;
/** How long a guest waits for the platform's word, ms; then it is enough that the message is kept. */
const patience = 2000;
/** When somebody else looks after a message that was kept, ms, should the process that kept it be gone. */
const safetyNet = 3000;
/**
 * How long a message whose answer was lost waits for its receipt where it may have begun a conversation that nobody has heard of,
 * ms: as long as Genesys sends a webhook again. And how often that is looked at.
 */
export const receiptTime = 90_000;
const receiptPause = 1000;
/** How long one waits for another voice of the same conversation, ms. */
const turn = 250;
/** Messages of one guest that wait, at most. */
const mostWaiting = 20;

/** Speaks for every conversation with one voice at a time, whichever process it is. */
export function createOutbox(parts: Parts): Outbox {
  const { backing, conversations, log } = parts;
  const self = uuid();
  const refusals = new Map<string, Refusal | undefined>();
  const queue: WorkQueue<{ readonly conversationId: string }> = backing.queue(
    'outbox',
    ({ conversationId }) => speak(conversationId, noteTakeover),
  );

  const takenOver = { count: 0, longest: 0, longestUnsure: 0 };
  const noteTakeover = ({ keptAt, keptBy, leftAt }: Waiting): void => {
    if (keptBy === self) return;
    takenOver.count += 1;
    const which = leftAt === null ? 'longest' : 'longestUnsure';
    takenOver[which] = Math.max(takenOver[which], Date.now() - keptAt);
  };

  const speak = async (conversationId: string, onTold: (told: Waiting) => void = () => {}): Promise<void> => {
    if ((await conversations.get(conversationId)).outbox.length === 0) return;
    const lease = await backing.lease(`voice:${conversationId}`, leaseTime);
    if (lease === undefined) throw new Later(turn);
    try {
      for (let told: Waiting | undefined; ; onTold(told)) {
        told = await speakOnce(parts, lease, conversationId, noteRefusal);
        if (told === undefined) return;
      }
    } finally {
      await lease.release().catch(() => {});
    }
  };

  /** Whoever waits for the message is told by the answer, everybody else later. */
  const noteRefusal = (messageId: string, refusal: Refusal, conversationId: string): void => {
    if (refusals.has(messageId)) return void refusals.set(messageId, refusal);
    log(`message: refused with ${refusal.status} after it was kept.`);
    parts.failures
      .tell(conversationId, messageId, refusal.message)
      .catch(() => log('message: its guest could not be told that it was refused.'));
  };

  /** Speaks while a guest waits for it; what does not work now is left to the queue. */
  const speakFor = async (conversationId: string): Promise<boolean> => {
    const end = Date.now() + patience;
    for (;;) {
      try {
        await speak(conversationId);
        return true;
      } catch (error) {
        const isTurn = error instanceof Later && error.after === turn;
        if (!isTurn || Date.now() + turn > end) return false;
        await new Promise((resolve) => setTimeout(resolve, turn));
      }
    }
  };

  return {
    post: async (conversationId, messageId, text) => {
      const kept = await keep(conversations, conversationId, { messageId, text, keptBy: self });
      await queue.add(messageId, { conversationId }, safetyNet);
      refusals.set(messageId, undefined);
      try {
        const isDone = await Promise.race([speakFor(conversationId), later(patience)]);
        if (isDone) await queue.remove(messageId).catch(() => {});
        const refusal = refusals.get(messageId);
        if (refusal !== undefined) throw refusal;
        return kept;
      } finally {
        refusals.delete(messageId);
      }
    },
    waiting: () => queue.waiting(),
    takenOver,
  };
}

const later = (ms: number) => new Promise<false>((resolve) => setTimeout(resolve, ms, false).unref());

function keep(
  conversations: Conversations,
  conversationId: string,
  { messageId, text, keptBy }: Pick<Waiting, 'messageId' | 'text' | 'keptBy'>,
): Promise<Kept> {
  return conversations.change(conversationId, (conversation) => {
    const known = placed(conversation, messageId);
    if (known?.message.isRefused) throw undelivered('It was refused before, or given up.');
    if (known !== undefined) return known;
    if (conversation.outbox.length >= mostWaiting) throw tooMany(5);
    const keptAt = Date.now();
    const sentAt = new Date(keptAt).toISOString();
    const message = { messageId, participantId: conversation.guestId, text, sentAt };
    conversation.outbox.push({ messageId, text, keptBy, keptAt, leftAt: null });
    return say(conversation, message);
  });
}

/** Tells the platform the first message that waits, and returns it; undefined where none does. */
async function speakOnce(
  { conversations, openMessaging, deliveryTime }: Parts,
  lease: Lease,
  conversationId: string,
  onRefusal: (messageId: string, refusal: Refusal, conversationId: string) => void,
): Promise<Waiting | undefined> {
  /** Changes the conversation as its one voice: who has an older fence than somebody before has lost it. */
  const asVoice = <Result>(act: (conversation: Conversation) => Result): Promise<Result> =>
    conversations.change(conversationId, (conversation) => {
      if (conversation.fence > lease.fence) throw new Late('Another voice speaks for the conversation.');
      conversation.fence = lease.fence;
      return act(conversation);
    });
  const isFirst = (waiting: Waiting | undefined, { messageId }: Waiting): boolean =>
    waiting?.messageId === messageId;

  const { first, guestId, platformId } = await asVoice((conversation) => ({
    ...conversation,
    first: conversation.outbox[0],
  }));
  if (first === undefined) return undefined;
  if (lease.left() < leaseTime / 2) await lease.extend();
  let isLeaving = false;
  try {
    if (first.leftAt !== null && platformId === null && Date.now() - first.leftAt < receiptTime)
      throw new Later(receiptPause);
    const sent =
      (first.leftAt !== null && platformId !== null
        ? await openMessaging.find(platformId, first.messageId)
        : undefined) ??
      (await openMessaging.message(guestId, first.messageId, first.text, {
        mayLeave: (attemptTime) => lease.left() > attemptTime,
        beforehand: () =>
          asVoice(({ outbox: [waiting] }) => {
            if (waiting === undefined || !isFirst(waiting, first)) throw new Late('It has been told.');
            waiting.leftAt = Date.now();
            isLeaving = true;
          }),
      }));
    await asVoice((conversation) => {
      if (isFirst(conversation.outbox[0], first)) conversation.outbox.shift();
      const message = placed(conversation, first.messageId)?.message;
      if (message !== undefined) message.platformMessageId = sent.id;
      // The platform says in which conversation it stands: after an end it may be another one.
      conversation.platformId = sent.conversationId ?? conversation.platformId;
      conversation.isLive = true;
    });
    return first;
  } catch (error) {
    const refusal = whyGivenUp(error, first, deliveryTime);
    if (refusal !== undefined) {
      await asVoice(({ outbox, messages }) => {
        if (isFirst(outbox[0], first)) outbox.shift();
        const refused = messages.find(({ messageId }) => messageId === first.messageId);
        if (refused !== undefined) refused.isRefused = true;
      });
      onRefusal(first.messageId, refusal, conversationId);
      return first;
    }
    // A question about it that was refused says nothing of the message itself.
    if (isLeaving && error instanceof PlatformRefusal && !error.isUnsure) {
      await asVoice(({ outbox: [waiting] }) => {
        if (waiting !== undefined && isFirst(waiting, first)) waiting.leftAt = null;
      });
    }
    if (error instanceof Late) throw new Later(turn);
    if (error instanceof Refusal && error.status === 429)
      throw new Later((error.retryAfter ?? 1) * 1000, { isForAll: true });
    throw error;
  }
}

/** Why a message is given up; undefined where it is told again. */
function whyGivenUp(error: unknown, { keptAt }: Waiting, deliveryTime: number): Refusal | undefined {
  if (error instanceof Untraceable) {
    return undelivered('Genesys Cloud does not say what became of it; it may have arrived.');
  }
  if (!(error instanceof Refusal)) return undefined;
  if (error instanceof PlatformRefusal && isNo(error.status)) return error;
  return Date.now() - keptAt > deliveryTime
    ? undelivered('Genesys Cloud has not confirmed it for too long; it may have arrived.')
    : undefined;
}

/** Whether a message will never be taken, whoever tells it again. */
const isNo = (status: number): boolean => status === 400 || status === 409 || status === 413;

/** The refusal of a message that nobody tries to tell any more. */
const undelivered = (reason: string): Refusal => new Refusal(422, 'message.undelivered', reason);
