import { waitFor } from 'xstate';
import type { RunningChart } from './chart.ts';
import type { ConversationActor } from './types.ts';

/**
 * A leaving that is under way, or over: closes and stops unless it is taken back. Begins at the end of the task: a view
 * that is drawn anew leaves and starts in one, and nothing has happened then.
 */
export class Leaving {
  /** Resolves when it is over, or was taken back. */
  readonly over: Promise<void>;
  readonly #chart: RunningChart;
  #end = (): void => {};
  #isTakenBack = false;
  /** The conversation that was closed by it. */
  #closed: string | null = null;

  constructor(chart: RunningChart) {
    this.#chart = chart;
    this.over = new Promise<void>((resolve) => {
      this.#end = resolve;
    });
    chart.member.setLeaving(true);
    queueMicrotask(() => void this.#close());
  }

  /** It is over, whoever ended the chart. */
  end(): void {
    this.#end();
  }

  /** Stays after all, in the conversation that was left. */
  takeBack(): void {
    this.#isTakenBack = true;
    this.#chart.member.setLeaving(false);
    if (this.#closed !== null)
      this.#chart.send({ type: 'conversation.opened', conversationId: this.#closed });
    this.#end();
  }

  async #close(): Promise<void> {
    const { actor } = this.#chart;
    if (this.#isTakenBack || this.#chart.isStopped()) return this.#end();
    this.#closed = actor.getSnapshot().context.conversationId;
    this.#chart.send({ type: 'conversation.closed' });
    await waitFor(actor, (snapshot) => this.#isTakenBack || typingRests(snapshot)).catch(() => {}); // It stopped.
    if (!this.#isTakenBack) this.#chart.stop();
    this.#end();
  }
}

/** Whether the typing lane has nothing more to say. */
const typingRests = (snapshot: ReturnType<ConversationActor['getSnapshot']>): boolean =>
  !snapshot.matches({ typing: 'typing' }) && !snapshot.matches({ typing: 'stopping' });
