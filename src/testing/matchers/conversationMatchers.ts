import type {} from 'vitest';
import type { TraceFile } from '../../shared/traceFile.ts';
import { checkInvariants } from '../clauses/checkInvariants.ts';
import type { RemoteView } from '../remoteView.ts';
import type { SteppedClock } from '../steppedClock.ts';

/** What a matcher says. */
interface Verdict {
  readonly pass: boolean;
  readonly message: () => string;
}

/** A back end that a test scripts: it has a log, and what the other side sees. */
interface ScriptedEnd {
  readonly log: readonly string[];
  readonly remote: RemoteView;
}

const remoteOf = (received: ScriptedEnd | RemoteView): RemoteView =>
  'remote' in received ? received.remote : received;

const verdict = (pass: boolean, wanted: string, had: string): Verdict => ({
  pass,
  message: () => `expected ${pass ? 'not ' : ''}${wanted}; ${had}`,
});

const seen = (remote: RemoteView): string => `the other side saw: ${remote.log.join(', ') || 'nothing'}`;

/**
 * Matchers for `expect.extend`, as in `expect.extend(conversationMatchers)`; nothing is extended by importing them.
 *
 * | matcher                                 | received                     | holds where                                  |
 * | --------------------------------------- | ---------------------------- | -------------------------------------------- |
 * | `toSeeTyping(conversationId?)`          | a remote view or a back end  | the other side sees the guest typing now     |
 * | `toHaveSeen(changes)`                   | the same                     | it saw just this: `['typing', 'not typing']` |
 * | `toHaveReadUpTo(messageId)`             | the same                     | the guest is known to have read so far       |
 * | `toKeepItsPromises()`                   | a trace                      | no clause is violated                        |
 * | `toBeAtRest()`                          | a stepped clock              | no timer is set                              |
 * @example
 * expect.extend(conversationMatchers);
 * expect(transport).not.toSeeTyping();
 */
export const conversationMatchers = {
  toSeeTyping: (received: ScriptedEnd | RemoteView, conversationId?: string): Verdict => {
    const remote = remoteOf(received);
    return verdict(remote.isTyping(conversationId), 'the other side to see typing', seen(remote));
  },
  toHaveSeen: (received: ScriptedEnd | RemoteView, changes: readonly string[]): Verdict => {
    const remote = remoteOf(received);
    const had = remote.log.map((line) => line.slice(line.indexOf(' ') + 1));
    const pass = had.length === changes.length && had.every((line, index) => line === changes[index]);
    return verdict(pass, `the other side to have seen ${changes.join(', ')}`, seen(remote));
  },
  toHaveReadUpTo: (received: ScriptedEnd | RemoteView, messageId: string | null): Verdict => {
    const remote = remoteOf(received);
    const had = remote.readUpTo();
    return verdict(had === messageId, `${messageId ?? 'everything'} to be read`, seen(remote));
  },
  toKeepItsPromises: (received: TraceFile): Verdict => {
    const violations = checkInvariants(received);
    const told = violations.map(({ clause, at, message }) => `${clause} at ${at} ms: ${message}`);
    return verdict(violations.length === 0, 'every clause to hold', told.join('\n') || 'all do');
  },
  toBeAtRest: (received: SteppedClock): Verdict =>
    verdict(received.timers === 0, 'no timer to be set', `there are ${received.timers}`),
};

/** The matchers as `expect` has them, once they are extended. */
export interface ConversationMatchers<Result = unknown> {
  /** The other side sees the guest typing now; in any conversation where none is named. */
  toSeeTyping(conversationId?: string): Result;
  /** It saw these changes and no others, as in `['typing', 'not typing']`. */
  toHaveSeen(changes: readonly string[]): Result;
  /** The guest is known to have read up to this message; `null`: everything. */
  toHaveReadUpTo(messageId: string | null): Result;
  /** A trace in which no clause is violated. */
  toKeepItsPromises(): Result;
  /** A stepped clock on which no timer is set. */
  toBeAtRest(): Result;
}

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: vitest's own parameter, which a declaration that joins it has to repeat.
  interface Matchers<T = any> extends ConversationMatchers<T> {}
}
