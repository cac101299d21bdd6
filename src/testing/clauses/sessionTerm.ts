import { never } from '../../../machines/waits.ts';
import {
  actionOf,
  classOf,
  isEcho,
  isMessage,
  isOut,
  onlySession,
  type Session,
  stateBefore,
  told,
} from './frames.ts';
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
  {
    clause: 'W-9',
    looksFor: 'an end of the session that is near, and that nobody is told of',
    check: (world) => onlySession(world).flatMap((session) => untoldEnds(world, session)),
  },
];

/** After these the end of a session is told anew. */
const turns = [
  'session.configured',
  'session.reconnecting',
  'session.closed',
  'session.failed',
  'session.readOnly',
];

/** Ends that were near, and not told although the session could be talked in all the while. */
function untoldEnds(world: World, session: Session) {
  const { notice } = session.began.timing;
  return told(session, 'session.duration').flatMap((known) => {
    if (known.event.type !== 'session.duration') return [];
    const { msLeft, durationMs } = known.event;
    const before = session.emitted.findLast(
      ({ index, event }) =>
        index < known.index && [...turns, 'session.expiring', 'session.extended'].includes(event.type),
    );
    // One that was told and not taken back is told once.
    if (before?.event.type === 'session.expiring') return [];
    // So far away it is told no further.
    if (msLeft >= never) return [];
    const next = session.emitted.find(
      ({ index, event }) =>
        index > known.index && [...turns, 'session.duration', 'session.expiring'].includes(event.type),
    );
    const said = told(session, 'message.received', 'message.mirrored', 'message.sent').filter(
      ({ index, event }) =>
        index > known.index &&
        index < (next?.index ?? world.moments.length) &&
        !JSON.stringify(event).includes('"isCaughtUp":true'),
    );
    // What is said gives a session its whole length again; of one whose length is not known, nobody can tell.
    const ends = Math.max(
      known.at + msLeft,
      ...said.map(({ at }) => at + (durationMs ?? Number.POSITIVE_INFINITY)),
    );
    // It is looked at twice: as the server is asked, and as it is told.
    const by = Math.max(ends - notice, known.at) + 2 * world.slack;
    const last = world.indexAfter(by);
    if (world.until <= by || session.stoppedAt < last || !world.isOnTime(known.at, by)) return [];
    const isUp =
      stateBefore(session, last).includes('"term"') &&
      session.states
        .filter(({ index }) => index > known.index && index < last)
        .every(({ value }) => JSON.stringify(value).includes('"term"'));
    const isTold = next !== undefined && next.at <= by;
    return isTold || !isUp ? [] : [broken(known, `its end was near at ${by} ms, and nobody was told`)];
  });
}

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
