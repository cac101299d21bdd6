import { failed } from '../rest/failed.ts';
import { field } from '../shared/json.ts';
import type { Endpoints } from './endpoints.ts';
import type { GetJson } from './getJson.ts';
import type { JwtKeeper } from './jwtKeeper.ts';

/** One page of the guest's history. */
interface HistoryPage {
  /** What the server keeps of each message and event, the newest first. */
  readonly entities: readonly unknown[];
  /** Whether nothing older is kept. */
  readonly isLast: boolean;
}

/** Gets one page of history, from 1, the newest first. Rejects with a `ConversationError`. */
export type HistoryPages = (pageNumber: number, signal: AbortSignal) => Promise<HistoryPage>;

const about = { route: 'GET /api/v2/webmessaging/messages' };
/** Entities of a page; the server answers for ten pages a minute. */
const pageSize = 25;

/** {@link HistoryPages} over the REST call, with a token that is asked for over the socket by `askForJwt`. */
export function historyPages(
  endpoints: Endpoints,
  getJson: GetJson,
  jwts: JwtKeeper,
  askForJwt: () => boolean,
): HistoryPages {
  return async (pageNumber, signal) => {
    const jwt = await jwts.get(askForJwt, signal);
    const url = endpoints.history(pageNumber, pageSize);
    const headers = { Authorization: `bearer ${jwt}` };
    const { status, value, retryAfter } = await getJson(url, headers, signal, about);
    if (status === 429) throw failed('rate-limited', about, { status, ...hint(retryAfter) });
    if (status === 401 || status === 403) jwts.clear();
    const entities = field(value, 'entities');
    if (!Array.isArray(entities)) throw failed('unreadable-reply', about, { status });
    return { entities, isLast: entities.length < pageSize };
  };
}

/** Whole seconds; anything else counts as absent (L-2). */
function hint(retryAfter: string | null): { readonly retryAfterMs?: number } {
  return retryAfter !== null && /^\d{1,6}$/.test(retryAfter)
    ? { retryAfterMs: Number(retryAfter) * 1000 }
    : {};
}
