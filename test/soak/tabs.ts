import fc from 'fast-check';
import { createTabWorld, type TabWorldOptions } from '../support/tabs.ts';
import { createSettlements, type Settling, settlings } from './settlements.ts';
import { type Played, pick, type World } from './world.ts';

const verbs = [
  ...['key', 'key', 'burst', 'burst', 'clear', 'blur', 'stop', 'sent', 'hide', 'seen', 'bothSee'],
  ...['keepTyping', 'shareTyping', 'keepReads', 'shareReads'],
] as const;
type Verb =
  | 'key'
  | 'burst'
  | 'clear'
  | 'blur'
  | 'stop'
  | 'sent'
  | 'hide'
  | 'seen'
  | 'bothSee'
  | 'keepTyping'
  | 'shareTyping'
  | 'keepReads'
  | 'shareReads';
interface TabStep {
  readonly tab: number;
  readonly verb: string;
  readonly wait: number;
}
/** Over which back end, and how well the tabs hear each other. */
type Kind = 'with a stop' | 'without a stop' | 'hard of hearing';
interface Script {
  readonly kind: Kind;
  readonly count: number;
  readonly steps: readonly TabStep[];
  readonly delays: readonly number[];
  /** Of three messages between hard-of-hearing tabs so many are lost. */
  readonly lost: number;
  readonly settling: Settling;
}

/** The longest that a message between tabs takes, ms: there and back within the patience of a tab. */
const longest = 60;
const spacings: Readonly<Record<Kind, number>> = {
  'with a stop': 1000,
  'without a stop': 5350,
  'hard of hearing': 1000,
};

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
      }),
      { minLength: 3, maxLength: 25 },
    ),
    delays: fc.array(fc.integer({ min: 0, max: longest }), { minLength: 3, maxLength: 9 }),
    lost: fc.integer({ min: 1, max: 3 }),
    settling: settlings(longest / 2),
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

type Span = { readonly from: number; readonly to: number };

async function play(script: Script): Promise<Played> {
  const { kind, count, steps } = script;
  const { clock, later } = createSettlements(script.settling);
  const world = createTabWorld({ ...optionsOf(script), clock, later, isRecorded: true });
  const tabs = Array.from({ length: count }, (_, tab) => {
    const spans: Span[] = [];
    return {
      ...world.open(tab),
      spans,
      keyAt: null as number | null,
      isKept: false,
    };
  });
  type Tab = (typeof tabs)[number];
  let messages = 0;

  const key = (tab: Tab): void => {
    tab.conversation.keystroke();
    if (!tab.isKept) tab.keyAt = world.clock.now();
  };
  /** Whoever typed here did so until now, and no longer. */
  const ends = (tab: Tab): void => {
    const now = world.clock.now();
    if (tab.keyAt !== null) tab.spans.push({ from: tab.keyAt, to: Math.min(now, tab.keyAt + 3000) });
    tab.keyAt = null;
  };

  const act: Readonly<Record<Verb, (tab: Tab) => unknown>> = {
    key: (tab) => {
      ends(tab);
      key(tab);
    },
    burst: async (tab) => {
      for (let press = 0; press < 10; press += 1) {
        if (press > 0) ends(tab);
        key(tab);
        await world.clock.advance(90);
      }
    },
    clear: (tab) => {
      ends(tab);
      tab.conversation.clearInput();
    },
    blur: (tab) => {
      ends(tab);
      tab.conversation.blurInput();
    },
    stop: (tab) => {
      ends(tab);
      tab.conversation.stopTyping();
    },
    hide: (tab) => {
      ends(tab);
      tab.conversation.hide();
      tab.conversation.show();
    },
    sent: (tab) => {
      ends(tab);
      tab.conversation.messageSent();
      for (const each of tabs) each.conversation.messageAccepted();
    },
    seen: (tab) => tab.conversation.viewed(tell()),
    bothSee: () => {
      const messageId = tell();
      for (const each of tabs) each.conversation.viewed(messageId);
    },
    keepTyping: (tab) => {
      ends(tab);
      tab.isKept = true;
      tab.conversation.shareTyping(false);
    },
    shareTyping: (tab) => {
      tab.isKept = false;
      tab.conversation.shareTyping(true);
    },
    keepReads: (tab) => tab.conversation.shareReads(false),
    shareReads: (tab) => tab.conversation.shareReads(true),
  };
  const tell = (): string => {
    messages += 1;
    const messageId = `m${messages}`;
    for (const each of tabs) each.conversation.messageReceived({ messageId, participantId: 'agent' });
    return messageId;
  };

  await world.clock.advance(200);
  for (const { tab, verb, wait } of steps) {
    await act[verb as Verb](pick(tabs, tab));
    await world.clock.advance(wait);
  }
  for (const tab of tabs) {
    ends(tab);
    act.shareReads(tab);
    act.shareTyping(tab);
  }
  await world.clock.advance(60_000);

  const faults =
    kind === 'hard of hearing' ? aloneIn(tabs, messages) : togetherIn(world, tabs, kind, messages);
  const { timers } = world.clock;
  const log = world.log(...tabs).join('\n');
  for (const { conversation } of tabs) conversation.stop();
  // Their last words are on the way still.
  await world.clock.advance(10_000);
  return {
    traces: [],
    parts: world.traces(),
    faults: faults.map((fault) => `${fault}\n${log}`),
    timers: timers + world.clock.timers,
    listeners: world.listeners(),
  };
}

type TabWorld = ReturnType<typeof createTabWorld>;
type Tab = ReturnType<TabWorld['open']> & { readonly spans: readonly Span[] };
const number = (messageId: string | undefined): number => Number(messageId?.slice(1));

/** What is wrong with tabs that hear each other in time, and so are one voice. */
function togetherIn({ calls }: TabWorld, tabs: readonly Tab[], kind: Kind, messages: number): string[] {
  const faults: string[] = [];
  const typed = calls.filter((call) => call.lane === 'typing');
  for (const [index, call] of typed.entries()) {
    const before = typed[index - 1];
    if (!before || call.keepalive) continue;
    // Of the stop of a page that goes nobody can know before the news of it have come.
    if (before.keepalive && call.at - before.at <= 2 * longest) continue;
    if (call.at - before.at < spacings[kind])
      faults.push(`T-17 at ${call.at} ms: ${call.at - before.at} ms after another`);
  }
  for (const stop of typed.filter(({ isTyping }) => !isTyping)) {
    const news = longest + (stop.keepalive ? longest : 0);
    const own = (tabs[stop.tab]?.spans ?? []).map(({ from }) => from).filter((from) => from < stop.at);
    const others = tabs.flatMap(({ spans }, tab) => (tab === stop.tab ? [] : spans));
    const isTyping = others.some(
      ({ from, to }) => from > Math.max(...own) && from < stop.at - news && stop.at < to,
    );
    if (isTyping) faults.push(`T-17 at ${stop.at} ms: stopped although another tab typed`);
  }
  const reads = calls.flatMap((call) =>
    call.lane === 'read' && !call.keepalive ? [number(call.messageId)] : [],
  );
  if (reads.some((mark, index) => mark <= (reads[index - 1] ?? 0)))
    faults.push('R-12: a mark went back, or twice');
  if (kind === 'with a stop' && messages > 0) faults.push(...unreadIn(tabs));
  return faults;
}

/** What is wrong with tabs that hear little of each other: each goes on by itself. */
function aloneIn(tabs: readonly Tab[], messages: number): string[] {
  const faults = unreadIn(tabs);
  let newest = 0;
  for (const { transport } of tabs) {
    const typed = transport.calls.filter((call) => call.lane === 'typing');
    for (const [index, call] of typed.entries()) {
      const before = typed[index - 1];
      if (before && !call.keepalive && call.at - before.at < 1000)
        faults.push(`T-2 at ${call.at} ms: ${call.at - before.at} ms after the one before`);
    }
    for (const call of transport.calls) {
      if (call.lane === 'read') newest = Math.max(newest, number(call.messageId));
    }
  }
  return newest === messages ? faults : [...faults, `R-3: m${newest} was reported, of m${messages}`];
}

const unreadIn = (tabs: readonly Tab[]): string[] =>
  tabs.flatMap(({ conversation }) => {
    const { receipts } = conversation.actor.getSnapshot().value;
    return receipts === 'upToDate' ? [] : [`R-12: a tab ends in ${receipts}`];
  });
