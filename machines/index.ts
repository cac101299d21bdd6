export type * from './conversation.events.ts';
export { conversationMachine } from './conversation.machine.ts';
export type * from './conversation.types.ts';
export { type Failure, type FailureCode, type FailureKind, failureOf, kindOf } from './failure.ts';
