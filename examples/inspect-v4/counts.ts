import { type AnyStateMachine, createMachine, type StateNode } from 'xstate';
import type { DefinitionV4 } from './definition.ts';

/** What `createMachine` of XState 4 makes of a definition that has travelled. */
export function machineOf(definition: DefinitionV4): AnyStateMachine {
  return createMachine(JSON.parse(JSON.stringify(definition)));
}

/** How many states and transitions a machine of XState 4 has. */
export function countsOf(machine: AnyStateMachine): { states: number; transitions: number } {
  const nodes = nodesOf(machine as unknown as StateNode);
  return { states: nodes.length, transitions: nodes.flatMap(({ transitions }) => transitions).length };
}

function nodesOf(node: StateNode): StateNode[] {
  return [node, ...Object.values(node.states as Record<string, StateNode>).flatMap(nodesOf)];
}
