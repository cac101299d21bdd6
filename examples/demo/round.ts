import type { FeedOnlyEvent, StreamEvent } from 'genesys-conversation-machine/sandbox';
import { openAgent } from './agent.ts';
import type { createCallList } from './callList.ts';
import type { createDecisionFeed } from './decisions.ts';
import { find } from './dom.ts';
import { openGuest } from './guest.ts';
import { createNotice, type Notice } from './notice.ts';
import { messagingPath, type SandboxClient } from './sandbox.ts';
import { type Message, takeSeat } from './seat.ts';
import { showStates } from './stateView.ts';
import { openStream } from './stream.ts';

export interface RoundOptions {
  readonly sandbox: SandboxClient;
  readonly calls: ReturnType<typeof createCallList>;
  readonly decisions: ReturnType<typeof createDecisionFeed>;
  readonly report: (work: Promise<unknown>) => void;
}

export interface Round {
  readonly conversationId: string;
  takeFeed(event: StreamEvent | FeedOnlyEvent): void;
  close(): void;
}

const guestRoot = find('#guest');
const agentRoot = find('#agent');
const setGuestNotice = createNotice(guestRoot);
const setAgentNotice = createNotice(agentRoot);

let tokenCalls = 0;

export async function startRound({ sandbox, calls, decisions, report }: RoundOptions): Promise<Round> {
  const guest = await openGuest({
    sandbox,
    logger: decisions.log,
    onTokenFetched: ({ startedAt, ms, status }) => {
      tokenCalls += 1;
      calls.show({ key: `token ${tokenCalls}`, time: startedAt, verb: 'token', status, ms, faulted: false });
    },
  });
  const { conversationId } = guest;
  const agent = await openAgent(sandbox, conversationId);
  const guestSeat = takeSeat(guestRoot, guest, 'Agent');
  const agentSeat = takeSeat(agentRoot, agent, 'Guest');
  const hideStates = showStates(find('#regions'), guest.conversation);

  const reopen = async () => {
    await sandbox.reopen(conversationId);
    guest.conversation.reopen();
    agent.conversation.reopen();
  };
  const noticeOf = (link: unknown, action?: () => void): Notice | null => {
    if (link === 'ended') return { text: 'This conversation is over.', ...button('Reopen', action) };
    if (link === 'unauthorized') {
      return { text: 'The guest’s token no longer works.', ...button('Sign in again', action) };
    }
    return link === 'offline'
      ? { text: 'Offline. What is still true is told when the network is back.' }
      : null;
  };
  const watchLink = () => {
    const guestLink = guest.conversation.actor.getSnapshot().value.link;
    const agentLink = agent.conversation.actor.getSnapshot().value.link;
    const recover = () =>
      guestLink === 'unauthorized' ? guest.conversation.reauthorize() : report(reopen());
    setGuestNotice(noticeOf(guestLink, recover));
    setAgentNotice(noticeOf(agentLink, () => report(reopen())));
  };
  const subscriptions = [guest, agent].map(({ conversation }) =>
    conversation.actor.subscribe({ next: watchLink, error: () => {} }),
  );

  const showAll = (messages: Message[], isShownToAgent: boolean) => {
    messages.forEach(guestSeat.show);
    if (!isShownToAgent) messages.forEach(agentSeat.show);
  };

  guest.conversation.start();
  agent.conversation.start();
  const closeStream = openStream({
    path: `${messagingPath}/events`,
    firstFrame: async (wasRefused) => ({ type: 'authenticate', token: await guest.streamToken(wasRefused) }),
    onFrame: (frame) => guestSeat.take(frame as StreamEvent),
    onOpen: (reopened) => {
      if (reopened || guest.isResumed)
        report(guest.history().then((messages) => showAll(messages, reopened)));
    },
  });

  return {
    conversationId,
    takeFeed: (event) => {
      if (event.type === 'call' || event.type === 'conversation:started') return;
      if (event.conversationId !== conversationId || event.type === 'conversation:reopened') return;
      agentSeat.take(event);
    },
    close: () => {
      for (const subscription of subscriptions) subscription.unsubscribe();
      closeStream();
      hideStates();
      guestSeat.leave();
      agentSeat.leave();
      setGuestNotice(null);
      setAgentNotice(null);
    },
  };
}

function button(label: string, run: (() => void) | undefined): Pick<Notice, 'action'> {
  return run === undefined ? {} : { action: { label, run } };
}
