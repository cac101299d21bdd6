import type { Fault } from '../faults.ts';

const conversation = (name: string): string => `machines/conversation/${name}.ts`;

/** Faults of when typing is announced and goes on. */
export const announcingFaults: readonly Fault[] = [
  {
    clause: 'T-1',
    what: 'the first key announces nothing, a later one does',
    file: conversation('typing.logic'),
    from: 'canCall(context) &&\n  isRested(context) &&\n  !othersCall(context, context.conversationId)',
    to: 'canCall(context) &&\n  context.ports.readings.keyCount() > context.typing.keysAtEnd + 1 &&\n  isRested(context) &&\n  !othersCall(context, context.conversationId)',
    shows: 'steady typing, then silence',
  },
  {
    clause: 'T-3',
    what: 'a failed announcement uses up the time until a renewal',
    file: conversation('typing.logic'),
    from: 'const notBefore = Math.max(windowUsed, restedAt);',
    to: 'const notBefore = Math.max(windowUsed, restedAt) + context.timing.renewal;',
    shows: 'announcements that fail',
  },
  {
    clause: 'T-3',
    what: 'an announcement backs off ever longer',
    file: 'machines/conversation/typing.logic.ts',
    from: 'const { wait, shared } = weigh(context, failure, triesAgain ? 0 : timing.tries - 1);',
    to: 'const { wait, shared } = weigh(context, failure, triesAgain ? Math.min(typing.failures, timing.tries - 1) : timing.tries - 1);',
    shows: 'announcements that fail, one after the other',
  },
  {
    clause: 'T-6',
    what: 'the first key after an end is swallowed',
    file: conversation('typing.logic'),
    from: 'keysAtEnd: ports.readings.keyCount(),\n  leaving: false,',
    to: 'keysAtEnd: ports.readings.keyCount() + 1,\n  leaving: false,',
    shows: 'a message, then more keys',
  },
  {
    clause: 'T-11',
    what: 'an acceptance ends the episode of who types on',
    file: conversation('typing.logic'),
    from: '...(isHere && typing.submits === 0 && { ...noWork, keysAtEnd: keys, keysAtAcceptance: keys }),',
    to: '...(isHere && { ...noWork, keysAtEnd: keys }),',
    shows: 'types on while the message is under way',
  },
  {
    clause: 'T-11',
    what: 'a submit is never paid off by its acceptance',
    file: 'machines/conversation/typing.logic.ts',
    from: 'submits: Math.max(0, typing.submits - 1)',
    to: 'submits: Math.max(0, typing.submits)',
    shows: 'a message that is accepted twice',
  },
  {
    clause: 'T-3',
    what: 'the wait after a failed announcement counts from the failure',
    file: 'machines/conversation/typing.logic.ts',
    from: '(triesAgain ? typing.calledAt : now(context)) + wait',
    to: 'now(context) + wait',
    shows: 'announcements that fail',
  },
  {
    clause: 'T-3',
    what: 'an announcement that never left uses its window up',
    file: 'machines/conversation/typing.logic.ts',
    from: 'failure.unsent ? 0 : context.typing.notBefore',
    to: 'context.typing.notBefore',
    shows: 'an announcement that never left, where nothing takes it back',
  },
  {
    clause: 'T-11',
    what: 'a message that is told late ends an episode',
    file: 'src/conversation/evidence.ts',
    from: '!isPast && !message.isCaughtUp) noteAcceptance',
    to: '!isPast) noteAcceptance',
    shows: 'a message of the guest’s that is told late',
  },
];
