import { lastMoment, type TabFacts, type TabHost, type TabLink } from '../shared/tabs.ts';
import type { TabChannel } from './channel.ts';
import type { TabMemory } from './memory.ts';
import { messageOf, oldest, readMessage, type Told } from './message.ts';

/** What a {@link TabLink} is made of. */
interface LinkParts {
  readonly host: TabHost;
  readonly channel: TabChannel;
  readonly memory: TabMemory;
  /** The tab's own name; of two tabs that claim at once, the lesser one has the word. */
  readonly id: string;
  /** How long an answer is waited for, ms. */
  readonly patience: number;
}

interface Other extends Pick<Told, 'seq' | 'claims' | 'facts'> {
  readonly id: string;
  /** The newest message of ours that it had heard. */
  readonly heard: number;
  /** How often in a row it did not answer. */
  readonly misses: number;
  readonly isPresent: boolean;
  /** Until when it is believed to be busy, monotonic ms: it may have been killed. */
  readonly busyUntil: number;
}

/** How long a call of another tab is believed to be under way after it was last said, ms. */
const longestCall = 2000;
/** How often others are told of a further key, ms. */
const keyNews = 500;
/** How many tabs are remembered. */
const mostOthers = 20;
/** How often in a row a tab may leave a question unanswered, frozen or killed, before it is no longer waited for. */
const mostMisses = 2;

/**
 * Makes a {@link TabLink}. Before a call, a tab that knows of others claims the word and waits until each of them has
 * heard it. One that has heard of a claim makes none of its own; of two that claimed at once the greater id takes its
 * claim back. So, as long as answers come in time, calls come one after the other, each after the facts of the one
 * before. Who does not answer in time is not waited for: it degrades to each tab for itself, never to silence.
 */
export function createLink({ host, channel, memory, id, patience }: LinkParts): TabLink {
  const { clock } = host;
  let others = new Map<string, Other>();
  let guest = host.guest();
  let seq = 0;
  let asked: { readonly seq: number; readonly timer: unknown } | null = null;
  let isGranted = false;
  let isPlanned = false;
  let isOver = false;
  let said = '';
  let expiry: unknown;

  const present = (): Other[] => [...others.values()].filter(({ isPresent }) => isPresent);
  /** What is news: a key is only so often. */
  const fingerprint = ({ typed, ...facts }: TabFacts): string =>
    JSON.stringify([facts, typed && [typed.conversationId, Math.floor(typed.at / keyNews)], asked !== null]);
  const post = (how: Partial<Pick<Told, 'asks' | 'leaves'>> = {}): void => {
    if (guest === null) return;
    const facts = host.facts();
    said = fingerprint(facts);
    seq += 1;
    const heard = Object.fromEntries(present().map((other) => [other.id, other.seq]));
    const told: Told = {
      ...{ guest, from: id, seq, asks: false, claims: asked !== null, leaves: false },
      ...how,
      facts: how.leaves ? { ...facts, typed: null } : facts, // Who is gone types no more.
    };
    const message = messageOf(told, heard, clock);
    channel.post(message);
    memory.keep(guest, message);
  };
  const dropClaim = (): void => {
    if (asked) clock.clearTimeout(asked.timer);
    asked = null;
  };
  const grant = (): void => {
    dropClaim();
    isGranted = true;
    host.changed();
    isGranted = false;
    post();
  };
  const settle = (): void => {
    const { seq: question } = asked ?? {};
    if (question !== undefined && present().every(({ heard }) => heard >= question)) grant();
  };
  const giveUpWaiting = (): void => {
    const { seq: question = 0 } = asked ?? {};
    for (const other of present()) {
      if (other.heard >= question) continue;
      const misses = other.misses + 1;
      others.set(other.id, { ...other, misses, isPresent: misses < mostMisses });
    }
    grant();
  };

  const isBusy = ({ claims, facts: { call, reading } }: Other): boolean =>
    claims || reading !== null || call?.isUnderWay === true;
  const rested = (other: Other): Other => {
    const { facts } = other;
    const call = facts.call && { ...facts.call, isUnderWay: false };
    return { ...other, claims: false, facts: { ...facts, call, reading: null } };
  };
  const planExpiry = (): void => {
    clock.clearTimeout(expiry);
    expiry = undefined;
    const ends = [...others.values()].flatMap((other) => [
      ...(isBusy(other) ? [other.busyUntil] : []),
      ...other.facts.indicators.map(({ litUntil }) => litUntil - lastMoment).filter((at) => at > clock.now()),
    ]);
    if (ends.length === 0) return;
    expiry = clock.setTimeout(expire, Math.max(0, Math.ceil(Math.min(...ends) - clock.now())));
  };
  const expire = (): void => {
    for (const other of others.values()) {
      if (isBusy(other) && other.busyUntil <= clock.now()) others.set(other.id, rested(other));
    }
    planExpiry();
    host.changed();
  };

  const note = ({ from, leaves, ...told }: Told & { readonly heard: number }): void => {
    const known = others.get(from);
    const busyUntil = clock.now() + (told.claims ? 2 * patience : longestCall);
    const other: Other = { ...told, id: from, misses: 0, isPresent: !leaves, busyUntil };
    others.delete(from); // The ones that spoke last stand last.
    others.set(from, leaves ? rested(other) : other);
    for (const oldest of others.keys()) {
      if (others.size <= mostOthers) break;
      others.delete(oldest);
    }
    if (asked && told.claims && from < id) dropClaim();
    planExpiry();
    if (!known || saidOf(known) !== saidOf(other)) host.changed();
  };
  const receive = (message: unknown): void => {
    if (isOver || guest === null) return;
    const told = readMessage(message, id, clock);
    if (!told || told.guest !== guest || told.from === id) return;
    if (told.seq > (others.get(told.from)?.seq ?? 0)) note(told);
    if (told.asks) post();
    settle();
  };
  /** What this tab was before it was loaded again is another one that has left, and all that it answered for. */
  const recall = (): void => {
    const told = guest === null ? null : readMessage(memory.recall(guest), id, clock, oldest);
    if (!told || told.guest !== guest || told.from === id) return;
    const indicators = told.facts.indicators.map((each) => ({ ...each, isHeld: false }));
    note({ ...told, facts: { ...told.facts, indicators }, leaves: true });
  };
  /** Another conversation of a session whose guest has no id is another guest, as far as tabs are concerned. */
  const followGuest = (): void => {
    if (host.guest() === guest) return;
    guest = host.guest();
    others = new Map();
    dropClaim();
    planExpiry();
    recall();
    post({ asks: true });
  };

  recall();
  const listening = channel.listen({
    told: receive,
    goes: () => post({ leaves: true }),
    comes: () => post({ asks: true }),
  });
  post({ asks: true });

  return {
    id,
    others: () => [...others.values()],
    isOtherCalling: () =>
      [...others.values()].some((other) => other.claims && !((asked || isGranted) && id < other.id)),
    mayCall: () => isGranted || present().length === 0,
    isAsking: () => asked !== null,
    ask: () => {
      if (asked || isOver) return;
      asked = { seq: seq + 1, timer: clock.setTimeout(giveUpWaiting, patience) };
      post({ asks: true });
    },
    tell: () => {
      if (isPlanned) return;
      isPlanned = true;
      queueMicrotask(() => {
        isPlanned = false;
        if (isOver) return;
        followGuest();
        if (fingerprint(host.facts()) !== said) post();
      });
    },
    leave: () => {
      post({ leaves: true });
      isOver = true;
      dropClaim();
      clock.clearTimeout(expiry);
      listening();
    },
  };
}

/** What a tab says, but for times: those are read anew from each message, and are never quite the same. */
const saidOf = ({
  claims,
  isPresent,
  facts: { call, typed, reading, silentUntil, indicators, reads },
}: Other): string =>
  JSON.stringify([
    ...[
      claims,
      isPresent,
      reading,
      coarse(silentUntil),
      reads,
      typed?.conversationId,
      call && { ...call, at: coarse(call.at) },
    ],
    indicators.map((each) => ({
      ...each,
      calledAt: coarse(each.calledAt),
      litUntil: coarse(each.litUntil),
    })),
  ]);

const coarse = (at: number): number => Math.round(at / 100);
