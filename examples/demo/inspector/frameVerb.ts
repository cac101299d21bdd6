interface Frame {
  readonly action?: unknown;
  readonly message?: { readonly type?: unknown; readonly events?: unknown };
}

/** What a guest's frame is for, in a word or two: `typing on`, `message`, or its action. */
export function frameVerb(frame: unknown): string {
  const { action, message } = (frame ?? {}) as Frame;
  if (typeof action !== 'string') return 'garbage';
  if (action !== 'onMessage') return action;
  if (message?.type !== 'Event') return 'message';
  const [event] = Array.isArray(message.events) ? (message.events as unknown[]) : [];
  const { eventType } = (event ?? {}) as { eventType?: unknown };
  return eventType === 'Typing' ? 'typing on' : String(eventType).toLowerCase();
}
