import { parseJson } from '../shared/json.ts';

/** How much of a reply is read, in decoded bytes (S11): every reply of the contract is far smaller. */
const bodyCap = 64 * 1024;

/** How much of a body is worth waiting for: all of it, only enough to see what it begins with, or nothing. */
export type Wanted = 'whole' | 'start' | 'nothing';

/**
 * Reads a body to its end, or until it is longer than {@link bodyCap}: the rest is cancelled then, so that
 * neither a long reply nor a small one that unpacks to a long one costs memory. Of a `start` that is wanted
 * the rest is cancelled as soon as something but space has come. Rejects where the stream fails; an abort of
 * `signal` cancels it.
 */
export async function readBody(
  response: Response,
  signal: AbortSignal,
  wanted: Exclude<Wanted, 'nothing'>,
): Promise<Uint8Array | 'too-long'> {
  if (response.body === undefined) return readUnstreamed(response);
  if (response.body === null) return new Uint8Array();
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
      if (wanted === 'start' && chunk.value.some(isVisible)) {
        cancel();
        break;
      }
    }
    return joined(chunks, length);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** Where the platform shows no stream (React Native): whole, and looked at afterwards. */
async function readUnstreamed(response: Response): Promise<Uint8Array | 'too-long'> {
  if (typeof response.text !== 'function') return new Uint8Array();
  if (Number(response.headers.get('content-length') ?? 0) > bodyCap) return 'too-long';
  const bytes = new TextEncoder().encode(await response.text());
  return bytes.length > bodyCap ? 'too-long' : bytes;
}

/** Whether a byte is more than space, or part of a byte order mark. */
const isVisible = (byte: number): boolean => byte > 0x20 && ![0xef, 0xbb, 0xbf, 0xfe, 0xff].includes(byte);

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

/** A body's JSON: UTF-8, within {@link parseJson}'s bounds. `undefined` where it is not that. */
export function jsonIn(body: Uint8Array | 'too-long'): unknown {
  if (body === 'too-long') return undefined;
  try {
    return parseJson(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
