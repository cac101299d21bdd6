import type { TraceValue } from '../../shared/traceFile.ts';
import {
  actionOf,
  classOf,
  doubtSpacing,
  type Frame,
  field,
  isForHistory,
  isMessage,
  isOut,
  limitClass,
  type Session,
  told,
  traceOf,
} from './session.ts';
import { broken, type Checker, type Of, type World } from './world.ts';

/** How long nothing may happen in a session before what waits in it counts as forgotten, ms. */
const longCalm = 300_000;

/** What a health check, or what is asked in its place, is answered with. */
const answers: ReadonlySet<string> = new Set(['JwtResponse', limitClass, 'string', 'Error', 'ErrorMessage']);

const isAnswer = (each: Frame): boolean =>
  answers.has(classOf(each)) ||
  (classOf(each) === 'StructuredMessage' && traceOf(each) === 'SGVhbHRoQ2hlY2tNZXNzYWdlSWQ=');

const idsIn = ({ frame }: Frame): readonly (TraceValue | undefined)[] => [
  field(frame, 'tracingId'),
  field(frame, 'body', 'metadata', 'customMessageId'),
];

const stateBefore = ({ states }: Session, index: number): string =>
  JSON.stringify(states.findLast((state) => state.index < index)?.value ?? '');

const socketsAfter = (world: World, index: number): readonly Of<'socket'>[] =>
  world.all('socket').filter((socket) => socket.index > index);

/** W-3 to W-9, L-1 and I-1: what becomes of messages, doubts and ends. */
export const messageCheckers: readonly Checker[] = [
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
    clause: 'W-6',
    looksFor: 'a message that counts as sent although nothing says so, or of which nothing becomes',
    check: (world) =>
      world.sessions.flatMap((session) => [...unprovenIn(world, session), ...forgottenIn(world, session)]),
  },
  {
    clause: 'W-8',
    looksFor:
      'doubts that ask more often than once a second, or a doubted link that does not answer and stays',
    check: (world) =>
      world.sessions.flatMap((session) => [
        ...hastyDoubts(world, session),
        ...keptLinks(world, session),
        ...easyAnswers(world, session),
        ...unprobedIn(world, session),
      ]),
  },
  {
    clause: 'W-9',
    looksFor: 'an end that was told and not taken back, or that is past and not asked about',
    check: (world) =>
      world.sessions.flatMap((session) => [...unextendedIn(world, session), ...unaskedEnds(world, session)]),
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
    clause: 'I-1',
    looksFor:
      'messages that are caught up in another order than they were said in, or a gap that nobody tells of',
    check: (world) => world.sessions.flatMap((session) => disorderIn(world, session)),
  },
];

/** Messages that were told as sent without an echo and without a look into history. */
function unprovenIn(world: World, session: Session) {
  return told(session, 'message.sent').flatMap((sent) => {
    if (sent.event.type !== 'message.sent') return [];
    const { id } = sent.event;
    const left = world.all('frame').find((each) => isMessage(each) && traceOf(each) === id);
    const isProven = world.moments.slice(0, sent.index).some((moment, index) =>
      // A page of history that was asked for before it left can have it too.
      moment.kind === 'history'
        ? moment.at + session.began.timing.history >= (left?.at ?? 0)
        : index > (left?.index ?? 0) &&
          moment.kind === 'frame' &&
          moment.way === 'in' &&
          idsIn({ ...moment, index }).includes(id),
    );
    return left && !isProven ? [broken(sent, 'neither an echo nor the history said so')] : [];
  });
}

/** Messages that left in a session that has long been well again, and of which nothing was told. */
function forgottenIn(world: World, session: Session) {
  if (world.sessions.length > 1) return [];
  const stop = session.inputs.find(({ verb }) => verb === 'stop');
  const until = stop?.at ?? world.until;
  const isCalm = world.moments.every(
    ({ at, kind }) =>
      at < until - longCalm || at >= until || !['input', 'socket', 'late', 'wall'].includes(kind),
  );
  const isUp = stateBefore(session, stop?.index ?? world.moments.length).includes('configured');
  if (!isCalm || !isUp) return [];
  const ids = new Set(
    world
      .all('frame')
      .filter((each) => isMessage(each) && each.at < until - longCalm)
      .map(traceOf),
  );
  return [...ids].flatMap((id) => {
    const isSettled = told(session, 'message.sent', 'message.failed').some(
      ({ event }) => 'id' in event && event.id === id,
    );
    const left = world.all('frame').findLast((each) => isMessage(each) && traceOf(each) === id);
    return left && !isSettled ? [broken(left, 'it was never told as sent or as failed')] : [];
  });
}

/** When the health of a session began to be probed, from rest. */
const probesIn = (session: Session) =>
  session.states.filter(
    (state, nth) =>
      JSON.stringify(state.value).includes('"health":"probing"') &&
      JSON.stringify(session.states[nth - 1]?.value ?? '').includes('"health":"listening"'),
  );

function hastyDoubts(world: World, session: Session) {
  return probesIn(session).flatMap((probe, nth, all) => {
    const before = all[nth - 1];
    return before && probe.at - before.at < doubtSpacing - world.slack
      ? [broken(probe, `${probe.at - before.at} ms after the question before`)]
      : [];
  });
}

/** The frame by which a doubt was asked about, where nothing else happened to the session. */
function questionAfter(world: World, session: Session, input: Of<'input'>): Frame | undefined {
  if (input.verb !== 'show' && input.verb !== 'online') return undefined;
  if (!stateBefore(session, input.index).includes('"health":"listening"')) return undefined;
  if (told(session, 'session.limited').length > 0) return undefined;
  return world
    .all('frame')
    .find(
      (each) =>
        isOut(each) &&
        each.index > input.index &&
        each.at <= input.at + doubtSpacing + world.slack &&
        (actionOf(each) === 'echo' || isForHistory(each.frame)),
    );
}

/** Silences of a session that listens, which nobody probed. */
function unprobedIn(world: World, session: Session) {
  const { quiet, echoSpacing } = session.began.timing;
  if (told(session, 'session.limited').length > 0 || world.sessions.length > 1) return [];
  return world.all('frame').flatMap((heard) => {
    const by = heard.at + quiet + echoSpacing + world.slack;
    const last = world.indexAfter(by);
    if (isOut(heard) || world.until <= by || session.stoppedAt < last) return [];
    if (!stateBefore(session, heard.index + 1).includes('"health":"listening"')) return [];
    const between = world.moments.slice(heard.index + 1, last);
    const isOther = between.some(
      (moment) =>
        ['input', 'socket', 'late', 'wall'].includes(moment.kind) ||
        moment.kind === 'frame' ||
        (moment.kind === 'state' && moment.who === session.who),
    );
    return isOther || !world.isOnTime(heard.at, by) ? [] : [broken(heard, `nothing was asked by ${by} ms`)];
  });
}

/** Links that were doubted and did not answer, and that were kept for longer than somebody waits who doubts. */
function keptLinks(world: World, session: Session) {
  return session.inputs.flatMap((input) => {
    const asked = questionAfter(world, session, input);
    const by = (asked?.at ?? 0) + session.began.timing.doubt + world.slack;
    if (!asked || world.until <= by || !world.isOnTime(input.at, by)) return [];
    const between = world.moments.slice(asked.index + 1, world.indexAfter(by));
    if (between.some(({ kind }) => kind === 'input' || kind === 'wall' || kind === 'late')) return [];
    const isAnswered = between.some(
      (moment) =>
        (moment.kind === 'frame' && moment.way === 'in') ||
        moment.kind === 'socket' ||
        (moment.kind === 'frame' &&
          ['closeSession', 'configureSession'].includes(String(field(moment.frame, 'action')))),
    );
    return isAnswered ? [] : [broken(asked, `no answer by ${by} ms, and the socket stayed`)];
  });
}

/** Doubts that were laid to rest by a frame that may have been under way when the link died. */
function easyAnswers(world: World, session: Session) {
  return session.inputs.flatMap((input) => {
    const asked = questionAfter(world, session, input);
    if (!asked) return [];
    const by = asked.at + doubtSpacing + 2 * world.slack;
    const between = world.moments.slice(asked.index + 1, world.indexAfter(by));
    const frames = between.flatMap((moment, nth) =>
      moment.kind === 'frame' ? [{ ...moment, index: asked.index + 1 + nth }] : [],
    );
    const heard = frames.some((each) => !isOut(each));
    const isDisturbed =
      world.until <= by ||
      !world.isOnTime(input.at, by) ||
      between.some(({ kind }) => ['input', 'socket', 'late', 'wall', 'history'].includes(kind));
    if (!heard || isDisturbed || frames.some((each) => !isOut(each) && isAnswer(each))) return [];
    const isAgain = frames.some(
      (each) => isOut(each) && (actionOf(each) === 'echo' || isForHistory(each.frame)),
    );
    const isUp = stateBefore(session, world.indexAfter(by)).includes('"health"');
    return isAgain || !isUp ? [] : [broken(asked, 'what came was no answer, and it was not asked again')];
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
    const isInTime = up !== undefined && before.index > up.index && before.at < up.at + holdFor && isHeld;
    return (one.isCaughtUp && before.at === each.at) || (!one.isCaughtUp && isInTime)
      ? [broken(each, 'it was said before the one that was told before')]
      : [];
  });
}
