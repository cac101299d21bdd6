import fc from 'fast-check';
import { createConversation } from 'genesys-conversation-machine';
import { createScriptedTransport, createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it } from 'vitest';
import { createHarness, type HarnessOptions } from '../support/harness.ts';
import { sample } from '../support/sample.ts';
import { play, step } from '../support/scenario.ts';

/** A harness that counts what a key costs: readings of its clock, and snapshots of the chart. */
function createCounted(options: HarnessOptions = {}) {
  const stepped = createSteppedClock();
  let readings = 0;
  const read = (clock: () => number) => (): number => {
    readings += 1;
    return clock();
  };
  const clock = { ...stepped, now: read(stepped.now), wallNow: read(stepped.wallNow) };
  const { conversationId = 'c1', capabilities } = options;
  const transport = createScriptedTransport({ clock: stepped, ...(capabilities && { capabilities }) });
  const conversation = createConversation({
    transport,
    clock,
    random: () => 0.25,
    logger: () => {},
    ...(conversationId !== null && { conversationId }),
  }).start();
  let snapshots = 0;
  conversation.actor.subscribe({ next: () => (snapshots += 1), error: () => {} });
  return {
    clock: stepped,
    transport,
    conversation,
    /** What `keys` cost. */
    async costOf(keys: () => Promise<void>) {
      await stepped.settle();
      [readings, snapshots] = [0, 0];
      await keys();
      return { readings, snapshots };
    },
  };
}

type Counted = ReturnType<typeof createCounted>;

const standings: Readonly<
  Record<string, readonly [enter: (world: Counted) => void, options?: HarnessOptions]>
> = {
  'while the indicator is lit': [() => {}],
  'while offline': [({ conversation }) => conversation.offline()],
  'after the end': [({ conversation }) => conversation.end()],
  'with nothing open': [() => {}, { conversationId: null }],
  'while typing is not shared': [({ conversation }) => conversation.shareTyping(false)],
};

describe.each(Object.entries(standings))('a key that follows another %s', (_, [enter, options]) => {
  const begin = async () => {
    const world = createCounted(options);
    enter(world);
    world.conversation.keystroke(world.clock.now());
    await world.clock.advance(100);
    return world;
  };

  it('makes no transition and reads one clock', async () => {
    const { conversation, clock, costOf } = await begin();
    const { readings, snapshots } = await costOf(async () => {
      for (let key = 0; key < 20; key += 1) {
        conversation.keystroke();
        await clock.advance(100);
      }
    });
    expect(snapshots).toBe(0);
    expect(readings).toBe(20);
  });

  it('reads none where it brings its time', async () => {
    const { conversation, clock, costOf } = await begin();
    const { readings, snapshots } = await costOf(async () => {
      for (let key = 0; key < 20; key += 1) {
        conversation.keystroke(clock.now());
        await clock.advance(100);
      }
    });
    expect([readings, snapshots]).toEqual([0, 0]);
  });
});

it('a key while nothing can be told is announced once it can be', async () => {
  const { conversation, clock, transport } = createHarness();
  conversation.offline();
  for (let key = 0; key < 50; key += 1) {
    conversation.keystroke();
    await clock.advance(200);
  }
  conversation.online();
  await clock.settle();
  expect(transport.log).toEqual(['10.0 ON']);
});

it('says again that keys go nowhere where somebody begins again, not at each key', async () => {
  const { conversation, clock, trace } = createHarness({ conversationId: null, logger: () => {} });
  for (const pause of [200, 200, 4000, 200, 200]) {
    conversation.keystroke();
    await clock.advance(pause);
  }
  expect(trace.of('typing.dropped')).toHaveLength(2);
});

describe('the time stamp of a key', () => {
  /** When the stop leaves after an episode whose last key, at 1000 ms, was stamped so. */
  async function stopAfter(stamp: (now: number) => number | undefined, firstStamp = stamp) {
    const { conversation, clock, transport } = createHarness();
    await clock.advance(500);
    conversation.keystroke(firstStamp(clock.now()));
    await clock.advance(500);
    conversation.keystroke(stamp(clock.now()));
    await clock.advance(20_000);
    conversation.stop();
    return transport.log;
  }

  it('says when it came, where it is told late', async () => {
    expect(await stopAfter((now) => now - 300)).toEqual(['0.5 ON', '3.7 OFF']);
  });

  it.each<[string, (now: number) => unknown]>([
    ['absent', () => undefined],
    ['no number', () => new Event('input')],
    ['not finite', () => Number.NaN],
    ['of long ago', () => -86_400_000],
    ['of a clock that counts since 1970', () => 1.7e12],
    ['of more than a second ago', (now) => now - 1001],
    ['endless', () => Number.POSITIVE_INFINITY],
  ])('counts as now where it is %s', async (_, stamp) => {
    expect(await stopAfter(stamp as () => number)).toEqual(['0.5 ON', '4.0 OFF']);
    expect(await stopAfter(stamp as () => number, (now) => now)).toEqual(['0.5 ON', '4.0 OFF']);
  });

  it('of a clock that is ahead is believed once at most, and never keeps the indicator lit', async () => {
    const { conversation, clock, transport } = createHarness();
    conversation.keystroke(clock.now());
    await clock.advance(100);
    for (let key = 0; key < 5; key += 1) conversation.keystroke(clock.now() + 4000);
    await clock.advance(20_000);
    expect(transport.log).toEqual(['0.0 ON', '4.0 ON', '6.0 OFF']);
    conversation.keystroke(clock.now() + 4000);
    await clock.advance(100);
    conversation.keystroke(clock.now() + 4000);
    await clock.advance(10_000);
    expect(transport.log.slice(3)).toEqual(['20.1 ON', '23.2 OFF']);
  });

  it('does not hide that the machine slept since', async () => {
    const { conversation, clock, transport } = createHarness();
    conversation.keystroke(clock.now());
    await clock.advance(100);
    conversation.keystroke(clock.now()); // Without a sleep this one would last until 3.1.
    clock.shiftWall(3_600_000);
    await clock.advance(4000);
    expect(transport.log).toEqual(['0.0 ON', '3.0 OFF']);
  });
});

it('is not young for ever where the wall clock was set ahead before it, and back since (T-7)', async () => {
  const { conversation, clock, transport } = createHarness();
  conversation.keystroke();
  await clock.advance(100);
  clock.shiftWall(40_000);
  conversation.keystroke();
  clock.shiftWall(-3_600_000);
  await clock.advance(20_000);
  expect(transport.log).toEqual(['0.0 ON', '3.0 OFF']);
});

it('means the same as the event of the actor, whatever happens, only faster', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
      const played = await Promise.all(
        [
          (harness: Harness) => harness.conversation.keystroke,
          (harness: Harness) => () => harness.conversation.actor.send({ type: 'keystroke' as const }),
          (harness: Harness) => () => harness.conversation.keystroke(harness.clock.now()),
        ].map(async (keystrokeOf) => {
          const harness = createHarness({ logger: () => {} });
          const conversation = { ...harness.conversation, keystroke: keystrokeOf(harness) };
          await play(steps, { ...harness, conversation });
          await harness.clock.advance(120_000);
          harness.conversation.stop();
          return [harness.trace.toString(), ...harness.transport.log].join('\n');
        }),
      );
      expect(played[1]).toBe(played[0]);
      expect(played[2]).toBe(played[0]);
    }),
    { numRuns: sample(50, 3000) },
  );
});

type Harness = ReturnType<typeof createHarness>;
