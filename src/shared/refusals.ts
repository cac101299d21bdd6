import { ConversationError } from './errors.ts';

/** Nothing is open. */
export const noConversation = (): ConversationError =>
  new ConversationError({
    code: 'no-conversation',
    message: 'No conversation is open; call open(conversationId) first.',
  });

/** The handle was stopped. */
export const stoppedError = (): ConversationError =>
  new ConversationError({
    code: 'stopped',
    message: 'The conversation was stopped; create another one.',
  });
