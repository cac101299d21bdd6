/** What a health check carries, as the official clients send it; its answer brings it back. */
export const healthId = 'SGVhbHRoQ2hlY2tNZXNzYWdlSWQ=';

/** What a message carries besides its id. */
export interface MessageBody {
  readonly text: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly customAttributes?: Readonly<Record<string, string>>;
}

/** The frames that a guest sends, as JSON text, complete with the guest's token (S2). */
export const outgoing = {
  configure: (token: string, deploymentId: string, tracingId: string, startNew: boolean): string =>
    JSON.stringify({ action: 'configureSession', token, deploymentId, startNew, tracingId }),

  closeSession: (token: string, tracingId: string): string =>
    JSON.stringify({ action: 'closeSession', token, closeAllConnections: true, tracingId }),

  join: (token: string, tracingId: string): string =>
    JSON.stringify({
      action: 'onMessage',
      token,
      tracingId,
      message: { type: 'Event', events: [{ eventType: 'Presence', presence: { type: 'Join' } }] },
    }),

  /** On only, without a duration: the product knows neither an off nor a duration from guests. */
  typing: (token: string, tracingId: string): string =>
    JSON.stringify({
      action: 'onMessage',
      token,
      tracingId,
      message: { type: 'Event', events: [{ eventType: 'Typing', typing: { type: 'On' } }] },
    }),

  echo: (token: string): string =>
    JSON.stringify({ action: 'echo', token, tracingId: healthId, message: { type: 'Text', text: 'ping' } }),

  jwt: (token: string, tracingId: string): string => JSON.stringify({ action: 'getJwt', token, tracingId }),

  /** The id goes in twice: in the frame, which the echo brings back, and in the metadata, which history keeps. */
  message: (token: string, id: string, { text, metadata, customAttributes }: MessageBody): string =>
    JSON.stringify({
      action: 'onMessage',
      token,
      tracingId: id,
      message: {
        type: 'Text',
        text,
        metadata: { ...metadata, customMessageId: id },
        ...(customAttributes && { channel: { metadata: { customAttributes } } }),
      },
    }),
} as const;
