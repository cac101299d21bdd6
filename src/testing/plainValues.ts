import type { TraceValue } from '../shared/traceFile.ts';

/** Makes plain data of anything, without what a trace must not hold. */
export interface PlainValues {
  /** Texts become as many x; tokens become their number, as `token-1` (S5, S18). */
  of(value: unknown): TraceValue;
}

const textKeys: ReadonlySet<string> = new Set([
  'text',
  'firstName',
  'lastName',
  'nickname',
  'image',
  'content',
  'metadata',
  'customAttributes',
]);
const secretKeys: ReadonlySet<string> = new Set([
  'token',
  'jwt',
  'guestToken',
  'authorization',
  'Authorization',
]);
const deepest = 12;

/** Makes a {@link PlainValues}; the numbers of its tokens are its own. */
export function createPlainValues(): PlainValues {
  const tokens = new Map<string, string>();
  const nameOf = (token: string): string => {
    const name = tokens.get(token) ?? `token-${tokens.size + 1}`;
    tokens.set(token, name);
    return name;
  };

  const plain = (value: unknown, depth: number, key = ''): TraceValue => {
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
    if (typeof value === 'string') {
      if (secretKeys.has(key)) return nameOf(value);
      return textKeys.has(key) ? 'x'.repeat(Math.min(value.length, 64)) : value;
    }
    if (typeof value !== 'object' || depth > deepest) return typeof value;
    if (textKeys.has(key) && key !== 'metadata') return '…';
    if (Array.isArray(value)) return value.slice(0, 256).map((each) => plain(each, depth + 1, key));
    const fields = Object.entries(value).filter(
      ([, each]) => each !== undefined && typeof each !== 'function',
    );
    return Object.fromEntries(fields.map(([name, each]) => [name, plain(each, depth + 1, name)]));
  };
  return { of: (value) => plain(value, 0) };
}
