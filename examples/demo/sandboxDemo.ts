import type { FeedOnlyEvent, StreamEvent } from 'genesys-conversation-machine/sandbox';
import { createCallList } from './inspector/callList.ts';
import { rowOf } from './inspector/callRow.ts';
import { createDecisionFeed } from './inspector/decisions.ts';
import { find } from './page/dom.ts';
import type { Settings } from './page/settings.ts';
import { bindRestFaults } from './rest/restFaults.ts';
import { startRestRound } from './rounds/restRound.ts';
import type { Round } from './rounds/round.ts';
import { startSocketRound } from './rounds/socketRound.ts';
import { openFeed } from './sandbox/feed.ts';
import { createSandbox } from './sandbox/sandboxClient.ts';
import { bindSocketTroubles } from './socket/socketTroubles.ts';

/** Runs both sides against the sandbox that this page comes from. */
export function runSandboxDemo(
  settings: Exclude<Settings, { mode: 'org' }>,
  complain: (text: string) => void,
  report: (work: Promise<unknown>) => void,
): void {
  const sandbox = createSandbox(settings.secret);
  const calls = createCallList(find('#calls'));
  const decisions = createDecisionFeed(find('#decisions'));
  const ours = new Set<string>();
  let conversationId: string | undefined;
  let round: Round | undefined;
  let starting = false;

  const faults =
    settings.mode === 'guest-rest'
      ? bindRestFaults(sandbox, report)
      : bindSocketTroubles(sandbox, () => conversationId, report);

  const onKnown = (id: string) => {
    conversationId = id;
    ours.add(id);
  };
  const onReady = (id: string) => {
    document.documentElement.dataset.ready = id;
  };
  const begin = async (fresh: boolean) => {
    if (starting) return;
    starting = true;
    try {
      round?.close();
      round = undefined;
      const options = { calls, decisions, report, onKnown, onReady };
      round =
        settings.mode === 'guest-rest'
          ? await startRestRound(sandbox, options)
          : startSocketRound(sandbox, {
              ...options,
              deploymentId: settings.deploymentId,
              fresh,
              startNew: () => report(begin(true)),
            });
    } finally {
      starting = false;
    }
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

  openFeed({
    secret: settings.secret,
    onOpen: () => report(begin(false)),
    onEvent: takeFeed,
    onLost: () =>
      complain('The sandbox cannot be reached. Start it again with npm start, then reload this page.'),
  });

  find('#new-conversation').addEventListener('click', () => report(begin(true)));
  find('#end-conversation').addEventListener('click', () => {
    if (conversationId !== undefined) report(sandbox.end(conversationId));
  });
}
