import {
  type Conversation,
  createConversation,
  type LogEntry,
  type WebMessaging,
  webMessaging,
} from 'genesys-conversation-machine';
import { shareAcrossTabs } from 'genesys-conversation-machine/tabs';
import { inspector } from '../inspector/liveChart.ts';
import { type SocketTap, tappedSocket } from './socketTap.ts';

export interface SocketGuestOptions {
  readonly deploymentId: string;
  /** A region of Genesys Cloud; absent for the sandbox, which is where this page comes from. */
  readonly region?: string;
  readonly tap: SocketTap;
  readonly logger: (entry: LogEntry) => void;
  readonly sessionLogger: (entry: LogEntry) => void;
}

export interface SocketGuest {
  readonly session: WebMessaging;
  readonly conversation: Conversation;
}

/** A session, and a conversation on top of it. The token in `sessionStorage` makes a reload the same guest. */
export function openSocketGuest(options: SocketGuestOptions): SocketGuest {
  const { deploymentId, region, tap, logger, sessionLogger } = options;
  const { inspect } = inspector;
  const session = webMessaging({
    deploymentId,
    ...(region === undefined ? { endpoint: location.origin } : { region }),
    storage: sessionStorage,
    webSocket: tappedSocket(tap),
    logger: sessionLogger,
    inspect,
  });
  const conversation = createConversation({
    ...{ transport: session, logger, inspect },
    tabs: shareAcrossTabs(),
  });
  return { session, conversation: conversation.start() };
}
