import type { Hidden, Redactor } from './redaction.ts';
import type { Plain } from './types.ts';

const deepest = 12;
const mostEntries = 200;
const longestText = 2000;
const mostValues = 10_000;

/**
 * Copies a value as plain data, redacted and bounded: whatever an application put into an event or a context,
 * an element of a page, a circle, a getter that throws, nothing of it is kept and nothing of it throws.
 */
export function toPlain(value: unknown, redactor: Redactor, longest = longestText): Plain {
  const state: Copying = { redactor, longest, left: mostValues, above: [] };
  return copy('', value, 'shown', state) ?? null;
}

interface Copying {
  readonly redactor: Redactor;
  /** Characters of the longest string. */
  readonly longest: number;
  /** How many more values may be copied. */
  left: number;
  /** The objects that hold the present one. */
  readonly above: object[];
}

function copy(key: string, value: unknown, shown: 'shown' | Hidden, state: Copying): Plain | undefined {
  state.left -= 1;
  if (state.left < 0) return '[too much]';
  switch (typeof value) {
    case 'string':
      return shown === 'shown' ? cut(state.redactor.text(key, value), state.longest) : shown;
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'boolean':
      return value;
    case 'undefined':
      return undefined;
    case 'object':
      return value === null ? null : copyObject(key, value, shown, state);
    default:
      return `[${typeof value}]`;
  }
}

function copyObject(key: string, value: object, shown: 'shown' | Hidden, state: Copying): Plain {
  const { above } = state;
  if (above.includes(value)) return '[circular]';
  if (above.length >= deepest) return '[deep]';
  above.push(value);
  try {
    if (Array.isArray(value)) return copyList(key, value, shown, state);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) return copyRecord(value, shown, state);
    if (value instanceof Error) return copyError(value, shown, state);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? '[Date]' : value.toISOString();
    if (value instanceof Map && [...value.keys()].every((each) => typeof each === 'string')) {
      return copyRecord(Object.fromEntries(value), shown, state);
    }
    if (value instanceof Set) return copyList(key, [...value], shown, state);
    return `[${className(value)}]`;
  } catch {
    return '[unreadable]';
  } finally {
    above.pop();
  }
}

function copyList(key: string, list: readonly unknown[], shown: 'shown' | Hidden, state: Copying): Plain {
  const copied = list.slice(0, mostEntries).map((each) => copy(key, each, shown, state) ?? null);
  return list.length > mostEntries ? [...copied, `[${list.length - mostEntries} more]`] : copied;
}

function copyRecord(record: object, shown: 'shown' | Hidden, state: Copying): Plain {
  const copied: [string, Plain][] = [];
  const keys = Object.keys(record);
  for (const key of keys.slice(0, mostEntries)) {
    const value = read(record, key);
    const below = shown === 'shown' ? state.redactor.below(key, value) : shown;
    const plain = below === '[hidden]' ? below : copy(key, value, below, state);
    if (plain !== undefined) copied.push([state.redactor.key(key), plain]);
  }
  if (keys.length > mostEntries) copied.push(['…', `[${keys.length - mostEntries} more]`]);
  return Object.fromEntries(copied);
}

/** Only what an error of this package is known to hold: anybody's message may quote anything. */
function copyError(error: Error, shown: 'shown' | Hidden, state: Copying): Plain {
  const { code, status } = error as { code?: unknown; status?: unknown };
  return copyRecord({ name: error.name, code, status }, shown, state);
}

function read(record: object, key: string): unknown {
  try {
    return (record as Record<string, unknown>)[key];
  } catch {
    return '[unreadable]';
  }
}

function className(value: object): string {
  const { name } = (value.constructor ?? {}) as { name?: unknown };
  return typeof name === 'string' && name !== '' ? cut(name, 100) : 'object';
}

const cut = (text: string, longest: number): string =>
  text.length > longest ? `${text.slice(0, longest)}…` : text;
