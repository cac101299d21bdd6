import { never } from '../machines/waits.ts';
import { invalidOption } from './errors.ts';

/** Longest delay a platform timer takes, ms: 2^31 - 1 (L-3). The charts call it `never`. */
export const longestDelay = never;

const unsafeIdCharacter = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}/\\?#%]/u;

/**
 * An id that is safe as one path segment: a string of 1 to 256 UTF-16 units, well-formed, with no white
 * space at either end, no control or invisible characters, none of `/ \ ? # %`, and not `.` or `..`, which
 * no escaping protects (S8).
 */
export function checkId(option: string, value: unknown): string {
  if (
    typeof value !== 'string' ||
    value.length === 0 ||
    value.length > 256 ||
    value.trim() !== value ||
    value === '.' ||
    value === '..' ||
    !isWellFormed(value) ||
    unsafeIdCharacter.test(value)
  ) {
    throw invalidOption(
      option,
      'an id: 1 to 256 well-formed characters without slashes, ?, #, %, control characters or surrounding space, and not "." or ".."',
      value,
    );
  }
  return value;
}

/** A whole number of ms in [`least`, 2^31 - 1] (L-3). */
export function checkDelay(option: string, value: unknown, least = 0): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > longestDelay) {
    throw invalidOption(option, `a whole number of ms from ${least} to ${longestDelay}`, value);
  }
  return value;
}

function isWellFormed(text: string): boolean {
  return !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text);
}
