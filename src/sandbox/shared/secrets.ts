import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares two secrets in a time that does not depend on where they differ. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** Whether a bearer token has the shape of one that a real service issued: a JWT, or a long opaque string. */
export function looksReal(token: string): boolean {
  if (token.startsWith('sandbox-')) return false;
  return token.startsWith('eyJ') || /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token) || token.length >= 32;
}
