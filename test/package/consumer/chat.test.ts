import { createConversation } from 'genesys-conversation-machine';
import {
  checkInvariants,
  createRecorder,
  createScriptedTransport,
  createSteppedClock,
  typeText,
} from 'genesys-conversation-machine/testing';
import { conversationMatchers } from 'genesys-conversation-machine/testing/matchers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createChat } from './chat.ts';

expect.extend(conversationMatchers);

let world: ReturnType<typeof createWorld>;

function createWorld() {
  const clock = createSteppedClock();
  const recorder = createRecorder({ clock });
  const agent = createScriptedTransport({ clock, participantId: 'guest' });
  const transport = recorder.watch(agent);
  const chat = createChat(
    recorder.watch(createConversation({ transport, clock: recorder.clock, conversationId: 'c1' })),
  );
  const type = (text: string) => typeText(text, { clock, press: chat.press });
  return { clock, recorder, agent, chat, type };
}

beforeEach(() => {
  world = createWorld();
});
afterEach(() => {
  world.chat.stop();
  world.clock.end();
});

it('shows the agent that the guest types, and that they stopped', async () => {
  await world.type('hello');
  expect(world.agent).toSeeTyping();
  await world.clock.advance(5000);
  expect(world.agent).toHaveSeen(['typing', 'not typing']);
});

it('keeps the indicator lit while a long text is typed', async () => {
  await world.type('a text that takes a good while to write, since there is a lot to say'.repeat(2));
  expect(world.agent).toHaveSeen(['typing']);
});

it('puts the indicator out when the message is there', async () => {
  await world.type('hi');
  await world.chat.send('hi');
  expect(world.agent).toHaveSeen(['typing', 'not typing']);
  expect(world.chat.messages).toMatchObject([{ text: 'hi', mine: true }]);
});

it('puts it out when the box is cleared', async () => {
  await world.type('never mind');
  world.chat.clear();
  await world.clock.advance(1000);
  expect(world.agent).not.toSeeTyping();
});

it('counts what is unread, and tells what was read once', async () => {
  world.chat.arrives('m1', 'hello');
  world.chat.arrives('m2', 'anybody there');
  expect(world.chat.badge).toBe(2);
  world.chat.show('m2');
  expect(world.chat.badge).toBe(0);
  await world.clock.advance(1000);
  expect(world.agent).toHaveReadUpTo('m2');
  expect(world.agent.log).toEqual(['0.2 READ m2']);
});

it('shows the agent typing, until their message comes', async () => {
  world.agent.tell({ type: 'remote.typing', conversationId: 'c1', participantId: 'agent', isTyping: true });
  expect(world.chat.someoneTypes).toBe(true);
  world.chat.arrives('m1', 'here I am');
  expect(world.chat.someoneTypes).toBe(false);
});

it('loses no read mark to a server that fails twice', async () => {
  const failure = { code: 'unavailable', message: 'not now', status: 503 } as const;
  world.agent.answer('read', failure, failure);
  world.chat.arrives('m1', 'hello');
  world.chat.show('m1');
  await world.clock.advance(10_000);
  expect(world.agent).toHaveReadUpTo('m1');
});

it('says nothing while the server wants silence', async () => {
  world.agent.answer('typing', { code: 'rate-limited', message: 'slow down', retryAfterMs: 3000 });
  await world.type('impatient');
  await world.clock.advance(1500);
  expect(world.agent.log).toEqual(['0.0 ON']);
});

it('tells a guest whose message is refused, and keeps the chat', async () => {
  world.agent.answer('message', { code: 'network', message: 'gone' });
  await expect(world.chat.send('hi')).rejects.toMatchObject({ code: 'network' });
  expect(world.chat.messages).toEqual([]);
});

it('keeps every promise while a guest types, reads and leaves', async () => {
  await world.type('good bye');
  world.chat.arrives('m1', 'bye');
  world.chat.show('m1');
  await Promise.all([world.chat.leave(), world.clock.advance(10_000)]);
  expect(world.agent).not.toSeeTyping();
  expect(checkInvariants(world.recorder.trace())).toEqual([]);
});
