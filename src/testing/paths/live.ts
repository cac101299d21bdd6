import type {
  ActorLogic,
  AnyActor,
  AnyStateMachine,
  EventObject,
  InspectionEvent,
  Snapshot,
  StateNode,
} from 'xstate';
import { createActor } from 'xstate';

/** What one machine is explored with. */
export interface Explored {
  readonly machine: AnyStateMachine;
  /** Makes what a fresh actor starts from, and flags that stimuli may set. */
  begin(now: () => number): { readonly input: unknown; readonly flags: Record<string, unknown> };
  /** What can happen, by name. */
  readonly stimuli: Readonly<Record<string, (world: Running) => void>>;
  /** Ends all trouble; where the machine must be then. */
  release(world: Running): void;
  readonly rest: Readonly<Record<string, unknown>> | string;
}

/** A live actor on a clock that moves by hand, whose actors settle by hand. */
export interface Running {
  readonly actor: AnyActor;
  readonly flags: Record<string, unknown>;
  readonly taken: Set<string>;
  send(event: EventObject & Record<string, unknown>): void;
  /** Settles an actor that is invoked, where it is. */
  settle(id: string, how: { readonly output: unknown } | { readonly error: unknown }): void;
  /** Goes on, timers and all. */
  wait(ms: number): void;
  /** Time passes, and no timer fires. */
  sleep(ms: number): void;
  /** Goes on until the next timer fires. */
  next(): void;
  readonly now: () => number;
  /** Throws what made the machine fail. */
  check(): void;
  stop(): void;
}

type Held = Snapshot<unknown> & { readonly input: unknown };

/** An actor that does nothing until it is settled. */
const held: ActorLogic<Held, EventObject> = {
  transition: (snapshot, event) => {
    if (event.type !== 'settle') return snapshot;
    const { output, error } = event as EventObject & { readonly output?: unknown; readonly error?: unknown };
    return error === undefined
      ? ({ ...snapshot, status: 'done', output } as Held)
      : ({ ...snapshot, status: 'error', error } as Held);
  },
  getInitialSnapshot: (_, input) =>
    ({ status: 'active', output: undefined, error: undefined, input }) as Held,
  getPersistedSnapshot: (snapshot) => snapshot,
};

/** The machine with actors that are settled by hand. */
export const withHeldActors = (machine: AnyStateMachine): AnyStateMachine =>
  machine.provide({
    actors: Object.fromEntries(Object.keys(machine.implementations.actors).map((name) => [name, held])),
  } as never);

type Transition = { readonly source: StateNode; readonly eventType: string };

/** Every transition of a machine, by a name that says from where, on what, and which of several. */
export function transitionsOf(machine: AnyStateMachine): ReadonlyMap<Transition, string> {
  const names = new Map<Transition, string>();
  const visit = (node: StateNode): void => {
    const lists = [...node.transitions.entries(), ['always', node.always ?? []] as const];
    for (const [event, list] of lists) {
      for (const [nth, each] of [...list].entries()) {
        names.set(each as unknown as Transition, `${node.path.join('.') || '(root)'} | ${event} | ${nth}`);
      }
    }
    for (const below of Object.values(node.states as Record<string, StateNode>)) visit(below);
  };
  visit(machine.root as unknown as StateNode);
  return names;
}

/** Starts an actor of an explored machine. */
function run({ machine, begin }: Explored, names: ReadonlyMap<Transition, string>): Running {
  const timers = new Map<number, { readonly at: number; readonly callback: () => void }>();
  let now = 1000;
  let last = 0;
  const { input, flags } = begin(() => now);
  const taken = new Set<string>();
  const failures: unknown[] = [];
  const actor = createActor(machine, {
    input,
    clock: {
      setTimeout: (callback: () => void, ms: number) => {
        last += 1;
        timers.set(last, { at: now + ms, callback });
        return last;
      },
      clearTimeout: (id: number) => void timers.delete(id),
    },
    inspect: (event: InspectionEvent) => {
      if (event.type !== '@xstate.microstep') return;
      for (const each of event._transitions) {
        const name = names.get(each as unknown as Transition);
        if (name !== undefined) taken.add(name);
      }
    },
  } as never);
  actor.subscribe({
    error: (error: unknown) => {
      failures.push(error);
    },
  });
  actor.start();
  if (failures.length > 0) throw failures[0];
  const first = () => [...timers].sort(([one, a], [other, b]) => a.at - b.at || one - other)[0];
  const fire = (until: number): boolean => {
    const [id, timer] = first() ?? [];
    if (id === undefined || timer === undefined || timer.at > until) return false;
    timers.delete(id);
    now = Math.max(now, timer.at);
    timer.callback();
    return true;
  };
  return {
    actor,
    flags,
    taken,
    now: () => now,
    send: (event) => actor.send(event),
    settle: (id, how) => {
      const child = (actor.getSnapshot() as { children: Record<string, AnyActor | undefined> }).children[id];
      child?.send({ type: 'settle', ...how });
    },
    wait: (ms) => {
      const until = now + ms;
      for (let count = 0; count < 500 && fire(until); count += 1);
      now = Math.max(now, until);
    },
    sleep: (ms) => {
      now += ms;
    },
    next: () => {
      fire(now + 600_000);
    },
    check: () => {
      if (failures.length > 0) throw failures[0];
    },
    stop: () => {
      actor.stop();
    },
  };
}

/** Plays a path on a fresh actor; `onStep` is called at its start, and after each step. */
export function play(
  explored: Explored,
  names: ReadonlyMap<Transition, string>,
  path: readonly string[],
  onStep: (world: Running, step: string | null) => void = () => {},
): Running {
  const world = run(explored, names);
  onStep(world, null);
  for (const step of path) {
    explored.stimuli[step]?.(world);
    world.check();
    onStep(world, step);
  }
  return world;
}
