import type { createTabWorld } from '../support/tabs.ts';
import type { Said } from './said.ts';

/** Over which back end, and how well the tabs hear each other. */
export type Kind = 'with a stop' | 'without a stop' | 'hard of hearing';

/** From when to when somebody typed. */
type Span = { readonly from: number; readonly to: number };

export type TabWorld = ReturnType<typeof createTabWorld>;

/** A tab, and what its guest did and was told in it. */
export interface Tab extends ReturnType<TabWorld['open']> {
  /** Which it is of all that were ever opened: one that is loaded again is another one. */
  readonly nth: number;
  readonly openedAt: number;
  closedAt: number;
  readonly spans: Span[];
  keyAt: number | null;
  isKept: boolean;
  /** When it was told of each message, ms. */
  readonly toldAt: Map<string, number>;
}

/** What tabs did together. */
export interface Together {
  readonly world: TabWorld;
  readonly kind: Kind;
  /** Every tab that ever was. */
  readonly tabs: readonly Tab[];
  readonly said: Said;
  readonly viewed: ReadonlySet<string>;
  /** What was taken out, and how much had been said by then. */
  readonly removed: ReadonlyMap<string, number>;
  /** Whether what was seen outlives the tab in which it was. */
  readonly isKept: boolean;
}

/** The longest that a message between tabs takes, ms: there and back within the patience of a tab. */
export const longest = 60;
export const spacings: Readonly<Record<Kind, number>> = {
  'with a stop': 1000,
  'without a stop': 5350,
  'hard of hearing': 1000,
};
export const conversationId = 'c1';

/** What is wrong with tabs that hear each other in time, and so are one voice. */
function togetherIn(together: Together): string[] {
  const { world, tabs, kind } = together;
  const faults: string[] = [];
  const typed = world.calls.filter((call) => call.lane === 'typing');
  for (const [index, call] of typed.entries()) {
    const before = typed[index - 1];
    if (!before || call.keepalive) continue;
    // Of the stop of a page that goes nobody can know before the news of it have come.
    if (before.keepalive && call.at - before.at <= 2 * longest) continue;
    // Of the call of a tab that is gone a later one knows what others heard of it.
    const isUnheard = (tabs[before.tab]?.closedAt ?? 0) <= (tabs[call.tab]?.openedAt ?? 0);
    if (!isUnheard && call.at - before.at < spacings[kind])
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
  return [...faults, ...readAgainIn(together)];
}

/** Marks that were reported although the tab was told of one as new that had been. */
function readAgainIn({ world, tabs, said, removed }: Together): string[] {
  if (removed.size > 0) return [];
  const placeOf = placesIn(said);
  const reads = world.calls.flatMap((call) => (call.lane === 'read' && !call.keepalive ? [call] : []));
  return reads.flatMap((call, nth) => {
    const { toldAt, openedAt: cameAt = 0 } = tabs[call.tab] ?? {};
    // Of a tab that has just come nobody has heard, and it of nobody: it reports what is stored as it comes.
    const isHeard = ({ tab }: (typeof reads)[number]): boolean => {
      const openedAt = Math.max(cameAt, tabs[tab]?.openedAt ?? 0);
      return openedAt === 0 || call.at - openedAt > 2 * longest;
    };
    // What a tab that is gone has reported only those can pass on who were told of that message, too.
    const isPassedOn = ({ tab, messageId = '' }: (typeof reads)[number]): boolean =>
      (tabs[tab]?.closedAt ?? 0) > cameAt ||
      tabs.some(
        (other) =>
          other.nth !== call.tab &&
          other.closedAt > cameAt &&
          (other.toldAt.get(messageId) ?? Number.POSITIVE_INFINITY) <= cameAt,
      );
    const isKnown = ({ messageId = '', at }: (typeof reads)[number]): boolean =>
      Math.max(at, toldAt?.get(messageId) ?? Number.POSITIVE_INFINITY) <= call.at;
    const before = reads.slice(0, nth).filter((each) => isKnown(each) && isHeard(each) && isPassedOn(each));
    const newest = Math.max(0, ...before.map(({ messageId }) => placeOf(messageId)));
    return placeOf(call.messageId) <= newest ? ['R-12: a mark went back, or twice'] : [];
  });
}

/** What is wrong with tabs that hear little of each other: each goes on by itself. */
function aloneIn({ tabs }: Together): string[] {
  return tabs.flatMap(({ transport }) => {
    const typed = transport.calls.filter((call) => call.lane === 'typing');
    return typed.flatMap((call, index) => {
      const before = typed[index - 1];
      return before && !call.keepalive && call.at - before.at < 1000
        ? [`T-2 at ${call.at} ms: ${call.at - before.at} ms after the one before`]
        : [];
    });
  });
}

const placesIn = (said: Said): ((messageId: string | undefined) => number) => {
  const places = new Map(said.in(conversationId).map(({ messageId }, nth) => [messageId, nth + 1]));
  return (messageId) => places.get(messageId ?? '') ?? 0;
};

/** What was seen and not reported, or reported and not seen. */
function reportedIn({ tabs, said, viewed, removed, isKept }: Together): string[] {
  const placeOf = placesIn(said);
  const newestOf = (ids: readonly (string | undefined)[]): number => Math.max(0, ...ids.map(placeOf));
  const reached = newestOf(
    tabs.flatMap(({ transport }) =>
      transport.calls.flatMap((call) => (call.lane === 'read' ? [call.messageId] : [])),
    ),
  );
  // Who is told late of what stands below a mark, whose message is gone, has read it.
  const isBelow = (messageId: string): boolean =>
    [...removed].some(
      ([gone, saidBefore]) =>
        viewed.has(gone) && placeOf(gone) > placeOf(messageId) && Number(messageId.slice(1)) > saidBefore,
    );
  const least = newestOf([...viewed].filter((messageId) => !removed.has(messageId) && !isBelow(messageId)));
  if (isKept && reached < least) return [`R-3: m${reached} was reported, of m${least}`];
  return reached > newestOf([...viewed]) ? [`R-5: m${reached} was reported, and never seen`] : [];
}

/** What is wrong with all that tabs did. */
export function faultsIn(together: Together): string[] {
  const { kind, tabs, viewed } = together;
  const faults = kind === 'hard of hearing' ? aloneIn(together) : togetherIn(together);
  if (kind === 'without a stop' || viewed.size === 0) return faults;
  const alive = tabs.filter(({ closedAt }) => closedAt === Number.POSITIVE_INFINITY);
  return [...faults, ...unreadIn(alive), ...reportedIn(together)];
}

const unreadIn = (tabs: readonly Tab[]): string[] =>
  tabs.flatMap(({ conversation }) => {
    const { receipts } = conversation.actor.getSnapshot().value;
    return receipts === 'upToDate' ? [] : [`R-12: a tab ends in ${receipts}`];
  });
