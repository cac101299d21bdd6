import type { IncomingMessage } from 'genesys-conversation-machine';
import { pick } from './world.ts';

/** What a back end says of a message's place: nothing, its time, its position, both; its time only as it is told again. */
export type Facts = 'none' | 'sentAt' | 'position' | 'both' | 'later';

/** Facts as they are drawn: mostly none, which leaves the order to arrival. */
export const someFacts: readonly Facts[] = ['none', 'none', 'none', 'sentAt', 'position', 'both', 'later'];

/** A message as the back end has it. */
export interface SaidMessage {
  readonly messageId: string;
  readonly participantId: string;
  readonly position: number;
  readonly sentAt: number;
}

/** How far apart positions are, so that there is room for what is told late. */
const apart = 64;

/** What was said in each conversation, in its one true order: whatever is told of it, nothing contradicts it. */
export function createSaid(facts: Facts, now: () => number) {
  const conversations = new Map<string, SaidMessage[]>();
  const told = new Set<string>();
  const inOrder = (conversationId: string): SaidMessage[] => {
    const known = conversations.get(conversationId) ?? [];
    conversations.set(conversationId, known);
    return known;
  };
  const add = (conversationId: string, index: number, message: SaidMessage): SaidMessage => {
    inOrder(conversationId).splice(index, 0, message);
    return message;
  };
  const say = (conversationId: string, messageId: string, participantId: string): SaidMessage => {
    const all = inOrder(conversationId);
    const last = all.at(-1);
    const position = (last?.position ?? 0) + apart;
    const sentAt = Math.max(now(), (last?.sentAt ?? 0) + 1);
    return add(conversationId, all.length, { messageId, participantId, position, sentAt });
  };
  return {
    /** All that was said in a conversation, oldest first. */
    in: (conversationId: string): readonly SaidMessage[] => inOrder(conversationId),
    say,
    /** Something that was said before some of what is known, and is told after it. */
    sayEarlier: (
      conversationId: string,
      messageId: string,
      participantId: string,
      how: number,
    ): SaidMessage => {
      const all = inOrder(conversationId);
      const index = all.length - 1 - (how % 3);
      const [below, above] = [all[index - 1], all[index]];
      const position = Math.floor(((below?.position ?? 0) + (above?.position ?? 0)) / 2);
      const sentAt = Math.floor(((below?.sentAt ?? now() - 2000) + (above?.sentAt ?? now())) / 2);
      // Where no room is left between the two it is the newest.
      if (!above || position === (below?.position ?? 0) || sentAt >= above.sentAt)
        return say(conversationId, messageId, participantId);
      return add(conversationId, index, { messageId, participantId, position, sentAt });
    },
    /** A message as it is told. */
    factsOf: ({ messageId, participantId, position, sentAt }: SaidMessage): IncomingMessage => {
      const isAgain = told.has(messageId);
      told.add(messageId);
      const hasTime = facts === 'sentAt' || facts === 'both' || (facts === 'later' && isAgain);
      return {
        ...{ messageId, participantId },
        ...((facts === 'position' || facts === 'both') && { position }),
        ...(hasTime && { sentAt }),
      };
    },
    /** A message of a conversation that a number stands for: the newer, the more often. */
    pick: (conversationId: string, how: number): SaidMessage | undefined => {
      const all = inOrder(conversationId);
      return pick(how % 2 === 0 ? all.slice(-4) : all, Math.trunc(how / 2));
    },
  };
}

export type Said = ReturnType<typeof createSaid>;
