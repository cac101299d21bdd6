import { ConversationError } from '../shared/errors.ts';

const error = (code: ConversationError['code'], message: string, retryAfterMs?: number): ConversationError =>
  new ConversationError({ code, message, ...(retryAfterMs !== undefined && { retryAfterMs }) });

/** Everything that is asked of a session after its `stop()`. */
export const stoppedError = (): ConversationError =>
  error('stopped', 'The session was stopped; create another one.');

/** A typing signal while there is nothing that it could leave by: provably unsent, so it uses no window up (T-3). */
export const notUp = (): ConversationError =>
  new ConversationError({
    code: 'network',
    message: 'The session is not up; the typing signal was dropped.',
    unsent: true,
  });

/** A stop, which the product has no frame for. */
export const noStop = (): ConversationError =>
  error('bad-request', 'Web messaging has no "stopped typing"; silence says it.');

/** A read call without a receiver of the application's own. */
export const noReceipts = (): ConversationError =>
  error('bad-request', 'Web messaging has no read receipts; keep read marks local.');

/** A typing signal for a conversation that the session has left. */
export const otherConversation = (): ConversationError =>
  error('conversation-ended', 'The conversation is not the one of this session; open the present one.');

/** A typing signal that the deployment's configuration does not want. */
export const typingOff = (): ConversationError =>
  error('forbidden', 'The deployment has typing indicators switched off (showUserTypingIndicator).');

/** A typing signal while the server wants silence, for `msLeft` from now (L-1). */
export const limited = (msLeft: number): ConversationError =>
  error('rate-limited', 'The server asked for silence; the typing signal was dropped.', msLeft);

/** A typing signal too close behind the last one of this session, whoever sent that: may leave in `msLeft` (W-5). */
export const tooSoon = (msLeft: number): ConversationError =>
  new ConversationError({
    code: 'rate-limited',
    message: 'The last typing signal of this session is too fresh; this one was dropped.',
    retryAfterMs: msLeft,
    unsent: true,
  });
