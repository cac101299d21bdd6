import { countedKeepalive } from '../reading/keepaliveBudget.ts';
import type { LedgerKeeper } from '../reading/ledgerKeeper.ts';
import type { AttemptOptions, Transport } from '../shared/transport.ts';
import { stoppedError } from './refusals.ts';

/** The transport, but marks are stored before a read call leaves, and one that outlives the page is counted. */
export function carried(transport: Transport, keeper: LedgerKeeper): Transport {
  const { capabilities, refreshToken } = transport;
  return {
    capabilities,
    sendTyping: (call, options) => transport.sendTyping(call, options),
    sendRead: async (call, options) => {
      const saving = keeper.whenSaved();
      if (saving && call.keepalive !== true) await saving;
      if (options.signal.aborted) throw stoppedError();
      const send = () => transport.sendRead(call, options);
      return call.keepalive === true ? countedKeepalive(call, options.signal, send) : send();
    },
    ...(refreshToken && {
      refreshToken: (generation: number, options: AttemptOptions) =>
        refreshToken.call(transport, generation, options),
    }),
  };
}
