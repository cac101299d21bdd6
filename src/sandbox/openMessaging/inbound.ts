import type { FastifyReply, FastifyRequest } from 'fastify';
import { v4 as uuid } from 'uuid';
import { type Conversations, longestText } from '../conversations/conversations.ts';
import { requireBearer } from '../http/bearer.ts';
import { bodyOf } from '../http/body.ts';
import type { Answer } from '../http/calls.ts';
import type { Tokens } from '../rest/tokens.ts';
import type { SandboxClock } from '../shared/clock.ts';
import { ContractError, rateLimitMessage } from '../shared/contractError.ts';
import { RateLimiter } from '../shared/rateLimit.ts';
import type { Guests } from './guests.ts';
import { checkBody, type InboundKind } from './schemas.ts';
import type { OpenMessagingSettings } from './settings.ts';

/** A body that its schema has found right, as far as the sandbox looks at it. */
interface InboundBody {
  readonly channel: {
    readonly from?: { readonly id: string };
    readonly to?: { readonly id: string };
    readonly time: string;
    readonly messageId?: string;
  };
  readonly text?: string;
  readonly content?: unknown[];
  readonly metadata?: Record<string, string>;
  readonly id?: string;
  readonly status?: 'Sent' | 'Delivered' | 'Failed' | 'Published' | 'Removed';
  readonly reasons?: unknown[];
  readonly isFinalReceipt?: boolean;
  readonly buttonResponse?: { readonly text: string };
}

/** The calls by which a gateway tells Genesys Cloud what its guests do. */
export class Inbound {
  readonly #integrationId: string;
  readonly #tokens: Tokens;
  readonly #conversations: Conversations;
  readonly #guests: Guests;
  readonly #settings: () => OpenMessagingSettings;
  readonly #limiter: RateLimiter;
  readonly #providerIds = new Map<string, string>();

  constructor(parts: {
    readonly clock: SandboxClock;
    readonly integrationId: string;
    readonly tokens: Tokens;
    readonly conversations: Conversations;
    readonly guests: Guests;
    readonly settings: () => OpenMessagingSettings;
  }) {
    this.#integrationId = parts.integrationId;
    this.#tokens = parts.tokens;
    this.#conversations = parts.conversations;
    this.#guests = parts.guests;
    this.#settings = parts.settings;
    this.#limiter = new RateLimiter(parts.clock, { calls: 300, window: 60_000 });
  }

  /** Checks who calls, how often, and what: every call of the platform goes through it. */
  admit(request: FastifyRequest): void {
    const bearer = requireBearer(request, (token) => this.#tokens.bearer(token));
    if (bearer.kind !== 'bot') {
      throw new ContractError(403, 'missing.permissions', 'The client needs conversation:message:receive.');
    }
    this.#limit();
    const { integrationId } = request.params as { integrationId?: string };
    if (integrationId !== undefined && integrationId !== this.#integrationId) {
      throw new ContractError(404, 'not.found', 'There is no such integration.');
    }
  }

  /** Answers an inbound call. Throws a `ContractError` as the platform refuses. */
  answer(kind: InboundKind, request: FastifyRequest): Answer {
    this.admit(request);
    const parsed = bodyOf(request);
    if (parsed === undefined || parsed.malformed)
      throw new ContractError(400, 'bad.request', 'The body is not JSON.');
    checkBody(kind, parsed.value);
    const body = parsed.value as InboundBody;
    const status = this.#settings().acceptedStatus;
    if (kind === 'event') return { status, body: this.#typing(body) };
    if (kind === 'receipt') return { status, body: this.#receipt(body) };
    const { prefetchConversationId } = request.query as { prefetchConversationId?: string };
    return { status, body: this.#message(kind, body, prefetchConversationId === 'true') };
  }

  /** What the gateway called a message; undefined where it did not say. */
  providerIdOf(messageId: string): string | undefined {
    return this.#providerIds.get(messageId);
  }

  /** Writes on every reply how much of the client's budget is used. */
  tellBudget(_request: FastifyRequest, reply: FastifyReply): void {
    const { used, secondsLeft } = this.#limiter.look('client');
    reply.headers({
      'inin-ratelimit-count': String(used),
      'inin-ratelimit-allowed': String(this.#settings().callsPerMinute),
      ...((reply.statusCode !== 429 || this.#settings().retryHints.includes('inin-ratelimit-reset')) && {
        'inin-ratelimit-reset': String(secondsLeft),
      }),
    });
  }

  #limit(): void {
    const { callsPerMinute, retryHints } = this.#settings();
    this.#limiter.limit = { calls: callsPerMinute, window: 60_000 };
    const seconds = this.#limiter.take('client');
    if (seconds === 0) return;
    const message = retryHints.includes('message')
      ? rateLimitMessage(seconds)
      : 'Rate limit exceeded the maximum.';
    const headers = retryHints.includes('retry-after') ? { 'retry-after': String(seconds) } : {};
    throw new ContractError(429, 'too.many.requests.retry.after', message, headers);
  }

  #typing(body: InboundBody): object {
    const guestId = body.channel.from?.id ?? '';
    const { typingInbound, typingOpens } = this.#settings();
    const conversationId = typingOpens ? this.#guests.join(guestId) : this.#guests.live(guestId);
    if (typingInbound && conversationId !== undefined) {
      this.#conversations.setTyping(conversationId, guestId, true);
    }
    return {
      ...this.#head(body, 'Event', uuid()),
      events: [{ eventType: 'Typing', typing: { type: 'On' } }],
    };
  }

  #message(kind: 'message' | 'response', body: InboundBody, isWanted: boolean): object {
    const { text, content, metadata, buttonResponse } = body;
    const words = buttonResponse?.text ?? text ?? '[attachment]';
    if (words.length > longestText) {
      throw new ContractError(413, 'request.entity.too.large', `text is at most ${longestText} characters.`);
    }
    const guestId = body.channel.from?.id ?? '';
    const live = this.#guests.live(guestId);
    if (kind === 'response' && live === undefined) {
      throw new ContractError(409, 'conflict', 'A button response only joins a conversation that is there.');
    }
    const conversationId = this.#guests.join(guestId);
    const { messageId } = this.#conversations.say(conversationId, guestId, words);
    if (body.channel.messageId !== undefined) this.#providerIds.set(messageId, body.channel.messageId);
    const said =
      kind === 'message'
        ? { text, content, metadata }
        : { content: [{ contentType: 'ButtonResponse', buttonResponse }] };
    return {
      ...this.#head(body, kind === 'message' ? 'Text' : 'Structured', messageId),
      ...said,
      ...(isWanted && { conversationId }),
    };
  }

  #receipt(body: InboundBody): object {
    const { id = '', status = 'Sent', reasons, isFinalReceipt } = body;
    const guestId = body.channel.to?.id ?? '';
    const isTold = status === 'Delivered' || status === 'Failed';
    if (isTold && !this.#conversations.setDelivery(guestId, id, status)) {
      throw new ContractError(404, 'not.found', 'There is no such message of this recipient.');
    }
    return { ...this.#head(body, 'Receipt', id), status, reasons, isFinalReceipt };
  }

  #head({ channel }: InboundBody, type: string, id: string): object {
    return {
      id,
      channel: {
        id: this.#integrationId,
        platform: 'Open',
        type: 'Private',
        messageId: channel.messageId ?? id,
        to: channel.to ?? { id: this.#integrationId },
        from: channel.from,
        time: channel.time,
      },
      type,
      direction: 'Inbound',
      originatingEntity: 'Human',
    };
  }
}
