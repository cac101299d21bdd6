/** Longest delay a platform timer takes, ms: 2^31 - 1. */
export const longestDelay = 2 ** 31 - 1;

const uuidForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const longestCloseReason = 123;

/** Returns `value` as a record, or throws a `TypeError` naming `name` and any key that is not in `known`. */
export function checkRecord(name: string, value: unknown, known: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${name} must be an object`);
  }
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new TypeError(`${name} has no option ${JSON.stringify(unknown)}; it knows ${known.join(', ')}`);
  }
  return value as Record<string, unknown>;
}

/** Returns `value` when it is a string of 1 to `longest` characters, else throws a `TypeError`. */
export function checkString(name: string, value: unknown, longest = 512): string {
  if (typeof value !== 'string' || value.length === 0 || value.length > longest) {
    throw new TypeError(`${name} must be a string of 1 to ${longest} characters`);
  }
  return value;
}

/** Returns `value` when it is a boolean, else throws a `TypeError`. */
export function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw new TypeError(`${name} must be true or false`);
  return value;
}

/** Returns `value` when it is a function, else throws a `TypeError`. */
export function checkFunction<Fn extends (...given: never[]) => unknown>(name: string, value: unknown): Fn {
  if (typeof value !== 'function') throw new TypeError(`${name} must be a function`);
  return value as Fn;
}

/** Returns `value` when it is an integer within `least` and `most` (both included), else throws a `TypeError`. */
export function checkInteger(name: string, value: unknown, least: number, most: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    throw new TypeError(`${name} must be an integer from ${least} to ${most}`);
  }
  return value;
}

/** Returns `value` when a timer can take it: whole milliseconds from `least` to 2³¹-1, else throws a `TypeError`. */
export function checkDelay(name: string, value: unknown, least = 0): number {
  return checkInteger(`${name} (milliseconds)`, value, least, longestDelay);
}

/** Returns `value` when it is one of `choices`, else throws a `TypeError` that lists them. */
export function checkOneOf<Choice extends string>(
  name: string,
  value: unknown,
  choices: readonly Choice[],
): Choice {
  if (!choices.includes(value as Choice)) throw new TypeError(`${name} must be one of ${choices.join(', ')}`);
  return value as Choice;
}

/** Returns `code` when a server may close a socket with it, else throws a `TypeError`. */
export function checkCloseCode(name: string, code: unknown): number {
  const number = checkInteger(name, code, 1000, 4999);
  if (number >= 3000 || (number <= 1014 && ![1004, 1005, 1006].includes(number))) return number;
  throw new TypeError(`${name} must be a close code that can be sent: 1000 to 1014 or 3000 to 4999`);
}

/** Returns `reason` when it fits in a close frame, else throws a `TypeError`. */
export function checkCloseReason(name: string, reason: string): string {
  if (Buffer.byteLength(reason) <= longestCloseReason) return reason;
  throw new TypeError(`${name} must fit in ${longestCloseReason} bytes`);
}

/** Whether `value` is a UUID. */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && uuidForm.test(value);
}
