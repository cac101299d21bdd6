import { expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';

const limited = (retryAfterMs: number) => ({ code: 'rate-limited', message: 'x', retryAfterMs }) as const;
const unauthorized = (tokenGeneration: number) =>
  ({ code: 'unauthorized', message: 'x', status: 401, tokenGeneration }) as const;
const refreshes = ({ transport }: ReturnType<typeof createHarness>): number =>
  transport.calls.filter(({ lane }) => lane === 'token').length;

it('tells of an accepted typing call by the id that the server gave it', async () => {
  const { conversation, transport, trace, at } = createHarness();
  let calls = 0;
  transport.sendTyping = async () => {
    calls += 1;
    return calls > 2 ? {} : { requestId: `r${calls}` };
  };
  conversation.keystroke();
  await at(1500);
  conversation.stopTyping();
  await at(3000);
  conversation.keystroke();
  await at(3100);
  expect(trace.of('typing.acknowledged')).toStrictEqual([
    { type: 'typing.acknowledged', conversationId: 'c1', isTyping: true, requestId: 'r1' },
    { type: 'typing.acknowledged', conversationId: 'c1', isTyping: false, requestId: 'r2' },
    { type: 'typing.acknowledged', conversationId: 'c1', isTyping: true },
  ]);
});

it.each(['viewed', 'flushed'])(
  'learns from a read call that is %s and accepted that a newer token is in use (A-1)',
  async (way) => {
    const harness = createHarness();
    const { conversation, transport, told, at } = harness;
    transport.sendRead = async () => ({ tokenGeneration: 3 });
    transport.answer('typing', unauthorized(2));
    told('m1');
    conversation.viewed('m1');
    if (way === 'flushed') conversation.flush();
    await at(2000);
    conversation.keystroke();
    await at(4000);
    expect(refreshes(harness)).toBe(0);
  },
);

it('does not go back to an older token for a call that was accepted late (A-1)', async () => {
  const harness = createHarness();
  const { conversation, transport, told, at } = harness;
  transport.answer('read', { afterMs: 800, answer: 'accept' });
  transport.answer('typing', unauthorized(1));
  told('m1');
  void conversation.markAsRead('m1');
  conversation.keystroke();
  await at(900);
  conversation.keystroke();
  await at(1000);
  expect(transport.log).toEqual(['0.0 READ m1', '0.0 ON', '0.0 REFRESH', '1.0 ON']);
});

it('takes a read call with an older token for none that failed: its mark is still collected (A-1)', async () => {
  const { conversation, transport, told, at, is } = createHarness();
  transport.answer('read', { afterMs: 100, answer: unauthorized(1) });
  transport.answer('typing', unauthorized(1));
  told('m1');
  void conversation.markAsRead('m1');
  conversation.keystroke();
  await at(100);
  expect(is({ receipts: 'collecting', link: 'ready' })).toBe(true);
  await at(1000);
  expect(transport.log).toEqual(['0.0 READ m1', '0.0 ON', '0.0 REFRESH', '1.0 READ m1', '1.0 ON']);
});

it('waits for as long as it was asked to, and rests for long once it was asked too often (L-1)', async () => {
  const { transport, type } = createHarness({ timing: { jitter: 0, backoffBase: 5000 } });
  transport.always('typing', limited(1500));
  await type(0, 70_000, 1000);
  const [first = 0, second, third, fourth = 0] = transport.calls.map(({ at: time }) => time);
  expect([first, second, third]).toEqual([0, 1500, 3000]);
  expect(fourth).toBeGreaterThanOrEqual(33_000);
});

it('says of each episode that no network can tell it, not of each key', async () => {
  const { conversation, trace, at } = createHarness();
  conversation.offline();
  for (const start of [0, 10_000]) {
    await at(start);
    conversation.keystroke();
    conversation.keystroke();
    await at(start + 500);
    conversation.stopTyping();
  }
  expect(trace.of('typing.held').map(({ reason }) => reason)).toEqual(['offline', 'offline']);
});

it('leaves no timer behind for a silence that was waited for twice', async () => {
  const { conversation, clock, at } = createHarness();
  conversation.keystroke();
  await at(2000);
  conversation.keystroke();
  await at(3500);
  conversation.messageSent();
  expect(clock.timers).toBe(0);
});

it('counts no submit for accepted that was made in another conversation than is open (T-11)', async () => {
  const { conversation, transport, at } = createHarness();
  const accept = (conversationId: string) =>
    transport.tell({ type: 'message.accepted', conversationId, messageId: `of ${conversationId}` });
  conversation.open('c2');
  conversation.messageSent();
  accept('c1');
  conversation.keystroke();
  await at(1500);
  accept('c2');
  await at(1600);
  expect(transport.log).toEqual(['0.0 ON', '1.5 ON']);
});
