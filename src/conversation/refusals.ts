import { ConversationError } from '../shared/errors.ts';

/** Nothing is open. */
export const noConversation = (): ConversationError =>
  new ConversationError({
    code: 'no-conversation',
    message: 'No conversation is open; call open(conversationId) first.',
  });

/** The conversation is over. */
export const conversationOver = (): ConversationError =>
  new ConversationError({
    code: 'conversation-ended',
    message: 'The conversation is over; open another, or call reopen().',
  });

/** A 403 switched read receipts off. */
export const readsForbidden = (): ConversationError =>
  new ConversationError({
    code: 'forbidden',
    message:
      'The back end forbids read receipts here: grant the scope webmessaging:conversation:write, then call reauthorize().',
  });

/** The back end refused this mark for good. */
export const alreadyRefused = (): ConversationError =>
  new ConversationError({
    code: 'bad-request',
    message: 'The back end refused this read mark before; only a newer message can be reported.',
  });

/** The transport has no read receipts. */
export const noReceipts = (): ConversationError =>
  new ConversationError({ code: 'unsupported', message: 'This transport has no read receipts.' });

/** The handle was stopped. */
export const stoppedError = (): ConversationError =>
  new ConversationError({
    code: 'stopped',
    message: 'The conversation was stopped; create another one.',
  });
