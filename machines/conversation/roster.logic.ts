import { longestTyping, now, toDelay } from '../waits.ts';
import { type Args, base } from './base.ts';
import { isOver } from './calls.logic.ts';
import type { ConversationEvent } from './events.ts';
import type { ConversationContext, RosterContext } from './types.ts';

/** How many people can be shown typing at once; a server that names more is not believed. */
const mostTypists = 50;
/** The shortest time that a server's word on somebody's typing is taken for, ms. */
const shortestWord = 1000;

/** What the region starts from: nobody. */
export const initialRoster: RosterContext = {
  typists: [],
  since: 0,
  announced: false,
  announcedAt: null,
  lastMessages: [],
};

const authorIn = (event: ConversationEvent): string | null =>
  event.type === 'remote.typing' || event.type === 'message.received' ? event.participantId : null;

const isSomeoneElsesHere = ({ context, event }: Args): boolean =>
  (event.type === 'remote.typing' || event.type === 'message.received') &&
  event.conversationId === context.conversationId &&
  !isOver(context) &&
  event.participantId !== context.participantId;

const isListed = ({ typists }: RosterContext, participantId: string | null): boolean =>
  typists.some((typist) => typist.participantId === participantId);

/** How coarse a stamp is, ms: some servers say whole seconds. */
const grainOf = (stamp: number): number => (stamp % 1000 === 0 ? 1000 : 1);

/** Whether one time is before another, however coarse it was said. */
const isBefore = (one: number, other: number): boolean => one + grainOf(one) <= other;

/** Whether the signal is older than a message that its author has sent since. */
const isLate = ({ context, event }: Args): boolean => {
  if (event.type !== 'remote.typing' || event.sentAt === undefined) return false;
  const { sentAt, participantId } = event;
  return context.roster.lastMessages.some(
    (message) =>
      message.participantId === participantId &&
      isBefore(sentAt, message.sentAt) &&
      now(context) < message.until,
  );
};

/** How old a message is, ms, that says nothing about who types now, whatever clocks are off by. */
const longPast = 10 * 60_000;

/** Whether a message says nothing about its author's typing: it is of the past, or they began after it. */
const isOlderThanTyping = ({ context, event }: Args): boolean => {
  if (event.type !== 'message.received') return false;
  const { isHistory = false, participantId, sentAt, ageMs = 0 } = event;
  const typist = context.roster.typists.find((each) => each.participantId === participantId);
  if (isHistory) return true;
  if (sentAt === undefined || !typist) return false;
  return typist.sentAt === null ? ageMs > longPast : isBefore(sentAt, typist.sentAt);
};

const isStart = (args: Args): boolean =>
  args.event.type === 'remote.typing' && args.event.isTyping && isSomeoneElsesHere(args) && !isLate(args);

function holdsFor({ context, event }: Args): number {
  const said = event.type === 'remote.typing' ? event.durationMs : undefined;
  if (said === undefined || !(said > 0)) return context.timing.remoteTimeToLive;
  return Math.min(Math.max(said, shortestWord), longestTyping);
}

/** When the first of those who type falls silent, monotonic ms; endless where nobody types. */
const firstExpiryOf = ({ typists }: RosterContext): number =>
  typists.reduce((first, { until }) => Math.min(first, until), Number.POSITIVE_INFINITY);

/** When the typing that goes on is worth saying aloud, monotonic ms (T-15). */
function announceAt({ roster, timing }: ConversationContext): number {
  const gapEndsAt = roster.announcedAt === null ? 0 : roster.announcedAt + timing.announceGap;
  return Math.max(roster.since + timing.announceAfter, gapEndsAt);
}

/** What the roster region asks; none changes anything. */
export const rosterGuards = {
  someoneStarts: (args: Args) =>
    isStart(args) &&
    !isListed(args.context.roster, authorIn(args.event)) &&
    args.context.roster.typists.length < mostTypists,
  someoneContinues: (args: Args) => isStart(args) && isListed(args.context.roster, authorIn(args.event)),
  /** A renewal that ends sooner than what is known: the one timer has to be set again. */
  someoneContinuesBriefly: (args: Args) =>
    isStart(args) &&
    isListed(args.context.roster, authorIn(args.event)) &&
    now(args.context) + holdsFor(args) < firstExpiryOf(args.context.roster),
  worthAnnouncing: ({ context }: Args) =>
    announceAt(context) <= now(context) && now(context) < firstExpiryOf(context.roster),
  someoneExpired: ({ context }: Args) => firstExpiryOf(context.roster) <= now(context),
  someoneEnds: (args: Args) =>
    isSomeoneElsesHere(args) &&
    !(args.event.type === 'remote.typing' && args.event.isTyping) &&
    !isOlderThanTyping(args) &&
    isListed(args.context.roster, authorIn(args.event)),
  nobodyTypes: ({ context }: Args) => context.roster.typists.length === 0,
  announced: ({ context }: Args) => context.roster.announced,
};

/** The roster region's waits, whole ms (L-3). */
export const rosterDelays = {
  /** At once where that was slept through: no guard asks whether it is past. */
  firstExpiry: ({ context }: Args) => toDelay(firstExpiryOf(context.roster) - now(context)),
  /** The same, or until it is worth saying aloud. */
  firstChange: ({ context }: Args) =>
    toDelay(Math.min(firstExpiryOf(context.roster), announceAt(context)) - now(context)),
};

/** The roster with whoever is told of on it, for as long as that holds; who is the first on it begins it. */
function withTypist({ context, event }: Args): RosterContext {
  const participantId = authorIn(event);
  if (participantId === null) return context.roster;
  const typist = {
    participantId,
    until: now(context) + holdsFor({ context, event }),
    sentAt: (event.type === 'remote.typing' ? event.sentAt : undefined) ?? null,
  };
  const { roster } = context;
  if (isListed(roster, participantId)) {
    const typists = roster.typists.map((each) => (each.participantId === participantId ? typist : each));
    return { ...roster, typists };
  }
  // A sleep may have outlasted those who were there.
  const others = roster.typists.filter(({ until }) => until > now(context));
  return {
    ...roster,
    ...(others.length === 0 && { since: now(context), announced: false }),
    typists: [...others, typist],
  };
}

/** The roster with whose message was the last, which typing that comes later may be older than. */
export function withMessage({ context, event }: Args): RosterContext {
  const { roster, conversationId } = context;
  if (event.type !== 'message.received' || event.sentAt === undefined) return roster;
  if (event.conversationId !== conversationId) return roster;
  const { participantId } = event;
  const known = roster.lastMessages.find((each) => each.participantId === participantId);
  const sentAt = Math.max(known?.sentAt ?? event.sentAt, event.sentAt);
  const others = roster.lastMessages.filter((each) => each !== known).slice(1 - mostTypists);
  const message = { participantId, sentAt, until: now(context) + longestTyping };
  return { ...roster, lastMessages: [...others, message] };
}

/** What the roster region does: notes in its own context, and events for whoever listens. */
export const rosterActions = {
  listTypist: base.assign({ roster: withTypist }),
  unlistTypist: base.assign({
    roster: ({ context, event }) => ({
      ...context.roster,
      typists: context.roster.typists.filter((typist) => typist.participantId !== authorIn(event)),
    }),
  }),
  unlistExpired: base.assign({
    roster: ({ context }) => ({
      ...context.roster,
      typists: context.roster.typists.filter((typist) => typist.until > now(context)),
    }),
  }),
  emptyRoster: base.assign({
    roster: ({ context }) => ({ ...context.roster, typists: [], lastMessages: [] }),
  }),
  noteAnnounced: base.assign({
    roster: ({ context }) => ({ ...context.roster, announced: true, announcedAt: now(context) }),
  }),
  emitRoster: base.emit(({ context }) => ({
    type: 'roster.changed',
    participantIds: context.roster.typists.map((typist) => typist.participantId),
  })),
  emitRosterAnnounced: base.emit(({ context }) => ({
    type: 'roster.announced',
    participantIds: context.roster.typists.map((typist) => typist.participantId),
  })),
};
