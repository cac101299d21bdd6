import type { RunningChart } from './chart.ts';
import type { TypingVerbs } from './types.ts';

/** Makes {@link TypingVerbs}, but for `typeWhile`. */
export function createTypingVerbs({ actor, send, noteKey }: RunningChart): Omit<TypingVerbs, 'typeWhile'> {
  return {
    keystroke: () => {
      if (actor.getSnapshot().hasTag('attentive')) send({ type: 'keystroke' });
      else noteKey();
    },
    clearInput: () => send({ type: 'input.cleared' }),
    blurInput: () => send({ type: 'input.blurred' }),
    stopTyping: () => send({ type: 'typing.stop' }),
  };
}
