import { announcingFaults } from './planted/announcing.ts';
import { connectingFaults } from './planted/connecting.ts';
import { countFaults } from './planted/counts.ts';
import { endingFaults } from './planted/endings.ts';
import { feedFaults } from './planted/feed.ts';
import { healthFaults } from './planted/health.ts';
import { identityFaults } from './planted/identities.ts';
import { limitFaults } from './planted/limits.ts';
import { lifeFaults } from './planted/lives.ts';
import { markFaults } from './planted/marks.ts';
import { messageFaults } from './planted/messages.ts';
import { oneVoiceFaults } from './planted/oneVoice.ts';
import { othersReadFaults } from './planted/othersReads.ts';
import { readCallFaults } from './planted/readCalls.ts';
import { readTryFaults } from './planted/readTries.ts';
import { renewingFaults } from './planted/renewing.ts';
import { rosterFaults } from './planted/roster.ts';
import { sessionSilenceFaults } from './planted/sessionSilence.ts';
import { sessionTermFaults } from './planted/sessionTerm.ts';
import { stoppingFaults } from './planted/stopping.ts';
import { tellingFaults } from './planted/telling.ts';
import { typingCallFaults } from './planted/typingCalls.ts';
import { waiterFaults } from './planted/waiters.ts';
import { workFaults } from './planted/works.ts';
import type { scenarios } from './scenarios.ts';

/** One place of a fault. */
export interface Edit {
  readonly file: string;
  /** Text of the file, once in it, and what stands there instead. */
  readonly from: string;
  readonly to: string;
}

/** A fault that is planted in the sources, one at a time, to see that a checker finds it. */
export interface Fault extends Edit {
  /** The clause whose checker has to find it. */
  readonly clause: string;
  /** What is wrong then, in one line. */
  readonly what: string;
  /** Where else, for a promise that is kept in more than one place. */
  readonly also?: readonly Edit[];
  /** The small world in which it shows. */
  readonly shows: keyof typeof scenarios;
}

/** Every place that a fault is planted in. */
export const editsOf = ({ file, from, to, also = [] }: Fault): readonly Edit[] => [
  { file, from, to },
  ...also,
];

/** At least one for each clause that a trace can show, or a scene by itself. */
export const faults: readonly Fault[] = [
  ...announcingFaults,
  ...renewingFaults,
  ...workFaults,
  ...stoppingFaults,
  ...typingCallFaults,
  ...oneVoiceFaults,
  ...rosterFaults,
  ...markFaults,
  ...readCallFaults,
  ...readTryFaults,
  ...lifeFaults,
  ...waiterFaults,
  ...countFaults,
  ...othersReadFaults,
  ...limitFaults,
  ...endingFaults,
  ...connectingFaults,
  ...identityFaults,
  ...sessionSilenceFaults,
  ...messageFaults,
  ...tellingFaults,
  ...feedFaults,
  ...healthFaults,
  ...sessionTermFaults,
];

/** Clauses that no trace can show, and why; each is held by the tests that name it. */
export const untraced: Readonly<Record<string, string>> = {
  'T-9': 'what a person does in a page, and a script: test/browser/bindTyping.test.ts',
  'T-17': 'several tabs, each with a trace of its own: test/tabs/oneVoice.test.ts',
  'R-5': 'what a page shows, and for how long: test/browser/observeRead.test.ts',
  'L-2': 'a function of a header: test/rest/retryAfter.test.ts',
  'I-2':
    'true time, which a trace that is timed by the same clock does not have: test/conversation/foreignClocks.test.ts',
  'C-2': 'there is no trace before the import: test/package/packed.test.ts',
  'C-3': 'two traces, compared byte for byte: test/conversation/invariants.test.ts',
  'C-4':
    'two traces, of a conversation among many and alone: test/hub/sameCalls.test.ts, and a scene of its own here',
  S1: 'tokens, which a trace leaves out: test/rest/guestRest.test.ts',
  S2: 'tokens, which a trace leaves out: test/webMessaging/security.test.ts',
  S3: 'bad input at the door: test/rest/options.test.ts',
  S4: 'what is reachable from an error: test/rest/guestRest.test.ts, and describeTransport',
  S5: 'tokens, which a trace leaves out: test/webMessaging/security.test.ts',
  S6: 'bad input at the door: test/rest/options.test.ts',
  S7: 'how URLs are built: test/rest/options.test.ts',
  S8: 'bad input at the door: test/rest/guestRest.test.ts',
  S9: 'what a server answers: test/hostile/replies.test.ts',
  S10: 'how requests are made: test/rest/guestRest.test.ts',
  S11: 'what a server answers: test/hostile/transport.test.ts',
  S12: 'what a server answers: test/hostile/replies.test.ts',
  S14: 'what is logged: test/rest/guestRest.test.ts',
  S17: 'what is logged: test/rest/guestRest.test.ts',
  S18: 'what an inspector is told: test/inspect/inspector.test.ts',
};
