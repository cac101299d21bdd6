import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sample } from '../support/sample.ts';
import { createTabWorld, type TabWorldOptions } from '../support/tabs.ts';

const verbs = [
  'key',
  'key',
  'burst',
  'burst',
  'clear',
  'blur',
  'stop',
  'sent',
  'hide',
  'seen',
  'bothSee',
] as const;
type Step = { readonly tab: number; readonly verb: (typeof verbs)[number]; readonly wait: number };

const steps = fc.array(
  fc.record({
    tab: fc.nat(2),
    verb: fc.constantFrom(...verbs),
    wait: fc.constantFrom(0, 0, 1, 7, 40, 150, 400, 1000, 3000),
  }),
  { minLength: 3, maxLength: 25 },
);
const tabCount = fc.integer({ min: 2, max: 3 });
/** How long messages take one after another, ms: there and back within the patience of a tab. */
const delays = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 3, maxLength: 9 });
const longest = 60;

/** Delays, reorders and doubles. */
const unreliable = (each: readonly number[]): NonNullable<TabWorldOptions['fate']> => {
  let count = 0;
  return () => {
    count += 1;
    const ms = each[count % each.length] ?? 1;
    return count % 7 === 0 ? [ms, each[(count * 3) % each.length] ?? 1] : [ms];
  };
};

/** Plays steps in tabs, and says what left and when which tab was last known to type. */
async function play(count: number, script: readonly Step[], options: TabWorldOptions) {
  const world = createTabWorld(options);
  const tabs = Array.from({ length: count }, (_, tab) => world.open(tab));
  const typing = tabs.map(() => [] as { readonly from: number; readonly to: number }[]);
  const lastKeys = tabs.map(() => Number.NEGATIVE_INFINITY);
  let messages = 0;
  const key = (tab: number): void => {
    tabs[tab]?.conversation.keystroke();
    lastKeys[tab] = world.clock.now();
  };
  /** Somebody typed here until now, and no longer. */
  const ends = (tab: number): void => {
    const from = lastKeys[tab] ?? 0;
    typing[tab]?.push({ from, to: Math.min(world.clock.now(), from + 3000) });
    lastKeys[tab] = Number.NEGATIVE_INFINITY;
  };
  await world.clock.advance(200);
  for (const { tab: any, verb, wait } of script) {
    const tab = any % count;
    const conversation = tabs[tab]?.conversation;
    if (verb === 'burst') {
      for (let press = 0; press < 10; press += 1) {
        if (press > 0) ends(tab);
        key(tab);
        await world.clock.advance(90);
      }
    } else if (verb === 'key') {
      ends(tab);
      key(tab);
    } else if (verb === 'seen' || verb === 'bothSee') {
      messages += 1;
      const messageId = `m${messages}`;
      for (const each of tabs) each.conversation.messageReceived({ messageId, participantId: 'agent' });
      for (const each of verb === 'seen' ? tabs.slice(tab, tab + 1) : tabs)
        each.conversation.viewed(messageId);
    } else {
      ends(tab);
      if (verb === 'clear') conversation?.clearInput();
      if (verb === 'blur') conversation?.blurInput();
      if (verb === 'stop') conversation?.stopTyping();
      if (verb === 'hide') {
        conversation?.hide();
        conversation?.show();
      }
      if (verb === 'sent') {
        conversation?.messageSent();
        for (const each of tabs) each.conversation.messageAccepted();
      }
    }
    await world.clock.advance(wait);
  }
  for (const tab of tabs.keys()) ends(tab);
  await world.clock.advance(60_000);
  const calls = tabs
    .flatMap(({ transport }, tab) => transport.calls.map((call) => ({ ...call, tab })))
    .sort((one, other) => one.at - other.at);
  return { world, tabs, calls, typing, messages, log: world.log(...tabs).join('\n') };
}

const backEnds = [
  ['with a stop', {}, 1000],
  [
    'without one',
    { participantId: null, capabilities: { stopTyping: false, readReceipts: false, spacing: 5350 } },
    5350,
  ],
] as const;

it.each(backEnds)(
  'tabs that hear each other in time are one voice, whatever happens, over a back end %s (T-17, R-12)',
  async (_, options, spacing) => {
    await fc.assert(
      fc.asyncProperty(tabCount, steps, delays, async (count, script, ways) => {
        const played = await play(count, script, { ...options, fate: unreliable(ways) });
        const { calls, log, typing, messages, world } = played;

        const typed = calls.filter((call) => call.lane === 'typing');
        for (const [index, call] of typed.entries()) {
          const before = typed[index - 1];
          if (!before || call.keepalive) continue;
          // Of the stop of a page that goes nobody can know before the news of it have come.
          if (before.keepalive && call.at - before.at <= 2 * longest) continue;
          expect(call.at - before.at, log).toBeGreaterThanOrEqual(spacing);
        }
        for (const stop of typed.filter(({ isTyping }) => !isTyping)) {
          const news = longest + (stop.keepalive ? longest : 0);
          const own = (typing[stop.tab] ?? []).map(({ from }) => from).filter((from) => from < stop.at);
          const others = typing.filter((_each, tab) => tab !== stop.tab).flat();
          const typists = others.filter(
            ({ from, to }) => from > Math.max(...own) && from < stop.at - news && stop.at < to,
          );
          expect(typists, `${log}\n${stop.at}`).toEqual([]);
        }
        const reads = calls.flatMap((call) =>
          call.lane === 'read' && !call.keepalive ? [call.messageId] : [],
        );
        const marks = reads.map((id) => Number(id?.slice(1)));
        expect(marks, log).toEqual([...new Set(marks)].sort((one, other) => one - other));
        if (spacing === 1000 && messages > 0) {
          for (const { conversation } of played.tabs)
            expect(conversation.actor.getSnapshot().value.receipts).toBe('upToDate');
        }
        expect(world.clock.timers).toBe(0);
      }),
      { numRuns: sample(60, 1500) },
    );
  },
);

it('tabs that hear little or nothing of each other each go on by themselves, whatever happens (T-17, R-12)', async () => {
  await fc.assert(
    fc.asyncProperty(
      tabCount,
      steps,
      delays,
      fc.integer({ min: 1, max: 3 }),
      async (count, script, ways, one) => {
        let said = 0;
        const fate = unreliable(ways);
        const loses: NonNullable<TabWorldOptions['fate']> = (from, to) => {
          said += 1;
          return said % 3 < one ? [] : fate(from, to).map((ms) => ms * 20);
        };
        const { tabs, world, messages, log } = await play(count, script, { fate: loses });
        let newest = 0;
        for (const { transport, conversation } of tabs) {
          const typed = transport.calls.filter((call) => call.lane === 'typing');
          for (const [index, call] of typed.entries()) {
            const before = typed[index - 1];
            if (before && !call.keepalive) expect(call.at - before.at, log).toBeGreaterThanOrEqual(1000);
          }
          for (const call of transport.calls) {
            if (call.lane === 'read') newest = Math.max(newest, Number(call.messageId?.slice(1)));
          }
          expect(conversation.actor.getSnapshot().value.receipts, log).toBe('upToDate');
        }
        expect(newest, log).toBe(messages);
        expect(world.clock.timers).toBe(0);
      },
    ),
    { numRuns: sample(40, 800) },
  );
});
