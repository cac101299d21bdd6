import type { SnapshotFrom } from 'xstate';
import type { conversationMachine } from '../../../machines/conversation/conversation.machine.ts';
import type { sessionMachine } from '../../../machines/session/session.machine.ts';
import { invalidOption } from '../../shared/errors.ts';
import { checkOptions, namesOf } from '../../shared/validate.ts';
import { conversationExplored } from './conversation.ts';
import { knownPaths } from './knownPaths.ts';
import type { Explored } from './live.ts';
import { type ExploredPaths, pathsThrough } from './pathsThrough.ts';
import { sessionExplored } from './session.ts';

/** What the snapshots of each machine are that can be explored. */
export interface ExploredSnapshots {
  /** Of a conversation: typing, receipts, roster, link. */
  conversation: SnapshotFrom<typeof conversationMachine>;
  /** Of the session of a socket. */
  session: SnapshotFrom<typeof sessionMachine>;
}

/** What {@link explorePaths} explores. */
export interface ExplorePathsOptions<Name extends keyof ExploredSnapshots> {
  /** Which of the machines that are in use. */
  readonly machine: Name;
}

const machines: Readonly<Record<keyof ExploredSnapshots, () => Readonly<Record<string, Explored>>>> = {
  conversation: conversationExplored,
  session: () => ({ whole: sessionExplored() }),
};

const optionNames = namesOf<ExplorePathsOptions<'session'>>({ machine: true });

/**
 * Paths through a machine that together take every transition of it, each to be played on a live actor: so that whatever
 * shows a machine's state is held to all states that there are, those included that a test by hand never meets. They were
 * found by the shortest paths of `xstate/graph` and a search from there; without a search here they are played at once.
 * @example
 * for (const { title, replay } of explorePaths({ machine: 'conversation' }).paths) {
 *   it(title, () => {
 *     replay(({ value }) => print(JSON.stringify(value))); // a view of yours, in every state that there is
 *   });
 * }
 * @throws ConversationError `invalid-option` for a machine that there is not.
 */
export function explorePaths<Name extends keyof ExploredSnapshots>(
  options: ExplorePathsOptions<Name>,
): ExploredPaths<ExploredSnapshots[Name]> {
  checkOptions(options, 'an object', optionNames);
  const { machine } = options;
  if (!Object.hasOwn(machines, machine)) {
    throw invalidOption('machine', "'conversation' or 'session'", machine);
  }
  return pathsThrough(machines[machine](), knownPaths[machine] ?? {});
}
