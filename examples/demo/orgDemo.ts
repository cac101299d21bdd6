import { createCallList } from './inspector/callList.ts';
import { createDecisionFeed } from './inspector/decisions.ts';
import { find } from './page/dom.ts';
import type { Settings } from './page/settings.ts';
import { startOrgRound } from './rounds/orgRound.ts';
import { stage } from './stage/stage.ts';

/** Runs the guest against a real deployment; there is no sandbox in it. */
export function runOrgDemo(settings: Extract<Settings, { mode: 'org' }>): void {
  const calls = createCallList(find('#calls'), (row) => stage.tell({ type: 'call', row }));
  const decisions = createDecisionFeed(find('#decisions'));
  let end = () => {};
  const begin = (fresh: boolean) => {
    end();
    stage.tell({ type: 'cleared', at: Date.now() });
    end = startOrgRound({ settings, calls, decisions, fresh, startNew: () => begin(true) });
  };
  begin(false);
  find('#new-org-conversation').addEventListener('click', () => begin(true));
}
