import { broken, type Checker, laneCalls, lanes, openIn } from './world.ts';

const passing: ReadonlySet<string> = new Set(['network', 'unavailable', 'timeout', 'unexpected']);
const gone: ReadonlySet<string> = new Set(['not-found', 'conversation-ended']);

/** A-1, L-4, L-5 and C-1: what a reply means for the calls after it. */
export const tokenCheckers: readonly Checker[] = [
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
    clause: 'L-4',
    looksFor: 'an end that nobody told of, or one that was told and not taken in',
    check: (world) =>
      world.conversations.flatMap((guest) => {
        const said = (conversationId: string, until: number): boolean =>
          world.calls.some(
            ({ answer, ...call }) =>
              answer !== null &&
              answer.index < until &&
              call.conversationId === conversationId &&
              gone.has(answer.failure?.code ?? ''),
          ) ||
          world
            .all('told')
            .some(
              ({ index, event }) =>
                index < until &&
                event.type === 'conversation.ended' &&
                event.conversationId === conversationId,
            ) ||
          guest.inputs.some(
            ({ index, verb }) =>
              index < until &&
              (verb === 'receive' || (verb === 'end' && openIn(world, guest, index) === conversationId)),
          );
        const unsaid = guest.emitted.flatMap((each) =>
          each.event.type === 'conversation.ended' && !said(each.event.conversationId, each.index)
            ? [broken(each, `nobody said that ${each.event.conversationId} is over`)]
            : [],
        );
        const unheard = world.all('told').flatMap((told) => {
          const { event } = told;
          if (event.type !== 'conversation.ended' || told.index > guest.stoppedAt) return [];
          const isRunning = guest.states.some(({ index }) => index < told.index);
          const isTaken = guest.emitted.some(
            (each) =>
              each.event.type === 'conversation.ended' &&
              each.event.conversationId === event.conversationId &&
              each.at <= told.at,
          );
          return isRunning && !isTaken ? [broken(told, `${event.conversationId} goes on`)] : [];
        });
        return [...unsaid, ...unheard];
      }),
  },
  {
    clause: 'L-5',
    looksFor: 'a refresh that failed and is asked for again without a backoff',
    check: (world) => {
      const [guest] = world.conversations;
      const tokens = world.calls.filter(({ lane }) => lane === 'token');
      if (!guest || world.conversations.length > 1) return [];
      const { backoffBase, backoffCap, jitter } = guest.began.timing;
      const least = Math.min(backoffBase, backoffCap) * (1 - jitter);
      return tokens.flatMap((call, nth) => {
        const answer = tokens[nth - 1]?.answer;
        if (!answer || answer.index > call.index || !passing.has(answer.failure?.code ?? '')) return [];
        const isAsked = guest.inputs.some(
          ({ verb, index }) => ['reauthorize', 'resume'].includes(verb) && index > answer.index,
        );
        return !isAsked && call.at - answer.at < least - world.slack
          ? [broken(call, `${call.at - answer.at} ms after the one that failed`)]
          : [];
      });
    },
  },
  {
    clause: 'C-1',
    looksFor: 'a call that is still under way after everything was stopped',
    check: (world) => {
      const handles = [...world.conversations, ...world.sessions];
      const end = Math.max(...handles.map(({ stoppedAt }) => stoppedAt));
      if (handles.length === 0 || end >= world.moments.length) return [];
      return laneCalls(world).flatMap((call) =>
        call.index < end && (call.answer === null || call.answer.at > (world.moments[end]?.at ?? 0))
          ? [broken(call, 'nobody gave it up as everything was stopped')]
          : [],
      );
    },
  },
];
