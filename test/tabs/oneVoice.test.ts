import { createConversation } from 'genesys-conversation-machine';
import { shareAcrossTabs } from 'genesys-conversation-machine/tabs';
import { createScriptedTransport, createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
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

const socket = {
  participantId: null,
  capabilities: { stopTyping: false, readReceipts: false, spacing: 5350 },
} as const;

describe('two tabs of one guest (T-17)', () => {
  it('have nothing more to tell each other once nothing happens, however slow the way', async () => {
    const world = createTabWorld({ fate: (from, to) => [20 * (1 + from + 2 * to)] });
    const tabs = [world.open(0), world.open(1), world.open(2)];
    await world.at(1000);
    for (const { conversation } of tabs) conversation.keystroke();
    await world.at(20_000);
    const { posts } = world.world;
    await world.at(80_000);
    expect(world.world.posts).toBe(posts);
    for (const { conversation } of tabs) conversation.stop();
  });

  it('announce once, although their first keys fall into one moment', async () => {
    for (const options of [{}, socket]) {
      const world = createTabWorld({ ...options, fate: () => [40] });
      const tabs = [world.open(0), world.open(1), world.open(2)];
      await world.at(1000);
      for (const { conversation } of tabs) conversation.keystroke();
      await world.at(1500);
      expect(world.log(...tabs)).toHaveLength(1);
      expect(tabs.flatMap(({ transport }) => transport.calls.map(({ at }) => at))).toEqual([1080]);
    }
  });

  it('lose no time where they answer, and none where nobody else was heard of', async () => {
    const world = createTabWorld({ fate: () => [2] });
    const one = world.open(0);
    one.conversation.keystroke();
    expect(one.transport.calls.map(({ at }) => at)).toEqual([0]);
    const other = world.open(1);
    await world.at(7000);
    other.conversation.keystroke();
    await world.at(7004);
    expect(other.transport.calls.map(({ at }) => at)).toEqual([7004]);
  });

  it('share one indicator: who types on keeps it, and the other puts nothing out', async () => {
    const world = createTabWorld();
    const [one, other] = [world.open(0), world.open(1)];
    await type(world, one, 1000, 1800);
    await type(world, other, 2000, 8000);
    one.conversation.stopTyping();
    one.conversation.hide();
    await type(world, other, 8200, 8600);
    await world.at(30_000);
    expect(world.log(one, other)).toEqual(['1.0 a ON', '5.0 b ON', '9.0 b ON', '11.6 b OFF']);
    expect(world.clock.timers).toBe(0);
  });

  it('leave the indicator to the one that types, where the other keeps to itself what it types (T-14)', async () => {
    const world = createTabWorld();
    const [one, other] = [world.open(0), world.open(1)];
    await type(world, other, 1000, 1800);
    other.conversation.shareTyping(false);
    other.conversation.keystroke();
    one.conversation.keystroke();
    await world.at(30_000);
    expect(world.log(one, other)).toEqual(['1.0 b ON', '4.8 a OFF']);
    expect(world.clock.timers).toBe(0);
  });

  it('go on with each other, key by key, in the calls of one', async () => {
    for (const options of [{}, socket]) {
      const callsOf = async (count: 1 | 2) => {
        const world = createTabWorld({ ...options, fate: () => [0] });
        const tabs = Array.from({ length: count }, (_, tab) => world.open(tab));
        for (let time = 1000; time < 9000; time += 100) {
          await world.at(time);
          tabs[(time / 100) % count]?.conversation.keystroke();
        }
        await world.at(30_000);
        return tabs.flatMap(({ transport }) => transport.calls.map(({ at }) => at)).sort((a, b) => a - b);
      };
      const [single, both] = [await callsOf(1), await callsOf(2)];
      expect(both).toHaveLength(single.length);
      // A call of another tab counts a little later than it left.
      for (const [index, at] of both.entries()) expect(Math.abs(at - (single[index] ?? 0))).toBeLessThan(150);
    }
  });

  it('never stop what another types on, be the key a moment before the stop or after it', async () => {
    for (let early = -12; early <= 12; early += 1) {
      const world = createTabWorld({ fate: () => [5] });
      const [one, other] = [world.open(0), world.open(1)];
      await world.at(1000);
      one.conversation.keystroke();
      await world.at(4000 + early);
      other.conversation.keystroke();
      await type(world, other, 4200, 6000);
      const on = world.log(one, other);
      // Who came too late for the first one lights it again, as soon as the spacing lets it.
      expect([
        ['1.0 a ON', '5.0 b ON'],
        ['1.0 a ON', '4.0 a OFF', '5.1 b ON'],
      ]).toContainEqual(on);
    }
  });

  it('go on where two take an indicator over that is about to go out: who yields types on', async () => {
    const world = createTabWorld({ fate: () => [0] });
    const [yields, later, lights] = [world.open(0), world.open(1), world.open(2)];
    await world.at(200);
    lights.conversation.keystroke();
    await type(world, yields, 600, 1400);
    await type(world, lights, 1500, 2300);
    await type(world, yields, 2400, 3200);
    await world.at(3300);
    later.conversation.keystroke();
    await world.at(30_000);
    expect(world.log(yields, later, lights)).toEqual(['0.2 c ON', '5.1 b ON', '6.3 b OFF']);
    expect(world.clock.timers).toBe(0);
  });

  it('stop while the page goes without asking, and another that typed on lights it again', async () => {
    const world = createTabWorld({ fate: () => [50] });
    const [one, other] = [world.open(0), world.open(1)];
    await world.at(1000);
    one.conversation.keystroke();
    await world.at(3000);
    other.conversation.keystroke();
    one.conversation.hide();
    await type(world, other, 3200, 5000);
    expect(world.log(one, other)).toEqual(['1.1 a ON', '3.0 a OFF', '4.2 b ON']);
  });

  it('keep the spacing from one conversation to another', async () => {
    const world = createTabWorld();
    const [one, other] = [world.open(0, 'c1'), world.open(1, 'c2')];
    await world.at(1000);
    one.conversation.keystroke();
    await type(world, other, 1200, 2400);
    expect(world.log(one, other)).toEqual(['1.0 a ON', '2.1 b ON']);
  });

  it('share with a tab that comes later, and hold it to the window that is open', async () => {
    const world = createTabWorld();
    const one = world.open(0);
    one.conversation.keystroke();
    await world.at(300);
    one.conversation.messageSent();
    const other = world.open(1);
    await type(world, other, 400, 2000);
    expect(world.log(one, other)).toEqual(['0.0 a ON', '1.1 b ON']);
  });

  it('are strangers where they are other guests', async () => {
    const world = createTabWorld({ participantId: null });
    const [one, other] = [world.open(0, 'c1'), world.open(1, 'c2')];
    await world.at(1000);
    one.conversation.keystroke();
    other.conversation.keystroke();
    expect(world.log(one, other)).toEqual(['1.0 a ON', '1.0 b ON']);
    other.conversation.open('c1');
    await type(world, other, 1200, 3000);
    await type(world, one, 3200, 4000);
    expect(world.log(one, other)).toEqual(['1.0 a ON', '1.0 b ON', '2.1 b OFF']);
  });
});

describe('a tab that was killed (T-17)', () => {
  it('leaves its indicator to who types on', async () => {
    const world = createTabWorld();
    const [one, other] = [world.open(0), world.open(1)];
    await type(world, one, 1000, 2000);
    world.kill(0);
    one.conversation.actor.stop();
    await type(world, other, 2500, 3500);
    await world.at(30_000);
    expect(world.log(one, other)).toEqual(['1.0 a ON', '6.1 b ON', '7.2 b OFF']);
  });

  it('keeps another waiting for its answer twice, and then no more', async () => {
    const world = createTabWorld();
    const [one, other] = [world.open(0), world.open(1)];
    await world.at(1000);
    world.kill(0);
    for (const [key, call] of [
      [2000, 2150], // And its stop.
      [20_000, 20_000],
    ] as const) {
      await world.at(key);
      other.conversation.keystroke();
      await world.at(key + 200);
      expect(other.transport.calls.at(-1)?.at).toBe(call);
    }
    expect(one.transport.calls).toEqual([]);
  });

  it.each(['with a call under way', 'with the word'])('%s, is waited for a while only', async (how) => {
    const world = createTabWorld({ fate: (from) => (from === 0 && how === 'with the word' ? [1, 1] : [1]) });
    const [one, other] = [world.open(0), world.open(1)];
    await world.at(1000);
    one.transport.answer('typing', 'hang');
    one.conversation.keystroke();
    await world.at(how === 'with the word' ? 1001 : 1010);
    world.kill(0);
    one.conversation.actor.stop();
    await type(world, other, 1100, 4500);
    const [ours] = other.transport.calls;
    expect(ours?.at).toBeGreaterThanOrEqual(1300);
    expect(ours?.at).toBeLessThanOrEqual(3200);
  });
});

describe('tabs that cannot hear each other (T-17)', () => {
  const ways = {
    'the channel is absent': { shares: () => false },
    'it loses everything': { fate: () => [] },
    'it throws nothing but is late': { fate: () => [5000] },
  };
  it.each(Object.entries(ways))('speak each for itself: %s', async (_, options) => {
    const world = createTabWorld(options);
    const [one, other] = [world.open(0), world.open(1)];
    await type(world, one, 1000, 3000);
    await type(world, other, 3200, 5000);
    await world.at(30_000);
    for (const { transport } of [one, other]) {
      expect(transport.log[0]).toMatch(/ON$/);
      for (const [index, { at }] of transport.calls.entries()) {
        expect(at - (transport.calls[index - 1]?.at ?? -1000)).toBeGreaterThanOrEqual(1000);
      }
    }
  });

  it('are not silenced by what is said in another version, or is nonsense', async () => {
    const world = createTabWorld();
    const one = world.open(0);
    const other = world.open(1);
    const format = { sdk: 'genesys-conversation-machine/tabs', guest: 'me', from: 'old', seq: 1, at: 0 };
    const nonsense = [
      null,
      'text',
      7,
      [],
      {},
      { ...format, version: 2, claims: true, asks: true },
      { ...format, version: 0, call: { conversationId: 'c1', age: 0, isUnderWay: true } },
      { ...format, version: 1, guest: 'somebody else', claims: true },
      { ...format, version: 1, seq: 'x' },
      { ...format, version: 1, from: 3 },
      { ...format, version: 1, at: Number.NaN },
      { ...format, version: 1, call: 'c1', indicators: [null, 4, { conversationId: 'c1' }], reads: 'no' },
      { ...format, version: 1, seq: 2, reads: [{ conversationId: 'c1', messageId: 9 }], heard: [] },
      {
        ...format,
        version: 1,
        seq: 3,
        indicators: [{ conversationId: 'c1', turn: 1e99, left: 1e99, age: -1e99 }],
      },
    ];
    for (const [index, message] of nonsense.entries()) {
      await world.at(1000 + index * 20);
      world.say(message);
    }
    await type(world, one, 2000, 3000);
    await type(world, other, 3200, 4000);
    expect(world.log(one, other)).toEqual(['2.1 a ON']);
  });
});

describe('a wall clock that is set (T-17, I-2)', () => {
  it.each([3_600_000, -3_600_000, 86_400_000 * 365, -86_400_000 * 365])(
    'by %d ms mutes nobody',
    async (ms) => {
      const world = createTabWorld({ fate: () => [10] });
      const [one, other] = [world.open(0), world.open(1)];
      await world.at(1000);
      one.conversation.keystroke();
      await world.at(1025); // The news of the call is on its way.
      world.clock.shiftWall(ms);
      await world.at(1500);
      one.conversation.messageSent();
      await world.at(3000);
      other.conversation.keystroke();
      await world.at(3100);
      expect(other.transport.calls.map(({ at }) => at)).toEqual([3020]);
    },
  );

  it('after the news have come changes nothing', async () => {
    const world = createTabWorld();
    const [one, other] = [world.open(0), world.open(1)];
    await world.at(1000);
    one.conversation.keystroke();
    await world.at(1200);
    one.conversation.messageSent();
    world.clock.shiftWall(3_600_000);
    await type(world, other, 1300, 2500);
    expect(world.log(one, other)).toEqual(['1.0 a ON', '2.1 b ON']);
  });
});

describe('reading in two tabs (R-12)', () => {
  const told = (tabs: readonly Tab[], ...ids: readonly string[]): void => {
    for (const { conversation } of tabs) {
      for (const messageId of ids) conversation.messageReceived({ messageId, participantId: 'agent' });
    }
  };

  it('reports once what both have seen at once', async () => {
    const world = createTabWorld({ fate: () => [30] });
    const tabs = [world.open(0), world.open(1), world.open(2)];
    await world.at(100);
    told(tabs, 'm1', 'm2');
    for (const { conversation } of tabs) conversation.viewed('m2');
    await world.at(10_000);
    expect(world.log(...tabs)).toHaveLength(1);
    for (const { conversation } of tabs) {
      expect(conversation.unread).toBe(0);
      expect(conversation.actor.getSnapshot().value.receipts).toBe('upToDate');
    }
  });

  it('makes no call for an equal or lower mark, and one for a greater', async () => {
    const world = createTabWorld();
    const [one, other] = [world.open(0), world.open(1)];
    await world.at(100);
    told([one, other], 'm1', 'm2', 'm3', 'm4');
    one.conversation.viewed('m3');
    await world.at(2000);
    other.conversation.viewed('m2');
    other.conversation.viewed('m3');
    await expect(other.conversation.markAsRead('m3')).resolves.toBeUndefined();
    await world.at(4000);
    other.conversation.viewed('m4');
    await world.at(6000);
    expect(world.log(one, other)).toEqual(['0.3 a READ m3', '4.2 b READ m4']);
    expect(one.conversation.unread).toBe(0);
  });

  it('waits for the call of the other, and reports itself where that fails', async () => {
    const world = createTabWorld();
    const [one, other] = [world.open(0), world.open(1)];
    await world.at(100);
    told([one, other], 'm1', 'm2');
    const failure = { code: 'unavailable', message: 'x' } as const;
    one.transport.answer('read', { afterMs: 1000, answer: failure });
    one.conversation.viewed('m1');
    await world.at(400);
    other.conversation.viewed('m2');
    const reading = other.conversation.markAsRead();
    await world.at(10_000);
    await reading;
    expect(world.log(one, other)).toEqual(['0.3 a READ m1', '1.3 b READ m2']);
  });

  it('learns of a mark before its message, and in a tab that comes later', async () => {
    const world = createTabWorld();
    const one = world.open(0);
    told([one], 'm1');
    one.conversation.viewed('m1');
    await world.at(2000);
    const other = world.open(1);
    await world.at(3000);
    expect(other.conversation.unread).toBe(0);
    told([other], 'm1', 'm2');
    other.conversation.viewed('m1');
    await world.at(5000);
    expect(other.conversation.unread).toBe(1);
    expect(world.log(one, other)).toEqual(['0.2 a READ m1']);
  });

  it('is said once more by a tab that ends: the word about it may have been lost', async () => {
    const world = createTabWorld();
    const [one, other] = [world.open(0), world.open(1)];
    await world.at(100);
    told([one, other], 'm1');
    one.transport.answer('read', { afterMs: 100, answer: 'accept' });
    one.conversation.viewed('m1');
    await world.at(350);
    world.world.fate = () => [];
    await world.at(500);
    world.world.fate = () => [1];
    one.conversation.stop();
    await world.at(600);
    other.conversation.viewed('m1');
    await world.at(5000);
    expect(world.log(one, other).filter((line) => line.includes('READ'))).toEqual(['0.3 a READ m1']);
  });
});

describe('a tab that ends', () => {
  it.each([
    ['stopped', (_: World, { conversation }: Tab) => conversation.stop()],
    ['put away', ({ putAway }: World) => putAway(0)],
  ])('types no more (%s): another one clears its input and says so', async (_, ends) => {
    const world = createTabWorld();
    const [one, other] = [world.open(0), world.open(1)];
    await world.at(1000);
    other.conversation.keystroke();
    await world.at(1010);
    one.conversation.keystroke();
    ends(world, one);
    await world.at(1100);
    other.conversation.keystroke();
    await world.at(2500);
    other.conversation.clearInput();
    await world.at(4000);
    expect(world.log(one, other)).toEqual(['1.0 b ON', '2.6 b OFF']);
  });

  it('leaves no timer and no listener, and is no longer asked (C-1)', async () => {
    const world = createTabWorld();
    const [one, other] = [world.open(0), world.open(1)];
    await world.at(1000);
    one.conversation.keystroke();
    other.conversation.keystroke();
    one.conversation.stop();
    const { posts } = world.world;
    await world.at(30_000);
    other.conversation.keystroke();
    expect(other.transport.calls.at(-1)?.at).toBe(30_000);
    other.conversation.stop();
    expect(world.clock.timers).toBe(0);
    expect(world.world.posts).toBeGreaterThan(posts);
    const { posts: last } = world.world;
    await world.at(60_000);
    expect(world.world.posts).toBe(last);
  });

  it('put away, says so, and asks how things stand when it is taken out again', async () => {
    const world = createTabWorld();
    const [one, other] = [world.open(0), world.open(1)];
    await world.at(1000);
    const asleep = world.putAway(0);
    other.conversation.keystroke();
    expect(world.log(one, other)).toEqual([]);
    await world.at(1010);
    expect(other.transport.calls.map(({ at }) => at)).toEqual([1001]);
    await world.at(1300);
    other.conversation.messageSent();
    asleep.comesBack();
    await type(world, one, 1400, 2400);
    expect(world.log(one, other)).toEqual(['1.0 b ON', '2.1 a ON']);
  });
});

it('tabs say no token and no text to each other (S5)', async () => {
  const world = createTabWorld();
  const heard: unknown[] = [];
  const [one, other] = [world.open(0), world.open(1)];
  world.overhear((message) => heard.push(message));
  await world.at(100);
  for (const { conversation } of [one, other]) {
    conversation.messageReceived({ messageId: 'm1', participantId: 'agent' });
    conversation.keystroke();
    conversation.viewed('m1');
  }
  await world.at(10_000);
  const keys = new Set<string>();
  JSON.stringify(heard, (key, value) => {
    if (!/^\d+$|^$/.test(key) && !/-/.test(key)) keys.add(key);
    return value;
  });
  expect([...keys].sort()).toEqual(
    `age asks at call claims conversationId from guest heard indicators isHeld isTyping isUnderWay leaves left messageId
    reading reads sdk seq silence turn typed version`.split(/\s+/),
  );
});

describe('what cannot be right is refused by its name', () => {
  const refusal = (run: () => unknown): unknown => {
    try {
      run();
    } catch (thrown) {
      return thrown;
    }
    return 'nothing was thrown';
  };
  const share = shareAcrossTabs as (options: unknown) => ReturnType<typeof shareAcrossTabs>;

  it.each([
    ['options', () => share(null)],
    ['patience', () => share({ patience: 0 })],
    ['patience', () => share({ patience: '150' })],
    ['channel', () => share({ channel: {} })],
    ['random', () => share({ random: 4 })],
    ['storage', () => share({ storage: {} })],
    ['chanel', () => share({ chanel: () => {} })],
  ])('an option of shareAcrossTabs: %s', (option, run) => {
    expect(refusal(run)).toMatchObject({ code: 'invalid-option', option });
  });

  it('the option tabs of a conversation', () => {
    const clock = createSteppedClock();
    const transport = createScriptedTransport({ clock, participantId: 'me' });
    for (const tabs of [null, {}, shareAcrossTabs] as never[]) {
      expect(refusal(() => createConversation({ transport, clock, tabs }))).toMatchObject({
        code: 'invalid-option',
        option: 'tabs',
      });
    }
  });

  it('a channel that throws is told of once, and its tab speaks for itself', async () => {
    const told = vi.spyOn(console, 'error').mockImplementation(() => {});
    onTestFinished(() => told.mockRestore());
    const fail = () => {
      throw new Error('no channel');
    };
    for (const channel of [
      fail,
      () => ({}),
      () => ({ post: fail, listen: () => fail }),
      () => ({ post() {}, listen: fail }),
    ]) {
      told.mockClear();
      const clock = createSteppedClock();
      const transport = createScriptedTransport({ clock, participantId: 'me' });
      const conversation = createConversation({
        ...{ transport, clock, conversationId: 'c1' },
        tabs: share({ channel }),
      }).start();
      conversation.keystroke();
      await clock.advance(10_000);
      conversation.stop();
      expect(transport.log).toEqual(['0.0 ON', '3.0 OFF']);
      expect(told.mock.calls.length).toBeGreaterThanOrEqual(1);
      expect(told.mock.calls.length).toBeLessThanOrEqual(2);
    }
  });
});
