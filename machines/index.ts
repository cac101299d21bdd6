export { conversationMachine } from './conversation/conversation.machine.ts';
export type {
  ConversationEmitted,
  ConversationEvent,
  DroppedReason,
  FlushSettled,
  HeldReason,
} from './conversation/events.ts';
export type { Ledger, Mark, PeerRead, StorageTrouble, StoredLedger } from './conversation/ledger.types.ts';
export type {
  Accepted,
  ConversationContext,
  ConversationInput,
  ConversationPorts,
  Inheritance,
  LimitContext,
  ReadCall,
  Readings,
  ReceiptsContext,
  Refreshed,
  RemoteTypist,
  RosterContext,
  Timing,
  TokenContext,
  TransportCapabilities,
  TypingCall,
  TypingContext,
  Voice,
} from './conversation/types.ts';
export { type Failure, type FailureCode, type FailureKind, failureOf, kindOf } from './failure.ts';
export type {
  FrameEvent,
  Sender,
  SessionEmitted,
  SessionEvent,
  SessionMessage,
  SocketClosed,
  Term,
} from './session/events.ts';
export { sessionMachine } from './session/session.machine.ts';
export type {
  CloseReason,
  FoundMessage,
  OutboxEntry,
  OutgoingFrame,
  SessionContext,
  SessionFailure,
  SessionInput,
  SessionPorts,
  SessionReadings,
  SessionTiming,
  SocketCommand,
} from './session/types.ts';
