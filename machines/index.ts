export { conversationMachine } from './conversation/conversation.machine.ts';
export type * from './conversation/events.ts';
export type * from './conversation/types.ts';
export { type Failure, type FailureCode, type FailureKind, failureOf, kindOf } from './failure.ts';
export type * from './session/events.ts';
export { sessionMachine } from './session/session.machine.ts';
export type * from './session/types.ts';
