/** A frame as the server sends it. Clients tell frames apart by `class`. */
export interface ServerFrame {
  type: 'message' | 'response';
  class: string;
  code: number;
  body: unknown;
  tracingId?: string;
}

/** The body of a `StructuredMessage`. `direction` is the server's view: `Inbound` comes from the guest. */
export interface StructuredBody {
  id: string;
  type: 'Text' | 'Structured' | 'Event';
  direction: 'Inbound' | 'Outbound';
  channel: { time: string; messageId: string; type?: string; from?: Record<string, string> };
  metadata: Record<string, unknown>;
  text?: string;
  content?: unknown[];
  events?: object[];
  originatingEntity?: 'Human' | 'Bot';
}

/** A refusal that goes back to the sender as an error frame. */
export class Refusal extends Error {
  readonly frame: ServerFrame;

  constructor(frame: ServerFrame) {
    super(`Refused with ${frame.code}`);
    this.frame = frame;
  }
}

/** An answer to one request. */
export function response(name: string, body: unknown): ServerFrame {
  return { type: 'response', class: name, code: 200, body };
}

/** Something the server says of its own accord. */
export function notice(name: string, body: unknown = {}): ServerFrame {
  return { type: 'message', class: name, code: 200, body };
}

/** A plain error frame, thrown. */
export function refuse(code: number, text: string): Refusal {
  return new Refusal(errorFrame(code, text));
}

/** A plain error frame: the class is `string`, the body the text. */
export function errorFrame(code: number, body: unknown): ServerFrame {
  return { type: 'response', class: 'string', code, body };
}

/** The refusal of a frame that came too soon; `seconds` is how long to wait. */
export function tooMany(seconds: number, errorMessage: string): Refusal {
  const body = { retryAfter: seconds, errorCode: 4029, errorMessage };
  return new Refusal({ type: 'response', class: 'TooManyRequestsErrorMessage', code: 429, body });
}

/** The same frame with the tracing id of the request it answers, if that had one. */
export function traced(frame: ServerFrame, tracingId: string | undefined): ServerFrame {
  return tracingId === undefined ? frame : { ...frame, tracingId };
}

/** Returns `value` as an object, or an empty one. */
export function objectOf(value: unknown): Record<string, unknown> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : {};
}

/** The tracing id of a client's frame. */
export function tracingIdOf(frame: Record<string, unknown>): string | undefined {
  return typeof frame.tracingId === 'string' ? frame.tracingId : undefined;
}
