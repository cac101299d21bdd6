/** How much of a reply is read, in decoded bytes (S11): every reply of the contract is far smaller. */
const bodyCap = 64 * 1024;

/**
 * Reads a body to its end, or until it is longer than {@link bodyCap}: the rest is cancelled then, so that
 * neither a long reply nor a small one that unpacks to a long one costs memory. Rejects where the stream
 * fails; an abort of `signal` cancels it.
 */
export async function readBody(response: Response, signal: AbortSignal): Promise<Uint8Array | 'too-long'> {
  if (response.body === null || response.body === undefined) return new Uint8Array();
  const reader = response.body.getReader();
  const cancel = () => void reader.cancel().catch(() => {});
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      length += chunk.value.byteLength;
      if (length > bodyCap) {
        cancel();
        return 'too-long';
      }
      chunks.push(chunk.value);
    }
    return joined(chunks, length);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

/** The text of a body, whatever its bytes. For looking, not for parsing. */
export function textOf(body: Uint8Array | 'too-long'): string {
  return body === 'too-long' ? '' : new TextDecoder().decode(body);
}

/**
 * Parses a body as JSON: UTF-8 without a byte order mark, and nothing else. `undefined` where it is not that.
 * Keys that could reach a prototype are left out at every depth (S12).
 */
export function parseJson(body: Uint8Array | 'too-long'): { readonly value: unknown } | undefined {
  if (body === 'too-long') return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
    return { value: JSON.parse(text, (key, value) => (prototypeKeys.has(key) ? undefined : value)) };
  } catch {
    return undefined;
  }
}

const prototypeKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** An own field of a parsed object; `undefined` where there is no object or no such field. */
export function fieldOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}
