/**
 * Frames of the Web Messaging server, by name: what the published protocol says, complete.
 * @example
 * genesys.receive(genesysFrames.structured(genesysFrames.typing(true, 5000)));
 */
export const genesysFrames = {
  /** The answer to configureSession, or news of the session. */
  session: (body: object = {}) => ({
    type: 'response',
    class: 'SessionResponse',
    code: 200,
    body: { connected: true, newSession: true, readOnly: false, ...body },
  }),
  /** A `StructuredMessage`: a text, something structured, or events. */
  structured: (body: object, tracingId?: string) => ({
    type: 'message',
    class: 'StructuredMessage',
    code: 200,
    ...(tracingId !== undefined && { tracingId }),
    body,
  }),
  /** A text of the agent's. */
  text: (messageId: string, text: string, time: string) => ({
    id: messageId,
    type: 'Text',
    text,
    direction: 'Outbound',
    channel: { time, messageId },
    originatingEntity: 'Human',
  }),
  /** The agent types, or stopped. */
  typing: (isTyping: boolean, durationMs?: number) => ({
    type: 'Event',
    direction: 'Outbound',
    events: [
      {
        eventType: 'Typing',
        typing: { type: isTyping ? 'On' : 'Off', ...(durationMs !== undefined && { duration: durationMs }) },
      },
    ],
  }),
  /** The agent left. */
  disconnect: (readOnly: boolean) => ({
    type: 'Event',
    direction: 'Outbound',
    ...(readOnly && { metadata: { readOnly: 'true' } }),
    events: [{ eventType: 'Presence', presence: { type: 'Disconnect' } }],
  }),
  /** An error in plain words. */
  error: (code: number, words = 'Request failed.', tracingId?: string) => ({
    type: 'response',
    class: 'string',
    code,
    body: words,
    ...(tracingId !== undefined && { tracingId }),
  }),
  /** Too many frames. */
  limited: (retryAfter: number, tracingId?: string) => ({
    type: 'response',
    class: 'TooManyRequestsErrorMessage',
    code: 429,
    body: { retryAfter, errorCode: 4029, errorMessage: 'Too many requests.' },
    ...(tracingId !== undefined && { tracingId }),
  }),
  /** Something that the server says of its own accord, as `SessionExpiredEvent`, `LogoutEvent`. */
  notice: (name: string, body: object = {}) => ({ type: 'message', class: name, code: 200, body }),
  /** A token for history. */
  jwt: (jwt: string, exp: number) => ({
    type: 'response',
    class: 'JwtResponse',
    code: 200,
    body: { jwt, exp },
  }),
} as const;
