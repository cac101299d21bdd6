import type { WebMessaging } from 'genesys-conversation-machine';
import type { ConversationView, SandboxCall, StreamEvent } from 'genesys-conversation-machine/sandbox';
import { type AgentPane, openAgentPane } from '../agent/agentPane.ts';
import type { Notice } from '../panes/notice.ts';
import { isTold } from '../sandbox/feed.ts';
import type { SandboxClient } from '../sandbox/sandboxClient.ts';
import { openSocketGuest } from '../socket/socketGuest.ts';
import { agentId, guestId, openSocketPane } from '../socket/socketPane.ts';
import type { Round, RoundOptions } from './round.ts';

export interface SocketRoundOptions extends RoundOptions {
  readonly deploymentId: string;
  /** Whether the guest wants a new conversation, and not the one from before. */
  readonly fresh: boolean;
  readonly startNew: () => void;
}

/** How long the agent takes the guest to be typing: a little longer than from one signal to the next. */
const remoteTimeToLive = 6000;

/**
 * A round over the socket, with the sandbox at its other end. The product tells a guest no conversation's id, and the
 * agent needs one: the sandbox's record of this page's own `configureSession` has it.
 */
export function startSocketRound(sandbox: SandboxClient, options: SocketRoundOptions): Round {
  const { decisions, report, onKnown, onReady, deploymentId, fresh, startNew } = options;
  const ownConfigures = new Set<string>();
  const early: StreamEvent[] = [];
  let current: string | undefined;
  let agentPane: AgentPane | undefined;
  let isClosed = false;

  const guest = openSocketGuest({
    deploymentId,
    tap: {
      sent: ({ action, tracingId }) => {
        if (action === 'configureSession' && tracingId !== undefined) ownConfigures.add(tracingId);
      },
    },
    logger: decisions.log,
    sessionLogger: decisions.logSession,
  });
  const { session } = guest;
  const guestPane = openSocketPane(guest, startNew);

  const restore = ({ guestId: ownId, messages }: ConversationView) => {
    for (const message of messages) {
      guestPane.receive({ ...message, participantId: message.participantId === ownId ? guestId : agentId });
    }
  };
  const adopt = async (conversationId: string) => {
    if (current !== undefined && current !== conversationId) guestPane.clear();
    if (current !== conversationId) early.length = 0;
    current = conversationId;
    await untilUp(session);
    const view = await sandbox.view(conversationId);
    if (isClosed || current !== conversationId) return;
    restore(view);
    if (agentPane?.conversationId !== conversationId) {
      agentPane?.close();
      agentPane = openAgentPane(sandbox, view, noticeOf, { remoteTimeToLive });
      early.splice(0).forEach(agentPane.take);
    }
    onReady(conversationId);
  };
  const noteCall = ({ action, requestId, conversationId }: SandboxCall) => {
    if (action !== 'configureSession' || requestId === null || conversationId === null) return;
    if (!ownConfigures.delete(requestId)) return;
    onKnown(conversationId);
    report(adopt(conversationId));
  };

  (fresh ? session.startNew() : session.connect()).catch(() => {});

  return {
    takeFeed: (event) => {
      if (event.type === 'call') return noteCall(event.call);
      if (!isTold(event) || event.conversationId !== current) return;
      // The product tells an agent of no end of typing: their own clock does.
      if (event.type === 'conversation:typing' && !event.isTyping) return;
      if (agentPane?.conversationId === current) agentPane.take(event);
      else early.push(event);
    },
    close: () => {
      isClosed = true;
      guestPane.close();
      agentPane?.close();
    },
  };
}

/** Resolves when there is a session, be it only to look at. */
function untilUp(session: WebMessaging): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      if (session.state !== 'configured' && session.state !== 'readOnly') return;
      for (const end of ends) end();
      resolve();
    };
    const ends = [session.on('session.configured', settle), session.on('session.readOnly', settle)];
    settle();
  });
}

function noticeOf(link: unknown): Notice | null {
  return link === 'ended' ? { text: 'This conversation is over.' } : null;
}
