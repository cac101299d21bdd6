export type {
  ConversationEmitted,
  ConversationEvent,
  DroppedReason,
  HeldReason,
} from '../machines/conversation/events.ts';
export type {
  Ledger,
  Mark,
  PeerRead,
  StorageTrouble,
  StoredLedger,
} from '../machines/conversation/ledger.types.ts';
export type {
  Accepted,
  ConversationContext,
  ReadCall,
  Refreshed,
  RemoteTypist,
  Timing,
  TransportCapabilities,
  TypingCall,
} from '../machines/conversation/types.ts';
export type { Failure, FailureCode, FailureKind } from '../machines/failure.ts';
export type { Sender, SessionEmitted, SessionMessage } from '../machines/session/events.ts';
export type { CloseReason, SessionFailure, SessionTiming } from '../machines/session/types.ts';
export { type Clock, systemClock } from './clock.ts';
export { createConversation } from './conversation/createConversation.ts';
export { describeTyping, type TypingPhrases } from './conversation/describeTyping.ts';
export { defaultTiming, type TimingOptions } from './conversation/timing.ts';
export type {
  Conversation,
  ConversationActor,
  ConversationListener,
  ConversationOptions,
  IncomingMessage,
  LogEntry,
} from './conversation/types.ts';
export {
  ConversationError,
  type ConversationErrorCode,
  type ConversationErrorDetails,
  isConversationError,
} from './errors.ts';
export {
  type ClientCredentialsOptions,
  type ClientCredentialsProvider,
  clientCredentials,
} from './rest/clientCredentials.ts';
export { type GuestRestOptions, guestRest } from './rest/guestRest.ts';
export {
  type GuestConversation,
  type OpenGuestConversationOptions,
  openGuestConversation,
} from './rest/openGuestConversation.ts';
export { parseRetryAfter, type RetryAfterContext } from './rest/retryAfter.ts';
export type { TokenProvider } from './rest/token.ts';
export type { LedgerStorage } from './storage.ts';
export type { AttemptOptions, Transport } from './transport.ts';
export type { SessionStorage } from './webMessaging/identity.ts';
export type { MessageOptions, SentMessage } from './webMessaging/messageStore.ts';
export type { WebSocketConstructor, WebSocketLike } from './webMessaging/platformSocket.ts';
export type { GenesysRegion } from './webMessaging/regions.ts';
export { defaultSessionTiming, type SessionTimingOptions } from './webMessaging/timing.ts';
export { webMessaging } from './webMessaging/webMessaging.ts';
export type {
  SessionActor,
  SessionListener,
  SessionState,
  WebMessaging,
  WebMessagingOptions,
} from './webMessaging/webMessaging.types.ts';
