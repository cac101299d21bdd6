import { openGatewayGuest } from './gateway/gatewayGuest.ts';
import { openGatewayPane } from './gateway/gatewayPane.ts';
import { createCallList } from './inspector/callList.ts';
import { createDecisionFeed } from './inspector/decisions.ts';
import { find } from './page/dom.ts';
import type { Settings } from './page/settings.ts';
import { stage } from './stage/stage.ts';

/** Runs the guest against a gateway with a real org behind it: whoever answers sits in Genesys Cloud. */
export function runGatewayOrgDemo(
  settings: Extract<Settings, { mode: 'gateway-org' }>,
  report: (work: Promise<unknown>) => void,
): void {
  const calls = createCallList(find('#calls'), (row) => stage.tell({ type: 'call', row }));
  const decisions = createDecisionFeed(find('#decisions'));
  find('[data-testid=org-region]').textContent = settings.region;
  find('[data-testid=org-gateway]').textContent = settings.gatewayUrl;
  let close = () => {};
  const begin = async (isFresh: boolean) => {
    close();
    close = () => {};
    stage.tell({ type: 'cleared', at: Date.now() });
    const guest = await openGatewayGuest({
      ...{ orgUrl: settings.gatewayUrl, isFresh },
      logger: decisions.log,
      showCall: calls.show,
    });
    close = openGatewayPane(guest, () => report(begin(true)));
    document.documentElement.dataset.ready = guest.id;
  };
  report(begin(false));
  find('#new-org-conversation').addEventListener('click', () => report(begin(true)));
}
