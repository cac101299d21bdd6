import { expect, it } from 'vitest';
import { createHarness } from './support/harness.ts';

const frame = (participantId: string, isTyping = true, conversationId = 'c1') => ({
  type: 'conversation:typing',
  conversationId,
  participantId,
  isTyping,
});

it('lists who types, and takes them off when they stop', () => {
  const { conversation, trace, states } = createHarness();
  expect(conversation.receive(frame('agent'))).toBe(true);
  expect(states()).toMatchObject({ roster: 'someoneTyping' });
  conversation.receive(frame('bot'));
  conversation.receive(frame('agent', false));
  expect(trace.of('roster.changed').map(({ participantIds }) => participantIds)).toEqual([
    ['agent'],
    ['agent', 'bot'],
    ['bot'],
  ]);
});

it('clears by itself five seconds after the last word, each for themselves', async () => {
  const { conversation, trace, at, states } = createHarness();
  conversation.receive(frame('agent'));
  await at(1000);
  conversation.receive(frame('bot'));
  await at(4999);
  expect(states()).toMatchObject({ roster: 'someoneTyping' });
  await at(5000);
  expect(trace.of('roster.changed').at(-1)?.participantIds).toEqual(['bot']);
  await at(6000);
  expect(states()).toMatchObject({ roster: 'quiet' });
});

it('extends on a repeat without saying it again', async () => {
  const { conversation, trace, at, states } = createHarness();
  conversation.receive(frame('agent'));
  await at(4000);
  conversation.receive(frame('agent'));
  await at(8999);
  expect(states()).toMatchObject({ roster: 'someoneTyping' });
  expect(trace.of('roster.changed')).toHaveLength(1);
});

it('takes an author off with their message, in the same step', () => {
  const { conversation, states, told } = createHarness();
  conversation.receive(frame('agent'));
  told('m1');
  expect(states()).toMatchObject({ roster: 'quiet' });
});

it('shows neither the guest themselves, nor other conversations, nor anyone after a switch', () => {
  const { conversation, trace, states } = createHarness({ participantId: 'guest' });
  conversation.receive(frame('guest'));
  conversation.receive(frame('agent', true, 'c2'));
  expect(trace.of('roster.changed')).toEqual([]);
  conversation.receive(frame('agent'));
  conversation.open('c2');
  expect(states()).toMatchObject({ roster: 'quiet' });
});

it('reads frames as text too, and ignores what it does not know', () => {
  const { conversation, trace } = createHarness();
  expect(conversation.receive(JSON.stringify(frame('agent')))).toBe(true);
  for (const odd of [
    null,
    undefined,
    42,
    '',
    '{',
    '[]',
    {},
    { type: 'conversation:typing' },
    { ...frame('agent'), isTyping: 'yes' },
    { ...frame('agent'), participantId: '../x' },
    { ...frame('agent'), type: 'conversation:other' },
    '{"__proto__":{"polluted":1},"type":"conversation:typing"}',
  ]) {
    expect(conversation.receive(odd)).toBe(false);
  }
  expect(trace.of('roster.changed')).toHaveLength(1);
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

it('is bounded, whatever a server claims', () => {
  const { conversation } = createHarness();
  for (let person = 0; person < 1000; person += 1) conversation.receive(frame(`p${person}`));
  expect(conversation.actor.getSnapshot().context.roster.length).toBeLessThanOrEqual(50);
});
