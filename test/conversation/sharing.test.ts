import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';
import { createMemoryStorage } from '../support/memoryStorage.ts';

describe('typing that is not shared (T-14)', () => {
  it('ends the episode with its stop, and says so once', async () => {
    const { conversation, transport, trace, type, at, is } = createHarness();
    await type(0, 2000);
    conversation.shareTyping(false);
    conversation.shareTyping(false);
    expect(transport.log).toEqual(['0.0 ON', '2.0 OFF']);
    await at(60_000);
    expect(is({ typing: 'off' })).toBe(true);
    expect(trace.of('sharing.changed')).toEqual([
      { type: 'sharing.changed', lane: 'typing', isShared: false },
    ]);
    expect(trace.of('typing.stopped')).toMatchObject([{ called: true }]);
  });

  it('says nothing while it is off, whatever is typed, and starts afresh with the first key after', async () => {
    const { conversation, transport, trace, clock, type, at } = createHarness({ shareTyping: false });
    await type(0, 10_000);
    expect(transport.log).toEqual([]);
    expect(trace.entries).toEqual([]);
    expect(clock.timers).toBe(0);
    conversation.shareTyping(true);
    await at(11_000);
    expect(transport.log).toEqual([]);
    await type(11_000, 11_000);
    await at(30_000);
    expect(transport.log).toEqual(['11.0 ON', '14.0 OFF']);
  });

  it('leaves no indicator behind that is under way, or waits for its stop', async () => {
    const slow = createHarness();
    slow.transport.answer('typing', { afterMs: 800, answer: 'accept' });
    await slow.type(0, 200);
    slow.conversation.shareTyping(false);
    await slow.type(400, 3000);
    expect(slow.transport.log).toEqual(['0.0 ON', '1.0 OFF']);

    const waiting = createHarness();
    await waiting.type(0, 200);
    waiting.conversation.stopTyping();
    waiting.conversation.shareTyping(false);
    await waiting.type(300, 3000);
    expect(waiting.transport.log).toEqual(['0.0 ON', '1.0 OFF']);
  });

  it('drops what waits, in every wait, and keeps the wait', async () => {
    const { conversation, transport, type, at, is } = createHarness();
    transport.answer('typing', { code: 'rate-limited', message: 'x', retryAfterMs: 5000 });
    await type(0, 1000);
    expect(is({ typing: { rateLimited: 'held' } })).toBe(true);
    conversation.shareTyping(false);
    await type(1200, 3000);
    conversation.shareTyping(true);
    await type(3200, 3200);
    expect(transport.log).toEqual(['0.0 ON']);
    await at(4900);
    conversation.keystroke();
    await at(6000);
    expect(transport.log).toEqual(['0.0 ON', '5.3 ON']);
  });

  it('over a back end without a stop falls silent, and says so', async () => {
    const { conversation, transport, trace, type, at } = createHarness({
      capabilities: { stopTyping: false, spacing: 5350 },
    });
    await type(0, 2000);
    conversation.shareTyping(false);
    await type(2200, 20_000);
    await at(40_000);
    expect(transport.log).toEqual(['0.0 ON']);
    expect(trace.of('typing.stopped')).toMatchObject([{ called: false }]);
  });

  it('keeps the work of a bot to itself as well (T-16)', async () => {
    const { conversation, transport, clock, at } = createHarness();
    const pause = (ms: number) => new Promise<void>((resolve) => clock.setTimeout(resolve, ms));
    void conversation.typeWhile(pause(9000));
    await at(2000);
    conversation.shareTyping(false);
    await at(10_000);
    void conversation.typeWhile(pause(9000));
    await at(30_000);
    expect(transport.log).toEqual(['0.0 ON', '2.0 OFF']);
  });

  it('holds over another conversation, a fresh token and a page that comes back', async () => {
    const { conversation, transport, type } = createHarness();
    conversation.shareTyping(false);
    conversation.open('c2');
    conversation.reauthorize();
    conversation.hide();
    conversation.show();
    await type(0, 3000);
    expect(transport.log).toEqual([]);
  });
});

describe('reads that are not shared (R-11)', () => {
  it('are kept here: the count falls, nothing leaves, and on again the newest leaves, once', async () => {
    const { conversation, transport, trace, told, at, is } = createHarness();
    told('m1', 'm2', 'm3');
    conversation.viewed('m1');
    await at(2000);
    conversation.shareReads(false);
    conversation.shareReads(false);
    conversation.viewed('m2');
    conversation.viewed('m3');
    conversation.hide();
    conversation.flush();
    conversation.show();
    await at(100_000);
    expect(conversation.unread).toBe(0);
    expect(is({ receipts: 'off' })).toBe(true);
    expect(transport.log).toEqual(['0.2 READ m1']);
    conversation.shareReads(true);
    await at(200_000);
    expect(transport.log).toEqual(['0.2 READ m1', '100.0 READ m3']);
    expect(trace.of('sharing.changed').map(({ lane, isShared }) => [lane, isShared])).toEqual([
      ['read', false],
      ['read', true],
    ]);
  });

  it('let a call that is under way have its answer', async () => {
    const { conversation, transport, trace, told, at } = createHarness();
    transport.answer('read', { afterMs: 1000, answer: 'accept' });
    told('m1', 'm2');
    const first = conversation.markAsRead('m1');
    const second = conversation.markAsRead('m2').catch((error: unknown) => error);
    conversation.shareReads(false);
    expect(await second).toMatchObject({ code: 'not-shared' });
    await at(1000);
    await first;
    await at(60_000);
    expect(transport.log).toEqual(['0.0 READ m1']);
    expect(trace.of('read.acknowledged')).toMatchObject([{ mark: { messageId: 'm1' } }]);
  });

  it('leave nobody waiting whose call failed meanwhile, and try it no more', async () => {
    const { conversation, transport, told, at, is } = createHarness();
    transport.answer('read', { afterMs: 1000, answer: { code: 'network', message: 'x' } });
    told('m1');
    const reading = conversation.markAsRead('m1').catch((error: unknown) => error);
    conversation.shareReads(false);
    await at(1000);
    expect(await reading).toMatchObject({ code: 'not-shared' });
    await at(60_000);
    expect(is({ receipts: 'off' })).toBe(true);
    expect(transport.log).toEqual(['0.0 READ m1']);
    conversation.shareReads(true);
    await at(61_000);
    expect(transport.log).toEqual(['0.0 READ m1', '60.0 READ m1']);
  });

  it('let markAsRead() say that the mark is kept, and what is acknowledged stays so', async () => {
    const { conversation, transport, told, at } = createHarness({ shareReads: false });
    told('m1');
    await expect(conversation.markAsRead()).rejects.toMatchObject({ code: 'not-shared' });
    expect(conversation.unread).toBe(0);
    conversation.shareReads(true);
    await at(1000);
    expect(transport.log).toEqual(['0.0 READ m1']);
    conversation.shareReads(false);
    await conversation.markAsRead('m1');
  });

  it('outlive a reload in the storage, and are told by the first run that shares', async () => {
    const storage = createMemoryStorage();
    const first = createHarness({ storage, shareReads: false });
    first.told('m1');
    first.conversation.viewed('m1');
    await first.at(5000);
    first.conversation.stop();
    const second = createHarness({ storage });
    await second.at(5000);
    expect(first.transport.log).toEqual([]);
    expect(second.transport.log).toEqual(['0.0 READ m1']);
  });

  it('are lost by no end of their conversation: read stays read, and nothing of it leaves later (L-4)', async () => {
    const { conversation, transport, trace, told, at } = createHarness({ shareReads: false });
    told('m1');
    conversation.viewed('m1');
    conversation.end();
    await at(1000);
    conversation.shareReads(true);
    conversation.flush();
    await at(60_000);
    expect(conversation.unread).toBe(0);
    expect(trace.of('read.failed')).toEqual([]);
    expect(transport.log).toEqual([]);
    conversation.reopen();
    await at(61_000);
    expect(transport.log).toEqual(['60.0 READ m1']);
  });

  it('say which mark is kept where the last try of a burst fails meanwhile', async () => {
    const { conversation, transport, trace, told, at } = createHarness();
    transport.always('read', { code: 'network', message: 'x' });
    told('m1');
    conversation.viewed('m1');
    await at(2500);
    transport.always('read', { afterMs: 2000, answer: { code: 'network', message: 'x' } });
    await at(5000);
    conversation.shareReads(false);
    await at(200_000);
    for (const parked of trace.of('read.parked')) expect(parked.conversationId).toBe('c1');
    const calls = transport.calls.length;
    await at(300_000);
    expect(transport.calls).toHaveLength(calls);
  });
});

it.each(['shareTyping', 'shareReads'] as const)('%s takes true or false, at both doors', (name) => {
  for (const wrong of [0, 1, '', 'false', null, {}, []]) {
    expect(() => createHarness({ [name]: wrong as never })).toThrow(
      expect.objectContaining({ code: 'invalid-option', option: name }),
    );
    expect(() => createHarness().conversation[name](wrong as never)).toThrow(
      expect.objectContaining({ code: 'invalid-option', option: 'isShared' }),
    );
  }
});
