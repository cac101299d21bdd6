import { onlySession, type Session, told } from './frames.ts';
import { broken, type Checker, type World } from './world.ts';

/** L-4 and T-18 of a session: what its conversations are told of it, as far as a trace shows it. */
export const feedCheckers: readonly Checker[] = [
  {
    clause: 'L-4',
    looksFor: 'an end that is told of another conversation than the one that was open',
    check: (world) => onlySession(world).flatMap((session) => endsElsewhere(world, session)),
  },
  {
    clause: 'L-4',
    looksFor:
      'a session that expired, or that the server knew no more, whose conversation goes on in the next one',
    check: (world) => onlySession(world).flatMap((session) => outlivedSessions(world, session)),
  },
  {
    clause: 'T-18',
    looksFor: 'how long somebody types by their own word, and since when, which no conversation is told',
    check: (world) =>
      onlySession(world).flatMap((session) => {
        const all = told(session, 'remote.typing');
        return all.flatMap((typing) => {
          const words = world
            .all('told')
            .flatMap(({ at, event }) =>
              at === typing.at && event.type === 'remote.typing' && event.isTyping ? [event] : [],
            );
          // Where several are told at once, or nobody listens, nobody can tell.
          const isOne = all.filter(({ at }) => at === typing.at).length === 1;
          const said = typing.event;
          if (said.type !== 'remote.typing' || !said.isTyping || !isOne || words.length === 0) return [];
          const isSaid = words.some(
            ({ durationMs, sentAt }) => durationMs === said.durationMs && sentAt === said.sentAt,
          );
          return isSaid
            ? []
            : [broken(typing, `no conversation was told that it lasts ${said.durationMs} ms`)];
        });
      }),
  },
];

/** What ends a conversation, as its session says it. */
const endings = ['session.cleared', 'session.readOnly', 'session.failed'];

/** The first end after an opening, where it names another conversation. */
function endsElsewhere(world: World, session: Session) {
  let open: string | null = null;
  return world.moments.flatMap((moment, index) => {
    // Who listens no more is not told; who comes later is told how things stand.
    if (moment.kind === 'input' && moment.verb === 'stop') open = null;
    if (moment.kind !== 'told') return [];
    const { at, event } = moment;
    if (event.type === 'conversation.opened') open = event.conversationId;
    if (event.type !== 'conversation.ended') return [];
    const was = open;
    open = null;
    const isNews = told(session, ...endings).some((each) => each.at === at);
    return was === null || was === event.conversationId || !isNews
      ? []
      : [broken({ at, index }, `${was} was open, and ${event.conversationId} was told to be over`)];
  });
}

/** Where no number says more, or one of these does, the messenger itself says that a session is over. */
const expiries: readonly (number | undefined)[] = [undefined, 4006, 4007];

/** Conversations that are open again after the session they were in. */
function outlivedSessions(world: World, session: Session) {
  const expired = told(session, 'session.failed').filter(
    ({ event }) =>
      event.type === 'session.failed' &&
      ['conversation-ended', 'not-found'].includes(event.failure.code) &&
      expiries.includes(event.failure.errorCode) &&
      event.failure.status === undefined,
  );
  // Of two in one instant nobody can tell which it was that was opened.
  const begun = told(session, 'session.configured').filter(
    ({ at, event }, _, all) =>
      event.type === 'session.configured' &&
      !event.resumed &&
      all.filter((each) => each.at === at).length === 1,
  );
  const opened = world
    .all('told')
    .flatMap(({ at, index, event }) =>
      event.type === 'conversation.opened' ? [{ at, index, id: event.conversationId }] : [],
    );
  return opened.flatMap((each, nth) => {
    const before = opened[nth - 1];
    if (before?.id !== each.id) return [];
    const isOver =
      expired.some(({ index }) => index > before.index && index < each.index) ||
      (before.at < each.at && begun.some(({ at }) => at === each.at));
    return isOver ? [broken(each, `${each.id} had ended with its session, and goes on`)] : [];
  });
}
