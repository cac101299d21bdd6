import { describe, expect, it } from 'vitest';
import { createTabWorld } from '../support/tabs.ts';

type World = ReturnType<typeof createTabWorld>;
type Tab = ReturnType<World['open']>;

/** A person types in a tab: a key each 200 ms. */
async function type({ at, clock }: World, { conversation }: Tab, from: number, to: number): Promise<void> {
  for (let time = from; time <= to; time += 200) {
    await at(time);
    conversation.keystroke();
  }
  await clock.settle();
}

describe('what one of two tabs keeps to itself (T-14, R-11, T-17)', () => {
  it('is no typing of the other: keys there renew nothing, and keep no stop from leaving', async () => {
    const world = createTabWorld();
    const [shy, open] = [world.open(0), world.open(1)];
    shy.conversation.shareTyping(false);
    await type(world, open, 1000, 1200);
    await type(world, shy, 1400, 9000);
    await world.at(20_000);
    expect(world.log(shy, open)).toEqual(['1.0 b ON', '4.2 b OFF']);
    expect(world.clock.timers).toBe(0);
  });

  it('puts nothing out that the other shows, key by key', async () => {
    const world = createTabWorld();
    const [shy, open] = [world.open(0), world.open(1)];
    shy.conversation.shareTyping(false);
    for (let time = 1000; time < 9000; time += 100) {
      await world.at(time);
      ((time / 100) % 2 ? shy : open).conversation.keystroke();
    }
    await world.at(30_000);
    expect(world.log(shy, open).map((call) => call.replace(/ [ab]/, ''))).toEqual([
      '1.0 ON',
      '5.0 ON',
      '9.0 ON',
      '11.8 OFF',
    ]);
  });

  it('ends the episode of both where only there was typed, and not where the other is typed in', async () => {
    const alone = createTabWorld();
    const [shy, open] = [alone.open(0), alone.open(1)];
    await type(alone, shy, 1000, 2600);
    shy.conversation.shareTyping(false);
    await type(alone, shy, 2800, 6000);
    await alone.at(20_000);
    expect(alone.log(shy, open)).toEqual(['1.0 a ON', '2.6 a OFF']);

    const both = createTabWorld();
    const tabs = [both.open(0), both.open(1)] as const;
    await type(both, tabs[0], 1000, 1400);
    await type(both, tabs[1], 1600, 2600);
    tabs[0].conversation.shareTyping(false);
    await type(both, tabs[1], 2800, 3400);
    await both.at(20_000);
    expect(both.log(...tabs)).toEqual(['1.0 a ON', '5.0 b ON', '6.4 b OFF']);
  });

  it('leaves typing that is shared again to the next key, in the calls of one', async () => {
    const world = createTabWorld();
    const [shy, open] = [world.open(0), world.open(1)];
    shy.conversation.shareTyping(false);
    await type(world, open, 1000, 2000);
    await type(world, shy, 2200, 3000);
    shy.conversation.shareTyping(true);
    await world.at(3100);
    await type(world, shy, 3200, 6000);
    await world.at(20_000);
    expect(world.log(shy, open)).toEqual(['1.0 b ON', '5.0 a ON', '9.0 a OFF']);
  });

  it('reads in private tell nobody, and the other tab reports what it sees, once', async () => {
    const world = createTabWorld();
    const [shy, open] = [world.open(0), world.open(1)];
    shy.conversation.shareReads(false);
    for (const { conversation } of [shy, open]) {
      for (const messageId of ['m1', 'm2']) {
        conversation.messageReceived({ messageId, participantId: 'agent' });
      }
    }
    shy.conversation.viewed('m2');
    await world.at(5000);
    expect([shy.conversation.unread, open.conversation.unread]).toEqual([0, 2]);
    expect(world.log(shy, open)).toEqual([]);
    open.conversation.viewed('m1');
    await world.at(10_000);
    expect(world.log(shy, open)).toEqual(['5.2 b READ m1']);
    shy.conversation.shareReads(true);
    await world.at(20_000);
    expect(world.log(shy, open)).toEqual(['5.2 b READ m1', '10.0 a READ m2']);
    expect(open.conversation.unread).toBe(0);
  });
});
