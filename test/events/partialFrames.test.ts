import { createConversation, eventStream, guestRest, type StreamTold } from 'genesys-conversation-machine';
import { createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it } from 'vitest';
import { createSockets } from '../support/socketScript.ts';

/** A stream that is open, whose server the test plays. */
async function createStream() {
  const clock = createSteppedClock();
  const { sockets, Socket } = createSockets();
  const transport = guestRest({
    orgUrl: 'http://127.0.0.1:9',
    participantId: 'guest',
    token: 'token',
    clock,
    fetch: async () => Response.json({ conversationId: 'c1', messages: [], reads: [] }),
    events: eventStream({ webSocket: Socket, conversationId: 'c1' }),
  });
  const told: StreamTold[] = [];
  for (const type of ['conversation:message', 'conversation:typing'] as const) {
    transport.on(type, (frame) => told.push(frame));
  }
  const conversation = createConversation({ transport, conversationId: 'c1', clock }).start();
  await clock.settle();
  const receive = async (frame: object) => {
    sockets[0]?.receive(frame);
    await clock.settle();
  };
  sockets[0]?.open();
  await receive({ type: 'authenticated', conversationId: 'c1', participantId: 'guest' });
  const typists = () => conversation.actor.getSnapshot().context.roster.typists.length;
  return { clock, conversation, receive, told, typists };
}

const typing = { type: 'conversation:typing', conversationId: 'c1', participantId: 'ann', isTyping: true };
const message = { type: 'conversation:message', conversationId: 'c1', participantId: 'ann' };

describe('a frame of the stream that is not whole', () => {
  it.each([
    ['without an id', { ...message, text: 'hi' }],
    ['with an id that is none', { ...message, text: 'hi', messageId: '\ud800' }],
  ])('a message %s still ends its author’s typing, as it does by receive()', async (_, frame) => {
    const { conversation, receive, told, typists } = await createStream();
    await receive(typing);
    expect(typists()).toBe(1);
    await receive(frame);
    expect(typists()).toBe(0);
    expect(told.map(({ type }) => type)).toEqual(['conversation:typing']);
    conversation.receive(typing);
    expect(typists()).toBe(1);
    expect(conversation.receive(frame)).toBe(false);
    expect(typists()).toBe(0);
    conversation.stop();
  });

  it('a message without words has its place, and an application is not told of it', async () => {
    const { conversation, receive, told } = await createStream();
    await receive({ ...message, messageId: 'm1' });
    expect(conversation.unread).toBe(1);
    expect(told).toEqual([]);
    conversation.stop();
  });

  it('typing that was signalled before a message of its author shows nobody, also where it comes late', async () => {
    const { clock, conversation, receive, typists } = await createStream();
    const at = (ms: number) => new Date(clock.wallNow() + ms).toISOString();
    await receive({ ...message, messageId: 'm1', text: 'hi', sentAt: at(-1000) });
    await receive({ ...typing, sentAt: at(-4000) });
    expect(typists()).toBe(0);
    await receive({ ...typing, sentAt: at(0) });
    expect(typists()).toBe(1);
    conversation.stop();
  });
});
