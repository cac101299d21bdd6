export type { FeedOnlyEvent } from './control/feedEvent.ts';
export type { Sandbox, SandboxAgent, StartedConversation } from './control/handle.ts';
export type { SandboxOpenMessaging } from './control/openMessagingHandle.ts';
export type { SandboxWebMessaging } from './control/webMessagingHandle.ts';
export type {
  ConversationView,
  Manner,
  MessageView,
  StreamEvent,
} from './conversations/events.ts';
export type { FaultSpec } from './faults/callFault.ts';
export type { SocketFaultSpec, SocketFaultTarget } from './faults/socketFault.ts';
export type { SandboxCall, SandboxLane } from './journal/call.ts';
export type { CallFilter, CallMatcher } from './journal/callMatcher.ts';
export type { WaitOptions } from './journal/journal.ts';
export type { OpenMessagingSettings, RetryHint } from './openMessaging/settings.ts';
export type { WebhookDelivery, WebhookTrouble } from './openMessaging/webhooks.ts';
export type { SandboxOptions } from './options.ts';
export type { PageGateway } from './pages/pageGateway.ts';
export type { GuestToken } from './rest/tokens.ts';
export type { SandboxClock } from './shared/clock.ts';
export type { RateLimit } from './shared/rateLimit.ts';
export { startSandbox } from './start.ts';
export type { DeploymentSettings } from './webMessaging/deployments.ts';
export type { WebMessagingLimits } from './webMessaging/limits.ts';
export type { WebMessagingSession } from './webMessaging/sessionView.ts';
