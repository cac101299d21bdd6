/** A refusal of the guest contract: its status decides what the client does about it. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryAfter: number | undefined;

  /** `retryAfter`: whole seconds to wait, for a 429 or a 503. */
  constructor(status: number, code: string, message: string, retryAfter?: number) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** The same refusal for what is not there and for what is somebody else's, so that ids cannot be guessed at. */
export const notFound = (): Refusal =>
  new Refusal(404, 'not.found', 'There is no such conversation of this guest.');

/** The refusal of what came too often. */
export const tooMany = (seconds: number): Refusal =>
  new Refusal(429, 'too.many.requests.retry.after', `Retry the request in [${seconds}] seconds`, seconds);
