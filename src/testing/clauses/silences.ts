import type { World } from './world.ts';

/** From when to when nothing may leave: what a reply or the back end asked for (L-1). */
export interface Silence {
  readonly index: number;
  /** Whether the answer to a call asked for it, not the back end by itself. */
  readonly isReply: boolean;
  readonly from: number;
  /** Nothing may leave before. */
  readonly until: number;
  /** It must be over by then. */
  readonly latest: number;
}

/** Every silence that was asked for. */
export function silencesIn(world: World): readonly Silence[] {
  const timing = world.conversations[0]?.began.timing;
  if (!timing) return [];
  const { retryAfterCap, backoffBase, backoffCap, jitter, park } = timing;
  const of = (index: number, from: number, hint: number | undefined, isReply: boolean): Silence => {
    const asked =
      hint === undefined ? Math.min(backoffBase, backoffCap) * (1 - jitter) : Math.min(hint, retryAfterCap);
    const latest = hint === undefined ? Math.max(backoffCap, 2 * park) : asked + backoffBase * jitter;
    return { index, isReply, from, until: from + asked, latest: from + latest + world.slack };
  };
  const byReply = world.calls.flatMap(({ lane, answer }) =>
    answer?.failure?.code === 'rate-limited' && lane !== 'token' && lane !== 'message'
      ? [of(answer.index, answer.at, answer.failure.retryAfterMs, true)]
      : [],
  );
  const announced = world
    .all('told')
    .flatMap(({ index, at, event }) =>
      event.type === 'limit.announced' ? [of(index, at, event.retryAfterMs, false)] : [],
    );
  return [...byReply, ...announced].sort((one, other) => one.index - other.index);
}

/** Whether a silence touches a span of time. */
export const isSilent = (silences: readonly Silence[], from: number, to: number): boolean =>
  silences.some((silence) => silence.from <= to && silence.latest >= from);

/** Whether anybody was asked for silence before a place. */
export const wasSilenced = (world: World, index: number): boolean =>
  silencesIn(world).some((silence) => silence.index < index);
