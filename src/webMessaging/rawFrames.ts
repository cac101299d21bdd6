import { parseJson } from '../shared/json.ts';

/** A frame of the server as it came, but for tokens. */
export interface RawFrame {
  /** Its name among the events of a session. */
  readonly type: 'frame';
  /** Parsed, and frozen: at most 256 Ki characters, 32 levels deep. Hostile until escaped (S14). */
  readonly frame: unknown;
}

/** Who listens to frames as they come; while nobody does, nothing is made of them. */
export class RawFrames {
  readonly #listeners = new Set<(event: RawFrame) => void>();

  /** Adds a listener, a function of its own for each call. What it throws is the caller's to guard. */
  listen(listener: (event: RawFrame) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Tells of a frame, where it can be read. `token` is the guest's, which is in none (S5). */
  tell(data: unknown, token: string): void {
    if (this.#listeners.size === 0 || typeof data !== 'string') return;
    const frame = parseJson(data);
    if (frame === undefined) return;
    const event: RawFrame = Object.freeze({ type: 'frame', frame: redacted(frame, token) });
    for (const listener of [...this.#listeners]) listener(event);
  }

  end(): void {
    this.#listeners.clear();
  }
}

const hidden = '[redacted]';
/** Names of fields that hold a token: the server's for a history call, for a resumption, for a signed-in guest. */
const secretNames = /token|jwt|secret|password|authorization/i;
/** What a JSON Web Token looks like, wherever it stands. */
const jsonWebToken = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;

function redacted(value: unknown, token: string): unknown {
  if (typeof value === 'string') {
    const text = value.replaceAll(jsonWebToken, hidden);
    return token === '' ? text : text.replaceAll(token, hidden);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Object.freeze(value.map((each) => redacted(each, token)));
  const entries = Object.entries(value).map(([name, each]): [string, unknown] =>
    secretNames.test(name) && typeof each === 'string'
      ? [name, hidden]
      : [String(redacted(name, token)), redacted(each, token)],
  );
  return Object.freeze(Object.fromEntries(entries));
}
