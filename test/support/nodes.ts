import type { StateNode } from 'xstate';

/** A state of a chart and every state below it. */
export function nodesUnder(node: StateNode): StateNode[] {
  return [node, ...Object.values(node.states as Record<string, StateNode>).flatMap(nodesUnder)];
}

/** The actions that stand in no table, since other actions enqueue them. */
export const enqueuedActions: readonly string[] = ['emitEvent', 'changeContext'];
