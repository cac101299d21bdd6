import { never } from '../../machines/waits.ts';
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
      'an id, a string: 1 to 256 well-formed characters without slashes, ?, #, %, control characters or surrounding space, and not "." or ".."',
      value,
    );
  }
  return value;
}

/** Longest id of a message, UTF-16 units. */
const longestMessageId = 2048;

/**
 * The id of a message. Opaque: a well-formed string of 1 to 2048 UTF-16 units, whatever is in it. It travels in
 * bodies, never in a URL.
 */
export function checkMessageId(option: string, value: unknown): string {
  if (
    typeof value !== 'string' ||
    value.length === 0 ||
    value.length > longestMessageId ||
    !isWellFormed(value)
  ) {
    throw invalidOption(option, `a string of 1 to ${longestMessageId} well-formed characters`, value);
  }
  return value;
}

/** Positions beyond it leave no room for newer ones. */
const farthest = 2 ** 52;

/** Whether a value can be the position that a back end gives a message: a whole number that leaves room for newer ones. */
export const isPosition = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Math.abs(value as number) <= farthest;

const uuidForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a value is a UUID in its usual form, of any version. */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && uuidForm.test(value);
}

/** True or false, and nothing that only counts as one of them. */
export function checkBoolean(option: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw invalidOption(option, 'true or false', value);
  return value;
}

/** A whole number of ms in [`least`, 2^31 - 1] (L-3). */
export function checkDelay(option: string, value: unknown, least = 0): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > longestDelay) {
    throw invalidOption(option, `a whole number of ms from ${least} to ${longestDelay}`, value);
  }
  return value;
}

/** Whether text holds no half of a surrogate pair, which no encoding to UTF-8 survives. */
export function isWellFormed(text: string): boolean {
  return !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text);
}

/**
 * Refuses what is no set of options, `expected` says what one is, and a name that is none of `known`: a typo
 * would go unseen.
 */
export function checkOptions(options: unknown, expected = 'an object', known?: readonly string[]): void {
  checkObject('options', options, expected);
  if (known !== undefined) checkNames('', options as object, known);
}

/** Refuses what is no object with names in it; an array is none. */
export function checkObject(option: string, value: unknown, expected = 'an object'): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidOption(option, expected, value);
  }
}

/** Refuses what nobody can listen to, or with. */
export function checkListener(type: unknown, listener: unknown): void {
  if (typeof type !== 'string' || type === '') throw invalidOption('type', 'the name of an event', type);
  if (typeof listener !== 'function') throw invalidOption('listener', 'a function', listener);
}

/** The names of a set of options, none left out: the compiler sees to it. */
export function namesOf<Options>(names: Readonly<Record<keyof Options, true>>): readonly string[] {
  return Object.keys(names);
}

/** Refuses a name that was given a value and is none of `known`; `prefix` stands before it in the error. */
export function checkNames(prefix: string, given: object, known: readonly string[]): void {
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || known.includes(name)) continue;
    const meant = nearest(name, known);
    const question = meant === undefined ? '' : `did you mean ${prefix}${meant}? `;
    throw invalidOption(
      `${prefix}${printable(name)}`,
      `absent; ${question}known are ${known.join(', ')}`,
      value,
    );
  }
}

/** A name as it can stand in a message. */
const printable = (name: string): string => name.replaceAll(/[^\w.$-]/g, '?').slice(0, 64);

/** The name that somebody may have meant: the same but for case, or but for two letters. */
function nearest(name: string, known: readonly string[]): string | undefined {
  const given = name.toLowerCase();
  const edits = [0, 1, 2].find((most) => known.some((other) => isWithin(most, given, other.toLowerCase())));
  return edits === undefined ? undefined : known.find((other) => isWithin(edits, given, other.toLowerCase()));
}

/** Whether at most so many letters have to be added, left out or changed (Levenshtein). */
function isWithin(most: number, one: string, other: string): boolean {
  const far = Math.abs(one.length - other.length);
  if (far > most || one === '' || other === '') return far <= most;
  const [next, otherNext] = [one.slice(1), other.slice(1)];
  if (one[0] === other[0]) return isWithin(most, next, otherNext);
  return (
    isWithin(most - 1, next, otherNext) ||
    isWithin(most - 1, next, other) ||
    isWithin(most - 1, one, otherNext)
  );
}

/** What an import of its own makes, known by its one method; `null` where it was not asked for. */
export function checkPart<Part>(
  option: string,
  part: Part | undefined,
  method: keyof Part,
  maker: string,
): Part | null {
  if (part === undefined) return null;
  if (typeof (part as Part | null)?.[method] !== 'function') {
    throw invalidOption(option, `what ${maker} makes, or absent: import that, and give it here`, part);
  }
  return part;
}

/** Refuses callbacks that were given and are none, each by its option's name. */
export function checkCallbacks(callbacks: Readonly<Record<string, unknown>>): void {
  for (const [name, callback] of Object.entries(callbacks)) {
    if (callback !== undefined && typeof callback !== 'function') {
      throw invalidOption(name, 'a function', callback);
    }
  }
}

/** The waits that a `timing` option names. Refuses names that are not among `known`: a typo would go unseen. */
export function checkWaitNames(
  timing: unknown,
  known: readonly string[],
  option = 'timing',
): Readonly<Record<string, unknown>> {
  if (timing === undefined) return {};
  if (typeof timing !== 'object' || timing === null || Array.isArray(timing)) {
    throw invalidOption(option, 'an object of waits in ms', timing);
  }
  checkNames(`${option}.`, timing, known);
  return Object.fromEntries(Object.entries(timing).filter(([, value]) => value !== undefined));
}
