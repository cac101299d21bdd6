import {
  classOf,
  type Frame,
  field,
  idsIn,
  isMessage,
  isOut,
  limitClass,
  onlySession,
  type Session,
  stateBefore,
  told,
  traceOf,
} from './frames.ts';
import { broken, type Checker, type World } from './world.ts';

/** How long nothing may happen in a session before what waits in it counts as forgotten, ms. */
const longCalm = 300_000;

/** W-6 and W-10: what becomes of messages, as far as a trace shows it. */
export const messageCheckers: readonly Checker[] = [
  {
    clause: 'W-6',
    looksFor:
      'a message that leaves again although history was not asked twice, a moment apart, or is told twice',
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
        const looks = world.all('history').filter(({ index }) => index > before.index && index < each.index);
        if (isRefused) return [];
        if (looks.length < 2) return [broken(each, `it left again after ${looks.length} looks into history`)];
        // What history does not have yet it may have a moment later.
        const apart = (looks.at(-1)?.at ?? 0) - (looks[0]?.at ?? 0);
        return onlySession(world)
          .filter(({ began }) => apart < began.timing.settle - world.slack)
          .map(() => broken(each, `it left again after looks into history within ${apart} ms`));
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
    clause: 'W-6',
    looksFor: 'a message that counts as sent although nothing says so, or of which nothing becomes',
    check: (world) =>
      world.sessions.flatMap((session) => [...unprovenIn(world, session), ...forgottenIn(world, session)]),
  },
  {
    clause: 'W-6',
    looksFor: 'a message under way that fails by an error that says nothing of it',
    check: (world) => onlySession(world).flatMap((session) => misjudgedIn(world, session)),
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
];

function isAnswerTo(answer: Frame, sent: Frame): boolean {
  const id = traceOf(answer) ?? field(answer.frame, 'body', 'metadata', 'customMessageId');
  if (id !== undefined) return id === traceOf(sent);
  return [limitClass, 'string', 'Error', 'ErrorMessage'].includes(classOf(answer));
}

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
          // What the other side says with our id is theirs.
          field(moment.frame, 'body', 'direction') === 'Inbound' &&
          idsIn({ ...moment, index }).includes(id),
    );
    return left && !isProven ? [broken(sent, 'neither an echo nor the history said so')] : [];
  });
}

/** Numbers that say nothing of what was asked: who one is, how long it took, how soon it came. */
const passing: ReadonlySet<number> = new Set([401, 408, 425]);

/** Messages that failed, while they were under way, by an error that names another or could mean anything. */
function misjudgedIn(world: World, session: Session) {
  return told(session, 'message.failed').flatMap((failed) => {
    if (failed.event.type !== 'message.failed') return [];
    const { id, failure } = failed.event;
    const { errorCode = 0 } = failure;
    const cause = world.all('frame').findLast((each) => !isOut(each) && each.index < failed.index);
    const isUnderWay = stateBefore(session, failed.index).includes('"outbox":"delivering"');
    // With its session everything ends that is still here.
    const isOver = told(session, 'session.failed', 'session.closed').some(({ at }) => at === failed.at);
    if (!isUnderWay || isOver || cause?.at !== failed.at || errorCode < 400 || errorCode >= 500) return [];
    const named = traceOf(cause) ?? field(cause.frame, 'body', 'tracingId');
    const isMeant = named === undefined ? !passing.has(errorCode) : named === id;
    return isMeant ? [] : [broken(failed, `number ${errorCode} says nothing of it`)];
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
