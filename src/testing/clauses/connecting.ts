import { actionOf, classOf, isEcho, isOut, limitClass, onlySession, socketsAfter, told } from './frames.ts';
import { broken, type Checker } from './world.ts';

const known: ReadonlySet<string> = new Set([
  'SessionResponse',
  'StructuredMessage',
  'SessionExpiredEvent',
  'SessionClearedEvent',
  'ConnectionClosedEvent',
  'LogoutEvent',
  'JwtResponse',
  limitClass,
  'string',
  'Error',
  'ErrorMessage',
]);

/** Whether a socket that ended so ends its session with it. */
const isLastWord = (code: number): boolean => code === 1000 || (code >= 4000 && code < 4100);

/** Whether an error of this number may be the end of a session: an HTTP status, or one of the messenger's own. */
const mayEnd = (errorCode: number): boolean =>
  [4006, 4007, 4017].includes(errorCode) || (errorCode >= 300 && errorCode < 600);

/** W-1, W-3, W-4 and W-7: how a session connects, and what ends its socket, as far as a trace shows it. */
export const connectingCheckers: readonly Checker[] = [
  {
    clause: 'W-1',
    looksFor: 'a frame before configureSession, or before its answer',
    check: (world) => {
      const frames = world.all('frame');
      const sockets = new Set(frames.map(({ socket }) => socket));
      return [...sockets].flatMap((socket) => {
        let isAwaited = true;
        return frames
          .filter((each) => each.socket === socket)
          .flatMap((each) => {
            if (!isOut(each)) {
              if (classOf(each) === 'SessionResponse') isAwaited = false;
              return [];
            }
            const asks = actionOf(each) === 'configureSession' || actionOf(each) === 'closeSession';
            const isEarly = isAwaited && !asks;
            if (asks) isAwaited = true;
            return isEarly ? [broken(each, `${actionOf(each)} left before the session was configured`)] : [];
          });
      });
    },
  },
  {
    clause: 'W-3',
    looksFor: 'a reconnect after an end in good order, beyond its cap, or without jitter',
    check: (world) =>
      world.sessions.flatMap((session) => {
        const { reconnectCap, retryAfterCap, reconnectBase, limitJitter } = session.began.timing;
        const ends = told(session, 'session.closed', 'session.failed');
        const unasked = world.all('socket').flatMap((made) => {
          const end = ends.findLast(({ index }) => index < made.index);
          if (made.what !== 'made' || !end || world.sessions.length > 1) return [];
          const isAsked = session.inputs.some(
            ({ verb, index }) =>
              ['connect', 'startNew'].includes(verb) && index > end.index && index < made.index,
          );
          const isBack = session.emitted.some(
            ({ index, event }) =>
              event.type === 'session.reconnecting' && index > end.index && index < made.index,
          );
          return isAsked || isBack
            ? []
            : [broken(made, `the session had ${end.event.type === 'session.closed' ? 'closed' : 'failed'}`)];
        });
        const sockets = world.all('socket');
        const final = sockets.flatMap((made, nth) => {
          const end = sockets[nth - 1];
          if (made.what !== 'made' || end?.what !== 'ended') return [];
          const isOurs = sockets.some(({ socket, what }) => socket === end.socket && what === 'closed');
          const isAsked = session.inputs.some(
            ({ verb, index }) =>
              ['connect', 'startNew'].includes(verb) && index > end.index && index < made.index,
          );
          return isOurs || !isLastWord(end.code) || isAsked
            ? []
            : [broken(made, `the socket had ended with ${end.code}`)];
        });
        const waits = told(session, 'session.reconnecting').flatMap(({ at, index, event }) =>
          event.type === 'session.reconnecting' ? [{ at, index, ...event }] : [],
        );
        // Only a connection that has held makes the next attempt the first one again.
        const again = told(session, 'session.reconnecting').flatMap((each, nth, all) => {
          const before = all[nth - 1];
          if (each.event.type !== 'session.reconnecting' || before?.event.type !== 'session.reconnecting')
            return [];
          const between = world.moments.slice(before.index + 1, each.index);
          const isAsked = between.some(
            (moment) => moment.kind === 'input' || moment.kind === 'late' || moment.kind === 'wall',
          );
          const held = each.at - before.at;
          const isNext = each.event.attempt > before.event.attempt || each.event.attempt === 0;
          return isAsked || isNext || held >= session.began.timing.minUptime
            ? []
            : [broken(each, `attempt ${each.event.attempt} again, after ${held} ms`)];
        });
        const isLimited = told(session, 'session.limited').length > 0;
        const far = waits.filter(
          ({ msLeft }) => msLeft > reconnectCap + (isLimited ? retryAfterCap + limitJitter : 0),
        );
        const shares = waits
          .filter(({ msLeft, attempt }) => msLeft > 0 && attempt > 0 && !isLimited)
          .map(({ msLeft, attempt }) =>
            Math.round((100 * msLeft) / Math.min(reconnectCap, reconnectBase * 2 ** attempt)),
          );
        const stiff = shares.length >= 4 && new Set(shares).size === 1 ? waits.slice(0, 1) : [];
        return [
          ...unasked,
          ...final,
          ...again,
          ...far.map((each) => broken(each, `the next attempt is ${each.msLeft} ms away`)),
          ...stiff.map((each) => broken(each, 'every wait takes the same share of its bound')),
        ];
      }),
  },
  {
    clause: 'W-3',
    looksFor: 'a reconnect of a guest who was asked to sign in',
    check: (world) =>
      world.sessions.flatMap((session) =>
        told(session, 'session.authorizationRequired').flatMap((asked) => {
          const next = session.emitted.find(
            ({ index, event }) => index > asked.index && event.type === 'session.reconnecting',
          );
          const isAsked = session.inputs.some(
            ({ verb, index }) =>
              ['connect', 'startNew'].includes(verb) && index > asked.index && index < (next?.index ?? 0),
          );
          return next && !isAsked ? [broken(next, 'the guest was asked to sign in')] : [];
        }),
      ),
  },
  {
    clause: 'W-3',
    looksFor: 'a reconnect after a session has expired',
    check: (world) => {
      const frames = world.all('frame');
      const [session] = world.sessions;
      if (!session || world.sessions.length > 1) return [];
      return frames.flatMap((each) => {
        if (isOut(each) || classOf(each) !== 'SessionExpiredEvent') return [];
        const sockets = world.all('socket').filter(({ index }) => index < each.index);
        const isDead = sockets.some(
          ({ socket, what }) =>
            socket > each.socket || (socket === each.socket && ['closed', 'ended'].includes(what)),
        );
        const made = socketsAfter(world, each.index).find(({ what }) => what === 'made');
        const isAsked = session.inputs.some(
          ({ verb, index }) =>
            ['connect', 'startNew'].includes(verb) && index > each.index && index < (made?.index ?? 0),
        );
        return made && !isDead && !isAsked ? [broken(made, 'the session had expired')] : [];
      });
    },
  },
  {
    clause: 'W-3',
    looksFor: 'a session that fails as a link is lost that had held',
    check: (world) =>
      onlySession(world).flatMap((session) =>
        told(session, 'session.failed').flatMap((failed) => {
          const sockets = world.all('socket').filter(({ index }) => index < failed.index);
          const end = sockets.at(-1);
          if (end?.what !== 'ended' || end.at !== failed.at || isLastWord(end.code)) return [];
          const made = sockets.find(({ socket, what }) => socket === end.socket && what === 'made');
          const isOurs = sockets.some(({ socket, what }) => socket === end.socket && what === 'closed');
          const isOther = world.moments
            .slice(end.index + 1, failed.index)
            .some(
              ({ kind, ...moment }) =>
                ['frame', 'input', 'late'].includes(kind) ||
                ('event' in moment && moment.event.type === 'session.reconnecting'),
            );
          const hasHeld = session.states.some(
            ({ index, value }) =>
              made !== undefined &&
              index > made.index &&
              index < end.index &&
              JSON.stringify(value).includes('"footing":"firm"'),
          );
          return hasHeld && !isOurs && !isOther
            ? [broken(failed, `the link had held, and ended with ${end.code} for the first time since`)]
            : [];
        }),
      ),
  },
  {
    clause: 'W-4',
    looksFor: 'a second socket while one lives, or one that says nothing and is not replaced',
    check: (world) => {
      const alive = new Set<number>();
      const second = world.all('socket').flatMap((moment) => {
        if (moment.what !== 'made') {
          if (moment.what !== 'opened') alive.delete(moment.socket);
          return [];
        }
        alive.add(moment.socket);
        return alive.size > world.sessions.length ? [broken(moment, `${alive.size} sockets live`)] : [];
      });
      const echoes = world.all('frame').filter(isEcho);
      const silent = echoes.flatMap((echo) => {
        const [session] = world.sessions;
        if (!session) return [];
        const { configure, doubt } = session.began.timing;
        // Whoever doubts may be told to wait for longer.
        const answer = Math.max(session.began.timing.answer, doubt);
        // Another session is asked for over the same socket: that has an answer to wait for of its own.
        const anew = world
          .all('frame')
          .findLast(
            (each) =>
              isOut(each) &&
              ['closeSession', 'configureSession'].includes(actionOf(each)) &&
              each.socket === echo.socket &&
              each.index > echo.index &&
              each.at <= echo.at + answer,
          );
        const by = (anew ? anew.at + configure : echo.at + answer) + world.slack;
        if (world.until <= by || !world.isOnTime(echo.at, by)) return [];
        const isAnswered = world.moments.some(
          (moment, index) =>
            index > echo.index &&
            moment.at <= by &&
            ((moment.kind === 'frame' && moment.way === 'in' && moment.socket === echo.socket) ||
              (moment.kind === 'socket' && moment.socket === echo.socket)),
        );
        return isAnswered ? [] : [broken(echo, 'it was never answered, and the socket stayed')];
      });
      return [...second, ...silent];
    },
  },
  {
    clause: 'W-4',
    looksFor: 'a socket that does not open, and is not replaced',
    check: (world) => {
      const [session] = world.sessions;
      if (!session) return [];
      return world.all('socket').flatMap((made) => {
        const by = made.at + session.began.timing.connect + world.slack;
        if (made.what !== 'made' || world.until <= by || !world.isOnTime(made.at, by)) return [];
        const isSettled = socketsAfter(world, made.index).some(
          ({ socket, at }) => socket === made.socket && at <= by,
        );
        return isSettled ? [] : [broken(made, `it was not open by ${by} ms, and stayed`)];
      });
    },
  },
  {
    clause: 'W-7',
    looksFor: 'a frame that nobody understands, and that something follows from',
    check: (world) =>
      world
        .all('frame')
        .filter((each) => !isOut(each) && !known.has(classOf(each)))
        .slice(0, 10)
        .flatMap((each) => {
          const next = world.moments[each.index + 1];
          const harms =
            next?.at === each.at &&
            world.isOnTime(each.at, each.at) && // What was overdue may follow from its own timer.
            ((next.kind === 'emitted' && next.who.startsWith('session')) ||
              (next.kind === 'socket' && next.what === 'closed'));
          return harms
            ? [
                broken(
                  each,
                  `${next.kind === 'emitted' ? next.event.type : 'the end of the socket'} followed`,
                ),
              ]
            : [];
        }),
  },
  {
    clause: 'W-7',
    looksFor: 'an error of a number that nobody knows, and that ends the session',
    check: (world) =>
      world.sessions.flatMap((session) =>
        told(session, 'session.failed').flatMap((failed) => {
          const code = failed.event.type === 'session.failed' ? failed.event.failure.errorCode : undefined;
          return code === undefined || mayEnd(code)
            ? []
            : [broken(failed, `number ${code} says nothing of the session`)];
        }),
      ),
  },
];
