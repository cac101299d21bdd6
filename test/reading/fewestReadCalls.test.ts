import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';

/** Scenarios in which a naive client loses a mark, poisons one, or turns one back. */
describe('reading', () => {
  it('read(m3), then read(m1) in one window: the network gets m3, and both promises mean it (R-4)', async () => {
    const { conversation, transport, told, at } = createHarness();
    told('m1', 'm2', 'm3');
    const both = [conversation.markAsRead('m3'), conversation.markAsRead('m1')];
    await Promise.all(both);
    await at(20_000);
    expect(transport.log).toEqual(['0.0 READ m3']);
  });

  it('read(m1) rejected with 429: a second call waits, leaves and is accepted; none says "already fired"', async () => {
    const { conversation, transport, told, at } = createHarness();
    transport.answer('read', { code: 'rate-limited', message: 'x', status: 429, retryAfterMs: 3000 });
    told('m1');
    const first = conversation.markAsRead('m1');
    await at(1000);
    const second = conversation.markAsRead('m1');
    await at(2999);
    expect(transport.log).toEqual(['0.0 READ m1']);
    await at(20_000);
    await Promise.all([first, second]);
    expect(transport.calls).toHaveLength(2);
  });

  it('m2 told, m1 read 100 ms later: nothing is lost on the way, every promise settles', async () => {
    const { conversation, transport, told, at } = createHarness();
    told('m1', 'm2');
    conversation.viewed('m2');
    await at(100);
    const reading = conversation.markAsRead('m1');
    await at(20_000);
    await reading;
    expect(transport.log).toEqual(['0.1 READ m2']);
  });

  it('a mark leaves by itself within the collect time; waiting ten seconds changes nothing', async () => {
    const { conversation, transport, told, at } = createHarness();
    told('m1');
    conversation.viewed('m1');
    await at(10_000);
    expect(transport.log).toEqual(['0.2 READ m1']);
  });

  it('one conversation, then another in the same second: both are reported', async () => {
    const { conversation, transport, told, trace, at } = createHarness({ conversationId: 'A' });
    told('a1');
    conversation.viewed('a1');
    conversation.open('B');
    told('b1');
    conversation.viewed('b1');
    await at(10_000);
    expect(
      trace
        .of('read.acknowledged')
        .map(({ conversationId }) => conversationId)
        .sort(),
    ).toEqual(['A', 'B']);
    expect(transport.calls).toHaveLength(2);
  });

  it('a wall clock set back an hour in the middle delays no read', async () => {
    const { conversation, transport, clock, told, at } = createHarness();
    for (let n = 0; n < 60; n += 1) {
      await at(n * 10_000);
      if (n === 30) clock.shiftWall(-3_600_000);
      told(`m${n}`);
      conversation.viewed(`m${n}`);
    }
    await at(700_000);
    expect(transport.calls).toHaveLength(60);
  });
});
