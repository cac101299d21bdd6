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
import { beginVoice, putDown, type Takeover, takeVoice } from './voice.ts';

/** What the guests' messages are told from. */
interface Parts {
  readonly backing: Backing;
  readonly conversations: Conversations;
  readonly openMessaging: OpenMessaging;
  readonly failures: Failures;
  /** How long a message is tried to be told, ms. */
  readonly deliveryTime: number;
  /** What this process is called: no other one of the fleet is, nor was. */
  readonly self: string;
  readonly onTakeover: (takeover: Takeover) => void;
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
  /** What this process has told. */
  readonly told: ToldCounts;
}

/** What a process has told of the guests' messages. */
export interface ToldCounts {
  /** How many it took out of the hands of another process, which had died or fallen silent. */
  readonly takenOver: number;
  /** The longest that one waited to be told, for whatever reason but another one of the same guest's before it, ms. */
  readonly longestWait: number;
  /** The same of those whose answer was lost with their process, so that a receipt was waited for at first, ms. */
  readonly longestUnsureWait: number;
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
/**
 * How long a call that has left and was not answered may still be on its way, ms: what the platform does not have yet may come. And
 * how often it is asked for meanwhile.
 */
const arrivalTime = 15_000;
const arrivalPause = 3000;
/** How long one waits for another voice of the same conversation, ms. */
const turn = 250;
/** Messages of one guest that wait, at most. */
const mostWaiting = 20;

/** Speaks for every conversation with one voice at a time, whichever process it is. */
export function createOutbox(parts: Parts): Outbox {
  const { backing, conversations, log } = parts;
  const refusals = new Map<string, Refusal | undefined>();
  const queue: WorkQueue<{ readonly conversationId: string }> = backing.queue(
    'outbox',
    ({ conversationId }) => speak(conversationId, { isWork: true }),
  );

  const counts = { takenOver: 0, longestWait: 0, longestUnsureWait: 0 };
  const noteTold = ({ keptAt, firstAt, leftAt }: Waiting): void => {
    const which = leftAt === null ? 'longestWait' : 'longestUnsureWait';
    counts[which] = Math.max(counts[which], Date.now() - (firstAt ?? keptAt));
  };
  const noteTakeover = (takeover: Takeover): void => {
    counts.takenOver += 1;
    parts.onTakeover(takeover);
  };

  const speak = async (conversationId: string, { isWork = false } = {}): Promise<void> => {
    if ((await conversations.get(conversationId)).outbox.length === 0) return;
    const lease = await backing.lease(`voice:${conversationId}`, leaseTime);
    if (lease === undefined) throw new Later(turn);
    const turnOf = {
      ...parts,
      lease,
      conversationId,
      isWork,
      onRefusal: noteRefusal,
      onTakeover: noteTakeover,
    };
    try {
      for (;;) {
        const told = await speakOnce(turnOf);
        if (told === undefined) return;
        noteTold(told);
      }
    } catch (error) {
      await asVoice(turnOf, (conversation) => putDown(conversation, parts.self)).catch(() => {});
      throw error;
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
      const kept = await keep(parts, conversationId, messageId, text);
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
    told: counts,
  };
}

const later = (ms: number) => new Promise<false>((resolve) => setTimeout(resolve, ms, false).unref());

function keep(
  { conversations, self }: Parts,
  conversationId: string,
  messageId: string,
  text: string,
): Promise<Kept> {
  return conversations.change(conversationId, (conversation) => {
    const known = placed(conversation, messageId);
    if (known?.message.isRefused) throw undelivered('It was refused before, or given up.');
    if (known !== undefined) return known;
    if (conversation.outbox.length >= mostWaiting) throw tooMany(5);
    const keptAt = Date.now();
    const isFirstOfAll = conversation.outbox.length === 0;
    const sentAt = new Date(keptAt).toISOString();
    const message = { messageId, participantId: conversation.guestId, text, sentAt };
    conversation.outbox.push({
      messageId,
      text,
      keptAt,
      firstAt: isFirstOfAll ? keptAt : null,
      leftAt: null,
      isUnderWay: false,
    });
    beginVoice(conversation, self, keptAt + safetyNet);
    return say(conversation, message);
  });
}

/** One voice of one conversation, for as long as it has the lease. */
interface Turn extends Parts {
  readonly lease: Lease;
  readonly conversationId: string;
  /** Whether its work has come to its turn, and not a guest's call. */
  readonly isWork: boolean;
  readonly onRefusal: (messageId: string, refusal: Refusal, conversationId: string) => void;
}

/** Changes the conversation as its one voice: who has an older fence than somebody before has lost it. */
const asVoice = <Result>(
  { conversations, conversationId, lease }: Turn,
  act: (conversation: Conversation) => Result,
): Promise<Result> =>
  conversations.change(conversationId, (conversation) => {
    if (conversation.fence > lease.fence) throw new Late('Another voice speaks for the conversation.');
    conversation.fence = lease.fence;
    return act(conversation);
  });

const isFirst = (waiting: Waiting | undefined, { messageId }: Waiting): boolean =>
  waiting?.messageId === messageId;

/** What was first is told, or given up. */
function shift(conversation: Conversation, first: Waiting): void {
  if (isFirst(conversation.outbox[0], first)) conversation.outbox.shift();
  const [next] = conversation.outbox;
  if (next === undefined) conversation.voice = null;
  else next.firstAt ??= Date.now();
}

/** Tells the platform the first message that waits, and returns it; undefined where none does. */
async function speakOnce(turnOf: Turn): Promise<Waiting | undefined> {
  const { openMessaging, deliveryTime, lease, conversationId, isWork, self } = turnOf;
  const change = <Result>(act: (conversation: Conversation) => Result) => asVoice(turnOf, act);

  if (lease.left() < leaseTime / 2) await lease.extend();
  const { first, guestId, platformId, takeover } = await change((conversation) => ({
    takeover: takeVoice(conversation, self, { left: lease.left(), isWork }),
    ...conversation,
    first: conversation.outbox[0],
  }));
  if (takeover !== undefined) turnOf.onTakeover(takeover);
  if (first === undefined) return undefined;
  let isLeaving = false;
  try {
    if (first.leftAt !== null && platformId === null && Date.now() - first.leftAt < receiptTime)
      throw new Later(receiptPause);
    const found =
      first.leftAt !== null && platformId !== null
        ? await openMessaging.find(platformId, first.messageId)
        : undefined;
    if (found === undefined && first.isUnderWay && Date.now() - (first.leftAt ?? 0) < arrivalTime)
      throw new Later(arrivalPause);
    const sent =
      found ??
      (await openMessaging.message(guestId, first.messageId, first.text, {
        mayLeave: (attemptTime) => lease.left() > attemptTime,
        beforehand: () =>
          change(({ outbox: [waiting] }) => {
            if (waiting === undefined || !isFirst(waiting, first)) throw new Late('It has been told.');
            waiting.leftAt = Date.now();
            waiting.isUnderWay = true;
            isLeaving = true;
          }),
      }));
    isLeaving = false;
    await change((conversation) => {
      shift(conversation, first);
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
      await change((conversation) => {
        shift(conversation, first);
        const refused = conversation.messages.find(({ messageId }) => messageId === first.messageId);
        if (refused !== undefined) refused.isRefused = true;
      });
      turnOf.onRefusal(first.messageId, refusal, conversationId);
      return first;
    }
    // A question about it that was refused says nothing of the message itself.
    if (isLeaving && !(error instanceof PlatformRefusal && error.isUnsure && error.answer === undefined)) {
      const isUnsure = error instanceof PlatformRefusal && error.isUnsure;
      await change(({ outbox: [waiting] }) => {
        if (waiting === undefined || !isFirst(waiting, first)) return;
        waiting.isUnderWay = false;
        if (!isUnsure) waiting.leftAt = null;
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
