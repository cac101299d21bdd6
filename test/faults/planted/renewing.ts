import type { Fault } from '../faults.ts';

const conversation = (name: string): string => `machines/conversation/${name}.ts`;

/** Faults of how an indicator goes on, and of how much a call is worth. */
export const renewingFaults: readonly Fault[] = [
  {
    clause: 'T-4',
    what: 'an indicator is not renewed',
    file: conversation('typing.states'),
    from: "renewalLeft: [\n                  { guard: 'mayRenew', target: '#typing.typing.announcing' }, // T-4\n                  { target: 'due' },\n                ],",
    to: '',
    shows: 'steady typing, then silence',
  },
  {
    clause: 'T-4',
    what: 'silence is counted from the call, whatever keys came since',
    file: conversation('typing.states'),
    from: "silenceLeft: [\n              { guard: 'isTypingNow', actions: 'listenOn' },",
    to: 'silenceLeft: [',
    shows: 'two keys, far apart',
  },
  {
    clause: 'T-4',
    what: 'renewal is due when the indicator goes out',
    file: 'machines/conversation/typing.logic.ts',
    from: 'toDelay(context.typing.calledAt + context.timing.renewal - now(context)),',
    to: 'toDelay(context.typing.calledAt + context.timing.timeToLive + 300 - now(context)),',
    shows: 'steady typing, then silence',
  },
  {
    clause: 'T-4',
    what: 'a renewal does not ask what is left of the truth',
    file: 'machines/conversation/typing.logic.ts',
    from: 'return endsAt - Math.max(from, now(context)) > timing.renewalWorth;',
    to: 'return endsAt > 0 || from > timing.renewalWorth;',
    shows: 'types on while the message is under way',
  },
  {
    clause: 'T-4',
    what: 'an announcement that waited does not ask what is left of the truth',
    file: 'machines/conversation/typing.logic.ts',
    from: 'endsAt - Math.max(from, now(context)) >',
    to: 'endsAt - from >',
    shows: 'a key that waits, where nothing takes it back',
  },
  {
    clause: 'T-4',
    what: 'an emptied box puts the renewal off',
    file: 'machines/conversation/typing.logic.ts',
    from: 'toDelay(context.typing.calledAt + context.timing.renewal - now(context))',
    to: 'toDelay(context.timing.renewal)',
    shows: 'a box that is emptied, and typed in again',
  },
];
