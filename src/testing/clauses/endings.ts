import { freeAt, isWithin, lastBefore, mayExpect } from './keys.ts';
import { broken, type Checker, laneCalls, lanes, openIn, type World } from './world.ts';

const gone: ReadonlySet<string> = new Set(['not-found', 'conversation-ended']);

/** L-4, A-0 and C-1: what follows from an end, and what may not follow, as far as a trace shows it. */
export const endingCheckers: readonly Checker[] = [
  {
    clause: 'L-4',
    looksFor: 'a call in a conversation that is over, or somebody who is shown typing in it',
    check: (world) =>
      world.conversations.flatMap((guest) => {
        if (world.conversations.length > 1) return [];
        const over = new Map<string, number>();
        return world.moments.flatMap((moment, index) => {
          if (moment.kind === 'emitted' && moment.event.type === 'conversation.ended') {
            over.set(moment.event.conversationId, index);
          } else if (moment.kind === 'emitted' && moment.event.type === 'conversation.resumed') {
            over.delete(moment.event.conversationId);
          } else if (moment.kind === 'input' && (moment.verb === 'open' || moment.verb === 'reopen')) {
            over.delete(String(moment.with[0] ?? openIn(world, guest, index + 1)));
          } else if (moment.kind === 'input' && moment.verb === 'start') {
            // A leaving that is taken back opens what was left, as open() does.
            if (openIn(world, guest, index) === null) over.delete(String(openIn(world, guest, index + 1)));
          } else if (moment.kind === 'told' && moment.event.type === 'conversation.opened') {
            over.delete(moment.event.conversationId);
          } else if (moment.kind === 'call' && lanes.has(moment.lane) && 'conversationId' in moment) {
            const outlives = moment.lane === 'read' && guest.began.capabilities.readsOutliveEnd === true;
            const endedAt = over.get(moment.conversationId ?? '');
            if (endedAt !== undefined && !outlives && moment.at > (world.moments[endedAt]?.at ?? 0)) {
              return [broken({ at: moment.at, index }, `${moment.conversationId} was over`)];
            }
          } else if (moment.kind === 'state') {
            const open = openIn(world, guest, index);
            const isShown = world.state(guest, 'roster', index + 1).startsWith('someoneTyping');
            if (isShown && open !== null && over.has(open)) {
              return [
                broken({ at: moment.at, index }, `somebody is shown typing in ${open}, which was over`),
              ];
            }
          }
          return [];
        });
      }),
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
    clause: 'L-4',
    looksFor: 'a key here that waits until the indicator of a conversation that is over goes out',
    check: (world) =>
      world.all('told').flatMap((told) => {
        const [guest] = world.conversations;
        const { event } = told;
        if (event.type !== 'conversation.ended' || !guest?.began.capabilities.stopTyping) return [];
        return guest.inputs.flatMap((key) => {
          const last = lastBefore(world.typing, key.index);
          const { answer } = last ?? {};
          if (key.verb !== 'keystroke' || key.index < told.index || !last?.isTyping) return [];
          if (last.conversationId !== event.conversationId || last.index > told.index) return [];
          if (answer?.outcome !== 'accepted' || answer.index > told.index) return [];
          const goesOn = guest.emitted.some(({ event: each }) => each.type === 'conversation.resumed');
          if (goesOn) return [];
          const here = openIn(world, guest, key.index);
          const due = Math.max(key.at, freeAt(world, guest, key.index));
          if (here === null || here === event.conversationId || due - key.at >= guest.began.timing.idle)
            return [];
          const before = guest.inputs.filter(({ index }) => index < key.index);
          if (before.some(({ verb }) => !['start', 'keystroke', 'open'].includes(verb))) return [];
          if (world.reads.length > 0 || !mayExpect(world, guest, key.index, due)) return [];
          const isThere = world.typing.some(
            (call) => call.isTyping && isWithin(call, key.index, due, world.slack),
          );
          return isThere
            ? []
            : [broken(key, `not announced by ${due} ms, as ${event.conversationId} was over`)];
        });
      }),
  },
  {
    clause: 'A-0',
    looksFor: 'an accepted call in a conversation that a reply had called over, and that stays over',
    check: (world) =>
      world.conversations.flatMap((guest) =>
        laneCalls(world).flatMap(({ answer, conversationId, lane }) => {
          if (answer?.outcome !== 'accepted' || world.conversations.length > 1) return [];
          if (lane === 'read' && guest.began.capabilities.readsOutliveEnd === true) return [];
          const ended = guest.emitted.findLast(
            ({ index, event }) =>
              index < answer.index &&
              event.type === 'conversation.ended' &&
              event.conversationId === conversationId,
          );
          if (ended?.event.type !== 'conversation.ended' || ended.event.failure === undefined) return [];
          const isReopened = world.moments.slice(ended.index, answer.index).some((moment) => {
            if (moment.kind === 'input')
              return ['open', 'reopen', 'end', 'stop', 'close', 'leave', 'freeze', 'resume'].includes(
                moment.verb,
              );
            if (moment.kind === 'told') return true;
            return moment.kind === 'emitted' && moment.event.type === 'conversation.resumed';
          });
          if (isReopened || guest.stoppedAt < answer.index) return [];
          const resumed = guest.emitted.some(
            ({ index, event }) =>
              index > answer.index && index < answer.index + 40 && event.type === 'conversation.resumed',
          );
          return resumed
            ? []
            : [broken(answer, `${conversationId} was called over and went on, which nobody was told`)];
        }),
      ),
  },
  {
    clause: 'A-0',
    looksFor: 'an end that the guest or the back end ordered, and that the answer to a call lifts',
    check: (world) =>
      world.conversations.flatMap(({ emitted }) =>
        emitted.flatMap((each) => {
          const { event } = each;
          if (event.type !== 'conversation.resumed') return [];
          const before = emitted.findLast(
            ({ index, event: ended }) =>
              index < each.index &&
              ended.type === 'conversation.ended' &&
              ended.conversationId === event.conversationId,
          );
          const isOrdered = before?.event.type === 'conversation.ended' && before.event.failure === undefined;
          return isOrdered ? [broken(each, `it was ended by word at ${before.at} ms`)] : [];
        }),
      ),
  },
  {
    clause: 'C-1',
    looksFor: 'a timer, a call, a decision or a promise after the stop',
    check: (world) => {
      const rest = world.all('rest').flatMap((moment) => {
        if (moment.timers > 0) return [broken(moment, `${moment.timers} timers are left`)];
        return moment.open > 0 ? [broken(moment, `${moment.open} promises are left hanging`)] : [];
      });
      const handles = [...world.conversations, ...world.sessions];
      const isOver = handles.length > 0 && handles.every(({ stoppedAt }) => stoppedAt < world.moments.length);
      const end = Math.max(...handles.map(({ stoppedAt }) => stoppedAt));
      const stopped = world.moments[end]?.at ?? 0;
      const late = world.calls.filter(({ index, at }) => isOver && index > end && at > stopped);
      const told = handles.flatMap(({ emitted, stoppedAt }) =>
        emitted.filter(({ index, at }) => index > stoppedAt && at > (world.moments[stoppedAt]?.at ?? 0)),
      );
      return [
        ...rest,
        ...[...late, ...told].map((moment) => broken(moment, 'everything was stopped before')),
      ];
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

/** Whether a call was under way when a silence began: it settles whenever it does. */
export const wasUnderWay = (world: World, index: number): boolean =>
  laneCalls(world).some((call) => call.index < index && (call.answer === null || call.answer.index > index));
