import { ConversationError } from '../shared/errors.ts';
import { stoppedError } from '../shared/refusals.ts';
import type { Transport } from '../shared/transport.ts';
import { countedKeepalive } from './keepaliveBudget.ts';
import type { Keeper } from './keeper.ts';

/**
 * Read calls of a transport, each after the marks were stored that it reports. One that is to outlive
 * the page waits for no storage: the page may not be there any more when that answers.
 *
 * Who waited is asked once more whether the call may leave: the conversation may be over by then, or read elsewhere, or
 * the back end may have asked for silence. A call that may not is put back into its ledger by the chart.
 */
export function savingFirst(
  transport: Transport,
  keeper: Keeper,
  mayLeave: (conversationId: string) => boolean,
): Transport['sendRead'] {
  return async (call, options) => {
    const saving = keeper.whenSaved();
    if (saving && call.keepalive !== true) await saving;
    if (options.signal.aborted) throw stoppedError();
    if (saving && !mayLeave(call.conversationId)) throw heldBack();
    const send = () => transport.sendRead(call, options);
    return call.keepalive === true ? countedKeepalive(call, options.signal, send) : send();
  };
}

/** The chart knows why, and asks for itself: this is no verdict on the mark. */
const heldBack = (): ConversationError =>
  new ConversationError({
    code: 'unexpected',
    message: 'The read call was not made: while its mark was stored, something came that bars it.',
    unsent: true,
  });
