import type { TraceValue } from '../../shared/traceFile.ts';
import {
  classOf,
  type Frame,
  field,
  hasTold,
  isCalled,
  isForHistory,
  isOut,
  onlySession,
  type Session,
  stateBefore,
  told,
} from './frames.ts';
import { broken, type Checker, type Of, type World } from './world.ts';

/** How long what is live waits for history, ms. */
const holdFor = 3000;
/** Ids that are longer may be none. */
const longestId = 128;

/** What ended a session's socket last, before a place. */
function lastEnd(world: World, index: number): number {
  const ends = world
    .all('socket')
    .filter(({ what, index: place }) => place < index && what !== 'made' && what !== 'opened');
  return ends.at(-1)?.index ?? -1;
}

/** I-1 of a session: how what was said is told, as far as a trace shows it. */
export const tellingCheckers: readonly Checker[] = [
  {
    clause: 'I-1',
    looksFor:
      'a message that is told twice, or of a conversation that nobody was told of, or a gap that is neither caught up nor told',
    check: (world) =>
      world.sessions.flatMap((session) => {
        const ids = new Set<string>();
        const sent = new Set<string>();
        const twice = told(session, 'message.received', 'message.mirrored', 'message.sent').flatMap(
          (each) => {
            if (each.event.type === 'message.sent') sent.add(each.event.messageId);
            if (each.event.type !== 'message.received' && each.event.type !== 'message.mirrored') return [];
            const { message } = each.event;
            if (each.event.type === 'message.mirrored' && sent.has(message.messageId))
              return [broken(each, `${message.messageId} was told as sent before`)];
            if (typeof message === 'string' || ids.has(message.messageId) === false) {
              if (typeof message !== 'string') ids.add(message.messageId);
              return [];
            }
            return [broken(each, `${message.messageId} was told before`)];
          },
        );
        const configured = told(session, 'session.configured');
        // One that only became writable again has listened all the while.
        const later = configured.filter(
          ({ index }, nth) => nth > 0 && lastEnd(world, index) > (configured[nth - 1]?.index ?? 0),
        );
        const missed = later.flatMap((back) => {
          const by = back.at + session.began.timing.history + world.slack;
          const isNew =
            (back.event.type === 'session.configured' && !back.event.resumed) ||
            // Or it was as the server answered first, when it could only be looked at.
            world
              .all('frame')
              .some(
                ({ index, frame }) =>
                  index > lastEnd(world, back.index) &&
                  index < back.index &&
                  field(frame, 'body', 'newSession') === true,
              );
          const rest = session.emitted.find(
            ({ index, event }) =>
              index > back.index &&
              ['session.reconnecting', 'session.closed', 'session.failed', 'session.cleared'].includes(
                event.type,
              ),
          );
          if (
            isNew ||
            world.until <= by ||
            (rest && rest.at <= by) ||
            session.stoppedAt < world.indexAfter(by)
          )
            return [];
          const isSilent = told(session, 'session.limited').length > 0;
          const isAsked = world.moments.some(
            (moment, index) =>
              index > lastEnd(world, back.index) &&
              moment.at <= by &&
              (moment.kind === 'history' ||
                (moment.kind === 'frame' && moment.way === 'out' && isForHistory(moment.frame)) ||
                (moment.kind === 'emitted' && moment.event.type === 'session.gap')),
          );
          return isAsked || isSilent ? [] : [broken(back, 'history was not asked for what was missed')];
        });
        return [...twice, ...astray(world), ...missed];
      }),
  },
  {
    clause: 'I-1',
    looksFor:
      'messages that are caught up in another order than they were said in, or a gap that nobody tells of',
    check: (world) => world.sessions.flatMap((session) => disorderIn(world, session)),
  },
  {
    clause: 'I-1',
    looksFor:
      'a session that the server knows no more, or more that was missed than is looked through, without a gap',
    check: (world) =>
      onlySession(world).flatMap((session) => [...silentGaps(session), ...cutShort(world, session)]),
  },
  {
    clause: 'I-1',
    looksFor: 'a message that came in and is kept back',
    check: (world) => onlySession(world).flatMap((session) => keptBack(world, session)),
  },
];

/** What ends a conversation, or leaves it for a while, so that another one may follow. */
const partings = ['session.closed', 'session.failed', 'session.cleared', 'session.readOnly'];

/** New sessions that follow a lost one, without a word that what was said meanwhile is missing. */
function silentGaps(session: Session) {
  const configured = told(session, 'session.configured');
  return configured.flatMap((back, nth) => {
    const before = configured[nth - 1];
    if (!before || back.event.type !== 'session.configured' || back.event.resumed) return [];
    const isLost = hasTold(session, ['session.reconnecting'], before.index, back.index);
    const isExpected =
      hasTold(session, [...partings, 'session.gap'], before.index, back.index) ||
      isCalled(session, ['startNew'], before.index, back.index);
    return isLost && !isExpected
      ? [broken(back, 'the server knew the session no more, and nobody was told of a gap')]
      : [];
  });
}

/** How many pages of history are looked through, and how many messages one holds. */
const mostPages = 8;
const ofOnePage = 25;

/** Looks that were at the end of what they look through, and found nothing there that was known, without a word of it. */
function cutShort(world: World, session: Session) {
  const heard = told(session, 'message.received', 'message.mirrored');
  const isCaughtUp = ({ event }: Of<'emitted'>): boolean =>
    JSON.stringify(event).includes('"isCaughtUp":true');
  return heard.flatMap((each, nth) => {
    const known = heard[nth - 1];
    const page = world.all('history').findLast(({ index }) => index < each.index)?.page;
    if (!known || known.at === each.at || page !== mostPages) return [];
    const found = heard.filter((other) => other.at === each.at && isCaughtUp(other));
    // Exactly so many: where a page holds more than was asked for, nobody can tell.
    if (found.length !== mostPages * ofOnePage) return [];
    const rest = world.indexAfter(each.at);
    // What was known before must be of this conversation, and what listens may have ended it.
    const isOther =
      hasTold(session, partings, known.index, rest) ||
      isCalled(session, ['startNew'], known.index, rest) ||
      world.all('input').some(({ at }) => at === each.at);
    return isOther || hasTold(session, ['session.gap'], each.index, rest)
      ? []
      : [broken(each, 'history was not looked through to what was known, and nobody was told of a gap')];
  });
}

/** Messages that came in over a socket that lived on, and that were not told when they had waited long enough for history. */
function keptBack(world: World, session: Session) {
  const [first] = told(session, 'session.configured', 'session.readOnly');
  // What history had before one listened is known, and not told.
  if (first?.event.type !== 'session.configured' || first.event.resumed) return [];
  return world.all('frame').flatMap((each) => {
    const ids = isOut(each) || classOf(each) !== 'StructuredMessage' ? [] : messageIdsIn(each);
    const ends = world
      .all('socket')
      .filter(({ socket, what }) => socket === each.socket && ['closed', 'ended'].includes(what));
    if (ids.length === 0 || ends.some(({ index }) => index < each.index)) return [];
    const up = session.states.find(
      (state, nth) =>
        (session.states[nth + 1]?.index ?? world.moments.length) > each.index &&
        ['"configured":{', '"readOnly":"'].some((words) => JSON.stringify(state.value).includes(words)),
    );
    const by = Math.max(each.at, up?.at ?? Number.POSITIVE_INFINITY) + holdFor + world.slack;
    const last = world.indexAfter(by);
    if (world.until <= by || session.stoppedAt < last || !world.isOnTime(each.at, by)) return [];
    const isOther =
      ends.some(({ index }) => index < last) ||
      hasTold(session, partings, -1, last) ||
      hasTold(session, ['session.reconnecting'], each.index, last) ||
      isCalled(session, ['startNew', 'close'], -1, last);
    const isTold = told(session, 'message.received').some(
      ({ index, event }) =>
        index < last &&
        event.type === 'message.received' &&
        // History may know it by another id.
        (ids.includes(event.message.messageId) ||
          (index > each.index && JSON.stringify(event).includes('"isCaughtUp":true'))),
    );
    return isOther || isTold ? [] : [broken(each, `it was not told by ${by} ms`)];
  });
}

/** The ids of a message of the other side; none for what nobody can read as one. */
function messageIdsIn({ frame }: Frame): readonly TraceValue[] {
  const isMessage =
    field(frame, 'body', 'direction') === 'Outbound' &&
    ['Text', 'Structured'].includes(String(field(frame, 'body', 'type')));
  const ids = [field(frame, 'body', 'channel', 'messageId'), field(frame, 'body', 'id')];
  return isMessage
    ? ids.filter((id): id is string => typeof id === 'string' && id !== '' && id.length <= longestId)
    : [];
}

/** What is followed by another conversation, whose first words may come before it is told of. */
const renewals: ReadonlySet<string> = new Set([
  ...['session.cleared', 'session.closed', 'session.failed', 'session.reconnecting', 'session.readOnly'],
]);

/** Messages of one session that were told of another conversation than the one that was said to be open. */
function astray({ moments, sessions }: World) {
  let open: string | null = null;
  return moments.flatMap((moment, index) => {
    if (moment.kind === 'input' && moment.verb === 'startNew') open = null;
    if (moment.kind === 'emitted' && renewals.has(moment.event.type)) open = null;
    if (moment.kind !== 'told' || sessions.length !== 1) return [];
    const { at, event } = moment;
    if (event.type === 'conversation.opened') open = event.conversationId;
    if (event.type !== 'message.received' || open === null || event.conversationId === open) return [];
    return [
      broken(
        { at, index },
        `${event.messageId} was told of ${event.conversationId}, which nobody was told of`,
      ),
    ];
  });
}

/** When a message was said that a session told of, ms since 1970, and whether history told it. */
function saidIn(emitted: Of<'emitted'> | undefined): { sentAt: number; isCaughtUp: boolean } | null {
  const event = emitted?.event;
  if (event?.type !== 'message.received' && event?.type !== 'message.mirrored') return null;
  const { isCaughtUp = false, sentAt } = event.message as { isCaughtUp?: boolean; sentAt?: number };
  return typeof sentAt === 'number' ? { sentAt, isCaughtUp } : null;
}

/** Messages that are caught up behind newer ones: of the same look into history, or that came live meanwhile. */
function disorderIn(world: World, session: Session) {
  // By a clock that was set, nobody can tell.
  if (world.all('wall').length > 0) return [];
  return session.emitted.flatMap((each, nth) => {
    const before = session.emitted[nth - 1];
    const [one, other] = [saidIn(before), saidIn(each)];
    if (!before || !one || !other?.isCaughtUp || other.sentAt >= one.sentAt) return [];
    // The clock may have been set before the trace began, too.
    const wallThen = world.wallAtStart + each.at - (world.moments[0]?.at ?? 0);
    if (other.sentAt < world.wallAtStart || one.sentAt > wallThen + world.slack) return [];
    const up = told(session, 'session.configured').findLast(({ index }) => index < each.index);
    // Where history cannot be had, what comes in live is told at once.
    const isHeld = stateBefore(session, before.index).includes('"past":"asking"');
    // What another look finds is news behind what was told as the one before it failed.
    const isSameLook = !world
      .all('history')
      .some(({ index, page }) => page === 1 && index > before.index && index < each.index);
    const isInTime =
      up !== undefined && before.index > up.index && before.at < up.at + holdFor && isHeld && isSameLook;
    return (one.isCaughtUp && before.at === each.at) || (!one.isCaughtUp && isInTime)
      ? [broken(each, 'it was said before the one that was told before')]
      : [];
  });
}
