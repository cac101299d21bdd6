import type { Conversations } from './conversations/conversations.ts';
import type { CallFaults } from './faults/callFault.ts';
import type { Journal } from './journal/journal.ts';
import type { Streams } from './rest/eventStreams.ts';
import type { Tokens } from './rest/tokens.ts';
import type { SandboxClock } from './shared/clock.ts';
import type { RateLimiter } from './shared/rateLimit.ts';
import type { WebMessaging } from './webMessaging/webMessaging.ts';

/** What one running sandbox shares between its routes. `origins` is filled once the port is known. */
export interface Core {
  readonly clock: SandboxClock;
  readonly tokens: Tokens;
  readonly conversations: Conversations;
  readonly limiter: RateLimiter;
  readonly faults: CallFaults;
  readonly journal: Journal;
  readonly streams: Streams;
  readonly webMessaging: WebMessaging;
  readonly secret: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly origins: Set<string>;
  typingEnabled: boolean;
}
