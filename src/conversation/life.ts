import { waitFor } from 'xstate';
import type { AttachedReading } from '../reading/index.ts';
import type { Log } from '../shared/log.ts';
import { stoppedError } from '../shared/refusals.ts';
import { checkId } from '../shared/validate.ts';
import type { RunningChart } from './chart.ts';
import type { Inbound } from './inbound.ts';
import type { ConversationActor, LifeVerbs } from './types.ts';

/** The verbs of a handle's life, but for the handle that `start` returns. */
export type Life = Omit<LifeVerbs, 'start'> & { start(): void };

/**
 * Makes {@link Life}. However the chart starts and ends, by these verbs or by its actor's, what is around it
 * starts and ends with it.
 */
export function createLife(chart: RunningChart, inbound: Inbound, reading: AttachedReading, log: Log): Life {
  const { actor, send, openId } = chart;
  let leaving: Leaving | null = null;
  const release = (): void => {
    leaving?.end();
    chart.member.quit();
    inbound.close();
    reading.close();
  };
  const starting = actor.subscribe({
    next: () => {
      chart.member.join(actor, reading.readElsewhere);
      inbound.listen();
      starting.unsubscribe();
    },
    error: () => {}, // Told below; without this it would be thrown as well.
  });
  actor.subscribe({
    error: (error) => {
      log.report('The machine failed; please report this.', error);
      release();
    },
    complete: release,
  });

  const stop = (): void => {
    send({ type: 'conversation.stopping' });
    chart.member.quit(); // While the chart still knows what is under way.
    actor.stop();
    release();
  };
  /**
   * Closes and stops unless it is taken back. Begins at the end of the task: a view that is drawn anew leaves and
   * starts in one, and nothing has happened then.
   */
  const beginLeaving = (): Leaving => {
    let closed: string | null = null;
    let end = (): void => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    const begun: Leaving = { over, end, closed: () => closed };
    chart.member.setLeaving(true);
    queueMicrotask(async () => {
      if (leaving !== begun || chart.isStopped()) return end();
      closed = actor.getSnapshot().context.conversationId;
      send({ type: 'conversation.closed' });
      await waitFor(actor, (snapshot) => leaving !== begun || typingRests(snapshot)).catch(() => {}); // It stopped.
      if (leaving === begun) stop();
      end();
    });
    return begun;
  };
  /** Stays after all, in the conversation that was left. */
  const takeBack = (): void => {
    if (!leaving) return;
    const { closed, end } = leaving;
    const conversationId = closed();
    leaving = null;
    chart.member.setLeaving(false);
    if (conversationId !== null) send({ type: 'conversation.opened', conversationId });
    end();
  };
  return {
    start: () => {
      if (chart.isStopped()) throw stoppedError();
      takeBack();
      actor.start();
    },
    stop,
    leave: () => {
      leaving ??= beginLeaving();
      return leaving.over;
    },
    open: (id) => send({ type: 'conversation.opened', conversationId: checkId('conversationId', id) }),
    reopen: () => send({ type: 'conversation.opened', conversationId: openId() }),
    close: () => send({ type: 'conversation.closed' }),
    end: () => send({ type: 'conversation.ended', conversationId: openId() }),
  };
}

/** A leaving that is under way, or over. */
interface Leaving {
  /** Resolves when it is over, or was taken back. */
  readonly over: Promise<void>;
  /** It is over. */
  end(): void;
  /** The conversation that was closed by it. */
  closed(): string | null;
}

/** Whether the typing lane has nothing more to say. */
const typingRests = (snapshot: ReturnType<ConversationActor['getSnapshot']>): boolean =>
  !snapshot.matches({ typing: 'typing' }) && !snapshot.matches({ typing: 'stopping' });
