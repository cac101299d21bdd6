import { expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';

it('renews while keys keep coming, never stops in between, stops once after the last key (T-4, T-5)', async () => {
  const { transport, type, at } = createHarness();
  await type(0, 30_000);
  expect(transport.log).toEqual([
    '0.0 ON',
    '4.0 ON',
    '8.0 ON',
    '12.0 ON',
    '16.0 ON',
    '20.0 ON',
    '24.0 ON',
    '28.0 ON',
  ]);
  await at(60_000);
  // Renewed at 28 s, it goes out by itself as the typing ends.
  expect(transport.log.slice(8)).toEqual([]);
});

it('a sent message ends the episode without a call, and the next key starts a fresh one at once (T-6)', async () => {
  const { transport, conversation, type, at } = createHarness();
  await type(0, 1000);
  await at(1200);
  conversation.messageSent();
  await type(1500, 2500);
  expect(transport.log).toEqual(['0.0 ON', '1.5 ON']);
  await at(30_000);
  expect(transport.log).toEqual(['0.0 ON', '1.5 ON', '5.5 OFF']);
});

it('where a message implies no stop, the stop leaves with the send, and the next episode waits for spacing alone (T-6)', async () => {
  const { transport, conversation, type, at } = createHarness({ capabilities: { messageEndsTyping: false } });
  await type(0, 1000);
  await at(1200);
  conversation.messageSent();
  await type(1500, 2500);
  await at(2600);
  expect(transport.log).toEqual(['0.0 ON', '1.2 OFF', '2.2 ON']);
});

it('a refused first announcement is tried again after spacing or backoff, not after the renewal (T-3)', async () => {
  const { transport, type } = createHarness();
  transport.answer('typing', { code: 'rate-limited', message: 'x' });
  await type(0, 5000);
  expect(transport.log).toEqual(['0.0 ON', '1.0 ON', '5.0 ON']);
});

it('a refusal that says how long to wait is waited out (L-1)', async () => {
  const { transport, type } = createHarness();
  transport.answer('typing', { code: 'rate-limited', message: 'x', retryAfterMs: 3000 });
  await type(0, 5000, 100);
  const [, second] = transport.calls;
  expect(transport.calls).toHaveLength(2);
  expect(second?.at).toBeGreaterThanOrEqual(3000);
  expect(second?.at).toBeLessThanOrEqual(3500);
});

it('two keys make one start and one stop, idle after the last key', async () => {
  const { transport, conversation, at } = createHarness();
  conversation.keystroke();
  await at(300);
  conversation.keystroke();
  await at(60_000);
  expect(transport.log).toEqual(['0.0 ON', '3.3 OFF']);
});

it('clearing the box stops after a blink, and nothing follows', async () => {
  const { transport, conversation, type, at } = createHarness();
  await type(0, 1000);
  await at(1200);
  conversation.clearInput();
  await at(60_000);
  expect(transport.calls.map((call) => call.at)).toEqual([0, 1350]);
});

it('read(m3) then read(m1) in one window: the newest leaves, both are told the truth', async () => {
  const { transport, conversation, told, at } = createHarness();
  told('m1', 'm2', 'm3');
  const third = conversation.markAsRead('m3');
  const first = conversation.markAsRead('m1');
  await at(10_000);
  await expect(third).resolves.toBeUndefined();
  await expect(first).resolves.toBeUndefined();
  expect(transport.log).toEqual(['0.0 READ m3']);
});

it('a read that a 429 refused is made again, and its promise waits for it', async () => {
  const { transport, conversation, told, at } = createHarness();
  told('m1');
  transport.answer('read', { code: 'rate-limited', message: 'x', retryAfterMs: 2000 });
  let settled = false;
  const read = conversation.markAsRead('m1').then(() => {
    settled = true;
  });
  await at(1999);
  expect(settled).toBe(false);
  await at(3000);
  await read;
  expect(transport.calls).toHaveLength(2);
});

it('two conversations keep their own marks: switching loses none', async () => {
  const { transport, conversation, told, at } = createHarness();
  told('a1');
  conversation.viewed('a1');
  conversation.open('c2');
  conversation.messageReceived({ messageId: 'b1', participantId: 'agent' });
  conversation.viewed('b1');
  await at(10_000);
  expect(
    transport.calls.map((call) => call.lane === 'read' && [call.conversationId, call.messageId]),
  ).toEqual([
    ['c2', 'b1'],
    ['c1', 'a1'],
  ]);
});

it('a clock set back an hour before the first key makes that no older', async () => {
  const { transport, clock, conversation, type, at } = createHarness();
  const work = new Promise<void>((resolve) => clock.setTimeout(resolve, 900));
  void conversation.typeWhile(work);
  await at(100);
  clock.shiftWall(-3_600_000);
  await type(200, 800);
  await at(10_000);
  expect(transport.log).toEqual(['0.0 ON', '3.8 OFF']);
});

it('a clock set back an hour silences nothing', async () => {
  const { transport, clock, type } = createHarness();
  await type(0, 2000);
  clock.shiftWall(-3_600_000);
  await type(2200, 9000);
  expect(transport.log).toEqual(['0.0 ON', '4.0 ON', '8.0 ON']);
});
