import { createConversation, eventStream, guestRest } from 'genesys-conversation-machine';
import { createSteppedClock } from 'genesys-conversation-machine/testing';
import { expect, it } from 'vitest';
import { createSockets } from '../support/socketScript.ts';

const message = (number: number) => ({
  ...{ type: 'conversation:message', conversationId: 'c1', participantId: 'ann', messageId: `m${number}` },
  ...{ text: 'hi', sentAt: `2026-01-01T00:00:0${number}.000Z` },
});

/** A stream whose history fails as often as is said, and what an application hears of it. */
function createStream() {
  const clock = createSteppedClock();
  const { sockets, Socket } = createSockets();
  const world = { failures: 0, said: 0, asked: [] as (string | null)[] };
  const transport = guestRest({
    ...{ orgUrl: 'http://127.0.0.1:9', participantId: 'guest', token: 'token', clock },
    fetch: async (address) => {
      const after = new URL(String(address)).searchParams.get('after');
      world.asked.push(after);
      if (world.failures > 0) {
        world.failures -= 1;
        return Response.json({}, { status: 503 });
      }
      const from = Number(after?.slice(1) ?? 0);
      const messages = Array.from({ length: world.said - from }, (_, nth) => message(from + nth + 1));
      return Response.json({ conversationId: 'c1', messages, reads: [] });
    },
    events: eventStream({ webSocket: Socket, conversationId: 'c1', random: () => 0.5 }),
  });
  const told: string[] = [];
  transport.on('conversation:message', ({ messageId }) => told.push(messageId));
  const conversation = createConversation({ transport, conversationId: 'c1', clock }).start();
  const connect = async () => {
    await clock.advance(10_000);
    sockets.at(-1)?.open();
    sockets.at(-1)?.receive({ type: 'authenticated', conversationId: 'c1', participantId: 'guest' });
    await clock.settle();
  };
  const say = async () => {
    world.said += 1;
    if (sockets.at(-1)?.readyState === 1) sockets.at(-1)?.receive(message(world.said));
    await clock.settle();
  };
  return { clock, world, told, conversation, connect, say, drop: () => sockets.at(-1)?.end(1006) };
}

it('what was missed is caught up although history failed first, and somebody spoke meanwhile (I-1)', async () => {
  const { clock, world, told, conversation, connect, say, drop } = createStream();
  await connect();
  await say();
  drop();
  await say();
  world.failures = 1;
  await connect();
  await say();
  expect(told).toEqual(['m1', 'm3']);
  await clock.advance(20_000);
  expect(world.asked.slice(-2)).toEqual(['m1', 'm1']);
  expect(told).toEqual(['m1', 'm3', 'm2']);
  expect(conversation.unread).toBe(3);
  conversation.stop();
});

it('the newest page is still the first that is asked for, where somebody spoke before it could be had', async () => {
  const { clock, world, told, conversation, connect, say } = createStream();
  await say();
  world.failures = 1;
  await connect();
  await say();
  await clock.advance(20_000);
  expect(world.asked).toEqual([null, null]);
  expect(told).toEqual(['m2', 'm1']);
  conversation.stop();
});

it('what could not be had at all is asked for again with the next connection', async () => {
  const { clock, world, told, conversation, connect, say, drop } = createStream();
  await connect();
  await say();
  drop();
  await say();
  world.failures = 99;
  await connect();
  await clock.advance(20_000);
  world.failures = 0;
  await say();
  drop();
  await connect();
  await clock.advance(1000);
  expect(told).toEqual(['m1', 'm3', 'm2']);
  conversation.stop();
});
