export type {
  TracedCall,
  TraceFile,
  TraceMark,
  TraceMarks,
  TraceMoment,
  TraceValue,
} from '../shared/traceFile.ts';
export { type CheckedClause, checkedClauses, checkInvariants } from './clauses/checkInvariants.ts';
export type { Violation } from './clauses/world.ts';
export {
  describeTransport,
  type TestRunner,
  type TransportTrouble,
  type TransportUnderTest,
} from './describeTransport.ts';
export { genesysFrames } from './genesysFrames.ts';
export { type DrivenPage, exposeTrace, traceOfPage } from './pageTrace.ts';
export { type ExploredSnapshots, type ExplorePathsOptions, explorePaths } from './paths/explorePaths.ts';
export type { ExploredPaths, MachinePath, PathEnd } from './paths/pathsThrough.ts';
export { countAsPerson, type TypeTextOptions, typeText } from './persons.ts';
export { type RandomAnswersOptions, randomAnswers } from './randomAnswers.ts';
export { createRecorder, type Recorder, type RecorderOptions } from './recorder.ts';
export type { RemoteChange, RemoteView } from './remoteView.ts';
export {
  createScriptedGenesys,
  type GenesysAction,
  type GenesysAnswer,
  type GuestFrame,
  type ScriptedGenesys,
  type ScriptedGenesysOptions,
} from './scriptedGenesys.ts';
export type { ScriptedSocket } from './scriptedSocket.ts';
export {
  createScriptedTransport,
  type HeldCall,
  type ScriptedAnswer,
  type ScriptedCall,
  type ScriptedOutcome,
  type ScriptedTransport,
  type ScriptedTransportOptions,
} from './scriptedTransport.ts';
export {
  type ClockJump,
  createSteppedClock,
  type SteppedClock,
  type SteppedClockOptions,
} from './steppedClock.ts';
export { recordTrace, type Trace, type TraceEntry } from './trace.ts';
