import { createConversation, persistLedger } from 'genesys-conversation-machine';
import { createScriptedTransport, createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it } from 'vitest';
import { createMemoryStorage } from '../support/memoryStorage.ts';
import { createTabWorld } from '../support/tabs.ts';

const limited = { code: 'rate-limited', message: 'Too often.', status: 429, retryAfterMs: 4000 } as const;

describe('after a 429 in one tab (L-1, T-17)', () => {
  it('nothing leaves from another either, typed in or read in, be it older or opened meanwhile', async () => {
    const world = createTabWorld();
    const [one, other] = [world.open(0), world.open(1)];
    one.transport.answer('typing', limited);
    await world.at(1000);
    one.conversation.keystroke();
    await world.at(1500);
    world.kill(0);
    other.conversation.messageReceived({ messageId: 'm1', participantId: 'agent' });
    other.conversation.viewed('m1');
    const third = world.open(2);
    for (let time = 1600; time <= 6000; time += 200) {
      await world.at(time);
      for (const { conversation } of [other, third]) conversation.keystroke();
    }
    expect(one.transport.log).toEqual(['1.0 ON']);
    const later = [...other.transport.calls, ...third.transport.calls];
    expect(Math.min(...later.map(({ at }) => at))).toBeGreaterThanOrEqual(5000);
    expect(new Set(later.map(({ lane }) => lane))).toEqual(new Set(['read', 'typing']));
  });

  it('each is told once', async () => {
    const world = createTabWorld();
    const [one, other] = [world.open(0), world.open(1)];
    const told: string[] = [];
    for (const [name, { conversation }] of Object.entries({ one, other })) {
      conversation.on('rate.limited', ({ lane }) => told.push(`${name} ${lane}`));
    }
    one.transport.answer('typing', limited);
    await world.at(1000);
    one.conversation.keystroke();
    for (let time = 1200; time <= 4000; time += 200) {
      await world.at(time);
      other.conversation.keystroke();
    }
    expect(told).toEqual(['one typing', 'other both']);
    await world.at(30_000);
    expect(world.clock.timers).toBe(0);
  });

  it('and without one tabs that have nothing new to say are silent', async () => {
    for (const answers of [[], [limited]]) {
      const world = createTabWorld({ fate: () => [60] });
      const [one, other] = [world.open(0), world.open(1)];
      one.transport.answer('typing', ...answers);
      await world.at(1000);
      for (const { conversation } of [one, other]) conversation.keystroke();
      await world.at(20_000);
      const { posts } = world.world;
      await world.at(60_000);
      expect([world.world.posts - posts, world.clock.timers]).toEqual([0, 0]);
      expect(posts).toBeLessThan(40);
    }
  });

  it('nothing leaves from another handle on the same transport', async () => {
    const clock = createSteppedClock();
    const transport = createScriptedTransport({ clock });
    const [one, other] = ['c1', 'c2'].map((conversationId) =>
      createConversation({ transport, clock, conversationId, random: () => 0 }).start(),
    );
    transport.answer('typing', limited);
    one?.keystroke();
    for (let time = 200; time <= 6000; time += 200) {
      await clock.advance(200);
      other?.keystroke();
    }
    const [, second] = transport.calls;
    expect(second?.at).toBeGreaterThanOrEqual(4000);
  });
});

describe('a mark that was stored while the back end wanted silence (L-1, R-3)', () => {
  const mark = (conversation: ReturnType<typeof createConversation>): void => {
    conversation.messageReceived({ messageId: 'm1', participantId: 'agent' });
    conversation.viewed('m1');
  };

  it('waits for its end in the next handle on the transport too, whenever that was made', async () => {
    const clock = createSteppedClock();
    const transport = createScriptedTransport({ clock });
    const storage = persistLedger(createMemoryStorage());
    const make = () =>
      createConversation({ transport, clock, conversationId: 'c1', random: () => 0, storage });
    transport.answer('typing', limited);
    const one = make().start();
    mark(one);
    await clock.settle();
    const early = make();
    one.keystroke();
    await clock.settle();
    one.stop();
    for (const handle of [make(), early]) handle.start();
    await clock.advance(3900);
    expect(transport.log).toEqual(['0.0 ON']);
    await clock.advance(2000);
    expect(transport.log.slice(1)).toEqual([expect.stringMatching(/^4\.\d READ m1$/)]);
  });

  it('waits for it in the tab that is loaded again', async () => {
    const ledgers = persistLedger(createMemoryStorage());
    const world = createTabWorld({ conversation: { storage: ledgers } });
    const storage = createMemoryStorage();
    const before = world.open(0, 'c1', () => storage);
    before.transport.answer('typing', limited);
    await world.at(1000);
    before.conversation.keystroke();
    await world.at(1200);
    mark(before.conversation);
    await world.at(1300);
    world.kill(0);
    const after = world.open(1, 'c1', () => storage);
    await world.at(4900);
    expect(after.transport.log).toEqual([]);
    await world.at(9000);
    expect(after.transport.log).toEqual([expect.stringMatching(/^5\.\d READ m1$/)]);
  });
});

describe('a tab that is loaded again, with no other to ask (T-17)', () => {
  it('keeps the spacing since its own last call', async () => {
    const world = createTabWorld();
    const storage = createMemoryStorage();
    const before = world.open(0, 'c1', () => storage);
    await world.at(1000);
    before.conversation.keystroke();
    await world.at(1300);
    before.conversation.hide();
    world.kill(0);
    await world.at(1400);
    const after = world.open(1, 'c1', () => storage);
    after.conversation.keystroke();
    await world.at(2200);
    expect(world.log(before, after)).toEqual(['1.0 a ON', '1.3 a OFF']);
    await world.at(3000);
    expect(world.log(before, after).slice(2)).toEqual(['2.4 b ON']);
  });

  it('goes on with what it had lit, and stops it', async () => {
    const world = createTabWorld();
    const storage = createMemoryStorage();
    const before = world.open(0, 'c1', () => storage);
    await world.at(1000);
    before.conversation.keystroke();
    await world.at(1200);
    world.kill(0);
    before.conversation.stop();
    const after = world.open(1, 'c1', () => storage);
    for (let time = 1400; time <= 2000; time += 200) {
      await world.at(time);
      after.conversation.keystroke();
    }
    await world.at(20_000);
    expect([before, after].map(({ transport }) => transport.log)).toEqual([['1.0 ON'], ['5.0 OFF']]);
  });

  it('waits out a 429 that it got before', async () => {
    const world = createTabWorld();
    const storage = createMemoryStorage();
    const before = world.open(0, 'c1', () => storage);
    before.transport.answer('typing', limited);
    await world.at(1000);
    before.conversation.keystroke();
    await world.at(1200);
    world.kill(0);
    const after = world.open(1, 'c1', () => storage);
    for (let time = 1400; time <= 6000; time += 200) {
      await world.at(time);
      after.conversation.keystroke();
    }
    expect(after.transport.calls[0]?.at).toBeGreaterThanOrEqual(5000);
    expect(after.transport.calls).not.toEqual([]);
  });

  it('does not report again what it reported, nor what another guest of this tab did', async () => {
    const world = createTabWorld();
    const storage = createMemoryStorage();
    const before = world.open(0, 'c1', () => storage);
    before.conversation.messageReceived({ messageId: 'm1', participantId: 'agent' });
    before.conversation.viewed('m1');
    await world.at(1000);
    world.kill(0);
    const after = world.open(1, 'c1', () => storage);
    after.conversation.messageReceived({ messageId: 'm1', participantId: 'agent' });
    after.conversation.viewed('m1');
    const stranger = createTabWorld({ participantId: 'you' });
    const theirs = stranger.open(1, 'c1', () => storage);
    theirs.conversation.keystroke();
    await world.at(9000);
    await stranger.at(100);
    expect(world.log(before, after)).toHaveLength(1);
    expect(theirs.transport.log).toEqual(['0.0 ON']);
  });

  it('loses no time to what is old, nobody’s or broken, or to a storage that throws', async () => {
    const fail = () => {
      throw new Error('no storage');
    };
    const old = createMemoryStorage();
    const earlier = createTabWorld();
    earlier.open(0, 'c1', () => old).conversation.keystroke();
    await earlier.at(100);
    const broken = { getItem: () => '{"sdk":', setItem: fail, removeItem: fail };
    for (const storage of [() => old, () => broken, fail, () => undefined]) {
      const world = createTabWorld();
      await world.at(60_000);
      const { conversation, transport } = world.open(1, 'c1', storage);
      conversation.keystroke();
      await world.at(60_001);
      expect(transport.log).toEqual(['60.0 ON']);
    }
  });
});
