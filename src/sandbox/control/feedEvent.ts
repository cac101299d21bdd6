import type { ConversationNotice } from '../conversations/events.ts';
import type { SandboxCall } from '../journal/call.ts';

/**
 * What the control feed is sent besides every `StreamEvent`. A call comes twice: when it has arrived and when it is
 * settled. The feed also hears when typing expires on the server, as a `conversation:typing` with `isTyping: false`;
 * event streams do not, so that a client's own time-to-live is put to the test. `transport` says whether a conversation
 * was started by a call or by a guest's web messaging socket.
 */
export type FeedOnlyEvent = ConversationNotice | { type: 'call'; call: SandboxCall };
