export type * from '../machines/conversation/events.ts';
export type * from '../machines/conversation/types.ts';
export type { Failure, FailureCode, FailureKind } from '../machines/failure.ts';
export { createConversation } from './conversation/createConversation.ts';
export { describeTyping, type TypingPhrases } from './conversation/describeTyping.ts';
export { defaultTiming, type TimingOptions } from './conversation/timing.ts';
export type {
  Conversation,
  ConversationActor,
  ConversationListener,
  ConversationOptions,
  IncomingMessage,
} from './conversation/types.ts';
export * from './rest/index.ts';
export { type Clock, systemClock } from './shared/clock.ts';
export {
  ConversationError,
  type ConversationErrorCode,
  type ConversationErrorDetails,
  isConversationError,
} from './shared/errors.ts';
export type { LogEntry } from './shared/log.ts';
export type { LedgerStorage } from './shared/storage.ts';
export type { AttemptOptions, Transport } from './shared/transport.ts';
export * from './webMessaging/index.ts';
