import type { TraceFile, Violation } from 'genesys-conversation-machine/testing';
import { amongManyAndAlone } from './scenarios/amongMany.ts';
import { countScenarios } from './scenarios/counts.ts';
import { episodeScenarios } from './scenarios/episodes.ts';
import { interruptedScenarios } from './scenarios/interrupted.ts';
import { limitScenarios } from './scenarios/limits.ts';
import { lifeScenarios } from './scenarios/lives.ts';
import { markScenarios } from './scenarios/marks.ts';
import { messageScenarios } from './scenarios/messages.ts';

import { missedScenarios } from './scenarios/missed.ts';
import { nextSessionScenarios } from './scenarios/nextSessions.ts';
import { oneVoiceScenarios } from './scenarios/oneVoice.ts';
import { readCallScenarios } from './scenarios/readCalls.ts';

import { readingScenarios } from './scenarios/reading.ts';
import { sessionScenarios } from './scenarios/session.ts';
import { storageScenarios } from './scenarios/storages.ts';
import { typingScenarios } from './scenarios/typing.ts';
import { waiterScenarios } from './scenarios/waiters.ts';

/**
 * Small worlds, one for each thing that can go wrong; every clause holds in all of them. One that no single trace shows
 * says itself what does not hold.
 */
export const scenarios = {
  ...typingScenarios,
  ...episodeScenarios,
  ...interruptedScenarios,
  ...oneVoiceScenarios,
  ...readingScenarios,
  ...readCallScenarios,
  ...markScenarios,
  ...waiterScenarios,
  ...countScenarios,
  ...storageScenarios,
  ...lifeScenarios,
  ...limitScenarios,
  ...sessionScenarios,
  ...messageScenarios,
  ...nextSessionScenarios,
  ...missedScenarios,
  'conversations of a hub, and each alone': amongManyAndAlone,
} satisfies Readonly<Record<string, () => Promise<TraceFile | readonly Violation[]>>>;
