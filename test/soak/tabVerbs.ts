import { unlessUnknown } from './messages.ts';
import type { Facts, Said, SaidMessage } from './said.ts';
import { conversationId, type Tab, type TabWorld } from './tabFaults.ts';
import type { createWorks } from './works.ts';
import { pick } from './world.ts';

/** What the verbs of tabs are made with. */
export interface TabParts {
  readonly world: TabWorld;
  readonly said: Said;
  readonly facts: Facts;
  readonly works: ReturnType<typeof createWorks>;
  readonly viewed: Set<string>;
  /** What was taken out, and how much the agent had said by then. */
  readonly removed: Map<string, number>;
  /** The tabs that are open now. */
  open(): readonly Tab[];
  /** Ends a tab, and opens it anew. */
  reload(tab: Tab): Tab | null;
}
type Verb = (tab: Tab, how: number) => unknown;

/** Whoever typed here did so until now, and no longer. */
export const endsOf =
  ({ clock }: TabWorld) =>
  (tab: Tab): void => {
    const now = clock.now();
    if (tab.keyAt !== null) tab.spans.push({ from: tab.keyAt, to: Math.min(now, tab.keyAt + 3000) });
    tab.keyAt = null;
  };

/** The verbs of tabs that are about typing. */
export function tabTyping({ world, open, works }: TabParts): Readonly<Record<string, Verb>> {
  const ends = endsOf(world);
  const key = (tab: Tab): void => {
    tab.conversation.keystroke();
    if (!tab.isKept) tab.keyAt = world.clock.now();
  };
  return {
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
    /** Elsewhere for a moment. */
    away: (tab) => {
      ends(tab);
      tab.conversation.open('c2');
      tab.conversation.open(conversationId);
    },
    sent: (tab) => {
      // Where an acceptance comes without a submit only a further key says that somebody types (T-11).
      for (const each of open()) ends(each);
      tab.conversation.messageSent();
      for (const each of open()) each.conversation.messageAccepted();
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
    works: (tab, how) => {
      if (how % 2 === 0) works.answer(tab.conversation);
      else works.writeOtherwise(tab.conversation, Math.trunc(how / 2));
    },
    workEnds: () => works.endOne(),
    workFails: (_, how) => works.failOne(how),
  };
}

/** The verbs of tabs that are about messages and what is read of them. */
export function tabMessages(parts: TabParts): Readonly<Record<string, Verb>> {
  const { world, said, facts, viewed, removed, open, reload } = parts;
  let count = 0;
  let own = 0;
  const nextId = (): string => `m${count + 1}`;
  const tellIn = (tab: Tab, message: SaidMessage): void => {
    if (!tab.toldAt.has(message.messageId)) tab.toldAt.set(message.messageId, world.clock.now());
    tab.conversation.messageReceived(said.factsOf(message));
  };
  const tell = (message: SaidMessage): void => {
    for (const tab of open()) tellIn(tab, message);
  };
  const say = (): SaidMessage => {
    const messageId = nextId();
    count += 1;
    return said.say(conversationId, messageId, 'agent');
  };
  const view = (tab: Tab, { messageId }: SaidMessage): void => {
    if (!removed.has(messageId)) viewed.add(messageId);
    tab.conversation.viewed(messageId);
  };
  /** What a page is told of what was said before: nothing that was taken out. */
  const stillThere = (): readonly SaidMessage[] =>
    said.in(conversationId).filter(({ messageId }) => !removed.has(messageId));
  const known = (tab: Tab): readonly SaidMessage[] =>
    said
      .in(conversationId)
      .filter(({ messageId, participantId }) => participantId === 'agent' && tab.toldAt.has(messageId));
  /** Where arrival says what is newer, all tabs are told at once. */
  const isOrdered = facts === 'position' || facts === 'both';
  return {
    seen: (tab) => {
      const message = say();
      tell(message);
      view(tab, message);
    },
    bothSee: () => {
      const message = say();
      tell(message);
      for (const tab of open()) view(tab, message);
    },
    told: () => tell(say()),
    toldOne: (tab) => {
      const message = say();
      if (!isOrdered) tell(message);
      else tellIn(tab, message);
      view(tab, message);
    },
    toldLate: (_, how) => {
      if (facts === 'none' || facts === 'later') {
        tell(say());
        return;
      }
      const messageId = nextId();
      count += 1;
      tell(said.sayEarlier(conversationId, messageId, 'agent', how));
    },
    toldAgain: (tab, how) => {
      const messages = known(tab);
      if (messages.length > 0) tellIn(tab, pick(messages, how));
    },
    catchUp: (tab) => {
      if (isOrdered) for (const message of stillThere()) tellIn(tab, message);
    },
    viewOld: (tab, how) => {
      const messages = known(tab);
      if (messages.length > 0) view(tab, pick(messages, how));
    },
    readAll: (tab) => {
      const newest = known(tab).findLast(({ messageId }) => !removed.has(messageId));
      if (!newest) return;
      viewed.add(newest.messageId);
      tab.conversation.markAsRead().catch(() => {});
    },
    unread: (tab, how) => {
      const messages = known(tab);
      unlessUnknown(() =>
        tab.conversation.markAsUnread(messages.length > 0 ? pick(messages, how).messageId : undefined),
      );
    },
    untold: (tab, how) => {
      const { conversation } = tab;
      unlessUnknown(() => {
        if (how % 3 === 0) conversation.viewed(nextId());
        else if (how % 3 === 1) conversation.seen([nextId()]);
        else conversation.markAsRead(nextId()).catch(() => {});
      });
    },
    removed: (_, how) => {
      const messages = said.in(conversationId).filter(({ participantId }) => participantId === 'agent');
      if (messages.length === 0) return;
      const { messageId } = pick(messages.slice(-3), how);
      removed.set(messageId, count);
      for (const { conversation } of open()) conversation.messageRemoved(messageId);
    },
    sentId: (tab, how) => {
      for (const each of open()) endsOf(world)(each);
      own += 1;
      const message = said.say(conversationId, `o${own}`, 'me');
      tab.conversation.messageSent(message.messageId);
      for (const each of open()) each.conversation.messageAccepted(message.messageId);
      if (how % 2 === 0) for (const each of open()) each.conversation.messageAccepted(message.messageId);
      else tell(message);
    },
    besides: (_, how) => {
      const messageId = `x${how}`;
      const frame = { type: 'conversation:message', conversationId: 'c2', participantId: 'agent', messageId };
      for (const { conversation } of open()) conversation.receive(frame);
    },
    reload: async (tab) => {
      const again = reload(tab);
      if (!again) return;
      for (const message of stillThere()) tellIn(again, message);
      // Nobody types in a page before it is there, and has heard of the others.
      await world.clock.advance(200);
    },
    keepReads: (tab) => tab.conversation.shareReads(false),
    shareReads: (tab) => tab.conversation.shareReads(true),
  };
}
