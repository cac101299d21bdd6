import type { RunningChart } from './chart.ts';
import type { TypingVerbs } from './types.ts';

/** Makes {@link TypingVerbs}. */
export function createTypingVerbs({ actor, send, noteKey }: RunningChart): TypingVerbs {
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
