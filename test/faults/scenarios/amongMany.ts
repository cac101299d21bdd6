import { type Conversation, createConversation } from 'genesys-conversation-machine';
import { createHub } from 'genesys-conversation-machine/hub';
import {
  createScriptedTransport,
  createSteppedClock,
  type Violation,
} from 'genesys-conversation-machine/testing';

type Talk = Pick<Conversation, 'messageReceived' | 'viewed' | 'clearInput' | 'markAsRead' | 'shareTyping'> & {
  keystroke(): void;
};

/** The calls of two conversations over one transport, with rests between in which a hub puts their charts away. */
async function callsOf(isInHub: boolean) {
  const clock = createSteppedClock();
  const transport = createScriptedTransport({ clock });
  const common = { transport, clock, random: () => 0.25, logger: () => {} };
  const hub = isInHub ? createHub({ ...common, giveBackAfter: 500 }) : null;
  const talk = (conversationId: string): Talk =>
    hub?.conversation(conversationId) ?? createConversation({ ...common, conversationId }).start();
  const [first, second] = [talk('c1'), talk('c2')];
  const hear = (conversation: Talk, messageId: string): void => {
    conversation.messageReceived({ messageId, participantId: 'agent' });
    conversation.viewed(messageId);
  };

  hear(first, 'm1');
  hear(second, 'n1');
  await clock.advance(20_000);
  first.viewed('m1');
  await clock.advance(20_000);
  transport.answer('read', { code: 'conversation-ended', message: 'scripted', status: 409 });
  hear(first, 'm2');
  await clock.advance(20_000);
  hear(first, 'm3');
  first.keystroke();
  await clock.advance(20_000);
  transport.tell({ type: 'limit.announced', retryAfterMs: 5000 });
  await clock.advance(500);
  second.keystroke();
  await clock.advance(20_000);
  second.keystroke();
  await clock.advance(1200);
  second.clearInput();
  await clock.advance(20_000);
  second.shareTyping(false);
  await clock.advance(20_000);
  second.keystroke();
  await clock.advance(20_000);
  transport.answer('read', { code: 'bad-request', message: 'scripted', status: 400 });
  hear(second, 'n2');
  await clock.advance(20_000);
  second.viewed('n2');
  await clock.advance(20_000);
  hear(second, 'n3');
  await clock.advance(1100);
  second.messageReceived({ messageId: 'n4', participantId: 'agent' });
  second.markAsRead().catch(() => {});
  await clock.advance(20_000);
  return transport.calls.map(({ signal: _, ...call }) => call);
}

/** Where a conversation of a hub makes another call than it would make alone (C-4). */
export async function amongManyAndAlone(): Promise<readonly Violation[]> {
  const [alone, among] = [await callsOf(false), await callsOf(true)];
  const last = Math.max(alone.length, among.length);
  const differs = Array.from({ length: last }, (_, nth) => nth).find(
    (nth) => JSON.stringify(alone[nth]) !== JSON.stringify(among[nth]),
  );
  if (differs === undefined) return [];
  const text = (call: object | undefined): string => (call ? JSON.stringify(call) : 'no call');
  const message = `among others it made ${text(among[differs])}, alone ${text(alone[differs])}`;
  return [{ clause: 'C-4', at: among[differs]?.at ?? alone[differs]?.at ?? 0, moment: differs, message }];
}
