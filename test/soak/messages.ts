import { type Conversation, isConversationError } from 'genesys-conversation-machine';
import type { Said, SaidMessage } from './said.ts';
import { pick } from './world.ts';

/** A handle of a script, and which messages it was told of in each conversation. */
export interface Player {
  readonly nth: number;
  handle: Conversation;
  known: Map<string, string[]>;
}
/** What a verb of a script does with its number, in a handle. */
export type Verb = (how: number, player: Player) => unknown;

const authors = ['agent', 'agent', 'agent', 'bot', 'guest'];
export const conversationIds = ['c1', 'c2', 'c1', 'c3'];

export const openIn = ({ handle }: Player): string | null =>
  handle.actor.getSnapshot().context.conversationId;
const idsIn = ({ known }: Player, conversationId: string | null): readonly string[] =>
  known.get(conversationId ?? '') ?? [];

function note({ known }: Player, conversationId: string, ...messages: readonly SaidMessage[]): void {
  const ids = known.get(conversationId) ?? [];
  const isNew = ({ messageId }: SaidMessage): boolean => !ids.includes(messageId);
  known.set(conversationId, [...ids, ...messages.filter(isNew).map(({ messageId }) => messageId)]);
}

/** Does what may be about a message that nobody told of: that is refused by name, and by nothing else. */
export function unlessUnknown(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!isConversationError(error) || error.code !== 'unknown-message') throw error;
  }
}

/** Everything that can be done with a message's id. */
const uses: readonly ((handle: Conversation, conversationId: string, messageId: string) => unknown)[] = [
  (handle, _, messageId) => handle.viewed(messageId),
  (handle, _, messageId) => handle.seen([messageId]),
  (handle, _, messageId) => handle.markAsRead(messageId).catch(() => {}),
  (handle, _, messageId) => handle.markAsUnread(messageId),
  (handle, _, messageId) => handle.readBy(messageId),
  (handle, _, messageId) => handle.messageRemoved(messageId),
  (handle, ...where) => handle.receive(readBy('guest', ...where)),
  (handle, ...where) => handle.receive(readBy('agent', ...where)),
];

const readBy = (participantId: string, conversationId: string, messageId: string) => ({
  ...{ type: 'conversation:read', conversationId, participantId, messageId },
});

/** The verbs of a script that are about messages: what is told of them, in which order, and what the guest reads. */
export function messageVerbs(said: Said): Readonly<Record<string, Verb>> {
  let count = 0;
  let own = 0;
  const nextId = (): string => `m${count + 1}`;
  const newMessage = (conversationId: string, how: number): SaidMessage => {
    const messageId = nextId();
    count += 1;
    return said.say(conversationId, messageId, pick(authors, how));
  };
  const tell = (player: Player, conversationId: string, message: SaidMessage): void => {
    note(player, conversationId, message);
    player.handle.messageReceived(said.factsOf(message));
  };
  /** Only where something is open. */
  const open =
    (verb: (how: number, player: Player, conversationId: string) => unknown): Verb =>
    (how, player) => {
      const conversationId = openIn(player);
      if (conversationId !== null) verb(how, player, conversationId);
    };
  /** Only with a message of the open conversation that the handle was told of, or not told of. */
  const known = (
    verb: (how: number, player: Player, conversationId: string, messageId: string) => unknown,
  ): Verb =>
    open((how, player, conversationId) => {
      const ids = idsIn(player, conversationId);
      if (ids.length > 0) verb(how, player, conversationId, pick(ids, how));
    });

  return {
    told: open((how, player, conversationId) =>
      tell(player, conversationId, newMessage(conversationId, how)),
    ),
    toldLate: open((how, player, conversationId) => {
      const messageId = nextId();
      count += 1;
      const message = said.sayEarlier(conversationId, messageId, pick(authors, how), Math.trunc(how / 5));
      tell(player, conversationId, message);
    }),
    /** One that was told before, or to another handle, or in an earlier life. */
    toldAgain: open((how, player, conversationId) => {
      const message = said.pick(conversationId, how);
      if (message) tell(player, conversationId, message);
    }),
    /** Nobody hears of it yet. */
    unheard: open((how, _, conversationId) => newMessage(conversationId, how)),
    view: open((how, player, conversationId) => {
      const ids = idsIn(player, conversationId);
      if (how % 2 === 0 || ids.length === 0) {
        const message = newMessage(conversationId, how);
        tell(player, conversationId, message);
        player.handle.viewed(message.messageId);
      } else player.handle.viewed(pick(ids, how));
    }),
    seen: (how, player) => player.handle.seen(idsIn(player, openIn(player)).slice(-1 - (how % 4))),
    read: (how, player) => {
      const ids = idsIn(player, openIn(player));
      const messageId = how % 2 === 0 || ids.length === 0 ? undefined : pick(ids, how);
      player.handle.markAsRead(messageId).catch(() => {});
    },
    unread: open((_, { handle }) => handle.markAsUnread()),
    unreadFrom: known((_, { handle }, __, messageId) => unlessUnknown(() => handle.markAsUnread(messageId))),
    history: open((how, { handle }) => {
      const older = Array.from({ length: 1 + (how % 3) }, (_, nth) => ({
        messageId: `h${how % 5}-${nth}`,
        participantId: 'agent',
      }));
      handle.historyReceived(older);
    }),
    /** A page of what was said, wherever it ends: some of it was told, some not. */
    page: open((how, player, conversationId) => {
      const all = said.in(conversationId);
      const from = how % Math.max(1, all.length);
      const page = all.slice(from, from + 1 + (Math.trunc(how / 7) % 4));
      note(player, conversationId, ...page);
      player.handle.historyReceived(page.map(said.factsOf));
    }),
    removed: known((_, { handle }, __, messageId) => handle.messageRemoved(messageId)),
    elsewhere: known((_, { handle }, ...where) => handle.receive(readBy('guest', ...where))),
    peer: known((_, { handle }, ...where) => handle.receive(readBy('agent', ...where))),
    /** Something is done with a message that this handle was not told of: not yet, or not in this life. */
    untold: open((how, player, conversationId) => {
      const ids = idsIn(player, conversationId);
      const untold = said
        .in(conversationId)
        .map(({ messageId }) => messageId)
        .filter((messageId) => !ids.includes(messageId));
      const messageId = pick([nextId(), ...untold.slice(-3)], Math.trunc(how / uses.length));
      unlessUnknown(() => pick(uses, how)(player.handle, conversationId, messageId));
    }),
    /** The guest's own message: submitted with its id, accepted, told; in any order, and more than once. */
    submitId: open((how, player, conversationId) => {
      own += 1;
      const message = said.say(conversationId, `o${own}`, 'guest');
      if (how % 3 === 0) tell(player, conversationId, message);
      player.handle.messageSent(message.messageId);
    }),
    acceptId: open((how, player, conversationId) => {
      const all = said.in(conversationId).filter(({ participantId }) => participantId === 'guest');
      if (all.length === 0) return;
      const message = pick(all.slice(-2), how);
      if (how % 5 < 2) player.handle.messageAccepted(message.messageId);
      else if (how % 5 < 4) tell(player, conversationId, message);
      else {
        player.handle.messageAccepted(message.messageId);
        tell(player, conversationId, message);
      }
    }),
    send: open((_, { handle }, conversationId) => {
      handle.sendMessage('text').then(
        ({ messageId }) => said.say(conversationId, messageId, 'guest'),
        () => {},
      );
    }),
    /** What comes in for any conversation, whichever is open. */
    besides: (how, player) => {
      const conversationId = pick(conversationIds, how);
      const what = Math.trunc(how / 4) % 8;
      const message = what < 5 ? newMessage(conversationId, how) : said.pick(conversationId, how);
      if (what === 7) player.handle.receive({ type: 'conversation:ended', conversationId });
      else if (message && what === 6)
        player.handle.receive(readBy(pick(['guest', 'agent'], how), conversationId, message.messageId));
      else if (message) {
        note(player, conversationId, message);
        const { sentAt, ...facts } = said.factsOf(message);
        const time = typeof sentAt === 'number' ? { sentAt: new Date(sentAt).toISOString() } : {};
        player.handle.receive({ type: 'conversation:message', conversationId, ...facts, ...time });
      }
    },
  };
}
