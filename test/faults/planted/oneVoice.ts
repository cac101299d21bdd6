import type { Fault } from '../faults.ts';

const conversation = (name: string): string => `machines/conversation/${name}.ts`;

/** Faults of several handles on one transport, which are one voice. */
export const oneVoiceFaults: readonly Fault[] = [
  {
    clause: 'T-13',
    what: 'who lit an indicator stops it although another goes on',
    file: conversation('typing.logic'),
    from: 'if (ports.voice.isTakenOver(typing.conversationId)) return true;',
    to: '',
    shows: 'two views of one conversation',
  },
  {
    clause: 'T-13',
    what: 'what a handle announces as it goes is nobody’s',
    file: 'src/conversation/member.ts',
    from: '    if (!record.handles.delete(this)) return;\n    this.#bequeath();',
    to: '    if (!record.handles.delete(this)) return;',
    shows: 'a view that is stopped while it announces, and another',
  },
  {
    clause: 'T-2',
    what: 'a call that a chart has decided on counts for nobody before it leaves',
    file: 'src/conversation/voiceRecord.ts',
    from: 'return caller && typing?.calledAt !== handle.leftAt ? typing : null;',
    to: 'return caller && typing?.calledAt === -1 ? typing : null;',
    shows: 'a view in which a key is pressed as another says that its silence is over',
  },
  {
    clause: 'T-8',
    what: 'no handle waits for the stop that another one owes',
    file: 'machines/conversation/typing.states.ts',
    from: "tags: ['attentive', 'owesStop']",
    to: "tags: ['attentive']",
    shows: 'two views, of which one leaves a conversation while the other waits',
  },
  {
    clause: 'T-13',
    what: 'a call that never left keeps the other handles waiting',
    file: 'src/conversation/member.ts',
    from: '      if (toFailure(thrown).unsent && record.calls[0] === left) record.calls = before;\n',
    to: '      toFailure(thrown);\n',
    shows: 'two views, of which one’s announcement never left',
  },
  {
    clause: 'T-13',
    what: 'an accepted message opens the window of who called last, and no other',
    file: 'machines/conversation/typing.logic.ts',
    from: 'calledAt === null || calledAt < typing.reopenedAt ? 0',
    to: 'calledAt === null ? 0',
    shows: 'two views, of which one sends a message',
  },
];
