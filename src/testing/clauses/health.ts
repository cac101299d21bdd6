import {
  actionOf,
  type Frame,
  field,
  isAnswer,
  isEcho,
  isForHistory,
  isOut,
  type Session,
  stateBefore,
  told,
} from './frames.ts';
import { broken, type Checker, type Of, type World } from './world.ts';

/** Within which time a doubt is asked about, ms. */
const doubtSpacing = 1000;

/** W-8: how a session asks whether it is alive, as far as a trace shows it. */
export const healthCheckers: readonly Checker[] = [
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
    clause: 'W-8',
    looksFor:
      'doubts that ask more often than once a second, or a doubted link that does not answer and stays',
    check: (world) =>
      world.sessions.flatMap((session) => [
        ...hastyDoubts(world, session),
        ...keptLinks(world, session),
        ...keptProbes(world, session),
        ...easyAnswers(world, session),
        ...unprobedIn(world, session),
      ]),
  },
];

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
    // A health check whose time has come waits for no question that was asked in its place.
    const asked = world.all('frame').findLast((each) => isOut(each) && each.index < probe.index);
    if (asked?.at === probe.at && isEcho(asked)) return [];
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

/** Links that were doubted while they were probed already, and that were kept for longer than somebody waits who doubts. */
function keptProbes(world: World, session: Session) {
  const { answer, doubt } = session.began.timing;
  return session.inputs.flatMap((input) => {
    if (input.verb !== 'show' && input.verb !== 'online') return [];
    if (!stateBefore(session, input.index).includes('"health":"probing"')) return [];
    const by = input.at + doubt + world.slack;
    const last = world.indexAfter(by);
    // What the question before it waits for may have been late.
    const isLate = !world.isOnTime(input.at - answer, by);
    if (world.until <= by || session.stoppedAt < last || isLate || world.sessions.length > 1) return [];
    const isOther = world.moments.slice(input.index + 1, last).some((moment) => {
      if (moment.kind === 'input') return moment.verb !== 'show' && moment.verb !== 'online';
      if (moment.kind !== 'frame') return ['socket', 'wall', 'late'].includes(moment.kind);
      const action = String(field(moment.frame, 'action'));
      return moment.way === 'in' || ['closeSession', 'configureSession'].includes(action);
    });
    return isOther ? [] : [broken(input, `no answer by ${by} ms, and the socket stayed`)];
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
