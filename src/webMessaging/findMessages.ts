import type { FoundMessage } from '../../machines/session/types.ts';
import { field, text } from '../shared/json.ts';
import type { HistoryPages } from './historyPages.ts';
import { timeIn } from './structuredMessage.ts';

/** What is looked for is recent, and history answers newest first. */
const mostPages = 2;

/** Looks into history for messages by the ids that they left with (W-6). */
export async function findMessages(
  pages: HistoryPages,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<readonly FoundMessage[]> {
  const wanted = new Set(ids);
  const found = new Map<string, FoundMessage>();
  for (let page = 1; page <= mostPages && found.size < wanted.size; page += 1) {
    const { entities, isLast } = await pages(page, signal);
    for (const entity of entities) note(entity, wanted, found);
    if (isLast) break;
  }
  return [...found.values()];
}

function note(entity: unknown, wanted: ReadonlySet<string>, found: Map<string, FoundMessage>): void {
  const id = text(field(entity, 'metadata'), 'customMessageId');
  const messageId = text(field(entity, 'channel'), 'messageId') ?? text(entity, 'id');
  if (id === undefined || messageId === undefined || !wanted.has(id) || found.has(id)) return;
  const sentAt = timeIn(entity);
  found.set(id, { id, messageId, ...(sentAt !== undefined && { sentAt }) });
}
