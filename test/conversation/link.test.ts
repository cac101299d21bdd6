import { createConversation } from 'genesys-conversation-machine';
import { createSteppedClock, type ScriptedAnswer } from 'genesys-conversation-machine/testing';
import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';

const unauthorized = (tokenGeneration = 1) =>
  ({ code: 'unauthorized', message: 'x', status: 401, tokenGeneration }) as const;

describe('a rejected token', () => {
  it('is refreshed once, and the read is replayed once', async () => {
    const { conversation, transport, trace, told } = createHarness();
    transport.answer('read', unauthorized());
    told('m1');
    await conversation.markAsRead('m1');
    expect(transport.log).toEqual(['0.0 READ m1', '0.0 REFRESH', '0.0 READ m1']);
    expect(trace.of('token.refreshed')).toEqual([{ type: 'token.refreshed', tokenGeneration: 2 }]);
    expect(trace.of('read.failed')).toMatchObject([{ willRetry: true, failure: { code: 'unauthorized' } }]);
  });

  it('is refreshed once for both lanes, each replays, typing at its spacing (A-1)', async () => {
    const { conversation, transport, told, type } = createHarness();
    transport.answer('read', unauthorized());
    transport.answer('typing', unauthorized());
    told('m1');
    void conversation.markAsRead('m1');
    conversation.keystroke();
    await type(200, 2000);
    expect(transport.log).toEqual(['0.0 READ m1', '0.0 ON', '0.0 REFRESH', '0.0 READ m1', '1.0 ON']);
  });

  it('is not refreshed again for a straggler, which only replays (A-1)', async () => {
    const { conversation, transport, told, type, at } = createHarness();
    transport.answer('read', unauthorized());
    transport.answer('typing', { afterMs: 1500, answer: unauthorized() });
    told('m1');
    await type(0, 0);
    void conversation.markAsRead('m1');
    await at(1400);
    conversation.keystroke();
    await at(4000);
    expect(transport.log).toEqual(['0.0 ON', '0.0 READ m1', '0.0 REFRESH', '0.0 READ m1', '1.5 ON']);
  });

  it('that came fresh and is rejected too is the end of it: no loop', async () => {
    const { conversation, transport, trace, told, at, states } = createHarness();
    transport.answer('read', unauthorized(1), unauthorized(2));
    told('m1');
    await expect(conversation.markAsRead('m1')).rejects.toMatchObject({ code: 'unauthorized' });
    await at(600_000);
    expect(transport.log).toEqual(['0.0 READ m1', '0.0 REFRESH', '0.0 READ m1']);
    expect(states()).toMatchObject({ link: 'unauthorized' });
    expect(trace.of('link.unauthorized')).toHaveLength(1);
  });

  it('without a provider ends at once, says so, and keeps the mark', async () => {
    const { conversation, transport, trace, told, at, states } = createHarness({ canRefresh: false });
    transport.answer('read', unauthorized());
    told('m1');
    await expect(conversation.markAsRead('m1')).rejects.toMatchObject({ code: 'unauthorized', status: 401 });
    conversation.keystroke();
    await at(60_000);
    expect(transport.log).toEqual(['0.0 READ m1']);
    expect(states()).toMatchObject({ link: 'unauthorized' });
    expect(trace.of('typing.dropped').map(({ reason }) => reason)).toEqual(['unauthorized']);
    await expect(conversation.markAsRead('m1')).rejects.toMatchObject({ code: 'unauthorized' });
    conversation.reauthorize();
    await at(70_000);
    expect(trace.of('read.acknowledged')).toMatchObject([{ mark: { messageId: 'm1' } }]);
  });

  it('whose refresh fails for a passing reason is asked for again, with backoff', async () => {
    const { conversation, transport, told, at, trace } = createHarness();
    transport.answer('read', unauthorized());
    transport.answer('token', { code: 'network', message: 'x' }, { code: 'unavailable', message: 'x' });
    told('m1');
    void conversation.markAsRead('m1');
    await at(10_000);
    expect(transport.log.map((line) => line.slice(4))).toEqual([
      'READ m1',
      'REFRESH',
      'REFRESH',
      'REFRESH',
      'READ m1',
    ]);
    expect(trace.of('link.unauthorized')).toEqual([]);
    const [first = 0, second = 0, third = 0] = transport.calls
      .filter(({ lane }) => lane === 'token')
      .map(({ at: when }) => when);
    expect(second - first).toBeGreaterThanOrEqual(500);
    expect(second - first).toBeLessThanOrEqual(1000);
    expect(third - second).toBeGreaterThanOrEqual(1000);
    expect(third - second).toBeLessThanOrEqual(2000);
  });

  it('whose provider gives the same token again ends it', async () => {
    const { clock, transport } = createHarness();
    const conversation = createConversation({
      transport: { ...transport, refreshToken: async (tokenGeneration) => ({ tokenGeneration }) },
      conversationId: 'c1',
      clock,
    }).start();
    const refreshed: number[] = [];
    conversation.on('token.refreshed', ({ tokenGeneration }) => refreshed.push(tokenGeneration));
    transport.answer('read', unauthorized());
    conversation.messageReceived({ messageId: 'm1', participantId: 'agent' });
    await expect(conversation.markAsRead('m1')).rejects.toMatchObject({ code: 'unauthorized' });
    await clock.advance(60_000);
    expect(refreshed).toEqual([]);
    expect(transport.log).toEqual(['0.0 READ m1']);
  });

  it('is waited for, not given up, while the application’s word that it can serve again is tried', async () => {
    const { conversation, transport, told, at } = createHarness();
    transport.answer('read', unauthorized());
    transport.answer('token', { code: 'unauthorized', message: 'x' }, { afterMs: 1000, answer: 'accept' });
    told('m1');
    await expect(conversation.markAsRead('m1')).rejects.toMatchObject({ code: 'unauthorized' });
    conversation.reauthorize();
    await at(500);
    const read = conversation.markAsRead('m1');
    await at(5000);
    await expect(read).resolves.toBeUndefined();
  });

  it('whose provider says no ends it, until the application says that it can serve again', async () => {
    const { conversation, transport, told, at, states } = createHarness();
    transport.answer('read', unauthorized());
    transport.answer('token', { code: 'unauthorized', message: 'x' });
    told('m1');
    await expect(conversation.markAsRead('m1')).rejects.toMatchObject({ code: 'unauthorized' });
    expect(states()).toMatchObject({ link: 'unauthorized' });
    conversation.reauthorize();
    await at(5000);
    expect(transport.log).toEqual(['0.0 READ m1', '0.0 REFRESH', '0.0 REFRESH', '0.0 READ m1']);
  });

  it('is refreshed again when it expires later', async () => {
    const { conversation, transport, told, at } = createHarness();
    told('m1', 'm2');
    transport.answer('read', unauthorized(1), 'accept', unauthorized(2));
    await conversation.markAsRead('m1');
    await at(3_600_000);
    await conversation.markAsRead('m2');
    expect(transport.calls.filter((call) => call.lane === 'token')).toHaveLength(2);
  });

  it('makes a waiting stop leave late only while the indicator is still lit (T-7)', async () => {
    const { conversation, transport, at, trace } = createHarness();
    conversation.keystroke();
    await at(2000);
    transport.answer('typing', unauthorized());
    transport.answer('token', 'hang');
    conversation.stopTyping();
    await at(60_000);
    expect(transport.log.filter((line) => line.endsWith('OFF'))).toEqual(['2.0 OFF']);
    expect(trace.of('typing.stopped')).toEqual([]);
  });
});

describe('a refresh of the token', () => {
  const refreshes = ({ transport }: ReturnType<typeof createHarness>) =>
    transport.calls.filter(({ lane }) => lane === 'token').map(({ at }) => at);
  /** A call was rejected, and the refresh is answered so. */
  const begin = (answer: ScriptedAnswer) => {
    const harness = createHarness();
    harness.transport.answer('read', unauthorized());
    harness.transport.answer('token', answer);
    harness.told('m1');
    void harness.conversation.markAsRead('m1').catch(() => {});
    return harness;
  };
  const down = { code: 'unavailable', message: 'x' } as const;

  it('that is not answered in time is asked for again, after a while', async () => {
    const harness = begin('hang');
    await harness.at(9999);
    expect(harness.is({ link: { refreshing: 'asking' } })).toBe(true);
    await harness.at(10_001);
    expect(harness.is({ link: { refreshing: 'pausing' } })).toBe(true);
    expect(harness.transport.calls.at(-1)?.signal.aborted).toBe(true);
    await harness.at(12_000);
    const [, second = 0] = refreshes(harness);
    expect(second).toBeGreaterThanOrEqual(10_500);
    expect(second).toBeLessThanOrEqual(11_000);
    expect(harness.is({ link: 'ready' })).toBe(true);
    expect(harness.transport.log.at(-1)).toMatch(/READ m1$/);
  });

  it('that is under way is not asked for anew by a page that was never put away', async () => {
    const harness = begin('hang');
    await harness.at(100);
    harness.conversation.resume();
    await harness.at(5000);
    expect(refreshes(harness)).toEqual([0]);
  });

  it('that rests is asked for at once when the application says that a token can be had', async () => {
    const harness = begin(down);
    await harness.at(100);
    expect(harness.is({ link: { refreshing: 'pausing' } })).toBe(true);
    harness.conversation.reauthorize();
    await harness.at(101);
    expect(refreshes(harness)).toEqual([0, 100]);
    expect(harness.transport.log).toEqual(['0.0 READ m1', '0.0 REFRESH', '0.1 REFRESH', '0.1 READ m1']);
  });

  it('that rests waits for the network where that is gone', async () => {
    const harness = begin(down);
    await harness.at(100);
    harness.conversation.offline();
    expect(harness.states()).toMatchObject({ link: 'offline' });
    await harness.at(60_000);
    expect(refreshes(harness)).toEqual([0]);
    harness.conversation.online();
    await harness.at(60_001);
    expect(refreshes(harness)).toEqual([0, 60_000]);
    expect(harness.states()).toMatchObject({ link: 'ready' });
  });

  it('that is refused at once rests longer each time, and as long as it is asked to', async () => {
    const harness = begin({ code: 'rate-limited', message: 'x', retryAfterMs: 20_000 });
    await harness.at(19_999);
    expect(refreshes(harness)).toEqual([0]);
    await harness.at(21_000);
    expect(refreshes(harness)).toHaveLength(2);
  });

  it('that is refused for good is said with why, once, and asked for no more', async () => {
    const harness = begin({ code: 'forbidden', message: 'not you', status: 403 });
    await harness.at(600_000);
    expect(harness.trace.of('link.unauthorized')).toEqual([
      { type: 'link.unauthorized', failure: { code: 'forbidden', message: 'not you', status: 403 } },
    ]);
    expect(refreshes(harness)).toEqual([0]);
    expect(harness.states()).toMatchObject({ link: 'unauthorized' });
  });

  it.each([
    ['refused for good drops what is typed', false],
    ['hoped for again does not', true],
  ])('that is %s (T-7)', async (_, isHoped) => {
    const { conversation, transport, trace, at } = begin({ code: 'unauthorized', message: 'x' });
    await at(100);
    transport.answer('token', { afterMs: 1000, answer: 'accept' });
    if (isHoped) conversation.reauthorize();
    conversation.keystroke();
    await at(1300);
    expect(trace.of('typing.dropped').map(({ reason }) => reason)).toEqual(isHoped ? [] : ['unauthorized']);
    expect(transport.log.filter((line) => line.endsWith('ON'))).toEqual(isHoped ? ['1.1 ON'] : []);
  });

  it('that nobody can make is trusted to the application, each time anew', async () => {
    const { conversation, transport, trace, told, at, states } = createHarness({ canRefresh: false });
    transport.answer('read', unauthorized(1), unauthorized(2));
    told('m1');
    for (const times of [1, 2]) {
      await expect(conversation.markAsRead('m1')).rejects.toMatchObject({ code: 'unauthorized' });
      expect(states()).toMatchObject({ link: 'unauthorized' });
      expect(trace.of('link.unauthorized')).toHaveLength(times);
      if (times === 1) conversation.reauthorize();
    }
    conversation.reauthorize();
    await at(60_000);
    expect(trace.of('read.acknowledged')).toHaveLength(1);
    expect(states()).toMatchObject({ link: 'ready' });
  });

  it('that is not to be had is not said again by a network that comes and goes, nor by a page', async () => {
    const harness = begin({ code: 'unauthorized', message: 'x' });
    await harness.at(100);
    harness.conversation.offline();
    harness.conversation.online();
    harness.conversation.freeze();
    harness.conversation.resume();
    await harness.at(60_000);
    expect(refreshes(harness)).toEqual([0]);
    expect(harness.trace.of('link.unauthorized')).toHaveLength(1);
    expect(harness.states()).toMatchObject({ link: 'unauthorized' });
    harness.conversation.reauthorize();
    await harness.at(60_001);
    expect(harness.states()).toMatchObject({ link: 'ready' });
  });
});

it('a refresh rests no shorter where the clock moves in steps (L-5, I-2)', async () => {
  const clock = createSteppedClock({ resolution: 16 });
  const { conversation, transport, told } = createHarness({ clock, timing: { jitter: 0 } });
  transport.answer('read', unauthorized());
  transport.answer('token', { code: 'network', message: 'x' });
  told('m1');
  void conversation.markAsRead('m1');
  await clock.advance(2000);
  const asked = transport.calls.filter(({ lane }) => lane === 'token').map(({ at }) => at);
  expect(asked).toEqual([0, 1008]);
});

it('a silence is none shorter where the clock moves in steps (L-1, I-2)', async () => {
  const clock = createSteppedClock({ resolution: 16 });
  const { conversation, transport } = createHarness({ clock, timing: { jitter: 0 } });
  await clock.advance(15);
  transport.tell({ type: 'limit.announced', retryAfterMs: 3000 });
  await clock.advance(2900);
  conversation.keystroke();
  await clock.advance(99);
  expect(transport.calls).toEqual([]);
  await clock.advance(50);
  expect(transport.calls).toHaveLength(1);
});

it('a silence that is asked for beside every call is told, with why (L-1)', async () => {
  const { transport, trace, at } = createHarness();
  await at(1000);
  transport.tell({ type: 'limit.announced', retryAfterMs: 3000 });
  const [told] = trace.of('rate.limited');
  expect(told).toEqual({
    type: 'rate.limited',
    lane: 'both',
    msLeft: expect.any(Number),
    failure: { code: 'rate-limited', message: 'The back end asked for silence.', retryAfterMs: 3000 },
  });
  expect(told?.msLeft).toBeGreaterThanOrEqual(3000);
  expect(told?.msLeft).toBeLessThanOrEqual(3500);
  transport.tell({ type: 'limit.announced', retryAfterMs: 100 });
  expect(trace.of('rate.limited').at(-1)?.msLeft).toBe(told?.msLeft);
});

describe('offline', () => {
  it('makes no call, and keeps marks for later', async () => {
    const { conversation, transport, told, at, states } = createHarness();
    conversation.offline();
    told('m1');
    conversation.viewed('m1');
    await at(60_000);
    expect(transport.calls).toEqual([]);
    expect(states()).toMatchObject({ link: 'offline', receipts: 'collecting' });
    conversation.online();
    expect(transport.log).toEqual(['60.0 READ m1']);
  });
});

describe('the conversation', () => {
  it('can be opened later, switched, ended and reopened', async () => {
    const { conversation, states, transport, at } = createHarness({ conversationId: null });
    expect(() => conversation.reopen()).toThrow(expect.objectContaining({ code: 'no-conversation' }));
    expect(() => conversation.end()).toThrow(expect.objectContaining({ code: 'no-conversation' }));
    conversation.open('c1');
    conversation.end();
    expect(states()).toMatchObject({ link: 'ended' });
    conversation.open('c2');
    expect(states()).toMatchObject({ link: 'ready' });
    conversation.end();
    conversation.offline();
    conversation.reopen();
    expect(states()).toMatchObject({ link: 'offline' });
    conversation.online();
    conversation.keystroke();
    await at(100);
    expect(transport.calls).toMatchObject([{ conversationId: 'c2' }]);
  });

  it.each(['offline', 'online'] as const)('that goes on is had by the network that there is: %s', (last) => {
    const { conversation, states } = createHarness();
    conversation.end();
    conversation.offline();
    if (last === 'online') conversation.online();
    conversation.reopen();
    expect(states()).toMatchObject({ link: last === 'online' ? 'ready' : 'offline' });
  });

  it('stays as it is when the one that is open is opened again', async () => {
    const { conversation, transport, at } = createHarness();
    conversation.keystroke();
    await at(500);
    conversation.open('c1');
    await at(2000);
    expect(transport.log).toEqual(['0.0 ON']);
  });
});
