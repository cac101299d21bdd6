import type { FeedOnlyEvent, StreamEvent } from 'genesys-conversation-machine/sandbox';
import { bindGatewayTroubles } from './gateway/gatewayTroubles.ts';
import { createCallList } from './inspector/callList.ts';
import { rowOf } from './inspector/callRow.ts';
import { createDecisionFeed } from './inspector/decisions.ts';
import { find } from './page/dom.ts';
import type { Settings } from './page/settings.ts';
import { bindRestFaults } from './rest/restFaults.ts';
import { startGatewayRound } from './rounds/gatewayRound.ts';
import { startRestRound } from './rounds/restRound.ts';
import type { Round, RoundOptions } from './rounds/round.ts';
import { startSocketRound } from './rounds/socketRound.ts';
import { openFeed } from './sandbox/feed.ts';
import { createSandbox, type SandboxClient } from './sandbox/sandboxClient.ts';
import { bindSocketTroubles } from './socket/socketTroubles.ts';
import type { Score } from './stage/score.ts';
import { stage } from './stage/stage.ts';
import { bindStories } from './stories/player.ts';

type SandboxSettings = Exclude<Settings, { region: string }>;

/** Runs both sides against the sandbox that this page comes from. */
export function runSandboxDemo(
  settings: SandboxSettings,
  complain: (text: string) => void,
  report: (work: Promise<unknown>) => void,
  score: Score,
): void {
  const sandbox = createSandbox(settings.secret);
  const calls = createCallList(find('#calls'), (row) => stage.tell({ type: 'call', row }));
  const decisions = createDecisionFeed(find('#decisions'));
  const ours = new Set<string>();
  let conversationId: string | undefined;
  let round: Round | undefined;
  let underWay: Promise<unknown> = Promise.resolve();

  const faults = {
    'guest-rest': () => bindRestFaults(sandbox, report),
    'web-messaging': () => bindSocketTroubles(sandbox, () => conversationId, report),
    gateway: () => bindGatewayTroubles(sandbox, report),
  }[settings.mode]();

  const onKnown = (id: string) => {
    conversationId = id;
    ours.add(id);
  };
  const onReady = (id: string) => {
    document.documentElement.dataset.ready = id;
    stage.tell({ type: 'ready', conversationId: id });
  };
  const start = async (fresh: boolean): Promise<void> => {
    round?.close();
    round = undefined;
    conversationId = undefined;
    stage.tell({ type: 'cleared', at: Date.now() });
    const options = { calls, decisions, report, onKnown, onReady };
    round = await startRound(settings, sandbox, options, { fresh, startNew: () => report(begin(true)) });
  };
  /** One begins after the other: a story that the address names wants its own while the page's first is not through. */
  const begin = (fresh: boolean): Promise<void> => {
    const begun = underWay.then(() => start(fresh));
    underWay = begun.catch(() => {});
    return begun;
  };

  const takeFeed = (event: StreamEvent | FeedOnlyEvent) => {
    round?.takeFeed(event);
    if (event.type !== 'call') return;
    const { call } = event;
    const isOurs = call.conversationId === null || ours.has(call.conversationId);
    if (!isOurs) return;
    faults.noteCall(call);
    calls.show(rowOf(call));
  };

  bindStories({
    buttons: find('#stories'),
    line: find('[data-testid=watch]'),
    begin: () => begin(true),
    mode: settings.mode,
    ...{ stage, score, sandbox },
  });
  openFeed({
    secret: settings.secret,
    onOpen: () => report(begin(false)),
    onEvent: takeFeed,
    onLost: () =>
      complain(
        'The local server that plays Genesys has stopped. Start it again with npm start, then reload this page.',
      ),
  });

  find('#new-conversation').addEventListener('click', () => report(begin(true)));
  find('#end-conversation').addEventListener('click', () => {
    if (conversationId !== undefined) report(sandbox.end(conversationId));
  });
}

async function startRound(
  settings: SandboxSettings,
  sandbox: SandboxClient,
  options: RoundOptions,
  again: { readonly fresh: boolean; readonly startNew: () => void },
): Promise<Round> {
  switch (settings.mode) {
    case 'guest-rest':
      return startRestRound(sandbox, options);
    case 'web-messaging':
      return startSocketRound(sandbox, { ...options, ...again, deploymentId: settings.deploymentId });
    case 'gateway':
      return startGatewayRound(sandbox, { ...options, ...again, gatewayUrl: settings.gatewayUrl });
  }
}
