import type { FrameEvent, Term } from '../../machines/session/events.ts';
import { field, number, parseJson, text } from '../shared/json.ts';
import { healthId } from './outgoing.ts';
import { readStructured } from './structuredMessage.ts';

/** A token for the history call; it goes to its keeper and never to the chart (S5). */
export interface JwtFrame {
  readonly type: 'jwt';
  readonly jwt: string;
  /** When it expires, seconds since 1970. */
  readonly exp: number;
}

/** What one frame says: any number of things, since it can hold several events. `name` is its class, or `'unreadable'`. */
export interface ReadFrame {
  readonly name: string;
  /** Whether this SDK has no use for such a frame. */
  readonly isUnknown: boolean;
  readonly events: readonly (FrameEvent | JwtFrame)[];
}

const unreadable: ReadFrame = { name: 'unreadable', isUnknown: true, events: [] };

/** Classes that concern attachments or are answers nobody here asked for: known, and of no use. */
const ofNoUse: ReadonlySet<string> = new Set([
  'PresignedUrlResponse',
  'AttachmentDeletedResponse',
  'UploadFailureEvent',
  'UploadSuccessEvent',
  'GenerateUrlError',
  'GetConfigurationResponse',
  'ResumeTokenResponse',
]);

/**
 * Reads a frame of the server. Total: whatever comes, it throws nothing and copies only what it knows.
 * Dispatches on `class`, as the protocol wants, and not on `code`.
 */
export function readFrame(data: unknown): ReadFrame {
  const frame = typeof data === 'string' ? parseJson(data) : undefined;
  const name = text(frame, 'class', 64);
  if (name === undefined) return unreadable;
  const events = eventsIn(name, frame);
  if (events !== undefined) return { name, isUnknown: false, events };
  return { name, isUnknown: !ofNoUse.has(name), events: [] };
}

function eventsIn(name: string, frame: unknown): readonly (FrameEvent | JwtFrame)[] | undefined {
  const body = field(frame, 'body');
  switch (name) {
    case 'SessionResponse':
      return sessionIn(body);
    case 'StructuredMessage':
      return isHealth(frame)
        ? [{ type: 'frame.health', ...termIn(field(body, 'metadata')) }]
        : readStructured(frame);
    case 'SessionExpiredEvent':
      return [{ type: 'frame.expired' }];
    case 'SessionClearedEvent':
      return [{ type: 'frame.cleared' }];
    case 'ConnectionClosedEvent':
      return [{ type: 'frame.connectionClosed', signedIn: isSignIn(body) }];
    case 'LogoutEvent':
      return [{ type: 'frame.logout' }];
    case 'JwtResponse':
      return jwtIn(body);
    case 'TooManyRequestsErrorMessage':
      return [limitedIn(frame)];
    case 'string':
    case 'Error':
    case 'ErrorMessage':
      return errorIn(frame);
    default:
      return undefined;
  }
}

function sessionIn(body: unknown): readonly FrameEvent[] | undefined {
  const connected = field(body, 'connected');
  if (typeof connected !== 'boolean') return undefined;
  return [
    {
      type: 'frame.session',
      connected,
      newSession: field(body, 'newSession') === true,
      readOnly: field(body, 'readOnly') === true,
      clearedExisting: field(body, 'clearedExistingSession') === true,
      ...termIn(body),
    },
  ];
}

/** Seconds, both: the session's length, and its end since 1970. */
function termIn(body: unknown): Term {
  const duration = number(body, 'durationSeconds');
  const expiration = number(body, 'expirationDate');
  return {
    ...(duration !== undefined && duration > 0 && { durationMs: duration * 1000 }),
    ...(expiration !== undefined && expiration > 0 && { expiresAt: expiration * 1000 }),
  };
}

function isHealth(frame: unknown): boolean {
  const metadata = field(field(frame, 'body'), 'metadata');
  if (text(field(frame, 'body'), 'direction') === 'Outbound') return false;
  return text(frame, 'tracingId') === healthId || text(metadata, 'customMessageId') === healthId;
}

const isSignIn = (body: unknown): boolean =>
  (text(body, 'reason') ?? text(body, 'reasonCode'))?.toLowerCase() === 'signedin';

function jwtIn(body: unknown): readonly JwtFrame[] | undefined {
  const jwt = text(body, 'jwt', 8192);
  if (jwt === undefined || !/^[A-Za-z0-9._~+/=-]+$/.test(jwt)) return undefined;
  return [{ type: 'jwt', jwt, exp: number(body, 'exp') ?? 0 }];
}

const tracingIn = (frame: unknown): { readonly id?: string } => {
  const id = text(frame, 'tracingId') ?? text(field(frame, 'body'), 'tracingId');
  return id === undefined ? {} : { id };
};

function limitedIn(frame: unknown): FrameEvent {
  const seconds = field(field(frame, 'body'), 'retryAfter');
  const hint = Number.isInteger(seconds) && (seconds as number) >= 0 ? (seconds as number) : hintIn(frame);
  return {
    type: 'frame.limited',
    ...(hint !== undefined && { retryAfterMs: hint * 1000 }),
    ...tracingIn(frame),
  };
}

/** Whole seconds that the server names in words. */
function hintIn(frame: unknown): number | undefined {
  const body = field(frame, 'body');
  const words = typeof body === 'string' ? body : text(body, 'errorMessage', 1024);
  const seconds = words === undefined ? undefined : /\[(\d{1,9})\] seconds/.exec(words)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}

/** How a refusal says that it is typing that is not wanted here. */
const typingWords = /\btyping\b|feature toggle|fix the configuration/i;
const signInWords = /^(Session authentication failed|Try to authenticate again)/i;

function errorIn(frame: unknown): readonly FrameEvent[] | undefined {
  const body = field(frame, 'body');
  const code = number(body, 'errorCode') ?? number(frame, 'code');
  if (code === undefined || (code >= 200 && code < 300)) return undefined;
  if (code === 429 || code === 4029) return [limitedIn(frame)];
  const words = typeof body === 'string' ? body : text(body, 'errorMessage', 1024);
  const wantsSignIn = code === 403 && words !== undefined && signInWords.test(words);
  const isAboutTyping = code === 403 && words !== undefined && typingWords.test(words);
  return [
    {
      type: 'frame.error',
      code,
      wantsSignIn,
      ...(isAboutTyping && { about: 'typing' }),
      ...tracingIn(frame),
    },
  ];
}
