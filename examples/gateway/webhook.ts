import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { type Backing, Later } from './backing/backing.ts';
import { wordsOf } from './content.ts';
import {
  agentId,
  type Conversation,
  type Conversations,
  type Kept,
  mostTaken,
  placed,
  say,
} from './conversations.ts';
import { type Failures, reasonOf } from './failures.ts';
import type { Streams } from './streams.ts';

/** What webhooks are served from. */
interface Parts {
  readonly backing: Backing;
  readonly conversations: Conversations;
  readonly streams: Streams;
  readonly failures: Failures;
  readonly webhookSecret: string;
  readonly log: (line: string) => void;
}

/** A webhook, as far as this gateway reads it. */
interface Hook {
  readonly id?: string;
  readonly type?: 'Text' | 'Structured' | 'Event' | 'Receipt';
  readonly text?: unknown;
  readonly content?: unknown;
  /** Of a receipt: what became of a message of the guest's, and why. */
  readonly status?: unknown;
  readonly reasons?: unknown;
  readonly conversationId?: string;
  readonly channel?: { readonly to?: { readonly id?: string }; readonly time?: string };
  readonly events?: readonly {
    readonly eventType?: string;
    readonly typing?: { readonly duration?: number };
  }[];
}

/** A webhook and when it came, ms. */
interface Taken {
  readonly hook: Hook;
  readonly at: number;
}

/** How long a webhook waits until it is kept, ms; who sent it is then asked to send it again. */
const patience = 75;

/** How much the platform's clock may differ from ours, ms. */
const clockDifference = 10_000;

/** How long Genesys tries to send a webhook, ms, and a good measure more. */
const retryTime = 600_000;

/** How long a receipt waits for the message that it is about, ms. */
const receiptPatience = 30_000;

/** How often a refused webhook is complained of at most, ms. */
const complaintTime = 60_000;

/** How long an indicator is shown of which a webhook does not say it, ms. */
const typingDuration = 5000;

/**
 * Adds the address that the integration's webhooks go to. A signature is checked over the bytes as they came, in constant
 * time. It is answered with 200 as soon as it is kept, and the work is done behind the answer. What takes longer to be kept is
 * answered with 503, upon which Genesys sends it again; it may be kept all the same by then, and twice is once.
 */
export function installWebhook(app: FastifyInstance, parts: Parts): void {
  const queue = parts.backing.queue<Taken>('webhooks', ({ hook, at }) => take(parts, hook, Date.now() - at));
  let quietUntil = 0;
  /** An administrator has to learn of a wrong secret, and who knocks often must not fill the log. */
  const complain = (): void => {
    if (Date.now() < quietUntil) return;
    quietUntil = Date.now() + complaintTime;
    parts.log('webhook: refused, since its signature is not by the secret of this gateway.');
  };
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, async (_request: unknown, bytes: Buffer) => bytes);
    scope.post('/genesys/webhook', async (request, reply) => {
      const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      if (!isSigned(bytes, request.headers['x-hub-signature-256'], parts.webhookSecret)) {
        complain();
        return reply.code(403).send({ message: 'The signature is not ours.' });
      }
      const hook = hookIn(bytes);
      if (hook === undefined)
        return reply.code(400).send({ message: 'This is no webhook of Open Messaging.' });
      const isKept = queue.add(idOf(bytes), { hook, at: Date.now() }).then(
        () => true,
        () => false,
      );
      const isLate = new Promise<false>((resolve) => setTimeout(resolve, patience, false).unref());
      if (await Promise.race([isKept, isLate])) return reply.code(200).send();
      return reply
        .code(503)
        .header('retry-after', 1)
        .send({ message: 'It could not be kept; send it again.' });
    });
  });
}

/** The same for the same bytes: a retry that comes while the first one still waits is no work of its own. */
const idOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64url');

function isSigned(bytes: Buffer, header: string | string[] | undefined, secret: string): boolean {
  const due = Buffer.from(`sha256=${createHmac('sha256', secret).update(bytes).digest('base64')}`);
  const given = Buffer.from(typeof header === 'string' ? header : '');
  return given.length === due.length && timingSafeEqual(given, due);
}

function hookIn(bytes: Buffer): Hook | undefined {
  try {
    const hook: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof hook === 'object' && hook !== null ? (hook as Hook) : undefined;
  } catch {
    return undefined;
  }
}

async function take(parts: Parts, hook: Hook, age: number): Promise<void> {
  const guestId = hook.channel?.to?.id;
  const conversationId = guestId === undefined ? undefined : await parts.conversations.of(guestId);
  if (guestId === undefined || conversationId === undefined)
    return parts.log('webhook: for a guest who is not ours.');
  if (hook.type === 'Event') return tellTyping(parts, conversationId, hook, age);
  if (hook.type === 'Receipt') return takeReceipt(parts, conversationId, hook, age);
  if (hook.type !== 'Text' && hook.type !== 'Structured') return;
  const kept = await keep(parts, conversationId, hook);
  // Who is not there reads it from the history later.
  if (kept !== undefined) await parts.streams.tellMessage(conversationId, kept.message, kept.place);
}

/**
 * Puts a message into its conversation, once: webhooks are sent again, and the pair of id and time is what is unique. What was
 * taken before is told again all the same: nobody knows whether the process that took it has told it.
 */
function keep({ conversations, log }: Parts, conversationId: string, hook: Hook): Promise<Kept | undefined> {
  const { id = '', type, channel } = hook;
  const text = wordsOf(hook.text, hook.content);
  const sentAt = channel?.time ?? new Date().toISOString();
  return conversations.change(conversationId, (conversation) => {
    const mark = `${id} ${type} ${sentAt}`;
    if (id === '') return undefined;
    if (conversation.taken.includes(mark)) return placed(conversation, id);
    if (isForgotten(conversation, sentAt)) {
      log('webhook: older than all that is remembered; taken for a replay.');
      return undefined;
    }
    conversation.taken.push(mark);
    conversation.platformId = hook.conversationId ?? conversation.platformId;
    conversation.isLive = true;
    return say(conversation, { messageId: id, participantId: agentId, text, sentAt });
  });
}

/** Whether a webhook is too old to be known for one that was taken; Genesys itself gives one up after 85 s. */
function isForgotten({ taken }: Conversation, sentAt: string): boolean {
  if (taken.length < mostTaken) return false;
  const times = taken.map((mark) => Date.parse(mark.slice(mark.lastIndexOf(' ') + 1)));
  return Date.parse(sentAt) < Math.min(...times.filter((time) => !Number.isNaN(time))) - retryTime;
}

/** What became of a message of the guest's. That it was published is what the guest takes for granted. */
async function takeReceipt(parts: Parts, conversationId: string, hook: Hook, age: number): Promise<void> {
  await noteConversation(parts, conversationId, hook);
  if (hook.status !== 'Failed' && hook.status !== 'Read') return;
  const { messages } = await parts.conversations.get(conversationId);
  const message = messages.find(({ platformMessageId }) => platformMessageId === hook.id);
  if (message === undefined) {
    // It may be faster than the answer to the call that brought the message.
    if (age < receiptPatience) throw new Later(500);
    return parts.log('webhook: a receipt for a message that is not known.');
  }
  const { messageId } = message;
  if (hook.status === 'Failed') {
    return parts.failures.tell(conversationId, messageId, reasonOf(hook.reasons));
  }
  const isNew = await parts.conversations.change(conversationId, (conversation) => {
    const placeOf = (id = '') => placed(conversation, id)?.place ?? 0;
    if (placeOf(messageId) <= placeOf(conversation.reads[agentId])) return false;
    conversation.reads[agentId] = messageId;
    return true;
  });
  const read = { type: 'conversation:read', conversationId, participantId: agentId, messageId };
  if (isNew) await parts.streams.tell(conversationId, read);
}

/** A receipt of a message whose answer was lost says in which conversation the platform can be asked for it. */
function noteConversation({ conversations }: Parts, conversationId: string, hook: Hook): Promise<void> {
  return conversations.change(conversationId, (conversation) => {
    if (conversation.outbox[0] !== undefined && conversation.outbox[0].leftAt !== null)
      conversation.platformId = hook.conversationId ?? conversation.platformId;
  });
}

async function tellTyping(
  { streams }: Parts,
  conversationId: string,
  { events, channel }: Hook,
  age: number,
): Promise<void> {
  const typing = events?.find(({ eventType }) => eventType === 'Typing')?.typing;
  if (typing === undefined) return;
  const lasts = typing.duration ?? typingDuration;
  const duration = lasts - age;
  const saidAt = Date.parse(channel?.time ?? '');
  // What has waited for so long, here or on its way, is not true any more; a replay is not either.
  if (duration <= 0 || Date.now() - saidAt > lasts + clockDifference) return;
  const frame = {
    type: 'conversation:typing',
    conversationId,
    participantId: agentId,
    isTyping: true,
    duration,
  };
  await streams.tell(conversationId, {
    ...frame,
    ...(channel?.time !== undefined && { sentAt: channel.time }),
  });
}
