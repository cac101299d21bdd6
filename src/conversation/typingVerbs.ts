import { isMute, typesOn } from '../../machines/conversation/typing.logic.ts';
import type { RunningChart } from './chart.ts';
import type { ConversationActor, TypingVerbs } from './types.ts';

/** Makes {@link TypingVerbs}, but for `typeWhile`. */
export function createTypingVerbs(chart: RunningChart): Omit<TypingVerbs, 'typeWhile'> {
  const { send } = chart;
  return {
    keystroke: keystrokeOf(chart),
    clearInput: () => send({ type: 'input.cleared' }),
    blurInput: () => send({ type: 'input.blurred' }),
    stopTyping: () => send({ type: 'typing.stop' }),
  };
}

/**
 * What a key does to a chart that stands as it does: `noted`, no more than that; `heard`, it has to be told; `hushed`, it
 * has to be told where it begins something, since keys that follow one another say no more than the first.
 */
type Answer = 'noted' | 'heard' | 'hushed';

function answerOf(snapshot: ReturnType<ConversationActor['getSnapshot']>): Answer {
  if (!snapshot.hasTag('attentive')) return 'noted';
  return snapshot.hasTag('audible') && isMute(snapshot.context) ? 'hushed' : 'heard';
}

/** Makes `keystroke`, the path that most keys take: what the chart answers is asked once for each of its snapshots. */
function keystrokeOf({ actor, keyboard, lookAtKey, send }: RunningChart): TypingVerbs['keystroke'] {
  let snapshot = actor.getSnapshot();
  let answer = answerOf(snapshot);
  return (at) => {
    const current = actor.getSnapshot();
    if (current !== snapshot) {
      snapshot = current;
      answer = answerOf(current);
    }
    if (answer === 'noted') keyboard.noteKeyAt(at);
    else if (answer === 'heard' || !isFurtherKey(at)) {
      keyboard.weighStamp(at);
      send({ type: 'keystroke' });
      return;
    }
    lookAtKey?.(actor);
  };

  /** Notes a key of somebody who types already. */
  function isFurtherKey(at: number | undefined): boolean {
    const { context } = snapshot;
    return typesOn(context) && keyboard.noteKeyWithin(context.timing.idle, at);
  }
}
