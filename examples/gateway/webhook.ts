import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { agentId, type Conversations, type Message } from './conversations.ts';
import type { OpenMessaging } from './openMessaging.ts';
import type { Streams } from './streams.ts';

/** What webhooks are served from. */
interface Parts {
  readonly conversations: Conversations;
  readonly streams: Streams;
  readonly openMessaging: OpenMessaging;
  readonly webhookSecret: string;
  readonly log: (line: string) => void;
}

/** A webhook, as far as this gateway reads it. */
interface Hook {
  readonly id?: string;
  readonly type?: 'Text' | 'Structured' | 'Event' | 'Receipt';
  readonly text?: string;
  readonly conversationId?: string;
  readonly channel?: { readonly to?: { readonly id?: string }; readonly time?: string };
  readonly events?: readonly {
    readonly eventType?: string;
    readonly typing?: { readonly duration?: number };
  }[];
}

/** How long an indicator is shown of which a webhook does not say it, ms. */
const typingDuration = 5000;

/**
 * Adds the address that the integration's webhooks go to. A signature is checked over the bytes as they came, in constant
 * time; then it is answered at once, and the work is done behind the answer.
 */
export function installWebhook(app: FastifyInstance, parts: Parts): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, async (_request: unknown, bytes: Buffer) => bytes);
    scope.post('/genesys/webhook', async (request, reply) => {
      const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      if (!isSigned(bytes, request.headers['x-hub-signature-256'], parts.webhookSecret)) {
        return reply.code(403).send({ message: 'The signature is not ours.' });
      }
      const hook = hookIn(bytes);
      if (hook === undefined)
        return reply.code(400).send({ message: 'This is no webhook of Open Messaging.' });
      setImmediate(() => {
        take(parts, hook).catch((error: unknown) =>
          parts.log(`webhook: ${error instanceof Error ? error.name : 'lost'}.`),
        );
      });
      return reply.code(200).send();
    });
  });
}

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

async function take(parts: Parts, hook: Hook): Promise<void> {
  const guestId = hook.channel?.to?.id;
  const conversationId = guestId === undefined ? undefined : await parts.conversations.of(guestId);
  if (guestId === undefined || conversationId === undefined)
    return parts.log('webhook: for a guest who is not ours.');
  if (hook.type === 'Event') return tellTyping(parts, conversationId, hook);
  if (hook.type !== 'Text' && hook.type !== 'Structured') return;
  const message = await keep(parts, conversationId, hook);
  if (message === undefined) return;
  const isThere = await parts.streams.tell(conversationId, {
    type: 'conversation:message',
    conversationId,
    ...message,
  });
  // Who is not there reads it from the history later; it has been delivered when a stream of theirs has it.
  if (isThere) await parts.openMessaging.receipt(guestId, message.messageId, 'Delivered');
}

/** Puts a message into its conversation, once: webhooks are sent again, and the pair of id and time is what is unique. */
function keep(parts: Parts, conversationId: string, hook: Hook): Promise<Message | undefined> {
  const { id = '', type, text = '', channel } = hook;
  const sentAt = channel?.time ?? new Date().toISOString();
  return parts.conversations.change(conversationId, (conversation) => {
    const mark = `${id} ${type} ${sentAt}`;
    if (id === '' || conversation.taken.includes(mark)) return undefined;
    conversation.taken.push(mark);
    conversation.platformId = hook.conversationId ?? conversation.platformId;
    conversation.isLive = true;
    const message = { messageId: id, participantId: agentId, text, sentAt };
    conversation.messages.push(message);
    return message;
  });
}

async function tellTyping(
  { streams }: Parts,
  conversationId: string,
  { events, channel }: Hook,
): Promise<void> {
  const typing = events?.find(({ eventType }) => eventType === 'Typing')?.typing;
  if (typing === undefined) return;
  await streams.tell(conversationId, {
    type: 'conversation:typing',
    conversationId,
    participantId: agentId,
    isTyping: true,
    duration: typing.duration ?? typingDuration,
    ...(channel?.time !== undefined && { sentAt: channel.time }),
  });
}
