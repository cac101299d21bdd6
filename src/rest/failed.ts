import type { FailureCode } from '../../machines/failure.ts';
import { ConversationError } from '../shared/errors.ts';

/** Which attempt an error tells about. Never a URL: a route template names the call (S17). */
export interface About {
  /** Method and route template, as in `POST /participants/{participantId}/typing`. */
  readonly route: string;
  readonly requestId?: string;
  readonly attempt?: number;
  readonly tokenGeneration?: number;
}

/** What was learnt before the failure. `detail` must be the SDK's own words or a code that it knows (S14). */
export interface Learnt {
  readonly status?: number;
  readonly retryAfterMs?: number;
  readonly detail?: string;
  /** What to do next, where more is known of it than the code says. */
  readonly next?: string;
}

const words: Readonly<Record<FailureCode, readonly [what: string, next: string]>> = {
  'bad-request': [
    'was refused as malformed',
    'check the ids passed in: the same call would be refused again',
  ],
  unauthorized: ['was refused: the token is expired, invalid or missing', 'get a fresh token'],
  forbidden: [
    'was refused: not allowed',
    'grant the scope webmessaging:conversation:write, or switch the feature on in the deployment',
  ],
  'not-found': ['found no such conversation or participant', 'check the ids and orgUrl, or open a new one'],
  'conversation-ended': ['came too late: the conversation is over', 'open a new conversation'],
  'rate-limited': ['was refused: too many calls', 'wait before the next one'],
  unavailable: ['was not served: the server cannot answer now', 'try again later'],
  timeout: ['was given up before its reply was read', 'try again, or allow it more time'],
  network: ['got no whole reply', 'check the connection, CORS and orgUrl, and try again'],
  'unreadable-reply': [
    'got a reply that is not what the contract promises',
    'check that orgUrl leads to Genesys and not to a proxy, a login page or a captive portal',
  ],
  redirected: ['was redirected, and redirects are never followed', 'set orgUrl to where the API really is'],
  unexpected: ['failed in an unexpected way', 'check the fetch option, then report this as a bug'],
};

/** The error for one failed attempt. Its message says what happened and what to do next, and quotes nobody. */
export function failed(code: FailureCode, about: About, learnt: Learnt = {}): ConversationError {
  const { detail, next, ...facts } = learnt;
  const { route, ...attempt } = about;
  const { status } = facts;
  const [what, usually] = words[code];
  const known = [status === undefined ? '' : `status ${status}`, detail ?? ''].filter((part) => part !== '');
  return new ConversationError({
    code,
    message: `${route} ${what}${known.length > 0 ? ` (${known.join(', ')})` : ''}; ${next ?? usually}.`,
    ...facts,
    ...attempt,
  });
}
