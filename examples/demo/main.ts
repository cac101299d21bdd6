import { runGatewayOrgDemo } from './gatewayOrgDemo.ts';
import { bindLiveChart } from './inspector/liveChart.ts';
import { runOrgDemo } from './orgDemo.ts';
import { find } from './page/dom.ts';
import { readSettings } from './page/settings.ts';
import { showMode } from './page/showMode.ts';
import { bindTabs } from './page/tabs.ts';
import { runSandboxDemo } from './sandboxDemo.ts';
import { showCounter } from './stage/counter.ts';
import { stage } from './stage/stage.ts';
import { showTimeline } from './timeline/timeline.ts';

const problem = find('[data-testid=problem]');

function complain(text: string): void {
  problem.textContent = text;
  problem.hidden = text === '';
}

function report(work: Promise<unknown>): void {
  work.then(
    () => complain(''),
    (thrown: unknown) => complain(thrown instanceof Error ? thrown.message : String(thrown)),
  );
}

bindLiveChart();
const settings = readSettings();
showMode(settings?.mode ?? 'guest-rest');
bindTabs();
const score = showTimeline(find('#lanes'), stage);
const hasAgent = settings === null || !('region' in settings);
showCounter(find('[data-testid=counter]'), stage, score, hasAgent);
if (settings === null) {
  complain(
    'This page needs the local server that plays Genesys: run npm start, and open the address that it prints.',
  );
} else if (settings.mode === 'org') {
  runOrgDemo(settings);
} else if (settings.mode === 'gateway-org') {
  runGatewayOrgDemo(settings, report);
} else {
  runSandboxDemo(settings, complain, report, score);
}
