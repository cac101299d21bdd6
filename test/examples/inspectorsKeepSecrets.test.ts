import {
  createConversation,
  eventStream,
  guestRest,
  openGuestConversation,
  webMessaging,
} from 'genesys-conversation-machine';
import { createInspector } from 'genesys-conversation-machine/inspect';
import { startSandbox } from 'genesys-conversation-machine/sandbox';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { InspectionEvent } from 'xstate';
import { overWebSocket } from '../../examples/inspect-stately/inspectors.ts';
import { createBridge } from '../../examples/inspect-v4/bridge.ts';
import { serveInspector } from '../../examples/inspect-v4/overWebSocket.ts';
import { listenForMessages } from '../support/socketMessages.ts';

/** Our own inspector and both packages, side by side on the same machines, and every message of each as text. */
async function lookEveryWay() {
  const ours: string[] = [];
  const inspector = createInspector({ batchEvery: 0 });
  inspector.listen((messages) => ours.push(...messages.map((message) => JSON.stringify(message))));

  const bridge = createBridge({ batchEvery: 0 });
  const server = await serveInspector(bridge);
  const v4: string[] = [];
  const looker = new WebSocket(`ws://127.0.0.1:${server.port}`);
  looker.on('message', (data) => v4.push(String(data)));
  await new Promise((resolve) => looker.once('open', resolve));
  looker.send(JSON.stringify({ type: 'xstate.inspecting' }));

  const relay = await listenForMessages();
  const stately = overWebSocket(relay.url);
  onTestFinished(() => {
    stately.stop();
    looker.terminate();
    bridge.stop();
    server.close();
  });
  const observer = stately.inspect as { next(event: InspectionEvent): void };
  return {
    inspect: (event: InspectionEvent) => {
      inspector.inspect(event);
      bridge.inspect(event);
      observer.next(event);
    },
    told: { ours, v4, stately: relay.messages },
  };
}

it('no token and no words of either side reach anybody who looks, over a socket or REST (S18)', async () => {
  const { inspect, told } = await lookEveryWay();
  const sandbox = await startSandbox();
  const kept: string[] = [];
  const storage = {
    getItem: () => null,
    removeItem: () => {},
    setItem: (_key: string, value: string) => void kept.push(JSON.parse(value).token),
  };
  const { deploymentId, endpoint } = sandbox.webMessaging;
  const session = webMessaging({
    ...{ deploymentId, endpoint: new URL(endpoint).origin, webSocket: WebSocket, storage, inspect },
  });
  const overSocket = createConversation({ transport: session, inspect }).start();
  const { conversationId, guestId, guestToken } = await openGuestConversation({ orgUrl: sandbox.url });
  const transport = guestRest({
    ...{ orgUrl: sandbox.url, participantId: guestId, token: guestToken },
    events: eventStream({ webSocket: WebSocket }),
  });
  const overRest = createConversation({ transport, conversationId, inspect }).start();
  onTestFinished(async () => {
    overSocket.stop();
    overRest.stop();
    session.stop();
    await sandbox.close();
  });

  await session.connect();
  overSocket.keystroke();
  await session.sendMessage('canary words of the guest');
  const [open] = sandbox.webMessaging.sessions();
  if (!open) throw new Error('there is no session');
  sandbox.agent.say(open.conversationId, 'canary words of the agent', { nickname: 'Canary Nick' });
  overRest.keystroke();
  await overRest.sendMessage('canary words of the guest');
  sandbox.agent.say(conversationId, 'canary words of the agent');
  const unread = () => [overSocket.unread, overRest.unread];
  await expect.poll(unread).toEqual([1, 1]);
  await overRest.markAsRead();
  overRest.actor.send({ type: 'input.blurred', note: 'the last event' } as never);

  for (const [who, messages] of Object.entries(told)) {
    await expect.poll(() => messages.join(), { message: who }).toContain('the last event');
    const all = messages.join('\n');
    expect(messages.length, who).toBeGreaterThan(20);
    const secrets = [guestToken, ...kept];
    const found = [/canary/i, ...secrets].flatMap((secret) => {
      const at = all.search(secret);
      return at < 0 ? [] : [`${who}: …${all.slice(Math.max(0, at - 60), at + 60)}…`];
    });
    expect(found).toEqual([]);
  }
  expect(kept.filter(Boolean).length).toBeGreaterThan(0);
});
