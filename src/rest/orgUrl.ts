import { invalidOption } from '../shared/errors.ts';

/** Builds the URL of a call below an org; every segment is escaped, and the result checked (S7). */
export type UrlOf = (...segments: readonly string[]) => string;

const wellMade = /^https?:\/\/[^/]/i;
const forbiddenAnywhere = /[\s\p{Cc}\p{Cf}?#@\\]/u;
const dotSegment = /\/(?:\.|%2e){1,2}(?:\/|$)/i;
const emptySegment = /^[a-z]+:\/\/.*[^/]\/{2,}[^/]/i;

/**
 * Reads an org's URL, as in `https://api.mypurecloud.ie`: absolute, https (http for loopback hosts alone,
 * decided by parsing), without credentials, query or fragment; a path prefix and trailing slashes are
 * tolerated (S6). Throws `invalid-option` that does not quote it, since it may hold credentials.
 */
export function urlsOf(orgUrl: unknown): UrlOf {
  const { origin, prefix } = parse(orgUrl);
  return (...segments) => {
    const path = segments.map((segment) => encodeURIComponent(segment)).join('/');
    const url = `${origin}${prefix}/${path}`;
    if (new URL(url).href !== url) throw refusal(orgUrl);
    return url;
  };
}

function parse(orgUrl: unknown): { origin: string; prefix: string } {
  if (
    typeof orgUrl !== 'string' ||
    orgUrl.length > 2048 ||
    forbiddenAnywhere.test(orgUrl) ||
    !wellMade.test(orgUrl) ||
    dotSegment.test(orgUrl) ||
    emptySegment.test(orgUrl)
  ) {
    throw refusal(orgUrl);
  }
  const url = parsed(orgUrl);
  if (url === undefined || url.hostname.endsWith('.') || !isSecure(url)) throw refusal(orgUrl);
  return { origin: url.origin, prefix: url.pathname.replace(/\/+$/, '') };
}

function parsed(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function isSecure({ protocol, hostname }: URL): boolean {
  if (protocol === 'https:') return true;
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname)
  );
}

function refusal(orgUrl: unknown) {
  return invalidOption(
    'orgUrl',
    'an absolute https URL (http for localhost only) without credentials, query or fragment',
    orgUrl,
  );
}
