import type { SnapshotFrom } from 'xstate';
import type { conversationMachine } from '../../machines/conversation/conversation.machine.ts';
import { noToken } from '../../machines/failure.ts';
import { ConversationError, toError } from '../shared/errors.ts';
import { noConversation, stoppedError } from '../shared/refusals.ts';

type Snapshot = SnapshotFrom<typeof conversationMachine>;

const conversationOver = (): ConversationError =>
  new ConversationError({
    code: 'conversation-ended',
    message: 'The conversation is over; open another, or call reopen().',
  });

const readsForbidden = (): ConversationError =>
  new ConversationError({
    code: 'forbidden',
    message:
      'The back end forbids read receipts here: grant the scope webmessaging:conversation:write, then call reauthorize().',
  });

/** Whether the end of a conversation is the end of its marks: not where nobody takes them, or somebody else does. */
const endsReading = ({ context: { capabilities } }: Snapshot): boolean =>
  capabilities.readReceipts && capabilities.readsOutliveEnd !== true;

/** When no read call can be asked for, and what is said then. The first that holds counts. */
const refusals: readonly (readonly [
  holds: (snapshot: Snapshot) => boolean,
  said: (snapshot: Snapshot) => ConversationError,
])[] = [
  [({ status }) => status !== 'active', stoppedError],
  [({ context }) => context.conversationId === null, noConversation],
  [(snapshot) => snapshot.matches({ link: 'ended' }) && endsReading(snapshot), conversationOver],
  [
    (snapshot) => snapshot.matches({ link: 'unauthorized' }),
    ({ context }) => toError(context.token.failure ?? noToken),
  ],
  [(snapshot) => snapshot.matches({ receipts: 'disabled' }), readsForbidden],
];

/** Throws why no read call can be asked for now, where that is so. */
export function checkReadable(snapshot: Snapshot): void {
  const refusal = refusals.find(([holds]) => holds(snapshot));
  if (refusal) throw refusal[1](snapshot);
}

/** The back end refused this mark for good. */
export const alreadyRefused = (): ConversationError =>
  new ConversationError({
    code: 'bad-request',
    message: 'The back end refused this read mark before; only a newer message can be reported.',
  });

/** Nothing is reported before the start. */
export const notStarted = (): ConversationError =>
  new ConversationError({
    code: 'not-started',
    message: 'The conversation was not started yet: the mark is kept until start(), so call that first.',
  });

/** The guest keeps their reads to themselves. */
export const notShared = (): ConversationError =>
  new ConversationError({
    code: 'not-shared',
    message: 'Reads are not shared: the mark is kept here, and told once shareReads(true) is called.',
  });

/** The transport has no read receipts. */
export const noReceipts = (): ConversationError =>
  new ConversationError({ code: 'unsupported', message: 'This transport has no read receipts.' });
