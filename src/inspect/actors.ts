import type { ActorRefLike } from 'xstate';
import { isMachine } from './chartOf.ts';
import { createTimers, type Timers } from './timers.ts';

/** An actor that lives, as an inspector knows it: a reference, and nothing copied. */
export interface KnownActor {
  readonly id: string;
  readonly name: string;
  readonly ref: InspectedRef;
  readonly parent: string | undefined;
  readonly timers: Timers;
}

/** What an inspector reads of an actor. */
export type InspectedRef = ActorRefLike & {
  readonly id?: string;
  readonly src?: unknown;
  readonly logic?: unknown;
  readonly _parent?: ActorRefLike;
};

/** The actors that live. */
export interface Actors {
  /** The actor of a reference; one that was not seen before is added. */
  of(ref: ActorRefLike): KnownActor;
  /** The id of an actor that is known already. */
  idOf(ref: ActorRefLike | undefined): string | undefined;
  forget(ref: ActorRefLike): void;
  all(): Iterable<KnownActor>;
}

/** Makes a register of actors. Their ids are its own: two conversations are two systems, which count alike. */
export function createActors(): Actors {
  const known = new Map<ActorRefLike, KnownActor>();
  let count = 0;
  const idOf = (ref: ActorRefLike | undefined): string | undefined => ref && known.get(ref)?.id;
  return {
    idOf,
    of: (ref: InspectedRef) => {
      const earlier = known.get(ref);
      if (earlier) return earlier;
      count += 1;
      const actor = {
        id: `a${count}`,
        name: nameOf(ref),
        ref,
        parent: idOf(ref._parent),
        timers: createTimers(),
      };
      known.set(ref, actor);
      return actor;
    },
    forget: (ref) => {
      known.delete(ref);
    },
    all: () => known.values(),
  };
}

function nameOf({ logic, src, id }: InspectedRef): string {
  if (isMachine(logic)) return logic.id;
  return typeof src === 'string' ? src : String(id ?? 'actor');
}
