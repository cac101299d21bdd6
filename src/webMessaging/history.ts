import type { FoundMessage } from '../../machines/session/types.ts';
import { failed } from '../rest/failed.ts';
import { field, list, text } from '../shared/json.ts';
import type { Endpoints } from './endpoints.ts';
import type { GetJson } from './getJson.ts';
import type { JwtKeeper } from './jwtKeeper.ts';
import { timeIn } from './structuredMessage.ts';

/** Looks into the guest's message history. */
export type History = (ids: readonly string[], signal: AbortSignal) => Promise<readonly FoundMessage[]>;

const about = { route: 'GET /api/v2/webmessaging/messages' };
const pageSize = 25;
/** What is looked for is recent; history answers newest first, and at most ten times a minute. */
const mostPages = 2;

/** A {@link History} over the REST call, with a token that is asked for over the socket by `askForJwt`. */
export function historyOf(
  endpoints: Endpoints,
  getJson: GetJson,
  jwts: JwtKeeper,
  askForJwt: () => boolean,
): History {
  return async (ids, signal) => {
    const wanted = new Set(ids);
    const found = new Map<string, FoundMessage>();
    for (let page = 1; page <= mostPages && found.size < wanted.size; page += 1) {
      const jwt = await jwts.get(askForJwt, signal);
      const url = endpoints.history(page, pageSize);
      const { status, value, retryAfter } = await getJson(
        url,
        { Authorization: `bearer ${jwt}` },
        signal,
        about,
      );
      if (status === 429) throw failed('rate-limited', about, { status, ...hint(retryAfter) });
      if (status === 401 || status === 403) jwts.clear();
      const entities = field(value, 'entities');
      if (!Array.isArray(entities)) throw failed('unreadable-reply', about, { status });
      for (const entity of list(value, 'entities')) note(entity, wanted, found);
      if (entities.length < pageSize) break;
    }
    return [...found.values()];
  };
}

/** Whole seconds; anything else counts as absent (L-2). */
function hint(retryAfter: string | null): { readonly retryAfterMs?: number } {
  return retryAfter !== null && /^\d{1,6}$/.test(retryAfter)
    ? { retryAfterMs: Number(retryAfter) * 1000 }
    : {};
}

function note(entity: unknown, wanted: ReadonlySet<string>, found: Map<string, FoundMessage>): void {
  const id = text(field(entity, 'metadata'), 'customMessageId');
  const messageId = text(field(entity, 'channel'), 'messageId') ?? text(entity, 'id');
  if (id === undefined || messageId === undefined || !wanted.has(id) || found.has(id)) return;
  const sentAt = timeIn(entity);
  found.set(id, { id, messageId, ...(sentAt !== undefined && { sentAt }) });
}
