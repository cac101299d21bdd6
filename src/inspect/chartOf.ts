import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';

/** A statechart as plain data: enough to draw it and to say where it is. */
export interface Chart {
  /** The machine's id. */
  readonly name: string;
  /** Every state, parents before children; the root first, under the empty path. */
  readonly states: readonly ChartState[];
  /** Every transition, eventless ones included, in the order in which they are asked. */
  readonly transitions: readonly ChartTransition[];
}

/** One state of a {@link Chart}. */
export interface ChartState {
  /** Dotted path from below the root. */
  readonly path: string;
  /** Its own name. */
  readonly name: string;
  /** `history` states count as `atomic`. */
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final';
  /** Name of the child it begins in. */
  readonly initial?: string;
  /** Names of the actors it invokes. */
  readonly invokes: readonly string[];
  /** Ids of these actors, in the same order: an answer names the id, not the actor. */
  readonly invokeIds: readonly string[];
  /** Names of the actions that run as it is entered, and as it is left. */
  readonly entry: readonly string[];
  /** The same as it is left. */
  readonly exit: readonly string[];
  /** Its tags. */
  readonly tags: readonly string[];
}

/** One transition of a {@link Chart}. */
export interface ChartTransition {
  /** Unlike that of any other transition of the chart. */
  readonly key: string;
  /** Path of its state. */
  readonly from: string;
  /** Paths of its targets; empty where it only runs actions. */
  readonly to: readonly string[];
  /** What it answers, for people: `keystroke`, `after silenceLeft`, `done sendTyping`, or empty: `always`. */
  readonly event: string;
  /** The same as XState names it; empty where it is eventless. */
  readonly type: string;
  /** Whether its state is left and entered anew where the target is within. */
  readonly reenter: boolean;
  /** Name of its guard. */
  readonly guard?: string;
  /** Names of its actions. */
  readonly actions: readonly string[];
}

/** Dotted path of a state from below the root. */
export const pathOf = (node: { readonly path: readonly string[] }): string => node.path.join('.');

/** Whether an actor's logic is a machine. */
export function isMachine(logic: unknown): logic is AnyStateMachine {
  const { root, config } = (logic ?? {}) as { root?: unknown; config?: unknown };
  return typeof root === 'object' && root !== null && typeof config === 'object';
}

/**
 * Describes a machine of XState 5 as plain data.
 * @example
 * const { states, transitions } = chartOf(conversationMachine);
 */
export function chartOf(machine: AnyStateMachine): Chart {
  const nodes = nodesUnder(machine.root);
  return {
    name: machine.id,
    states: nodes.map(stateOf),
    transitions: nodes.flatMap((node) => transitionsOf(node).map((each) => describe(node, each))),
  };
}

/** The key of a transition in the chart of its machine. */
export function keyOf(transition: AnyTransitionDefinition): string {
  const { source, eventType } = transition;
  const beside = eventType === '' ? source.always : source.transitions.get(eventType);
  return `${pathOf(source)}|${eventType}|${beside?.indexOf(transition) ?? 0}`;
}

/** What an event type says to people: XState's own names are long, and repeat the state. */
export function eventLabel(type: string): string {
  const after = /^xstate\.after\.([^.]+)\./.exec(type);
  if (after) return `after ${after[1]}`;
  const answer = /^xstate\.(done|error)\.(?:actor|state)\.(.+)$/.exec(type);
  return answer ? `${answer[1] === 'done' ? 'done' : 'failed'} ${answer[2]}` : type;
}

function nodesUnder(node: AnyStateNode): AnyStateNode[] {
  return [node, ...Object.values(node.states as Record<string, AnyStateNode>).flatMap(nodesUnder)];
}

function transitionsOf(node: AnyStateNode): AnyTransitionDefinition[] {
  return [...(node.always ?? []), ...[...node.transitions.values()].flat()];
}

function stateOf(node: AnyStateNode): ChartState {
  const initial = node.type === 'compound' ? node.initial?.target?.[0] : undefined;
  return {
    path: pathOf(node),
    name: node.key,
    type: node.type === 'history' ? 'atomic' : node.type,
    ...(initial && { initial: initial.path[node.path.length] ?? initial.key }),
    invokes: node.invoke.map(({ src }) => nameOf(src)),
    invokeIds: node.invoke.map(({ id }) => id),
    entry: node.entry.map(nameOf),
    exit: node.exit.map(nameOf),
    tags: [...node.tags],
  };
}

function describe(node: AnyStateNode, transition: AnyTransitionDefinition): ChartTransition {
  const { target, eventType, reenter, guard, actions } = transition;
  return {
    key: keyOf(transition),
    from: pathOf(node),
    to: (target ?? []).map(pathOf),
    event: eventLabel(eventType),
    type: eventType,
    reenter,
    ...(guard !== undefined && { guard: nameOf(guard) }),
    actions: actions.map(nameOf),
  };
}

/** The name of a guard, an action or an actor, however it was written. */
function nameOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { type, name } = (value ?? {}) as { type?: unknown; name?: unknown };
  if (typeof type === 'string') return type;
  return typeof name === 'string' && name !== '' ? name : 'inline';
}
