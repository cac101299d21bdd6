import type { Fault } from '../faults.ts';

const conversation = (name: string): string => `machines/conversation/${name}.ts`;

/** Faults of what is left to be seen. */
export const countFaults: readonly Fault[] = [
  {
    clause: 'R-5a',
    what: 'the unread count moves with what is acknowledged',
    file: conversation('unread.logic'),
    from: 'return (isLost ? acknowledged : seen)?.position ?? Number.NEGATIVE_INFINITY;',
    to: 'return acknowledged?.position ?? (isLost || seen ? Number.NEGATIVE_INFINITY : Number.NEGATIVE_INFINITY);',
    shows: 'an unread count',
  },
  {
    clause: 'R-5a',
    what: 'the guest’s own messages are unread',
    file: 'src/reading/places.ts',
    from: "if (place?.author === 'others' && !this.#gone.has(place)) count += 1;",
    to: 'if (place && !this.#gone.has(place)) count += 1;',
    shows: 'an unread count',
  },
  {
    clause: 'R-5a',
    what: 'what is seen while a storage is read is never seen',
    file: 'src/reading/readVerbs.ts',
    from: 'if (keeper.isLoading) keeper.whenLoaded(() => goOnAt(again()));',
    to: 'if (keeper.isLoading) void again;',
    shows: 'a storage that does not answer',
  },
  {
    clause: 'R-5a',
    what: 'a message that was taken out stays unread',
    file: 'src/reading/places.ts',
    from: "if (place?.author === 'others' && !this.#gone.has(place)) count += 1;",
    to: "if (place?.author === 'others') count += 1;",
    shows: 'a message that is taken out before it is read',
  },
  {
    clause: 'R-5a',
    what: '“unread” by wish is not ended by a newer view',
    file: 'machines/conversation/receipts.logic.ts',
    from: 'unreadFrom: clears(ledger, event) ? null : ledger.unreadFrom,',
    to: "unreadFrom: event.type === 'read.requested' && clears(ledger, event) ? null : ledger.unreadFrom,",
    shows: 'a message that is wished unread',
  },
  {
    clause: 'R-5a',
    what: 'what others have read falls',
    file: 'machines/conversation/unread.logic.ts',
    from: 'const further = known && known.mark.position >= peer.mark.position ? known : peer;',
    to: 'const further = peer;',
    also: [
      {
        file: 'machines/conversation/unread.logic.ts',
        from: 'return known === undefined || event.mark.position > known.mark.position;',
        to: 'return known === undefined || event.mark.position !== known.mark.position;',
      },
    ],
    shows: 'others who read, and one who is told to have read less',
  },
  {
    clause: 'R-5a',
    what: 'what is undeliverable stays read',
    file: 'machines/conversation/unread.logic.ts',
    from: 'return (isLost ? acknowledged : seen)?.position ?? Number.NEGATIVE_INFINITY;',
    to: 'return (isLost ? (seen ?? acknowledged) : seen)?.position ?? Number.NEGATIVE_INFINITY;',
    shows: 'marks that an end loses',
  },
  {
    clause: 'R-5a',
    what: 'the loss of marks is reported at every end',
    file: 'machines/conversation/opening.logic.ts',
    from: 'if (isLost && ledger?.seen && isPending(ledger)) {',
    to: 'if (isLost && ledger?.seen && isPending({ ...ledger, over: false })) {',
    shows: 'marks that an end loses',
  },
];
