import fc from 'fast-check';
import { persistLedger } from 'genesys-conversation-machine';
import { createMemoryStorage } from '../support/memoryStorage.ts';
import { createTabWorld, type TabWorldOptions } from '../support/tabs.ts';
import { createSaid, type Facts, someFacts } from './said.ts';
import { createSettlements, type Settling, settlings } from './settlements.ts';
import { faultsIn, type Kind, longest, spacings, type Tab } from './tabFaults.ts';
import { endsOf, type TabParts, tabMessages, tabTyping } from './tabVerbs.ts';
import { createWorks } from './works.ts';
import { type Played, pick, type World } from './world.ts';

const plain = [
  ...['key', 'key', 'burst', 'burst', 'clear', 'blur', 'stop', 'sent', 'hide', 'seen', 'bothSee'],
  ...['keepTyping', 'shareTyping', 'keepReads', 'shareReads'],
];
const verbs = [
  ...[
    ...plain,
    ...plain,
    'told',
    'toldOne',
    'toldLate',
    'toldAgain',
    'catchUp',
    'viewOld',
    'viewOld',
    'readAll',
  ],
  ...['unread', 'untold', 'removed', 'sentId', 'besides', 'reload', 'away', 'works', 'workEnds', 'workFails'],
];
interface TabStep {
  readonly tab: number;
  readonly verb: string;
  readonly wait: number;
  readonly how?: number;
}
interface Script {
  readonly kind: Kind;
  readonly count: number;
  readonly steps: readonly TabStep[];
  readonly delays: readonly number[];
  /** Of three messages between hard-of-hearing tabs so many are lost. */
  readonly lost: number;
  readonly settling: Settling;
  /** What is told of each message's place; default: nothing. */
  readonly facts?: Facts;
  /** Whether all tabs keep their marks in one storage. */
  readonly isStored?: boolean;
}

/** So many tabs may have been open, those that were loaded again included. */
const mostTabs = 7;

/** Tabs of one guest: one voice where they hear each other in time, each for itself where not (T-17, R-12). */
export const tabsWorld: World<Script> = {
  name: 'tabs',
  scripts: fc.record({
    kind: fc.constantFrom<Kind>('with a stop', 'without a stop', 'hard of hearing'),
    count: fc.integer({ min: 2, max: 3 }),
    steps: fc.array(
      fc.record({
        tab: fc.nat(2),
        verb: fc.constantFrom(...verbs),
        wait: fc.constantFrom(0, 0, 1, 7, 40, 150, 400, 1000, 3000),
        how: fc.nat(99),
      }),
      { minLength: 3, maxLength: 25 },
    ),
    delays: fc.array(fc.integer({ min: 0, max: longest }), { minLength: 3, maxLength: 9 }),
    lost: fc.integer({ min: 1, max: 3 }),
    settling: settlings(longest / 2),
    facts: fc.constantFrom(...someFacts),
    isStored: fc.boolean(),
  }),
  play,
};

/** Delays, reorders and doubles. */
const unreliable = (delays: readonly number[]): NonNullable<TabWorldOptions['fate']> => {
  let count = 0;
  return () => {
    count += 1;
    const ms = pick(delays, count);
    return count % 7 === 0 ? [ms, pick(delays, count * 3)] : [ms];
  };
};

function optionsOf({ kind, delays, lost, settling }: Script): TabWorldOptions {
  const fate = unreliable(delays.map((ms) => Math.min(ms, longest - (settling.late ?? 0))));
  if (kind === 'with a stop') return { fate };
  if (kind === 'without a stop') {
    const capabilities = { stopTyping: false, readReceipts: false, spacing: spacings[kind] };
    return { fate, participantId: null, capabilities };
  }
  let said = 0;
  return {
    fate: (from, to) => {
      said += 1;
      return said % 3 < lost ? [] : fate(from, to).map((ms) => ms * 20);
    },
  };
}

async function play(script: Script): Promise<Played> {
  const { kind, count, steps, facts = 'none', isStored = false } = script;
  const { clock, later } = createSettlements(script.settling);
  const world = createTabWorld({
    ...optionsOf(script),
    ...{ clock, later, isRecorded: true },
    ...(isStored && { conversation: { storage: persistLedger(createMemoryStorage()) } }),
  });
  const said = createSaid(facts, () => clock.wallNow());
  const works = createWorks();
  const tabs: Tab[] = [];
  const openTab = (): Tab => {
    const nth = tabs.length;
    const tab: Tab = {
      ...world.open(nth),
      ...{ nth, openedAt: clock.now(), closedAt: Number.POSITIVE_INFINITY, spans: [], keyAt: null },
      ...{ isKept: false, toldAt: new Map() },
    };
    tabs.push(tab);
    return tab;
  };
  const open = Array.from({ length: count }, openTab);
  let isReloaded = false;
  const ends = endsOf(world);
  const parts: TabParts = {
    ...{ world, said, facts, works, viewed: new Set(), removed: new Map() },
    open: () => open,
    reload: (tab) => {
      if (tabs.length === mostTabs) return null;
      ends(tab);
      tab.conversation.stop();
      tab.closedAt = clock.now();
      isReloaded = true;
      const again = openTab();
      open.splice(open.indexOf(tab), 1, again);
      return again;
    },
  };
  const act = { ...tabTyping(parts), ...tabMessages(parts) };

  await clock.advance(200);
  for (const { tab, verb, wait, how = 0 } of steps) {
    const does = act[verb];
    if (!does) throw new Error(`No such verb: ${verb}`);
    await does(pick(open, tab), how);
    await clock.advance(wait);
  }
  await works.endAll(clock.settle);
  for (const tab of open) {
    ends(tab);
    act.catchUp?.(tab, 0);
    tab.conversation.shareReads(true);
    tab.conversation.shareTyping(true);
  }
  await clock.advance(60_000);

  const { viewed, removed } = parts;
  const isKept = isStored || !isReloaded;
  const faults = faultsIn({ world, kind, tabs, said, viewed, removed, isKept });
  const { timers } = clock;
  const log = world.log(...tabs).join('\n');
  for (const { conversation } of open) conversation.stop();
  // Their last words are on the way still.
  await clock.advance(10_000);
  return {
    traces: world.traces(),
    faults: faults.map((fault) => `${fault}\n${log}`),
    timers: timers + clock.timers,
    listeners: world.listeners() + works.listeners(),
  };
}
