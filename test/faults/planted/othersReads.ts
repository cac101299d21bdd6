import type { Fault } from '../faults.ts';

/** Faults of what is heard of others. */
export const othersReadFaults: readonly Fault[] = [
  {
    clause: 'R-10',
    what: 'reads that wait for their messages are lost as one is due',
    file: 'src/reading/peerReads.ts',
    from: 'this.#waiting = this.#waiting.filter((frame) => !isTold(frame));',
    to: 'this.#waiting = [];',
    shows: 'others whose reads come before their messages',
  },
  {
    clause: 'R-7',
    what: 'a message that is told again is news',
    file: 'src/conversation/evidence.ts',
    from: 'tellOf(message, !isNew || isPast);',
    to: 'tellOf(message, isPast);',
    shows: 'a message that is told again while its author types',
  },
];
