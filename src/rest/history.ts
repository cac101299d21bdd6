import type { GetHistory, HistoryPage } from '../events/catchUp.ts';
import { idIn, type MessageFrame, type ReadFrame, readMessage } from '../shared/frames.ts';
import { list } from '../shared/json.ts';
import { checkMessageId } from '../shared/validate.ts';
import { jsonIn } from './body.ts';
import { type About, failed } from './failed.ts';
import type { Org } from './org.ts';
import type { Authorised } from './token.ts';

/** How many messages one page is asked to hold; a page stays far below what is read of a reply. */
const pageSize = 40;

const about: About = { route: 'GET /{conversationId}/messages' };

/** Gets pages of a conversation's history, `GET …/{conversationId}/messages?limit=…&after=…`, each by one call. */
export function historyOf(org: Org, authorised: Authorised, timeout: number): GetHistory {
  return (conversationId, after, signal) =>
    authorised(signal, async (authorization, numbered) => {
      const url = org.urlOf('api', 'v2', 'conversations', 'messaging', conversationId, 'messages');
      const query = new URLSearchParams({ limit: String(pageSize), ...(after !== undefined && { after }) });
      const { reply, about: attempt } = await org.get({
        url: `${url}?${query}`,
        about: { ...about, ...numbered },
        authorization,
        signal,
        deadline: org.deadline(timeout),
      });
      const page = pageIn(jsonIn(reply.body), conversationId);
      if (page === null) throw failed('unreadable-reply', attempt, { status: reply.status });
      return page;
    });
}

/** A page as the contract has it; null where it is none, or another conversation's. */
function pageIn(value: unknown, conversationId: string): HistoryPage | null {
  if (idIn(value, 'conversationId') !== conversationId) return null;
  const messages = list(value, 'messages')
    .map((each) => readMessage(each, conversationId))
    .filter((each): each is MessageFrame => each !== null);
  const reads = list(value, 'reads').flatMap((each): readonly ReadFrame[] => {
    const participantId = idIn(each, 'participantId');
    const messageId = idIn(each, 'messageId', checkMessageId);
    return participantId && messageId
      ? [{ type: 'conversation:read', conversationId, participantId, messageId }]
      : [];
  });
  return { messages, reads, more: list(value, 'messages').length >= pageSize };
}
