import { createConversation, type WebMessagingOptions, webMessaging } from 'genesys-conversation-machine';
import { startSandbox } from 'genesys-conversation-machine/sandbox';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import WebSocket from 'ws';

async function createScene(options: Partial<WebMessagingOptions> = {}) {
  const sandbox = await startSandbox();
  const { deploymentId, endpoint } = sandbox.webMessaging;
  const messaging = webMessaging({
    deploymentId,
    endpoint: new URL(endpoint).origin,
    webSocket: WebSocket,
    timing: { reconnectBase: 10, reconnectCap: 50, settle: 50, minUptime: 20 },
    ...options,
  });
  onTestFinished(async () => {
    messaging.stop();
    await sandbox.close();
  });
  const session = () => sandbox.webMessaging.sessions()[0] as { conversationId: string };
  return { sandbox, messaging, session };
}

describe('against the sandbox', () => {
  it.each(['', 'with its deployment'])(
    'opens a session at the address that is printed, %s',
    async (named) => {
      const sandbox = await startSandbox();
      const { deploymentId, endpoint } = sandbox.webMessaging;
      const address = named === '' ? endpoint : `${endpoint}?deploymentId=${deploymentId}`;
      const messaging = webMessaging({ deploymentId, endpoint: address, webSocket: WebSocket });
      onTestFinished(async () => {
        messaging.stop();
        await sandbox.close();
      });
      await messaging.connect();
      expect(messaging.state).toBe('configured');
    },
  );

  it('connects, sends, hears the agent type and speak, and is told of the end', async () => {
    const { sandbox, messaging, session } = await createScene();
    const conversation = createConversation({ transport: messaging }).start();
    await messaging.connect();
    const { messageId } = await messaging.sendMessage('hello');
    expect(messageId).toEqual(expect.any(String));
    const { conversationId } = session();
    const typists = () => conversation.actor.getSnapshot().context.roster.typists.length;
    sandbox.agent.typing(conversationId, true);
    await vi.waitFor(() => expect(typists()).toBe(1));
    const received = vi.fn();
    messaging.on('message.received', ({ message }) => received(message.text));
    sandbox.agent.say(conversationId, 'Hi there');
    await vi.waitFor(() => expect(received).toHaveBeenCalledWith('Hi there'));
    expect(typists()).toBe(0);
    sandbox.webMessaging.logout(conversationId);
    await vi.waitFor(() => expect(messaging.state).toBe('closed'));
    conversation.stop();
  });

  it('resumes after a drop, and starts anew when asked', async () => {
    const { sandbox, messaging, session } = await createScene();
    await messaging.connect();
    await messaging.sendMessage('hello');
    const resumed = vi.fn();
    messaging.on('session.configured', resumed);
    sandbox.webMessaging.drop(session().conversationId);
    await vi.waitFor(() => expect(resumed).toHaveBeenCalledWith(expect.objectContaining({ resumed: true })));
    const before = messaging.conversationId;
    await messaging.startNew();
    expect(messaging.conversationId).not.toBe(before);
    expect(messaging.state).toBe('configured');
  });

  it('is cut ten times while it types and sends: every message arrives once, and is marked sent once', async () => {
    const { sandbox, messaging } = await createScene();
    sandbox.webMessaging.setLimits({
      messagesPerSecond: 1000,
      requestsPerMinute: 10_000,
      configuresPerMinute: 1000,
      historyPerMinute: 1000,
    });
    await messaging.connect();
    const announced: string[] = [];
    let cuts = 0;
    const type = (): void => {
      const conversationId = messaging.conversationId ?? 'none';
      const call = { conversationId, isTyping: true, attempt: 1, keepalive: false };
      messaging.sendTyping(call, { signal: new AbortController().signal }).catch(() => {});
    };
    const cutNext = (): void => {
      if (cuts === 10) return;
      cuts += 1;
      sandbox.webMessaging.fault({ on: 'onMessage', action: 'drop', applied: cuts % 2 === 0 });
    };
    messaging.on('message.sent', ({ messageId }) => {
      announced.push(messageId);
      type();
      cutNext();
    });
    cutNext();
    const sent = Array.from({ length: 20 }, (_, count) => messaging.sendMessage(`text ${count}`));
    const ids = (await Promise.all(sent)).map(({ messageId }) => messageId);
    expect(cuts).toBe(10);
    expect(new Set(ids).size).toBe(20);
    expect([...announced].sort()).toEqual([...ids].sort());
    const stored = sandbox.webMessaging
      .sessions()
      .flatMap(({ conversationId }) => sandbox.conversation(conversationId).messages);
    expect(stored).toHaveLength(20);
  });
});
