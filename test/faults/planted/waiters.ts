import type { Fault } from '../faults.ts';

/** Faults of what becomes of those who wait for markAsRead(). */
export const waiterFaults: readonly Fault[] = [
  {
    clause: 'R-4',
    what: 'markAsRead() of what is acknowledged waits',
    file: 'src/reading/readVerbs.ts',
    from: 'ledger.acknowledged.position >= position) {',
    to: 'ledger.acknowledged.position > position) {',
    shows: 'who asks for what is acknowledged',
  },
  {
    clause: 'R-11',
    what: 'a call that fails once reads are private leaves who waits for it',
    file: 'src/reading/reading.ts',
    from: 'else settlePrivate(context, waiters);',
    to: '',
    shows: 'who waits while reads are made private',
  },
];
