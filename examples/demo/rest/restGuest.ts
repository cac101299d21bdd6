import {
  createConversation,
  guestRest,
  type LogEntry,
  openGuestConversation,
  type TransportCapabilities,
} from 'genesys-conversation-machine';
import type { Message, Person } from '../panes/chatPane.ts';
import { messagingPath, Refused, type SandboxClient } from '../sandbox/sandboxClient.ts';
import { remember, resumed } from './resume.ts';

export interface Guest extends Person {
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

const answerTime = 10_000;

export async function openRestGuest({ sandbox, logger, onTokenFetched }: RestGuestOptions): Promise<Guest> {
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

  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const send = () =>
      fetch(messagingPath + path, {
        method,
        headers: {
          Authorization: `Bearer ${token}`,
          'Content-Type': 'application/json',
          'X-Genesys-Request-Id': crypto.randomUUID(),
        },
        signal: AbortSignal.timeout(answerTime),
        ...(body && { body: JSON.stringify(body) }),
      });
    let reply = await send();
    if (reply.status === 401) {
      await refresh();
      reply = await send();
    }
    if (!reply.ok) throw new Refused(reply.status);
    return reply.json();
  };

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
    conversation: createConversation({ conversationId, logger, transport, storage: localStorage }),
    send: async (text) => {
      const path = `/participants/${guestId}/messages`;
      return ((await call('POST', path, { conversationId, text })) as { messageId: string }).messageId;
    },
    streamToken: async (wasRefused) => (wasRefused ? refresh() : token),
    history: async () =>
      ((await call('GET', `/${conversationId}/messages`)) as { messages: Message[] }).messages,
  };
}
