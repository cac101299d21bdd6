import { now } from '../waits.ts';
import { base } from './base.ts';
import type { ConversationContext, TypingContext } from './types.ts';

/** Whether a work is writing: it types, whatever the silence between two of its steps (T-16). */
export const isWriting = ({ typing }: ConversationContext): boolean => typing.writing.length > 0;

/** Whether the last work has just ended, so that its answer may be about to come, and end the episode by itself. */
export const hasJustWritten = (context: ConversationContext): boolean =>
  !isWriting(context) && now(context) < context.typing.writtenUntil;

/** No work writes, or has just written: what an episode's end leaves of them. */
export const noWork = { writing: [], writtenUntil: 0 } as const satisfies Partial<TypingContext>;

/** What the works of a bot change. */
export const worksActions = {
  noteWork: base.assign({
    typing: ({ context: { typing }, event }) => {
      if (event.type !== 'work.writes' || typing.writing.includes(event.work)) return typing;
      return { ...typing, writing: [...typing.writing, event.work] };
    },
  }),
  /** The end of the last one that writes is an edge, as an emptied box is: the episode ends after a blink. */
  endWork: base.assign({
    typing: ({ context, event }) => {
      const { timing, typing } = context;
      if (event.type !== 'work.ended' || !typing.writing.includes(event.work)) return typing;
      const writing = typing.writing.filter((work) => work !== event.work);
      return { ...typing, writing, writtenUntil: writing.length > 0 ? 0 : now(context) + timing.blink };
    },
  }),
};
