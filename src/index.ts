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
export { type ConsoleLoggerOptions, consoleLogger } from './conversation/consoleLogger.ts';
export { createConversation } from './conversation/createConversation.ts';
export { describeTyping, type TypingPhrases } from './conversation/describeTyping.ts';
export { faithful, thrifty } from './conversation/presets.ts';
export { defaultTiming, type TimingOptions } from './conversation/timing.ts';
export type {
  Conversation,
  ConversationActor,
  ConversationListener,
  ConversationOptions,
  IncomingMessage,
  TypeWhileOptions,
} from './conversation/types.ts';
export type { StreamTold } from './events/audience.ts';
export type { EventsOptions } from './events/options.ts';
export { defaultStreamTiming, type StreamTimingOptions } from './events/timing.ts';
export type { LedgerPersistence } from './reading/keeper.ts';
export { type PersistLedgerOptions, persistLedger } from './reading/persistLedger.ts';
export {
  type ClientCredentialsOptions,
  type ClientCredentialsProvider,
  clientCredentials,
} from './rest/clientCredentials.ts';
export { eventStream, type GuestEvents } from './rest/eventStream.ts';
export { type GuestRest, type GuestRestOptions, guestRest } from './rest/guestRest.ts';
export {
  type GuestConversation,
  type OpenGuestConversationOptions,
  openGuestConversation,
} from './rest/openGuestConversation.ts';
export { parseRetryAfter, type RetryAfterContext } from './rest/retryAfter.ts';
export type { TokenProvider } from './rest/token.ts';
export { type Clock, systemClock } from './shared/clock.ts';
export {
  ConversationError,
  type ConversationErrorCode,
  type ConversationErrorDetails,
  isConversationError,
} from './shared/errors.ts';
export type { ConversationFrame, EndedFrame, MessageFrame, ReadFrame, TypingFrame } from './shared/frames.ts';
export type { Inspector } from './shared/inspector.ts';
export type { LogEntry, Logger } from './shared/log.ts';
export type { WebSocketConstructor, WebSocketLike } from './shared/platformSocket.ts';
export type { LedgerStorage } from './shared/storage.ts';
export type {
  AttemptOptions,
  PageEvent,
  SendOptions,
  SentMessage,
  Transport,
  TransportEvent,
} from './shared/transport.ts';
export type { Answer, MessageOptions } from './webMessaging/checkMessage.ts';
export type { DeploymentView } from './webMessaging/deploymentConfig.ts';
export type { HistoryOptions } from './webMessaging/historyVerb.ts';
export type { SessionStorage } from './webMessaging/identity.ts';
export type { WebMessagingOptions } from './webMessaging/options.ts';
export type { RawFrame } from './webMessaging/rawFrames.ts';
export type { HistoryEntry, HistoryPart } from './webMessaging/readHistory.ts';
export type { GenesysRegion } from './webMessaging/regions.ts';
export type { SessionActor } from './webMessaging/sessionActor.ts';
export type { SessionState } from './webMessaging/sessionState.ts';
export { defaultSessionTiming, type SessionTimingOptions } from './webMessaging/sessionTiming.ts';
export type { SessionListener, WebMessaging } from './webMessaging/types.ts';
export { webMessaging } from './webMessaging/webMessaging.ts';
