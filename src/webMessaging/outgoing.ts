/** What a health check carries, as the official clients send it; its answer brings it back. */
export const healthId = 'SGVhbHRoQ2hlY2tNZXNzYWdlSWQ=';

/** What a guest answers to: a quick reply that was offered, or a button of a card. */
export type AnswerKind = 'quickReply' | 'button';

/** What a message carries besides its id. */
export interface MessageBody {
  readonly text: string;
  /** The choice of a guest who was offered some: `text` is what they chose. */
  readonly answer?: { readonly payload: string; readonly kind: AnswerKind };
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
  message: (token: string, id: string, body: MessageBody): string =>
    JSON.stringify({
      action: 'onMessage',
      token,
      tracingId: id,
      message: {
        ...wordsOf(body),
        metadata: { ...body.metadata, customMessageId: id },
        ...(body.customAttributes && { channel: { metadata: { customAttributes: body.customAttributes } } }),
      },
    }),
} as const;

/** The two kinds of answers differ as they do in what the official clients send. */
function wordsOf({ text, answer }: MessageBody): object {
  if (answer === undefined) return { type: 'Text', text };
  const { payload, kind } = answer;
  const isReply = kind === 'quickReply';
  const buttonResponse = { text, payload, type: isReply ? 'QuickReply' : 'Button' };
  const content = [{ contentType: 'ButtonResponse', buttonResponse }];
  return isReply ? { type: 'Text', text: '', content } : { type: 'Structured', text, content };
}
