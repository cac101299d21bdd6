export { conversationMachine } from './conversation.machine.ts';
export * from './conversation.types.ts';
export { type Failure, type FailureCode, type FailureKind, failureOf, kindOf } from './failure.ts';
