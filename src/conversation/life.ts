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
  const release = (): void => {
    inbound.close();
    reading.close();
  };
  const starting = actor.subscribe({
    next: () => {
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
    actor.stop();
    release();
  };
  return {
    start: () => {
      if (chart.isStopped()) throw stoppedError();
      actor.start();
    },
    stop,
    leave: async () => {
      send({ type: 'conversation.closed' });
      await waitFor(actor, typingRests).catch(() => {}); // It stopped meanwhile.
      stop();
    },
    open: (id) => send({ type: 'conversation.opened', conversationId: checkId('conversationId', id) }),
    reopen: () => send({ type: 'conversation.opened', conversationId: openId() }),
    close: () => send({ type: 'conversation.closed' }),
    end: () => send({ type: 'conversation.ended', conversationId: openId() }),
  };
}

/** Whether the typing lane has nothing more to say. */
const typingRests = (snapshot: ReturnType<ConversationActor['getSnapshot']>): boolean =>
  !snapshot.matches({ typing: 'typing' }) && !snapshot.matches({ typing: 'stopping' });
