export type { Sender, SessionEmitted, SessionMessage } from '../../machines/session/events.ts';
export type { CloseReason, SessionFailure, SessionTiming } from '../../machines/session/types.ts';
export type { SessionStorage } from './identity.ts';
export type { MessageOptions, SentMessage } from './messageStore.ts';
export type { WebSocketConstructor, WebSocketLike } from './platformSocket.ts';
export type { GenesysRegion } from './regions.ts';
export { defaultSessionTiming, type SessionTimingOptions } from './timing.ts';
export { webMessaging } from './webMessaging.ts';
export type {
  SessionActor,
  SessionListener,
  SessionState,
  WebMessaging,
  WebMessagingOptions,
} from './webMessaging.types.ts';
