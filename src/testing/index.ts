export {
  createScriptedTransport,
  type ScriptedAnswer,
  type ScriptedCall,
  type ScriptedTransport,
  type ScriptedTransportOptions,
} from './scriptedTransport.ts';
export { createSteppedClock, type SteppedClock, type SteppedClockOptions } from './steppedClock.ts';
export { recordTrace, type Trace, type TraceEntry } from './trace.ts';
