import { stoppedError } from '../shared/refusals.ts';
import type { Transport } from '../shared/transport.ts';
import { countedKeepalive } from './keepaliveBudget.ts';
import type { Keeper } from './keeper.ts';

/**
 * Read calls of a transport, each after the marks were stored that it reports. One that is to outlive
 * the page waits for no storage: the page may not be there any more when that answers.
 */
export function savingFirst(transport: Transport, keeper: Keeper): Transport['sendRead'] {
  return async (call, options) => {
    const saving = keeper.whenSaved();
    if (saving && call.keepalive !== true) await saving;
    if (options.signal.aborted) throw stoppedError();
    const send = () => transport.sendRead(call, options);
    return call.keepalive === true ? countedKeepalive(call, options.signal, send) : send();
  };
}
