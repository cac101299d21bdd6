/** The error body of Genesys Cloud's platform API, as far as the sandbox fills it. */
interface GenesysErrorBody {
  message: string;
  code: string;
  status: number;
  contextId: string;
  details: never[];
  errors: never[];
}

const codes: Record<number, string> = {
  400: 'bad.request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not.found',
  409: 'conversation.inactive',
  413: 'request.entity.too.large',
  415: 'unsupported.media.type',
  429: 'too.many.requests.retry.after',
  503: 'service.unavailable',
};

/** A refusal by the sandbox: an HTTP `status`, a dotted `code`, a message, and headers that go with it. */
export class ContractError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Record<string, string>;

  constructor(status: number, code: string, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.name = 'SandboxError';
    this.status = status;
    this.code = code;
    this.headers = headers;
  }

  /** What the client is sent; `contextId` is the id of the request it answers. */
  toBody(contextId: string): object {
    return errorBody(this.status, this.code, this.message, contextId);
  }
}

/** The refusal of a call that came too often, `seconds` too early. */
export function tooManyRequests(seconds: number): ContractError {
  const headers = { 'retry-after': String(seconds) };
  return new ContractError(429, 'too.many.requests.retry.after', rateLimitMessage(seconds), headers);
}

/** The code a Genesys error body carries for `status` when nothing more exact is known. */
export function defaultCode(status: number): string {
  return codes[status] ?? (status >= 500 ? 'internal.server.error' : 'bad.request');
}

/** Builds an error body; `contextId` is the id of the request it answers. */
export function errorBody(
  status: number,
  code: string,
  message: string,
  contextId: string,
): GenesysErrorBody {
  return { message, code, status, contextId, details: [], errors: [] };
}

/** The message of a 429 that asks for `seconds` of silence, in the words Genesys uses. */
export function rateLimitMessage(seconds: number): string {
  return `Rate limit exceeded the maximum. Retry the request in [${seconds}] seconds`;
}
