import type { Fault } from '../faults.ts';

/** Faults of what conversations are told of a session. */
export const feedFaults: readonly Fault[] = [
  {
    clause: 'L-4',
    what: 'an end is told of the conversation that follows',
    file: 'src/webMessaging/conversationFeed.ts',
    from: 'const id = lastOpen ?? conversationId();',
    to: 'const id = conversationId();',
    shows: 'a conversation that is wiped while somebody listens',
  },
  {
    clause: 'L-4',
    what: 'a session that began after one that expired goes on with its conversation',
    file: 'src/webMessaging/intake.ts',
    from: 'identity.noteSession(event.newSession || hasEnded)',
    to: 'identity.noteSession(event.newSession)',
    shows: 'a session that expires, and the next one',
  },
  {
    clause: 'L-4',
    what: 'a new session goes on with the conversation of the one before',
    file: 'src/webMessaging/identity.ts',
    from: 'if (isNew && wasUsed) keep({ ...kept, conversationId: uuid() });\n      else if (!wasUsed)',
    to: 'if (!wasUsed)',
    shows: 'a session that the server knows no more after a loss',
  },
  {
    clause: 'T-18',
    what: 'how long somebody types is not told',
    file: 'src/webMessaging/conversationFeed.ts',
    from: '      ...(durationMs !== undefined && { durationMs }),\n',
    to: '',
    shows: 'somebody who types for long by their own word',
  },
];
