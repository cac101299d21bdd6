import { find } from '../page/dom.ts';
import type { Settings } from '../page/settings.ts';
import { frameRows } from '../socket/frameRows.ts';
import { openSocketGuest } from '../socket/socketGuest.ts';
import { openSocketPane } from '../socket/socketPane.ts';
import type { RoundOptions } from './round.ts';

export interface OrgRoundOptions extends Pick<RoundOptions, 'calls' | 'decisions'> {
  readonly settings: Extract<Settings, { mode: 'org' }>;
  readonly fresh: boolean;
  readonly startNew: () => void;
}

/** A round with a real org: the guest is here, whoever answers sits in Genesys Cloud. Returns what ends it. */
export function startOrgRound({ settings, calls, decisions, fresh, startNew }: OrgRoundOptions): () => void {
  const { region, deploymentId } = settings;
  find('[data-testid=org-region]').textContent = region;
  find('[data-testid=org-deployment]').textContent = deploymentId;
  find('[data-testid=org-origin]').textContent = location.origin;
  const guest = openSocketGuest({
    region,
    deploymentId,
    tap: frameRows(calls.show),
    logger: decisions.log,
    sessionLogger: decisions.logSession,
  });
  const { session } = guest;
  const guestPane = openSocketPane(guest, startNew);
  session.on('session.configured', () => {
    document.documentElement.dataset.ready = session.conversationId ?? '';
  });
  (fresh ? session.startNew() : session.connect()).catch(() => {});
  return guestPane.close;
}
