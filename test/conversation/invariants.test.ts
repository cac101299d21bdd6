import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';
import { createMemoryStorage } from '../support/memoryStorage.ts';
import { sample } from '../support/sample.ts';
import { type Harness, play, type Step, step } from '../support/scenario.ts';

const scenario = fc.array(step, { minLength: 1, maxLength: 40 });
const runs = { numRuns: sample(300, 3000), seed: Math.trunc(Math.random() * 2 ** 31) };
const fewer = { numRuns: sample(200, 2000) };

/** Random scripts fail in every way: what would be said of it on the console would bury the report. */
const quiet = { logger: () => {} };

const startWorld = () => createHarness({ storage: createMemoryStorage(), ...quiet });

/** Worlds that were played and stopped, by their steps: with one seed the properties look at the same ones. */
const played = new Map<string, Promise<Harness>>();

function world(steps: readonly Step[]): Promise<Harness> {
  const key = JSON.stringify(steps);
  const known = played.get(key);
  if (known) return known;
  const harness = startWorld();
  const playing = play(steps, harness).then(() => {
    harness.conversation.stop();
    return harness;
  });
  played.set(key, playing);
  return playing;
}

/** Checks what only looks at a world, after the scenario. */
const look = (property: (harness: Harness) => void) =>
  fc.assert(
    fc.asyncProperty(scenario, async (steps) => property(await world(steps))),
    runs,
  );

/** Checks what lets a world go on. */
const goOn = (property: (harness: Harness) => Promise<void>) =>
  fc.assert(
    fc.asyncProperty(scenario, async (steps) => {
      const harness = startWorld();
      await play(steps, harness);
      await property(harness);
      harness.conversation.stop();
    }),
    fewer,
  );

it('two typing calls are never closer than spacing, whatever happens (T-2)', () =>
  look(({ transport }) => {
    const calls = transport.calls.filter((call) => call.lane === 'typing');
    for (const [index, call] of calls.entries()) {
      const before = calls[index - 1];
      if (before && !call.keepalive) expect(call.at - before.at).toBeGreaterThanOrEqual(1000);
    }
  }));

it('nothing leaves while a rate limit lasts (L-1)', () =>
  look(({ transport, trace }) => {
    for (const { at, event } of trace.entries) {
      if (event.type !== 'rate.limited') continue;
      const early = transport.calls.filter(
        (call) => call.lane !== 'token' && call.at > at && call.at < at + event.msLeft,
      );
      expect(early).toEqual([]);
    }
  }));

it('acknowledged marks only rise, and nothing acknowledged is reported again (R-1)', () =>
  look(({ trace }) => {
    const marks = new Map<string, number>();
    for (const { conversationId, mark } of trace.of('read.acknowledged')) {
      expect(mark.position).toBeGreaterThan(marks.get(conversationId) ?? 0);
      marks.set(conversationId, mark.position);
    }
  }));

it('seen is never less than acknowledged, and what is stored never goes back, over reloads too (R-1, R-3)', () =>
  fc.assert(
    fc.asyncProperty(fc.array(scenario, { minLength: 1, maxLength: 3 }), async (pages) => {
      const storage = createMemoryStorage();
      for (const steps of pages) {
        const harness = createHarness({ storage, ...quiet });
        await play(steps, harness);
        for (const { seen, inFlight, acknowledged } of harness.conversation.actor.getSnapshot().context
          .receipts.ledgers) {
          for (const mark of [inFlight, acknowledged]) {
            if (mark) expect(seen?.position).toBeGreaterThanOrEqual(mark.position);
          }
        }
        harness.conversation.stop();
      }
      const newest = new Map<string, number>();
      for (const { conversationId, seen, acknowledged } of storage.writes.flatMap(
        (text) => JSON.parse(text).ledgers,
      )) {
        for (const [kind, mark] of Object.entries({ seen, acknowledged })) {
          const key = `${conversationId} ${kind}`;
          expect(mark?.position ?? 0).toBeGreaterThanOrEqual(newest.get(key) ?? 0);
          newest.set(key, mark?.position ?? 0);
        }
      }
    }),
    fewer,
  ));

it('a stop follows a start of the same conversation, and no start overtakes it (T-8)', () =>
  look(({ transport, trace }) => {
    const started = new Set<string>();
    for (const call of transport.calls) {
      if (call.lane !== 'typing') continue;
      if (call.isTyping) started.add(call.conversationId);
      else expect(started).toContain(call.conversationId);
    }
    const announced = trace.of('typing.announced').length;
    // One that was given up may have arrived.
    const givenUp = trace
      .of('typing.failed')
      .filter(({ isTyping, failure }) => isTyping && failure.code === 'timeout').length;
    expect(trace.of('typing.stopped').length).toBeLessThanOrEqual(announced + givenUp);
  }));

it('once the trouble is over, every mark of a conversation that still stands is delivered (R-3)', () =>
  goOn(async ({ conversation, clock, transport }) => {
    transport.forgetAnswers();
    conversation.online();
    conversation.reauthorize();
    conversation.open('c1');
    await clock.advance(120_000);
    const { receipts } = conversation.actor.getSnapshot().context;
    for (const { seen, acknowledged, refused, over } of receipts.ledgers) {
      if (over) continue;
      const settled = Math.max(acknowledged?.position ?? 0, refused ?? 0);
      expect(settled).toBe(seen?.position ?? 0);
    }
  }));

it('comes to rest when nothing happens any more: nothing lit, nothing in flight', () =>
  goOn(async ({ conversation, clock, transport }) => {
    transport.forgetAnswers();
    conversation.online();
    await clock.advance(400_000);
    const { value, context } = conversation.actor.getSnapshot();
    expect(['idle', 'disabled']).toContain(value.typing);
    expect(value.roster).toBe('quiet');
    expect(context.limit.inFlight).toBe(0);
    expect(clock.now() < context.typing.litUntil).toBe(false);
  }));

it('stays within a bounded number of transitions: no state spins', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (steps) => {
      const harness = createHarness(quiet);
      let transitions = 0;
      harness.conversation.actor.subscribe({ next: () => (transitions += 1), error: () => {} });
      await play(steps, harness);
      await harness.clock.advance(400_000);
      expect(transitions).toBeLessThan(1000 + steps.length * 60);
      harness.conversation.stop();
    }),
    fewer,
  );
});

it('after stop there is no timer, no call, and no promise left hanging (C-1)', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (steps) => {
      const harness = createHarness(quiet);
      await play(
        steps.filter((each) => each.do !== 'answer'),
        harness,
      );
      const reading = harness.conversation.markAsRead().catch((error: unknown) => error);
      harness.conversation.stop();
      expect(harness.clock.timers).toBe(0);
      const calls = harness.transport.calls.length;
      await play(steps, harness);
      await harness.clock.advance(60_000);
      expect(harness.transport.calls).toHaveLength(calls);
      await reading;
    }),
    fewer,
  );
});

it('the same seed, events and answers make the same trace, byte for byte (C-3)', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (steps) => {
      const [first, second] = [await world(steps), startWorld()];
      await play(steps, second);
      second.conversation.stop();
      expect(second.trace.toString()).toBe(first.trace.toString());
      expect(second.transport.log).toEqual(first.transport.log);
    }),
    runs,
  );
});
