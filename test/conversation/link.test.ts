import { createConversation } from 'genesys-conversation-machine';
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
    transport.answer('read', unauthorized());
    conversation.messageReceived({ messageId: 'm1', participantId: 'agent' });
    await expect(conversation.markAsRead('m1')).rejects.toMatchObject({ code: 'unauthorized' });
    await clock.advance(60_000);
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

  it('stays as it is when the one that is open is opened again', async () => {
    const { conversation, transport, at } = createHarness();
    conversation.keystroke();
    await at(500);
    conversation.open('c1');
    await at(2000);
    expect(transport.log).toEqual(['0.0 ON']);
  });
});
