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
export const pageSize = 25;

/** {@link HistoryPages} over the REST call, with a token that is asked for over the socket by `askForJwt`. */
export function historyPages(
  endpoints: Endpoints,
  getJson: GetJson,
  jwts: JwtKeeper,
  askForJwt: () => boolean,
): HistoryPages {
  const get = async (pageNumber: number, signal: AbortSignal, isSecond = false) => {
    const jwt = await jwts.get(askForJwt, signal);
    const headers = { Authorization: `bearer ${jwt}` };
    const reply = await getJson(endpoints.history(pageNumber, pageSize), headers, signal, about);
    if (reply.isForeign || (reply.status !== 401 && reply.status !== 403)) return reply;
    jwts.clear();
    if (isSecond) throw failed('unauthorized', about, { status: reply.status });
    return get(pageNumber, signal, true);
  };
  return async (pageNumber, signal) => {
    const { status, value, retryAfter } = await get(pageNumber, signal);
    if (status === 429) throw failed('rate-limited', about, { status, ...hint(retryAfter) });
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
