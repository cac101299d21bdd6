import { createCallList } from './callList.ts';
import { createDecisionFeed } from './decisions.ts';
import { find } from './dom.ts';
import { startOrgRound } from './orgRound.ts';
import type { Settings } from './settings.ts';

/** Runs the guest against a real deployment; there is no sandbox in it. */
export function runOrgDemo(settings: Extract<Settings, { mode: 'org' }>): void {
  const calls = createCallList(find('#calls'));
  const decisions = createDecisionFeed(find('#decisions'));
  let end = () => {};
  const begin = (fresh: boolean) => {
    end();
    end = startOrgRound({ settings, calls, decisions, fresh, startNew: () => begin(true) });
  };
  begin(false);
  find('#new-org-conversation').addEventListener('click', () => begin(true));
}
