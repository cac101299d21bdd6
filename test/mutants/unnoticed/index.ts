import type { Unnoticed } from '../scope.ts';
import { besideMachines } from './beside.ts';
import { inConversation } from './conversation.ts';
import { inEvents } from './events.ts';
import { inReading } from './reading.ts';
import { inReads } from './reads.ts';
import { inRest } from './rest.ts';
import { inRoster } from './roster.ts';
import { inSession } from './session.ts';
import { inStream } from './stream.ts';
import { inTypingLane } from './typing.ts';
import { inWebMessaging } from './webMessaging.ts';

/** Mutants that survive rightly, each with the reason. One that is not here and survives is a promise nobody tests. */
export const unnoticed: readonly Unnoticed[] = [
  ...inStream,
  ...inSession,
  ...inConversation,
  ...inTypingLane,
  ...besideMachines,
  ...inReading,
  ...inReads,
  ...inRest,
  ...inEvents,
  ...inRoster,
  ...inWebMessaging,
];
