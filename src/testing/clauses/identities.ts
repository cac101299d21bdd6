import {
  actionOf,
  classOf,
  type Frame,
  field,
  hasTold,
  isCalled,
  isOut,
  onlySession,
  type Session,
  told,
} from './frames.ts';
import { broken, type Checker, type World } from './world.ts';

/** What says that a session is had. */
const ups = ['session.configured', 'session.readOnly'];

/** A session that is signed in cannot go on as a guest. */
const downgraded = 4017;

/** W-2: which guest a session is of, and when it is begun anew, as far as a trace shows it. */
export const identityCheckers: readonly Checker[] = [
  {
    clause: 'W-2',
    looksFor: 'a token that is used after it had to be forgotten, or changed without a reason',
    check: (world) => {
      const configures = configuresIn(world);
      const forgets = world.sessions.flatMap((session) =>
        told(session, 'session.closed', 'session.failed').filter(({ event }) => {
          if (event.type === 'session.closed') return ['signedIn', 'logout'].includes(event.reason);
          return event.type === 'session.failed' && event.failure.errorCode === downgraded;
        }),
      );
      // Whose frame it is shows where one session follows another, and none are at once.
      if (world.sessions.some(({ began }, nth) => began.index < (world.sessions[nth - 1]?.stoppedAt ?? 0)))
        return [];
      return configures.flatMap((each, nth) => {
        const isForgotten = forgets.some(({ index }) => {
          const last = configures.findLast((other) => other.index < index);
          return last && index < each.index && field(each.frame, 'token') === field(last.frame, 'token');
        });
        if (isForgotten) return [broken(each, 'the token of a guest who was signed out was used again')];
        const before = configures[nth - 1];
        if (!before) return [];
        const isSame = field(each.frame, 'token') === field(before.frame, 'token');
        const hasReason = [...forgets, ...world.sessions.map(({ began }) => began)].some(
          ({ index }) => index > before.index && index < each.index,
        );
        return isSame || hasReason ? [] : [broken(each, 'the guest became another one')];
      });
    },
  },
  {
    clause: 'W-2',
    looksFor: 'a new session that nobody asked for',
    check: (world) =>
      onlySession(world).flatMap((session) =>
        configuresIn(world).flatMap((each) => {
          // What was asked for before the trace began is known by nobody.
          const up = told(session, ...ups).findLast(({ index }) => index < each.index);
          if (!up || field(each.frame, 'startNew') !== true) return [];
          return isCalled(session, ['startNew'], up.index, each.index)
            ? []
            : [broken(each, 'nobody asked for a new session')];
        }),
      ),
  },
  {
    clause: 'W-2',
    looksFor:
      'the token of a guest who signed in elsewhere, used again although nobody had wiped the conversation',
    check: (world) => onlySession(world).flatMap((session) => keptIdentities(world, session)),
  },
];

const configuresIn = (world: World): readonly Frame[] =>
  world.all('frame').filter((each) => isOut(each) && actionOf(each) === 'configureSession');

/** Tokens that were used again after the server had closed the connection since their guest signed in. */
function keptIdentities(world: World, session: Session) {
  const frames = world.all('frame').filter((each) => !isOut(each));
  return frames.flatMap((end) => {
    const isSignIn = String(field(end.frame, 'body', 'reason')).toLowerCase() === 'signedin';
    if (classOf(end) !== 'ConnectionClosedEvent' || !isSignIn) return [];
    // A conversation that was wiped since it was had is why it is closed, whatever is said.
    const isWiped = frames.some(
      (each) =>
        each.index < end.index &&
        classOf(each) === 'SessionClearedEvent' &&
        (each.socket === end.socket || !hasTold(session, ups, each.index, end.index)),
    );
    const closed = told(session, 'session.closed').find(({ index }) => index > end.index);
    const isWhy =
      closed?.at === end.at &&
      !world.moments
        .slice(end.index + 1, closed.index)
        .some(({ kind }) => kind === 'input' || kind === 'frame');
    const before = configuresIn(world).findLast(({ index }) => index < end.index);
    const next = configuresIn(world).find(({ index }) => index > end.index);
    if (isWiped || !isWhy || !before || !next) return [];
    return field(before.frame, 'token') === field(next.frame, 'token')
      ? [broken(next, 'the guest had signed in elsewhere')]
      : [];
  });
}
