import type { TransportCapabilities } from 'genesys-conversation-machine';
import { find } from '../page/dom.ts';

/** Says in one line what this back end can tell the agent, and what it cannot; `reads` says it of what was read. */
export function showCapabilities(
  { stopTyping, readReceipts, spacing }: TransportCapabilities,
  reads = readReceipts
    ? 'It passes on what was read.'
    : 'It knows no read receipts: what the guest has read stays on this page.',
): void {
  const often = `at most once in ${Math.floor(spacing / 1000)} s`;
  const stop = stopTyping ? 'and that they stopped' : 'never that they stopped: silence says that';
  find('[data-testid=capabilities]').textContent =
    `This back end hears that the guest types, ${often}, ${stop}. ${reads}`;
}
