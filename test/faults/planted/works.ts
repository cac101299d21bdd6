import type { Fault } from '../faults.ts';

const conversation = (name: string): string => `machines/conversation/${name}.ts`;

/** Faults of how a bot types while its work is under way. */
export const workFaults: readonly Fault[] = [
  {
    clause: 'T-16',
    what: 'a bot’s work is not taken for typing',
    file: conversation('works.logic'),
    from: 'return { ...typing, writing: [...typing.writing, event.work] };',
    to: 'return typing;',
    shows: 'the work of a bot',
  },
  {
    clause: 'T-16',
    what: 'works renew nothing',
    file: 'machines/conversation/typing.logic.ts',
    from: '(isWriting(context) || context.ports.readings.keyCount() > context.typing.keysAtCall) &&',
    to: 'context.ports.readings.keyCount() > context.typing.keysAtCall &&',
    shows: 'the work of a bot',
  },
  {
    clause: 'T-16',
    what: 'only the first work counts',
    file: 'machines/conversation/works.logic.ts',
    from: 'const writing = typing.writing.filter((work) => work !== event.work);',
    to: 'const writing: readonly number[] = [];',
    shows: 'two works, of which one ends sooner',
  },
  {
    clause: 'T-16',
    what: 'a work is forgotten as the first conversation is opened',
    file: 'machines/conversation/typing.states.ts',
    from: "      { guard: 'opensFirst', actions: 'forgetKeys' }, // T-16\n",
    to: '',
    shows: 'a work that begins before there is a conversation',
  },
  {
    clause: 'T-16',
    what: 'a work follows into another conversation',
    file: 'src/conversation/typeWhile.ts',
    from: 'if (signal?.aborted || home !== conversationId || typing.writing.includes(work)) return;',
    to: 'if (signal?.aborted || conversationId === null || home === null || typing.writing.includes(work)) return;',
    shows: 'a switch while a bot writes',
  },
];
