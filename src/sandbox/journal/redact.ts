const secretKey = /token|secret|password|authorization|assertion|^code$/i;
const secretValue = /sandbox-(?:guest|bot|jwt)-[\w-]+|eyJ[\w-]{8,}[\w.-]*/g;
const deepest = 8;

/** Replaces whatever in a text has the shape of a token; null stays null. */
export function redactText<Text extends string | null>(text: Text): Text {
  return (text === null ? null : text.replace(secretValue, '[redacted]')) as Text;
}

/**
 * Copies parsed JSON for the record: a value under a key that names a secret becomes `'[redacted]'`, and so does
 * anything inside a string that has the shape of a token. Nesting below eight levels becomes `'[too deep]'`.
 */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === deepest) return '[too deep]';
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      secretKey.test(key) ? '[redacted]' : redact(item, depth + 1),
    ]),
  );
}
