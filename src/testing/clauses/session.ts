import type { TraceValue } from '../../shared/traceFile.ts';
import { broken, type Checker, type Of, type World, type WorldHandle } from './world.ts';

export type Frame = Of<'frame'>;
export type Session = WorldHandle<'session'>;

export const field = (value: TraceValue | undefined, ...path: readonly string[]): TraceValue | undefined =>
  path.reduce<TraceValue | undefined>(
    (found, key) =>
      typeof found === 'object' && found !== null && !Array.isArray(found)
        ? (found as Readonly<Record<string, TraceValue>>)[key]
        : undefined,
    value,
  );

export const isOut = ({ way }: Frame): boolean => way === 'out';
export const actionOf = ({ frame }: Frame): string => String(field(frame, 'action') ?? '');
export const isMessage = (each: Frame): boolean =>
  isOut(each) && field(each.frame, 'message', 'type') === 'Text' && actionOf(each) === 'onMessage';
const isTyping = (each: Frame): boolean =>
  isOut(each) && JSON.stringify(field(each.frame, 'message', 'events') ?? '').includes('"Typing"');
const isEcho = (each: Frame): boolean => isOut(each) && actionOf(each) === 'echo';
export const classOf = ({ frame }: Frame): string => String(field(frame, 'class') ?? '');
/** Whether a token is asked for, which only history wants. */
export const isForHistory = (frame: TraceValue): boolean => field(frame, 'action') === 'getJwt';
export const traceOf = ({ frame }: Frame): TraceValue | undefined => field(frame, 'tracingId');
const isOwnMessage = (each: Frame): boolean =>
  !isOut(each) &&
  field(each.frame, 'body', 'direction') === 'Inbound' &&
  field(each.frame, 'body', 'type') === 'Text';

/** What tells a session that it can be talked in. */
const isWritable = (each: Frame): boolean =>
  !isOut(each) &&
  classOf(each) === 'SessionResponse' &&
  field(each.frame, 'body', 'connected') === true &&
  field(each.frame, 'body', 'readOnly') !== true;

/** What tells a session to be silent. */
export const limitClass = 'TooManyRequestsErrorMessage';

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

/** Within which time a doubt is asked about, ms. */
export const doubtSpacing = 1000;

/** A session that is signed in cannot go on as a guest. */
const downgraded = 4017;

export const told = (session: Session, ...types: readonly string[]): readonly Of<'emitted'>[] =>
  session.emitted.filter(({ event }) => types.includes(event.type));

/** What ended a session's socket last, before a place. */
function lastEnd(world: World, index: number): number {
  const ends = world
    .all('socket')
    .filter(({ what, index: place }) => place < index && what !== 'made' && what !== 'opened');
  return ends.at(-1)?.index ?? -1;
}

/** W-1 to W-11, L-1, L-5 and I-1, as far as a trace shows them. */
export const sessionCheckers: readonly Checker[] = [
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
    clause: 'W-2',
    looksFor: 'a token that is used after it had to be forgotten, or changed without a reason',
    check: (world) => {
      const configures = world
        .all('frame')
        .filter((each) => isOut(each) && actionOf(each) === 'configureSession');
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
          const isFinal = end.code === 1000 || (end.code >= 4000 && end.code < 4100);
          const isAsked = session.inputs.some(
            ({ verb, index }) =>
              ['connect', 'startNew'].includes(verb) && index > end.index && index < made.index,
          );
          return isOurs || !isFinal || isAsked ? [] : [broken(made, `the socket had ended with ${end.code}`)];
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
        const { answer, configure } = session.began.timing;
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
    clause: 'W-5',
    looksFor: 'two typing frames that are not strictly more than 5000 ms apart',
    check: (world) => {
      const frames = world.all('frame');
      const typing = frames.filter(isTyping);
      return typing.flatMap((each, nth) => {
        const before = typing[nth - 1];
        if (!before || each.at - before.at > 5000) return [];
        const isBetween = ({ index }: { readonly index: number }): boolean =>
          index > before.index && index < each.index;
        const isEnded =
          // One that comes twice is one.
          frames.some(
            (other) =>
              isOwnMessage(other) &&
              isBetween(other) &&
              !frames.some(
                (each) =>
                  each.index < other.index &&
                  isOwnMessage(each) &&
                  field(each.frame, 'body', 'id') !== undefined &&
                  field(each.frame, 'body', 'id') === field(other.frame, 'body', 'id'),
              ),
          ) || world.all('told').some((news) => news.event.type === 'message.accepted' && isBetween(news));
        return isEnded ? [] : [broken(each, `${each.at - before.at} ms after the one before`)];
      });
    },
  },
  {
    clause: 'W-6',
    looksFor: 'a message that leaves again although history was not asked twice, or is told twice',
    check: (world) => {
      const frames = world.all('frame');
      const messages = frames.filter(isMessage);
      const again = messages.flatMap((each) => {
        const before = messages.findLast(
          ({ index, frame }) => index < each.index && traceOf({ frame } as Frame) === traceOf(each),
        );
        if (!before) return [];
        const isRefused = frames.some(
          (other) =>
            other.index > before.index &&
            other.index < each.index &&
            !isOut(other) &&
            [limitClass, 'string', 'Error', 'ErrorMessage'].includes(classOf(other)),
        );
        const looks = world
          .all('history')
          .filter(({ index }) => index > before.index && index < each.index).length;
        return isRefused || looks >= 2
          ? []
          : [broken(each, `it left again after ${looks} looks into history`)];
      });
      const twice = world.sessions.flatMap((session) => {
        const sent = told(session, 'message.sent');
        return sent.filter(
          ({ event }, nth) =>
            event.type === 'message.sent' &&
            sent
              .slice(0, nth)
              .some((other) => other.event.type === 'message.sent' && other.event.id === event.id),
        );
      });
      return [...again, ...twice.map((each) => broken(each, 'it was told as sent twice'))];
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
    clause: 'W-8',
    looksFor:
      'two health checks within the 30 s that the server insists on, or a doubt that nobody asks about',
    check: (world) => {
      const echoes = world.all('frame').filter(isEcho);
      const close = echoes.flatMap((each, nth) => {
        const before = echoes[nth - 1];
        return before && each.at - before.at < 30_000
          ? [broken(each, `${each.at - before.at} ms after the one before`)]
          : [];
      });
      return [...close, ...world.sessions.flatMap((session) => unaskedIn(world, session))];
    },
  },
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
    clause: 'W-10',
    looksFor: 'a second message under way before the first was settled',
    check: (world) => {
      const frames = world.all('frame');
      const messages = frames.filter(isMessage);
      return messages.flatMap((each, nth) => {
        const before = messages[nth - 1];
        if (!before || traceOf(before) === traceOf(each)) return [];
        const isSettled = world.moments.some((moment, index) => {
          if (index <= before.index || index >= each.index) return false;
          if (moment.kind === 'history') return true;
          // One page of history that was asked for before it left can have it too.
          if (moment.kind === 'emitted' && ['message.failed', 'message.sent'].includes(moment.event.type))
            return 'id' in moment.event && moment.event.id === traceOf(before);
          return moment.kind === 'frame' && moment.way === 'in' && isAnswerTo({ ...moment, index }, before);
        });
        return isSettled ? [] : [broken(each, 'the one before was not settled')];
      });
    },
  },
  {
    clause: 'W-11',
    looksFor: 'anything that a read-only session says',
    check: (world) =>
      world.sessions.flatMap((session) =>
        told(session, 'session.readOnly').flatMap((readOnly) => {
          const end = [
            ...told(session, 'session.reconnecting', 'session.closed', 'session.failed'),
            // What it may say from then on can leave before it is told that it may.
            ...world.all('frame').filter(isWritable),
            ...session.inputs.filter(({ verb }) => verb === 'startNew'),
          ]
            .sort((one, other) => one.index - other.index)
            .find(({ index }) => index > readOnly.index);
          return world
            .all('frame')
            .filter(
              (each) =>
                isOut(each) &&
                actionOf(each) !== 'getJwt' &&
                each.index > readOnly.index &&
                each.index < (end?.index ?? world.moments.length),
            )
            .map((each) => broken(each, `${actionOf(each)} left`));
        }),
      ),
  },
  {
    clause: 'L-1',
    looksFor: 'a frame within a silence that the messenger asked for',
    check: (world) => {
      const [session] = world.sessions;
      const frames = world.all('frame');
      const silences = frames.flatMap((each) => {
        const seconds = field(each.frame, 'body', 'retryAfter');
        const isLimit = !isOut(each) && classOf(each) === limitClass && typeof seconds === 'number';
        if (!session || !isLimit) return [];
        return [
          {
            index: each.index,
            until: each.at + Math.min(seconds * 1000, session.began.timing.retryAfterCap),
          },
        ];
      });
      const early = frames.flatMap((each) => {
        const asks = ['onMessage', 'echo', 'configureSession'].includes(actionOf(each)) && isOut(each);
        const silence = silences.find(({ index, until }) => index < each.index && each.at < until);
        return asks && silence
          ? [broken(each, `${silence.until - each.at} ms before the silence was over`)]
          : [];
      });
      const { retryAfterCap = 0, limitJitter = 0 } = { ...session?.began.timing };
      const endless = world.sessions.flatMap((each) =>
        told(each, 'session.limited').filter(
          ({ event }) =>
            event.type === 'session.limited' && event.msLeft > retryAfterCap + limitJitter + world.slack,
        ),
      );
      return [...early, ...endless.map((each) => broken(each, 'it lasts longer than is believed'))];
    },
  },
  {
    clause: 'L-5',
    looksFor: 'silences that a messenger asks for, and that all end without a random share',
    check: (world) =>
      world.sessions.flatMap((session) => {
        const { limitJitter, retryAfterCap } = session.began.timing;
        const shares = told(session, 'session.limited').flatMap((limited, nth, all) => {
          const before = all[nth - 1];
          const limit = world.all('frame').findLast(({ index }) => index < limited.index);
          const seconds = limit && classOf(limit) === limitClass && field(limit.frame, 'body', 'retryAfter');
          if (limited.event.type !== 'session.limited' || typeof seconds !== 'number') return [];
          // One that lasts on may be what decides.
          if (before?.event.type === 'session.limited' && before.at + before.event.msLeft > limited.at)
            return [];
          return [{ limited, share: limited.event.msLeft - Math.min(seconds * 1000, retryAfterCap) }];
        });
        const [first] = shares;
        const isStiff = shares.length >= 4 && new Set(shares.map(({ share }) => share)).size === 1;
        return first && isStiff && limitJitter >= 100
          ? [broken(first.limited, 'what should be random of a silence is the same each time')]
          : [];
      }),
  },
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
];

function isAnswerTo(answer: Frame, sent: Frame): boolean {
  const id = traceOf(answer) ?? field(answer.frame, 'body', 'metadata', 'customMessageId');
  if (id !== undefined) return id === traceOf(sent);
  return [limitClass, 'string', 'Error', 'ErrorMessage'].includes(classOf(answer));
}

/** Doubts of a session that talks and listens, about which nothing was asked in time. */
function unaskedIn(world: World, session: Session) {
  if (told(session, 'session.limited').length > 0) return [];
  return session.inputs.flatMap((input) => {
    const isDoubt = input.verb === 'show' || input.verb === 'online';
    const last = session.states.findLast(({ index }) => index < input.index);
    if (!isDoubt || !JSON.stringify(last?.value ?? '').includes('"health":"listening"')) return [];
    const by = input.at + doubtSpacing + world.slack;
    const after = world.moments.slice(input.index + 1, world.indexAfter(by));
    const isDisturbed =
      world.until <= by ||
      after.some(({ kind }) => ['input', 'socket', 'late', 'wall'].includes(kind)) ||
      !world.isOnTime(input.at, by);
    const isAsked = after.some(
      (moment) =>
        moment.kind === 'frame' &&
        moment.way === 'out' &&
        (field(moment.frame, 'action') === 'echo' || isForHistory(moment.frame)),
    );
    return isDisturbed || isAsked ? [] : [broken(input, `nothing was asked by ${by} ms`)];
  });
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
