import {
  createConversation,
  guestRest,
  type LogEntry,
  openGuestConversation,
  type TransportCapabilities,
} from 'genesys-conversation-machine';
import { inspector } from '../inspector/liveChart.ts';
import type { Message } from '../panes/message.ts';
import type { Person } from '../panes/person.ts';
import { Refused } from '../sandbox/refused.ts';
import type { SandboxClient } from '../sandbox/sandboxClient.ts';
import { createRestCalls } from './restCalls.ts';
import { remember, resumed } from './resume.ts';

export interface RestGuest extends Person {
  readonly conversationId: string;
  /** Whether it is the conversation from before a reload. */
  readonly isResumed: boolean;
  readonly capabilities: TransportCapabilities;
  streamToken(wasRefused: boolean): Promise<string>;
  history(): Promise<Message[]>;
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
  const earlier = await resumed(sandbox);
  const opened = earlier ?? (await openGuestConversation({ orgUrl: location.origin }));
  remember(opened);
  const { conversationId, guestId } = opened;
  let token = opened.guestToken;
  let isFirst = true;

  const refresh = async (signal?: AbortSignal): Promise<string> => {
    const startedAt = Date.now();
    const report = (status: number | 'failed') =>
      onTokenFetched({ startedAt, ms: Date.now() - startedAt, status });
    try {
      token = (await sandbox.freshToken(conversationId, signal)).guestToken;
      report(200);
      return token;
    } catch (thrown) {
      report(thrown instanceof Refused ? thrown.status : 'failed');
      throw thrown;
    }
  };

  const calls = createRestCalls(opened, { token: () => token, refresh });

  const transport = guestRest({
    orgUrl: location.origin,
    participantId: guestId,
    token: ({ signal }) => {
      if (!isFirst) return refresh(signal);
      isFirst = false;
      return token;
    },
  });

  return {
    id: guestId,
    conversationId,
    capabilities: transport.capabilities,
    isResumed: earlier !== null,
    conversation: createConversation({
      ...{ conversationId, logger, transport, storage: localStorage },
      inspect: inspector.inspect,
    }),
    send: calls.send,
    streamToken: async (wasRefused) => (wasRefused ? refresh() : token),
    history: calls.history,
  };
}
