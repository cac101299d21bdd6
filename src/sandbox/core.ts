import type { SandboxClock } from './clock.ts';
import type { Conversations } from './conversations.ts';
import type { Faults } from './faults.ts';
import type { Journal } from './journal.ts';
import type { RateLimiter } from './rateLimit.ts';
import type { Streams } from './streams.ts';
import type { Tokens } from './tokens.ts';
import type { WebMessaging } from './webMessaging/webMessaging.ts';

/** What one running sandbox shares between its routes. `origins` is filled once the port is known. */
export interface Core {
  readonly clock: SandboxClock;
  readonly tokens: Tokens;
  readonly conversations: Conversations;
  readonly limiter: RateLimiter;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly streams: Streams;
  readonly webMessaging: WebMessaging;
  readonly secret: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly origins: Set<string>;
  typingEnabled: boolean;
}
