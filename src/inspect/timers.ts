import { eventLabel } from './chartOf.ts';
import type { PendingTimer } from './types.ts';

/** A timer that ended, and how. */
export interface EndedTimer {
  readonly id: string;
  readonly how: 'fired' | 'cancelled' | 'replaced';
}

/** The pending timers of one actor, followed by what XState tells of its own actions. */
export interface Timers {
  /** A delayed event was scheduled. Returns the timer, and the one of the same id that it replaced. */
  started(
    params: unknown,
    at: number,
  ): { readonly timer: PendingTimer; readonly ended?: EndedTimer } | undefined;
  /** A scheduled event was taken back. */
  cancelled(params: unknown): EndedTimer | undefined;
  /** An event arrived that the actor sent to itself: a timer's, where one has this event. */
  arrived(type: string): EndedTimer | undefined;
  all(): readonly PendingTimer[];
}

/** Makes the register of one actor's timers. */
export function createTimers(): Timers {
  const pending = new Map<string, { readonly timer: PendingTimer; readonly type: string }>();
  return {
    started: (params, at) => {
      const { id, delay, event } = (params ?? {}) as { id?: unknown; delay?: unknown; event?: unknown };
      const { type } = (event ?? {}) as { type?: unknown };
      if (typeof delay !== 'number' || typeof type !== 'string') return undefined;
      const name = typeof id === 'string' ? id : type;
      const timer: PendingTimer = { id: name, event: eventLabel(type), ms: delay, startedAt: at };
      const replaces = pending.has(name);
      pending.set(name, { timer, type });
      return replaces ? { timer, ended: { id: name, how: 'replaced' } } : { timer };
    },
    cancelled: (params) => {
      const { sendId } = (params ?? {}) as { sendId?: unknown };
      if (typeof sendId !== 'string' || !pending.delete(sendId)) return undefined;
      return { id: sendId, how: 'cancelled' };
    },
    arrived: (type) => {
      for (const [id, each] of pending) {
        if (each.type !== type) continue;
        pending.delete(id);
        return { id, how: 'fired' };
      }
      return undefined;
    },
    all: () => [...pending.values()].map(({ timer }) => timer),
  };
}
