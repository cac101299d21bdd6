export { readTrace } from './readTrace.ts';
export { type TimelineWindow, toTimeline } from './timeline/toTimeline.ts';
export { toTest } from './toTest.ts';
export { traceOf } from './traceOf.ts';
export type { ConversationTrace, PlainEvent, TraceFailure, TraceItem, TraceLane } from './types.ts';
