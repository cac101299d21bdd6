import {
  createConversation,
  eventStream,
  type GuestRest,
  guestRest,
  type LogEntry,
  openGuestConversation,
  persistLedger,
} from 'genesys-conversation-machine';
import { shareAcrossTabs } from 'genesys-conversation-machine/tabs';
import { inspector } from '../inspector/liveChart.ts';
import type { Person } from '../panes/person.ts';
import { Refused } from '../sandbox/refused.ts';
import type { SandboxClient } from '../sandbox/sandboxClient.ts';
import { remember, resumed } from './resume.ts';

export interface RestGuest extends Person {
  readonly conversationId: string;
  readonly transport: GuestRest;
}

export interface RestGuestOptions {
  readonly sandbox: SandboxClient;
  readonly logger: (entry: LogEntry) => void;
  readonly onTokenFetched: (call: { startedAt: number; ms: number; status: number | 'failed' }) => void;
}

export async function openRestGuest({
  sandbox,
  logger,
  onTokenFetched,
}: RestGuestOptions): Promise<RestGuest> {
  const opened = (await resumed(sandbox)) ?? (await openGuestConversation({ orgUrl: location.origin }));
  remember(opened);
  const { conversationId, guestId } = opened;
  let isFirst = true;

  const refresh = async (signal?: AbortSignal): Promise<string> => {
    const startedAt = Date.now();
    const report = (status: number | 'failed') =>
      onTokenFetched({ startedAt, ms: Date.now() - startedAt, status });
    try {
      const { guestToken } = await sandbox.freshToken(conversationId, signal);
      report(200);
      return guestToken;
    } catch (thrown) {
      report(thrown instanceof Refused ? thrown.status : 'failed');
      throw thrown;
    }
  };

  const transport = guestRest({
    orgUrl: location.origin,
    participantId: guestId,
    token: ({ signal }) => {
      if (!isFirst) return refresh(signal);
      isFirst = false;
      return opened.guestToken;
    },
    events: eventStream(),
  });
  const conversation = createConversation({
    ...{ conversationId, logger, transport, storage: persistLedger(localStorage) },
    inspect: inspector.inspect,
    tabs: shareAcrossTabs(),
  });
  return { id: guestId, conversationId, transport, conversation, send: conversation.sendMessage };
}
