import {
  actionOf,
  classOf,
  type Frame,
  field,
  hasTold,
  isForHistory,
  isOut,
  limitClass,
  onlySession,
  type Session,
  stateBefore,
  told,
} from './frames.ts';
import { broken, type Checker, type World } from './world.ts';

const isTyping = (each: Frame): boolean =>
  isOut(each) && JSON.stringify(field(each.frame, 'message', 'events') ?? '').includes('"Typing"');

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

/** W-5, W-11, L-1 and L-5 of a session: when its frames may not leave, as far as a trace shows it. */
export const sessionSilenceCheckers: readonly Checker[] = [
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
    clause: 'W-11',
    looksFor: 'anything that is said over a socket after its server called the session read-only',
    check: (world) => onlySession(world).flatMap((session) => saidThough(world, session)),
  },
  {
    clause: 'L-1',
    looksFor: 'a message, a question or a look into history that begins within a silence of the messenger',
    check: (world) => onlySession(world).flatMap((session) => begunWithin(world, session)),
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
    clause: 'L-1',
    looksFor: 'a frame within the silence that a messenger asks for without saying for how long',
    check: (world) => {
      const [session] = world.sessions;
      if (!session) return [];
      const { limitFallback, retryAfterCap } = session.began.timing;
      const frames = world.all('frame');
      const limits = frames.filter(
        (each) =>
          !isOut(each) &&
          classOf(each) === limitClass &&
          typeof field(each.frame, 'body') !== 'string' &&
          field(each.frame, 'body', 'retryAfter') === undefined &&
          field(each.frame, 'body', 'errorMessage') === undefined,
      );
      return limits.flatMap((limit) => {
        const until = limit.at + Math.min(limitFallback, retryAfterCap);
        const early = frames.find(
          (each) =>
            isOut(each) &&
            each.index > limit.index &&
            each.at < until - world.slack &&
            ['onMessage', 'echo', 'configureSession'].includes(actionOf(each)),
        );
        return early ? [broken(early, `${until - early.at} ms before the silence was over`)] : [];
      });
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
    clause: 'L-5',
    looksFor: 'waits for the next socket whose bound does not grow with each failure',
    check: (world) =>
      world.sessions.flatMap((session) => {
        const late = lateWaitsIn(world, session);
        const [first] = late;
        // By chance that happens once in 10^8 times.
        const isFlat = late.length >= 8 && late.every(({ share }) => share <= 0.1);
        return first && isFlat
          ? [broken(first.each, 'this wait and all others after so many failures are as short as the first')]
          : [];
      }),
  },
];

/** What left over a socket after the answer, or the news, that its session can only be looked at. */
function saidThough(world: World, session: Session) {
  const frames = world.all('frame');
  return frames.flatMap((said) => {
    const isReadOnly =
      !isOut(said) &&
      classOf(said) === 'SessionResponse' &&
      field(said.frame, 'body', 'connected') === true &&
      field(said.frame, 'body', 'readOnly') === true;
    const state = stateBefore(session, said.index);
    // While an old session is ended for a new one, what is said of the old one changes nothing.
    const isAwaited = state.includes('"configuring":"asking"') || state.includes('"configured":{');
    if (!isReadOnly || !isAwaited) return [];
    const rest = frames.filter(({ index, socket }) => index > said.index && socket === said.socket);
    const end = rest.findIndex((each) =>
      isOut(each)
        ? ['closeSession', 'configureSession'].includes(actionOf(each))
        : classOf(each) === 'SessionResponse',
    );
    const early = rest
      .slice(0, end < 0 ? rest.length : end)
      .find((each) => isOut(each) && !isForHistory(each.frame));
    return early ? [broken(early, `${actionOf(early)} left`)] : [];
  });
}

/** What of a session begins with something that leaves. */
const beginnings = [
  '"outbox":"delivering"',
  '"outbox":"searching"',
  '"past":"asking"',
  '"readOnly":"asking"',
  '"health":"probing"',
];

/** What a session began to ask or to say before a silence was over that it had told of. */
function begunWithin(world: World, session: Session) {
  const limits = told(session, 'session.limited');
  return session.states.flatMap((state, nth) => {
    const before = JSON.stringify(session.states[nth - 1]?.value ?? '');
    const begun = beginnings.find(
      (words) => JSON.stringify(state.value).includes(words) && !before.includes(words),
    );
    const limit = limits.find(
      ({ at, index, event }) =>
        index < state.index && event.type === 'session.limited' && state.at < at + event.msLeft - world.slack,
    );
    return begun && limit
      ? [broken(state, `${begun.replaceAll('"', '')} began within the silence told at ${limit.at} ms`)]
      : [];
  });
}

/** A wait that may be so many times as long as the first one is rarely as short as that by chance. */
const lateBound = 20;

/** The waits that may be long, and which share each takes: after sockets that never came to anything, and nobody hastened. */
function lateWaitsIn(world: World, session: Session) {
  const { reconnectBase, reconnectCap } = session.began.timing;
  const waits = told(session, 'session.reconnecting');
  return waits.flatMap((each, nth) => {
    const before = waits[nth - 1];
    if (each.event.type !== 'session.reconnecting' || before?.event.type !== 'session.reconnecting')
      return [];
    const { attempt, msLeft } = each.event;
    const bound = Math.min(reconnectCap, reconnectBase * 2 ** attempt);
    const isOther =
      hasTold(session, ['session.configured', 'session.readOnly'], before.index, each.index) ||
      world.moments
        .slice(before.index + 1, each.index)
        // A messenger that ends a socket so wants the next one at once.
        .some(
          (moment) =>
            moment.kind === 'input' ||
            (moment.kind === 'socket' &&
              moment.what === 'ended' &&
              moment.code >= 4200 &&
              moment.code < 4300),
        );
    const isNext = attempt === before.event.attempt + 1;
    return isNext && !isOther && bound >= lateBound * reconnectBase ? [{ each, share: msLeft / bound }] : [];
  });
}
