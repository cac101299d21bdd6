import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, expect, it, vi } from 'vitest';
import { createActor, setup } from 'xstate';
import { createHarness } from '../support/harness.ts';
import { bare, createSession } from '../support/socketScript.ts';

const folder = new URL('../../machines/', import.meta.url);

afterEach(() => {
  vi.restoreAllMocks();
});

/** What XState writes to the console while another chart's own action does something. */
function warningsOf(act: () => void): readonly unknown[] {
  const warned: unknown[] = [];
  vi.spyOn(console, 'warn').mockImplementation((...words) => void warned.push(...words));
  const embedding = setup({ actions: { act } }).createMachine({ on: { go: { actions: 'act' } } });
  createActor(embedding).start().send({ type: 'go' });
  return warned;
}

it('a conversation that another chart drives from its actions warns of nothing', () => {
  const { conversation, trace } = createHarness();
  const warned = warningsOf(() => {
    conversation.messageReceived({ messageId: 'm1', participantId: 'agent' });
    conversation.messageRemoved('m1');
    conversation.actor.send({ type: 'conversation.ended', conversationId: 'c1' });
  });
  expect(trace.of('unread.changed')).toHaveLength(2);
  expect(trace.of('conversation.ended')).toHaveLength(1);
  expect(warned).toEqual([]);
});

it('a session that another chart drives from its actions warns of nothing', async () => {
  const session = createSession();
  await session.configure();
  session.messaging.sendMessage('hi').catch(() => {});
  await session.clock.settle();
  const warned = warningsOf(() => session.socket().receive(bare('SessionExpiredEvent')));
  await session.clock.settle();
  expect(session.of('message.failed')).toHaveLength(1);
  expect(warned).toEqual([]);
});

it.each(readdirSync(folder, { encoding: 'utf8', recursive: true }).filter((name) => name.endsWith('.ts')))(
  '%s makes no action while an event is taken',
  (name) => {
    expect(readFileSync(new URL(name, folder), 'utf8')).not.toMatch(/\benqueue\.\w+\(/);
  },
);
