import { createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';
import { createMemoryStorage, createSlowStorage } from '../support/memoryStorage.ts';

type Page = ReturnType<typeof createHarness>;

/** Who waits for which message, and how that ended so far. */
function createWaits({ conversation }: Page) {
  const ended: string[] = [];
  const wait = (messageId: string): void =>
    void conversation.markAsRead(messageId).then(
      () => ended.push(messageId),
      (error: { code: string }) => ended.push(`${messageId}: ${error.code}`),
    );
  return { ended, wait };
}

describe('who waits for markAsRead() (R-4)', () => {
  it.each([
    ['accepted', 'accept', ['m1', 'm2']],
    ['refused', { code: 'bad-request', message: 'x', status: 400 }, ['m1: bad-request', 'm2: bad-request']],
  ] as const)('goes on when what they wait for is %s, not before', async (_, answer, all) => {
    const page = createHarness();
    const { transport, told, at } = page;
    const { ended, wait } = createWaits(page);
    transport.always('read', { afterMs: 2000, answer });
    told('m1', 'm2', 'm3');
    wait('m1');
    await at(100);
    wait('m2');
    await at(2500);
    expect(ended).toEqual(all.slice(0, 1));
    await at(9000);
    expect(ended).toEqual(all);
  });

  it('for an older message goes on with the newer one', async () => {
    const page = createHarness();
    const { ended, wait } = createWaits(page);
    page.told('m1', 'm2');
    page.conversation.offline();
    wait('m1');
    wait('m2');
    await page.at(1000);
    expect(ended).toEqual([]);
    page.conversation.online();
    await page.at(2000);
    expect(ended).toEqual(['m1', 'm2']);
    expect(page.transport.log).toEqual(['1.0 READ m2']);
  });

  it('is told as one when the token is rejected for good', async () => {
    const page = createHarness({ canRefresh: false });
    const { ended, wait } = createWaits(page);
    page.transport.answer('read', { code: 'unauthorized', message: 'x', tokenGeneration: 1 });
    page.told('m1', 'm2');
    wait('m1');
    wait('m2');
    await page.at(1000);
    expect(ended).toEqual(['m1: unauthorized', 'm2: unauthorized']);
  });

  it('goes on at once with what is acknowledged: that wakes no call that rests', async () => {
    const { conversation, transport, told, at, is } = createHarness();
    told('m1', 'm2');
    await conversation.markAsRead('m1');
    transport.always('read', { code: 'unavailable', message: 'x', status: 503 });
    conversation.viewed('m2');
    await at(20_000);
    expect(is({ receipts: 'parked' })).toBe(true);
    const calls = transport.calls.length;
    await conversation.markAsRead('m1');
    await at(20_500);
    expect(transport.calls).toHaveLength(calls);
  });

  it.each([0, -5])('goes on though its message stands at %i', async (position) => {
    const { conversation, transport } = createHarness();
    conversation.offline();
    conversation.messageReceived({ messageId: 'm0', participantId: 'agent', position: -9 });
    conversation.viewed('m0');
    conversation.online();
    conversation.messageReceived({ messageId: 'm1', participantId: 'agent', position });
    await conversation.markAsRead('m1');
    expect(transport.log).toEqual(['0.0 READ m1']);
  });

  it('for a message that nobody told of is told so at once, though a storage never answers', async () => {
    const never = { getItem: () => new Promise(() => {}), setItem: () => {}, removeItem: () => {} };
    const { conversation, clock } = createHarness({ storage: never });
    await expect(conversation.markAsRead('m1')).rejects.toMatchObject({ code: 'unknown-message' });
    conversation.stop();
    expect(clock.timers).toBe(0);
  });

  it('is not told otherwise when typing is shared no more', async () => {
    const page = createHarness();
    const { ended, wait } = createWaits(page);
    page.told('m1');
    page.conversation.offline();
    wait('m1');
    page.conversation.shareTyping(false);
    await page.at(1000);
    expect(ended).toEqual([]);
    page.conversation.online();
    await page.at(2000);
    expect(ended).toEqual(['m1']);
  });

  it('is told when reads are shared no more, but for what is under way (R-11)', async () => {
    const page = createHarness();
    const { conversation, transport, told, at } = page;
    const { ended, wait } = createWaits(page);
    transport.answer('read', { afterMs: 500, answer: 'accept' });
    told('m1');
    wait('m1');
    await at(100);
    conversation.open('c2');
    told('x1');
    wait('x1');
    await page.clock.settle();
    conversation.shareReads(false);
    await page.clock.settle();
    expect(ended).toEqual(['x1: not-shared']);
    await at(1000);
    expect(ended).toEqual(['x1: not-shared', 'm1']);
  });

  describe('is told not-shared, where a call was under way as reads went private and ends without a word', () => {
    it('as its answer says that the conversation is over', async () => {
      const page = createHarness();
      const { ended, wait } = createWaits(page);
      const answer = { code: 'conversation-ended', message: 'x', status: 409 } as const;
      page.transport.answer('read', { afterMs: 900, answer });
      page.told('m1');
      wait('m1');
      await page.at(300);
      page.conversation.shareReads(false);
      await page.at(899);
      expect(ended).toEqual([]);
      await page.at(900);
      expect(ended).toEqual(['m1: not-shared']);
    });

    it('as the page was frozen meanwhile', async () => {
      const page = createHarness();
      const { ended, wait } = createWaits(page);
      page.transport.answer('read', { afterMs: 900, answer: 'accept' });
      page.told('m1');
      wait('m1');
      await page.at(300);
      page.conversation.shareReads(false);
      page.conversation.freeze();
      await page.at(400);
      page.conversation.resume();
      await page.at(401);
      expect(ended).toEqual(['m1: not-shared']);
    });

    it('as it waits for a storage, and may not leave any more', async () => {
      const clock = createSteppedClock();
      const wait700 = () => new Promise<void>((resolve) => void clock.setTimeout(resolve, 700));
      const storage = createSlowStorage(createMemoryStorage(), wait700);
      const page = createHarness({ clock, storage });
      const { ended, wait } = createWaits(page);
      await page.at(5000);
      page.told('m1');
      await page.at(8000);
      wait('m1');
      await page.at(8300);
      page.conversation.shareReads(false);
      await page.at(20_000);
      expect(page.transport.log).toEqual([]);
      expect(ended).toEqual(['m1: not-shared']);
    });

    it('and not where they are shared again before it ends', async () => {
      const page = createHarness();
      const { ended, wait } = createWaits(page);
      page.transport.answer('read', { afterMs: 900, answer: { code: 'network', message: 'x' } });
      page.told('m1');
      wait('m1');
      await page.at(300);
      page.conversation.shareReads(false);
      await page.at(400);
      page.conversation.shareReads(true);
      await page.at(901);
      expect(ended).toEqual([]);
      await page.at(10_000);
      expect(ended).toEqual(['m1']);
    });
  });
});
