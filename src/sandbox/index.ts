export type { SandboxClock } from './clock.ts';
export type { ConversationView, FeedOnlyEvent, MessageView, StreamEvent } from './events.ts';
export type { FaultSpec } from './faultSpec.ts';
export type { Sandbox, SandboxAgent, StartedConversation } from './handle.ts';
export type { CallFilter, CallMatcher, SandboxCall, SandboxLane, WaitOptions } from './journal.ts';
export type { SandboxOptions } from './options.ts';
export type { RateLimit } from './rateLimit.ts';
export { startSandbox } from './start.ts';
export type { GuestToken } from './tokens.ts';
