import { broken, type Checker, type Guest, isOne, laneCalls, lanes } from './world.ts';

/** which token a call carries, and when another is asked for, as far as a trace shows it. */
export const tokenCheckers: readonly Checker[] = [
  {
    clause: 'A-1',
    looksFor: 'two refreshes at once, or one for a token that is no longer in use',
    check: (world) => {
      const tokens = world.calls.filter(({ lane }) => lane === 'token');
      if (world.conversations.length > 1) return [];
      return tokens.flatMap((call) => {
        const open = tokens.find(
          ({ index, at, answer }) =>
            index < call.index &&
            (answer === null || answer.index > call.index) &&
            call.at - at < (world.conversations[0]?.began.timing.deadline ?? 0) - 1,
        );
        if (open) return [broken(call, 'a refresh was under way')];
        const newest = Math.max(
          0,
          ...world.calls.map(({ lane, answer }) =>
            lane === 'token' && answer !== null && answer.index < call.index ? (answer.generation ?? 0) : 0,
          ),
        );
        const isAskedFor =
          tokens[0] === call ||
          world.calls.some(
            ({ answer }) =>
              answer?.failure?.code === 'unauthorized' &&
              (answer.failure.tokenGeneration ?? call.rejectedGeneration) === call.rejectedGeneration &&
              answer.index < call.index,
          ) ||
          world.all('input').some(({ verb, index }) => verb === 'reauthorize' && index < call.index);
        if (!isAskedFor) return [broken(call, `token ${call.rejectedGeneration} was not rejected`)];
        return call.rejectedGeneration < newest
          ? [broken(call, `token ${call.rejectedGeneration} is not in use since number ${newest}`)]
          : [];
      });
    },
  },
  {
    clause: 'A-1',
    looksFor: 'a call with a token that is known to be rejected',
    check: (world) => {
      if (world.conversations.length !== 1) return [];
      return laneCalls(world).flatMap((call) => {
        const answered = world.calls.filter(({ answer }) => answer !== null && answer.index < call.index);
        const current = Math.max(1, ...answered.map(({ answer }) => answer?.generation ?? 0));
        const refusal = answered.find(
          ({ answer, lane }) =>
            lanes.has(lane) &&
            answer?.failure?.code === 'unauthorized' &&
            (answer.failure.tokenGeneration ?? 0) >= current,
        );
        if (!refusal?.answer || refusal.answer.at >= call.at) return [];
        const isHoped = world
          .all('input')
          .some(({ verb, index }) => verb === 'reauthorize' && index > (refusal.answer?.index ?? 0));
        return isHoped ? [] : [broken(call, `the newest token was rejected at ${refusal.answer.at} ms`)];
      });
    },
  },
  {
    clause: 'A-1',
    looksFor:
      'a guest who is taken for signed out although calls had been accepted with the token that expired',
    check: (world) => {
      const [guest] = world.conversations;
      if (!guest || !isOne(world)) return [];
      return guest.emitted.flatMap((each) => {
        if (each.event.type !== 'link.unauthorized') return [];
        const refreshed = world.calls.findLast(
          ({ lane, index }) => lane === 'token' && index < each.index,
        )?.answer;
        if (refreshed?.outcome !== 'accepted' || refreshed.generation === undefined) return [];
        const rejected = laneCalls(world).findLast(
          ({ answer }) => answer?.failure?.code === 'unauthorized' && answer.index < each.index,
        )?.answer;
        if (rejected?.failure?.tokenGeneration !== refreshed.generation) return [];
        const hasWorked = laneCalls(world).some(
          ({ index, answer }) =>
            index > refreshed.index &&
            answer?.outcome === 'accepted' &&
            answer.index < rejected.index &&
            (answer.generation ?? refreshed.generation) === refreshed.generation &&
            isTakenIn(guest, answer),
        );
        return hasWorked ? [broken(each, 'its token had worked, and no other one was asked for')] : [];
      });
    },
  },
];

/** Whether a handle tells of an accepted answer: one to a call that was given up proves nothing to it. */
const isTakenIn = (guest: Guest, { index, at }: { readonly index: number; readonly at: number }): boolean =>
  guest.emitted.some(
    (each) => each.index > index && each.at === at && /^(typing|read)\.acknowledged$/.test(each.event.type),
  );
