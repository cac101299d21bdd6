import { parseHttpDate } from './httpDate.ts';

/** What a `Retry-After` header is read against. */
export interface RetryAfterContext {
  /** Wall-clock time, ms since the epoch; used for dates where the reply has no readable `Date`. */
  readonly now: number;
  /** The reply's `Date` header: measuring from it makes a wrong local clock harmless. */
  readonly dateHeader?: string | null;
  /** Longest wait that is believed, whole ms. */
  readonly cap: number;
}

/**
 * The wait that a `Retry-After` header asks for, whole ms in [0, cap]. Total: digits, or one of the three
 * HTTP dates, between optional spaces and tabs; anything else counts as absent (L-2), a doubled header
 * (`2, 3`) included. A date in the past is 0.
 * @example
 * parseRetryAfter('120', { now: Date.now(), cap: 60_000 }); // 60000
 */
export function parseRetryAfter(
  header: string | null | undefined,
  { now, dateHeader, cap }: RetryAfterContext,
): number | undefined {
  if (typeof header !== 'string') return undefined;
  const text = trimSpace(header);
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, cap);
  const until = parseHttpDate(text, now) ?? Number.NaN;
  const since = typeof dateHeader === 'string' ? parseHttpDate(trimSpace(dateHeader), now) : undefined;
  const wait = Math.ceil(until - (since ?? now));
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), cap);
}

/**
 * The wait that the body of a Genesys 429 names, whole ms in [0, cap]: a browser cannot read the header
 * unless the server exposes it (L-2). Only the exact sentence counts.
 */
export function hintFromBody(text: string, cap: number): number | undefined {
  const seconds = /\bRetry the request in \[(\d{1,10})\] seconds/.exec(text)?.[1];
  return seconds === undefined ? undefined : Math.min(Number(seconds) * 1000, cap);
}

function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  // Beyond its ends there is no space.
  while (isSpace(text.charCodeAt(start))) start += 1;
  while (isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x09;
}
