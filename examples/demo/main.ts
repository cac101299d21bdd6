import type { FeedOnlyEvent, StreamEvent } from 'genesys-conversation-machine/sandbox';
import { createCallList, rowOf } from './callList.ts';
import { createDecisionFeed } from './decisions.ts';
import { find } from './dom.ts';
import { bindFaults } from './faults.ts';
import { type Round, startRound } from './round.ts';
import { createSandbox } from './sandbox.ts';
import { openStream } from './stream.ts';

const problem = find('[data-testid=problem]');
const secret = document.querySelector<HTMLMetaElement>('meta[name=sandbox-secret]')?.content;

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

function run(secret: string): void {
  const sandbox = createSandbox(secret);
  const calls = createCallList(find('#calls'));
  const decisions = createDecisionFeed(find('#decisions'));
  const faults = bindFaults(sandbox, report);
  const ours = new Set<string>();
  let round: Round | undefined;
  let starting = false;

  const begin = async () => {
    if (starting) return;
    starting = true;
    try {
      round?.close();
      round = undefined;
      round = await startRound({ sandbox, calls, decisions, report });
      ours.add(round.conversationId);
      document.documentElement.dataset.ready = round.conversationId;
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

  openStream({
    path: '/sandbox/feed',
    firstFrame: async () => ({ type: 'authenticate', secret }),
    onFrame: (frame) => takeFeed(frame as StreamEvent | FeedOnlyEvent),
    onOpen: (reopened) => {
      if (reopened) complain('');
      else report(begin());
    },
    onLost: () =>
      complain('The sandbox cannot be reached. Start it again with npm start, then reload this page.'),
  });

  find('#new-conversation').addEventListener('click', () => report(begin()));
  find('#end-conversation').addEventListener('click', () => {
    if (round) report(sandbox.end(round.conversationId));
  });
}

if (secret) run(secret);
else complain('This page belongs to the sandbox: start both with npm start and open the address it prints.');
