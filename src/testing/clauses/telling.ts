import { field, isForHistory, type Session, stateBefore, told } from './frames.ts';
import { broken, type Checker, type Of, type World } from './world.ts';

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
        const twice = told(session, 'message.received', 'message.mirrored').flatMap((each) => {
          if (each.event.type !== 'message.received' && each.event.type !== 'message.mirrored') return [];
          const { message } = each.event;
          if (typeof message === 'string' || ids.has(message.messageId) === false) {
            if (typeof message !== 'string') ids.add(message.messageId);
            return [];
          }
          return [broken(each, `${message.messageId} was told before`)];
        });
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
];

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

/** How long what is live waits for history, ms. */
const holdFor = 3000;

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
