import { invalidOption } from '../../shared/errors.ts';
import type { TraceFile } from '../../shared/traceFile.ts';
import { aloudCheckers } from './aloud.ts';
import { announcingCheckers } from './announcing.ts';
import { connectingCheckers } from './connecting.ts';
import { countCheckers } from './counts.ts';
import { endingCheckers } from './endings.ts';
import { feedCheckers } from './feed.ts';
import { healthCheckers } from './health.ts';
import { identityCheckers } from './identities.ts';
import { limitCheckers } from './limits.ts';
import { lifeCheckers } from './lives.ts';
import { markCheckers } from './marks.ts';
import { messageCheckers } from './messages.ts';
import { oneVoiceCheckers } from './oneVoice.ts';
import { orderedCountCheckers } from './orderedCounts.ts';
import { othersReadCheckers } from './othersReads.ts';
import { pageCheckers } from './pages.ts';
import { readCallCheckers } from './readCalls.ts';
import { readDueCheckers } from './readsDue.ts';
import { readTryCheckers } from './readTries.ts';
import { renewingCheckers } from './renewing.ts';
import { rosterCheckers } from './roster.ts';
import { sessionSilenceCheckers } from './sessionSilence.ts';
import { sessionTermCheckers } from './sessionTerm.ts';
import { stoppingCheckers } from './stopping.ts';
import { tellingCheckers } from './telling.ts';
import { tokenCheckers } from './tokens.ts';
import { typingCallCheckers } from './typingCalls.ts';
import { waiterCheckers } from './waiters.ts';
import { workCheckers } from './works.ts';
import { type Checker, type Violation, worldOf } from './world.ts';

/** What {@link checkInvariants} looks for: clauses by id. */
export interface CheckedClause {
  /** The clause, as `T-2` of `machines/CLAUSES.md`. */
  readonly clause: string;
  /** What would violate it. */
  readonly looksFor: string;
}

const checkers: readonly Checker[] = [
  ...announcingCheckers,
  ...renewingCheckers,
  ...workCheckers,
  ...stoppingCheckers,
  ...typingCallCheckers,
  ...oneVoiceCheckers,
  ...rosterCheckers,
  ...aloudCheckers,
  ...markCheckers,
  ...pageCheckers,
  ...readCallCheckers,
  ...readTryCheckers,
  ...readDueCheckers,
  ...lifeCheckers,
  ...waiterCheckers,
  ...countCheckers,
  ...orderedCountCheckers,
  ...othersReadCheckers,
  ...limitCheckers,
  ...endingCheckers,
  ...tokenCheckers,
  ...connectingCheckers,
  ...identityCheckers,
  ...sessionSilenceCheckers,
  ...messageCheckers,
  ...tellingCheckers,
  ...feedCheckers,
  ...healthCheckers,
  ...sessionTermCheckers,
];

/** Every clause that a trace can show to be violated. */
export const checkedClauses: readonly CheckedClause[] = checkers.map(({ clause, looksFor }) => ({
  clause,
  looksFor,
}));

/**
 * Holds a trace against every clause of `machines/CLAUSES.md` that a trace can show: an empty list where all hold,
 * else each violation with its clause and its moment, in order. A checker that cannot tell says nothing. One recorder
 * watches one transport.
 *
 * @throws ConversationError `invalid-option` for what is no trace of this version.
 * @example
 * expect(checkInvariants(recorder.trace())).toEqual([]); // else: which clause does not hold, and when
 */
export function checkInvariants(trace: TraceFile): readonly Violation[] {
  const { format, version, moments } = (trace ?? {}) as Partial<TraceFile>;
  if (format !== 'genesys-conversation-machine/trace' || version !== 1 || !Array.isArray(moments)) {
    throw invalidOption('trace', 'a trace of version 1, as a recorder writes it', trace);
  }
  const world = worldOf(trace);
  return checkers
    .flatMap(({ clause, check }) => check(world).map((violation) => ({ clause, ...violation })))
    .sort((one, other) => one.moment - other.moment);
}
