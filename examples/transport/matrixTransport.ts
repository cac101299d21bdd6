import {
  type AttemptOptions,
  ConversationError,
  type ConversationErrorCode,
  type Transport,
} from 'genesys-conversation-machine';

/** Where a guest of a Matrix server is, and what fetches their access token. */
export interface MatrixOptions {
  readonly baseUrl: string;
  readonly userId: string;
  readonly token: () => Promise<string> | string;
}

const codes: Readonly<Record<number, ConversationErrorCode>> = {
  400: 'bad-request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  429: 'rate-limited',
};

/**
 * Typing and read receipts over the client-server API of Matrix: one request a call, no timer, nothing tried again.
 * Waiting, retrying and giving up are the statechart's, so that this is all there is to write.
 */
export function matrix({ baseUrl, userId, token }: MatrixOptions): Transport {
  const timeToLive = 5000;
  let generation = 1;
  let current: Promise<string> | undefined;

  const ask = async (method: string, path: string, body: object, { signal }: AttemptOptions) => {
    signal.throwIfAborted();
    const tokenGeneration = generation;
    current ??= Promise.resolve(token());
    const failed = (code: ConversationErrorCode, message: string, more = {}): ConversationError =>
      new ConversationError({ code, message: `${method} ${message}`, tokenGeneration, ...more });
    const reply = await fetch(`${baseUrl}/_matrix/client/v3/rooms/${path}`, {
      method,
      headers: { Authorization: `Bearer ${await current}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal,
    }).catch(() => {
      throw failed('network', 'had no reply; check the network.');
    });
    const { status } = reply;
    if (status === 200) return { status, tokenGeneration };
    const { retry_after_ms: hint } = await reply.json().catch(() => ({}));
    throw failed(codes[status] ?? 'unavailable', `was answered with ${status}.`, {
      status,
      ...(Number.isInteger(hint) && { retryAfterMs: hint }),
    });
  };
  const attempt = (method: string, path: string, body: object, options: AttemptOptions) =>
    ask(method, path, body, options).catch((thrown) => {
      if (thrown instanceof ConversationError) throw thrown;
      throw new ConversationError({ code: 'network', message: 'The call was given up.', unsent: true });
    });

  return {
    capabilities: {
      stopTyping: true,
      readReceipts: true,
      messageEndsTyping: false,
      spacing: 1000,
      timeToLive,
    },
    participantId: userId,
    sendTyping: ({ conversationId, isTyping }, options) => {
      const path = `${encodeURIComponent(conversationId)}/typing/${encodeURIComponent(userId)}`;
      return attempt('PUT', path, { typing: isTyping, ...(isTyping && { timeout: timeToLive }) }, options);
    },
    sendRead: ({ conversationId, messageId = '' }, options) => {
      const path = `${encodeURIComponent(conversationId)}/receipt/m.read/${encodeURIComponent(messageId)}`;
      return attempt('POST', path, {}, options);
    },
    refreshToken: async (rejectedGeneration) => {
      if (generation === rejectedGeneration) {
        generation += 1;
        current = undefined;
      }
      return { tokenGeneration: generation };
    },
  };
}
