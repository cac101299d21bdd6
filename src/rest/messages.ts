import { ConversationError, invalidOption, isConversationError, toFailure } from '../shared/errors.ts';
import { idIn } from '../shared/frames.ts';
import { field } from '../shared/json.ts';
import type { SendOptions, SentMessage } from '../shared/transport.ts';
import { checkId, checkOptions, isWellFormed, namesOf } from '../shared/validate.ts';
import { jsonIn } from './body.ts';
import { failed } from './failed.ts';
import type { Org } from './org.ts';
import type { Authorised } from './token.ts';
import { objectionTo } from './verdict.ts';

/** Longest text of a message, in UTF-16 units. */
const longestText = 4096;

const optionNames = namesOf<SendOptions>({ conversationId: true, signal: true });

const route = 'POST /participants/{participantId}/messages';

/** Failures after which nobody can tell whether the message was accepted. */
const unsure: ReadonlySet<string> = new Set(['timeout', 'network', 'unavailable', 'unreadable-reply']);

/** Makes `sendMessage` of `guestRest`. */
export function messageSender(
  org: Org,
  participantId: string,
  authorised: Authorised,
): (text: string, options: SendOptions) => Promise<SentMessage> {
  const url = org.urlOf('api', 'v2', 'conversations', 'messaging', 'participants', participantId, 'messages');
  return (text, options) => {
    if (typeof text !== 'string' || text === '' || text.length > longestText || !isWellFormed(text)) {
      throw invalidOption('text', `well-formed text of 1 to ${longestText} characters`, text);
    }
    checkOptions(options, 'an object with a conversationId', optionNames);
    const conversationId = checkId('conversationId', options.conversationId);
    const { signal = new AbortController().signal } = options;
    const sent = authorised(signal, async (authorization, numbered) => {
      const { reply, about } = await org.post({
        url,
        about: { route, ...numbered },
        authorization,
        body: JSON.stringify({ conversationId, text }),
        signal,
        deadline: org.deadline(undefined),
      });
      const objection = objectionTo(reply, about, conversationId);
      if (objection !== undefined) throw objection;
      const value = jsonIn(reply.body);
      const messageId = idIn(value, 'messageId');
      if (messageId === undefined) throw failed('unreadable-reply', about, { status: reply.status });
      const sentAt = field(value, 'sentAt');
      const time = typeof sentAt === 'string' ? Date.parse(sentAt) : Number.NaN;
      return { messageId, ...(!Number.isNaN(time) && { sentAt: time }) };
    });
    return sent.catch((thrown: unknown) => {
      throw completed(thrown);
    });
  };
}

/** A complete error, whatever was thrown, that says where the message may have been accepted all the same. */
function completed(thrown: unknown): ConversationError {
  const error = isConversationError(thrown) ? thrown : failed('unexpected', { route });
  return unsure.has(error.code) ? new ConversationError({ ...toFailure(error), unsure: true }) : error;
}
