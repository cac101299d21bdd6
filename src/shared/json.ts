/** Longest JSON that is read, in UTF-16 units (S11): far longer than any that the protocols here have. */
export const longestJson = 256 * 1024;
/** Deepest nesting that is read (S11), lest a parser's stack decide. */
const deepest = 32;

const prototypeKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
/** What text has to hold so that it can hold such a key: its name, or an escape that may stand for a part of one. */
const mayNamePrototypes = /__proto__|constructor|prototype|\\u/;
const leavingOutPrototypes = (key: string, value: unknown): unknown =>
  prototypeKeys.has(key) ? undefined : value;

/**
 * Parses text from outside: at most {@link longestJson} long and 32 levels deep. Keys that could reach a
 * prototype are left out at every depth (S12). `undefined`, which no JSON stands for, where it is anything else.
 */
export function parseJson(text: string): unknown {
  if (text.length > longestJson || isTooDeep(text)) return undefined;
  try {
    // A byte order mark is no part of the text (RFC 8259, section 8.1).
    const json = text.startsWith('\ufeff') ? text.slice(1) : text;
    return mayNamePrototypes.test(json) ? JSON.parse(json, leavingOutPrototypes) : JSON.parse(json);
  } catch {
    return undefined;
  }
}

function isTooDeep(text: string): boolean {
  if (countOf('{', text) + countOf('[', text) <= deepest) return false;
  let depth = 0;
  let isQuoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (isQuoted) {
      if (character === '\\') index += 1;
      else if (character === '"') isQuoted = false;
    } else if (character === '"') isQuoted = true;
    else if (character === '{' || character === '[') {
      depth += 1;
      if (depth > deepest) return true;
    } else if (character === '}' || character === ']') depth -= 1;
  }
  return false;
}

/** How often a character is in text, counted no further than it matters. */
function countOf(character: string, text: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at >= 0 && count <= deepest; count += 1) {
    at = text.indexOf(character, at + 1);
  }
  return count;
}

/** An own field of a parsed object; `undefined` where there is no object or no such field. */
export function field(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}

/** A string field of 1 to `longest` UTF-16 units. */
export function text(value: unknown, key: string, longest = 256): string | undefined {
  const found = field(value, key);
  return typeof found === 'string' && found !== '' && found.length <= longest ? found : undefined;
}

/** A finite number, given as such or as decimal digits. */
export function number(value: unknown, key: string): number | undefined {
  const found = field(value, key);
  if (typeof found === 'number') return Number.isFinite(found) ? found : undefined;
  return typeof found === 'string' && /^\d{1,15}$/.test(found) ? Number(found) : undefined;
}

/** The elements of an array field; none where there is no array. */
export function list(value: unknown, key: string): readonly unknown[] {
  const found = field(value, key);
  return Array.isArray(found) ? found : [];
}
