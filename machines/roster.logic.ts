import { now } from './calls.logic.ts';
import { base } from './conversation.base.ts';
import type { ConversationEvent } from './conversation.events.ts';
import type { ConversationContext, RemoteTypist } from './conversation.types.ts';
import { never, toDelay } from './waits.ts';

type Args = { context: ConversationContext; event: ConversationEvent };

/** How many people can be shown typing at once; a server that names more is not believed. */
const mostTypists = 50;

const typistIn = (event: ConversationEvent): string | null =>
  event.type === 'remote.typing' || event.type === 'message.received' ? event.participantId : null;

const isOurs = ({ context, event }: Args): boolean =>
  (event.type === 'remote.typing' || event.type === 'message.received') &&
  event.conversationId === context.conversationId &&
  event.participantId !== context.participantId;

const isListed = (roster: readonly RemoteTypist[], participantId: string | null): boolean =>
  roster.some((typist) => typist.participantId === participantId);

const stillTyping = (context: ConversationContext): readonly RemoteTypist[] =>
  context.roster.filter((typist) => typist.until > now(context));

export const rosterGuards = {
  someoneStarts: ({ context, event }: Args) =>
    event.type === 'remote.typing' &&
    event.isTyping &&
    isOurs({ context, event }) &&
    !isListed(context.roster, event.participantId) &&
    context.roster.length < mostTypists,
  someoneContinues: ({ context, event }: Args) =>
    event.type === 'remote.typing' &&
    event.isTyping &&
    isOurs({ context, event }) &&
    isListed(context.roster, event.participantId),
  someoneEnds: ({ context, event }: Args) =>
    isOurs({ context, event }) &&
    !(event.type === 'remote.typing' && event.isTyping) &&
    isListed(context.roster, typistIn(event)),
  nobodyTypes: ({ context }: Args) => context.roster.length === 0,
};

export const rosterDelays = {
  firstExpiry: ({ context }: { context: ConversationContext }) => {
    const first = Math.min(...context.roster.map((typist) => typist.until));
    return Number.isFinite(first) ? toDelay(first - now(context)) : never;
  },
};

export const rosterActions = {
  listTypist: base.assign({
    roster: ({ context, event }) => {
      const participantId = typistIn(event);
      if (participantId === null) return context.roster;
      const until = now(context) + context.timing.remoteTimeToLive;
      const others = context.roster.filter((typist) => typist.participantId !== participantId);
      return [...others, { participantId, until }];
    },
  }),
  unlistTypist: base.assign({
    roster: ({ context, event }) =>
      context.roster.filter((typist) => typist.participantId !== typistIn(event)),
  }),
  unlistExpired: base.assign({ roster: ({ context }) => stillTyping(context) }),
  emptyRoster: base.assign({ roster: [] }),
  emitRoster: base.emit(({ context }) => ({
    type: 'roster.changed',
    participantIds: context.roster.map((typist) => typist.participantId),
  })),
};
