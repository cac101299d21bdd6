import { invalidOption } from '../shared/errors.ts';
import { field } from '../shared/json.ts';
import { checkOptions, namesOf } from '../shared/validate.ts';
import { jsonIn } from './body.ts';
import { type About, failed } from './failed.ts';
import { sharedFlight } from './flight.ts';
import { type OrgOptions, orgOf } from './org.ts';
import { isToken } from './token.ts';

/** What {@link clientCredentials} needs. */
export interface ClientCredentialsOptions extends OrgOptions {
  /** The OAuth client's id: visible ASCII without a colon. */
  readonly clientId: string;
  /** The OAuth client's secret: visible ASCII. */
  readonly clientSecret: string;
  /**
   * Where under `orgUrl` tokens are had; default `/api/v2/oauth/token`, as the guest contract has it. For Genesys Cloud
   * itself `orgUrl` is the login host of the region, and this `/oauth/token`.
   */
  readonly tokenPath?: string;
  /** How long fetching a token may take, ms; default 10 000. */
  readonly timeout?: number;
}

/** A token provider for `guestRest`; may be called by itself, too. */
export type ClientCredentialsProvider = (options?: { readonly signal?: AbortSignal }) => Promise<string>;

const optionNames = namesOf<ClientCredentialsOptions>({
  orgUrl: true,
  fetch: true,
  clock: true,
  clientId: true,
  clientSecret: true,
  tokenPath: true,
  timeout: true,
});

const about: About = { route: 'POST /oauth/token' };
/** Without a step up, or to nowhere: no escaping protects it. */
const pathForm = /^(?:\/(?!\.{1,2}(?:\/|$))[\w.-]+)+$/;
const visibleAscii = /^[\x21-\x7e]{1,512}$/;

/**
 * A token provider for bots, by the client credentials grant (RFC 6749, section 4.4). For servers only: in a
 * browser everybody could read the secret. Each call fetches a new token, under its own deadline; calls that
 * overlap share one. It keeps none, since `guestRest` asks only when it needs a fresh one.
 *
 * Throws `invalid-option`; the provider rejects with a `ConversationError`: `unauthorized` where the server
 * refuses the credentials (400, 401, 403), or what the status says.
 * @example
 * const token = clientCredentials({ orgUrl, clientId, clientSecret });
 * const transport = guestRest({ orgUrl, participantId: 'bot', token });
 */
export function clientCredentials(options: ClientCredentialsOptions): ClientCredentialsProvider {
  checkOptions(options, 'an object', optionNames);
  const { clientId, clientSecret, tokenPath = '/api/v2/oauth/token' } = options;
  const org = orgOf(options);
  if (typeof tokenPath !== 'string' || !pathForm.test(tokenPath)) {
    throw invalidOption('tokenPath', 'a path such as /oauth/token', tokenPath);
  }
  const url = org.urlOf(...tokenPath.slice(1).split('/'));
  const deadline = org.deadline(options.timeout);
  if (!isVisible(clientId) || clientId.includes(':')) {
    throw invalidOption('clientId', 'visible ASCII characters without a colon', clientId);
  }
  if (!isVisible(clientSecret)) throw invalidOption('clientSecret', 'visible ASCII characters', clientSecret);
  const call = {
    url,
    about,
    authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}`,
    contentType: 'application/x-www-form-urlencoded',
    body: 'grant_type=client_credentials',
    deadline,
    refusal: refusedCredentials,
  };

  const fetchToken = async (signal: AbortSignal): Promise<string> => {
    const { reply, about } = await org.post({ ...call, signal });
    const answer = jsonIn(reply.body);
    const token = field(answer, 'access_token');
    if (!isToken(token) || !isBearer(field(answer, 'token_type'))) {
      throw failed('unreadable-reply', about, { status: reply.status, detail: 'no bearer token in it' });
    }
    return token;
  };

  const join = sharedFlight(fetchToken, () => failed('timeout', about));
  return (call) => join(call?.signal);
}

function refusedCredentials(status: number, about: About): Error | undefined {
  if (![400, 401, 403].includes(status)) return undefined;
  const next = 'check clientId, clientSecret and the grant of the OAuth client';
  return failed('unauthorized', about, { status, next });
}

function isVisible(value: unknown): value is string {
  return typeof value === 'string' && visibleAscii.test(value);
}

function isBearer(tokenType: unknown): boolean {
  return tokenType === undefined || (typeof tokenType === 'string' && tokenType.toLowerCase() === 'bearer');
}
