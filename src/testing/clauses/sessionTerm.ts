import { actionOf, classOf, isEcho, isMessage, isOut, type Session, told } from './frames.ts';
import { broken, type Checker, type World } from './world.ts';

/** W-9: how the end of a session is told, as far as a trace shows it. */
export const sessionTermCheckers: readonly Checker[] = [
  {
    clause: 'W-9',
    looksFor: 'an end of the session that is told before the server was asked',
    check: (world) =>
      world.sessions.flatMap((session) =>
        told(session, 'session.expiring').flatMap((expiring) => {
          const since = expiring.at - session.began.timing.echoSpacing - 15_000;
          const isAsked = world
            .all('frame')
            .some(
              (each) =>
                (isEcho(each) || (!isOut(each) && classOf(each) === 'SessionResponse')) &&
                each.index < expiring.index &&
                each.at >= since,
            );
          const isLimited = told(session, 'session.limited').length > 0;
          return isAsked || isLimited ? [] : [broken(expiring, 'the server was not asked before')];
        }),
      ),
  },
  {
    clause: 'W-9',
    looksFor: 'an end that was told and not taken back, or that is past and not asked about',
    check: (world) =>
      world.sessions.flatMap((session) => [...unextendedIn(world, session), ...unaskedEnds(world, session)]),
  },
];

/** Ends that were told, and not taken back when somebody wrote. */
function unextendedIn(world: World, session: Session) {
  const { notice } = session.began.timing;
  return told(session, 'session.expiring').flatMap((expiring) => {
    const over = session.emitted.find(
      ({ index, event }) =>
        index > expiring.index &&
        [
          'session.extended',
          'session.reconnecting',
          'session.closed',
          'session.failed',
          'session.readOnly',
        ].includes(event.type),
    );
    const length = told(session, 'session.duration').findLast(({ index }) => index < expiring.index);
    const lasts = length?.event.type === 'session.duration' ? (length.event.durationMs ?? 0) : 0;
    const wrote = told(session, 'message.received', 'message.mirrored').find(({ index, event }) => {
      const isCaughtUp = 'message' in event && JSON.stringify(event.message).includes('"isCaughtUp":true');
      return index > expiring.index && index < (over?.index ?? world.moments.length) && !isCaughtUp;
    });
    const isLater =
      over === undefined || over.at > (wrote?.at ?? 0) || over.event.type !== 'session.extended';
    return wrote && lasts > notice + world.slack && isLater && (over?.at ?? world.until) > wrote.at
      ? [broken(wrote, 'somebody wrote, and the end that was told was not taken back')]
      : [];
  });
}

/** Ends that are past, and about which the server was not asked once more. */
function unaskedEnds(world: World, session: Session) {
  const { echoSpacing } = session.began.timing;
  return told(session, 'session.expiring').flatMap((expiring) => {
    if (expiring.event.type !== 'session.expiring' || world.sessions.length > 1) return [];
    const past = expiring.at + expiring.event.msLeft;
    const by = past + 2000 + echoSpacing + world.slack;
    const last = world.indexAfter(by);
    if (world.until <= by || session.stoppedAt < last || !world.isOnTime(expiring.at, by)) return [];
    const between = world.moments.slice(expiring.index + 1, last);
    const isOther = between.some(
      (moment) =>
        moment.kind === 'socket' ||
        (moment.kind === 'frame' &&
          (isMessage({ ...moment, index: 0 }) || classOf({ ...moment, index: 0 }) === 'SessionResponse')) ||
        (moment.kind === 'emitted' &&
          moment.who === session.who &&
          /^(session|message)\.(?!checked|duration)/.test(moment.event.type)),
    );
    const isAsked = world
      .all('frame')
      .some((each) => isOut(each) && actionOf(each) === 'echo' && each.at >= past && each.at <= by);
    return isOther || isAsked
      ? []
      : [broken(expiring, `its end is past since ${past} ms, and was not asked about`)];
  });
}
