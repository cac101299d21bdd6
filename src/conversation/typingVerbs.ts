import { isMute, typesOn } from '../../machines/conversation/typing.logic.ts';
import type { RunningChart } from './chart.ts';
import type { ConversationActor, TypingVerbs } from './types.ts';

/** Makes {@link TypingVerbs}, but for `keystroke` and `typeWhile`. */
export const createTypingVerbs = (
  chart: RunningChart,
): Pick<TypingVerbs, 'clearInput' | 'blurInput' | 'stopTyping'> => ({
  clearInput: () => chart.send({ type: 'input.cleared' }),
  blurInput: () => chart.send({ type: 'input.blurred' }),
  stopTyping: () => chart.send({ type: 'typing.stop' }),
});

/**
 * What a key does to a chart that stands as it does: `noted`, no more than that; `heard`, it has to be told; `hushed`, it
 * has to be told where it begins something, since keys that follow one another say no more than the first.
 */
type Answer = 'noted' | 'heard' | 'hushed';

type Snapshot = ReturnType<ConversationActor['getSnapshot']>;

function answerOf(snapshot: Snapshot): Answer {
  if (!snapshot.hasTag('attentive')) return 'noted';
  return snapshot.hasTag('audible') && isMute(snapshot.context) ? 'hushed' : 'heard';
}

/** The path that most keys take: what the chart answers is asked once for each of its snapshots. */
export class Keys {
  readonly #chart: RunningChart;
  #snapshot: Snapshot;
  #answer: Answer;

  constructor(chart: RunningChart) {
    this.#chart = chart;
    this.#snapshot = chart.actor.getSnapshot();
    this.#answer = answerOf(this.#snapshot);
  }

  /** A person pressed a key, at that time where it is given. */
  keystroke(at: number | undefined): void {
    const chart = this.#chart;
    const snapshot = chart.actor.getSnapshot();
    if (snapshot !== this.#snapshot) {
      this.#snapshot = snapshot;
      this.#answer = answerOf(snapshot);
    }
    if (this.#answer === 'noted') chart.keyboard.noteKeyAt(at);
    else if (this.#answer === 'heard' || !this.#isFurther(at)) {
      chart.keyboard.weighStamp(at);
      chart.send({ type: 'keystroke' });
      return;
    }
    chart.lookAtKey?.(chart.actor);
  }

  /** Notes a key of somebody who types already. */
  #isFurther(at: number | undefined): boolean {
    const { context } = this.#snapshot;
    return typesOn(context) && this.#chart.keyboard.noteKeyWithin(context.timing.idle, at);
  }
}
