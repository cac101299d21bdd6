import { v4 as uuid } from 'uuid';
import { invalidOption } from '../errors.ts';
import { field } from '../shared/json.ts';
import { checkDelay } from '../validate.ts';
import { withinDeadline } from './abort.ts';
import { jsonIn } from './body.ts';
import { type About, failed } from './failed.ts';
import { sharedFlight } from './flight.ts';
import { urlsOf } from './orgUrl.ts';
import { httpClient } from './request.ts';
import { type HintRules, isSuccess, refused, wantsBody } from './status.ts';
import { isToken } from './token.ts';

/** What {@link clientCredentials} needs. */
export interface ClientCredentialsOptions {
  /** The org's API, by the rules of `guestRest` (S6). */
  readonly orgUrl: string;
  /** The OAuth client's id: visible ASCII without a colon. */
  readonly clientId: string;
  /** The OAuth client's secret: visible ASCII. */
  readonly clientSecret: string;
  /** How long fetching a token may take, ms; default 10 000. */
  readonly timeout?: number;
  /** Used in place of the platform's `fetch`. */
  readonly fetch?: typeof fetch;
}

/** A token provider for `guestRest`; may be called by itself, too. */
export type ClientCredentialsProvider = (options?: { readonly signal?: AbortSignal }) => Promise<string>;

const about: About = { route: 'POST /oauth/token' };
const hints: HintRules = { cap: 300_000, wallClock: () => Date.now() };
const visibleAscii = /^[\x21-\x7e]{1,512}$/;

/**
 * A token provider for bots, by the client credentials grant (RFC 6749, section 4.4). For servers only: in a
 * browser everybody could read the secret. Each call fetches a new token, under its own deadline; calls that
 * overlap share one. It keeps none, since `guestRest` asks only when it needs a fresh one.
 *
 * Throws `invalid-option`; the provider rejects with a `ConversationError`: `unauthorized` where the server
 * refuses the credentials (400, 401, 403), or what the status says.
 */
export function clientCredentials(options: ClientCredentialsOptions): ClientCredentialsProvider {
  if (typeof options !== 'object' || options === null) throw invalidOption('options', 'an object', options);
  const { clientId, clientSecret } = options;
  const url = urlsOf(options.orgUrl)('api', 'v2', 'oauth', 'token');
  const timeout = checkDelay('timeout', options.timeout ?? 10_000, 1);
  if (!isVisible(clientId) || clientId.includes(':')) {
    throw invalidOption('clientId', 'visible ASCII characters without a colon', clientId);
  }
  if (!isVisible(clientSecret)) throw invalidOption('clientSecret', 'visible ASCII characters', clientSecret);
  const authorization = `Basic ${btoa(`${clientId}:${clientSecret}`)}`;
  const send = httpClient(options.fetch);

  const fetchToken = async (signal: AbortSignal): Promise<string> => {
    const requestId = uuid();
    const attempt = { ...about, requestId };
    const headers = {
      Authorization: authorization,
      'Content-Type': 'application/x-www-form-urlencoded',
      Accept: 'application/json',
      'X-Genesys-Request-Id': requestId,
    };
    const body = 'grant_type=client_credentials';
    const reply = await withinDeadline(timeout, signal, (limited) =>
      send({ url, headers, body, signal: limited, wantsBody: wantsBody(hints) }, attempt),
    );
    const { status } = reply;
    if (refusesCredentials.has(status))
      throw failed('unauthorized', attempt, { status, detail: refusedDetail });
    if (!isSuccess(reply)) throw refused(reply, attempt, hints);
    const answer = jsonIn(reply.body);
    const token = field(answer, 'access_token');
    if (!isToken(token) || !isBearer(field(answer, 'token_type'))) {
      throw failed('unreadable-reply', attempt, { status, detail: 'no bearer token in it' });
    }
    return token;
  };

  const join = sharedFlight(fetchToken, () => failed('timeout', about));
  return (call) => join(call?.signal);
}

const refusesCredentials: ReadonlySet<number> = new Set([400, 401, 403]);
const refusedDetail = 'check clientId, clientSecret and the grant of the OAuth client';

function isVisible(value: unknown): value is string {
  return typeof value === 'string' && visibleAscii.test(value);
}

function isBearer(tokenType: unknown): boolean {
  return tokenType === undefined || (typeof tokenType === 'string' && tokenType.toLowerCase() === 'bearer');
}
