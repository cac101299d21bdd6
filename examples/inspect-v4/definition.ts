import type { Chart, ChartState, ChartTransition } from 'genesys-conversation-machine/inspect';

/** A state as `createMachine` of XState 4 takes it back from JSON, which is what its inspector does with it. */
export interface DefinitionV4 {
  /** Of the root alone; without it XState 4 complains on the console. */
  readonly predictableActionArguments?: true;
  readonly id: string;
  readonly key: string;
  readonly type?: 'parallel' | 'final';
  readonly initial?: string;
  readonly states: Readonly<Record<string, DefinitionV4>>;
  readonly on: Readonly<Record<string, readonly TransitionV4[]>>;
  readonly always: readonly TransitionV4[];
  readonly invoke: readonly { readonly id: string; readonly src: string }[];
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  readonly tags: readonly string[];
}

/** A transition in the words of XState 4. */
interface TransitionV4 {
  readonly target?: readonly string[];
  readonly cond?: string;
  readonly actions: readonly string[];
  readonly internal: boolean;
}

/** Says a chart in the words of XState 4: every state under an id of its own, every transition with all of its parts. */
export function definitionOf(chart: Chart): DefinitionV4 {
  const root = chart.states.find(({ path }) => path === '') as ChartState;
  return { predictableActionArguments: true, ...stateOf(chart, root) };
}

/** The id of a state in its definition. */
const idOf = ({ name }: Chart, path: string): string => (path === '' ? name : `${name}.${path}`);

function stateOf(chart: Chart, state: ChartState): DefinitionV4 {
  const { path, name, type, initial, invokes, invokeIds, entry, exit, tags } = state;
  const own = chart.transitions.filter(({ from }) => from === path);
  const on: Record<string, TransitionV4[]> = {};
  for (const transition of own.filter((each) => each.type !== '')) {
    const event = eventNameOf(transition.type);
    on[event] = [...(on[event] ?? []), transitionOf(chart, transition)];
  }
  return {
    id: idOf(chart, path),
    key: name,
    ...((type === 'parallel' || type === 'final') && { type }),
    ...(initial !== undefined && { initial }),
    states: Object.fromEntries(childrenOf(chart, path).map((child) => [child.name, stateOf(chart, child)])),
    on,
    always: own.filter((each) => each.type === '').map((each) => transitionOf(chart, each)),
    invoke: invokes.map((src, index) => ({ id: invokeIds[index] ?? src, src })),
    entry: entry.filter(isOwnAction),
    exit: exit.filter(isOwnAction),
    tags,
  };
}

function transitionOf(chart: Chart, { to, guard, actions, reenter }: ChartTransition): TransitionV4 {
  return {
    ...(to.length > 0 && { target: to.map((path) => `#${idOf(chart, path)}`) }),
    ...(guard !== undefined && { cond: guard }),
    actions,
    internal: !reenter,
  };
}

/** What sets and stops the timers of a state is XState's own. */
const isOwnAction = (name: string): boolean => !/^xstate\.(raise|cancel)$/.test(name);

/** The states right below one. */
export function childrenOf({ states }: Chart, path: string): ChartState[] {
  const above = path === '' ? '' : `${path}.`;
  return states.filter(
    (each) => each.path !== '' && each.path.startsWith(above) && !each.path.slice(above.length).includes('.'),
  );
}

/** An event's name, as XState 4 has it: those that XState makes are called otherwise there. */
export function eventNameOf(type: string): string {
  const [, after, id] = /^xstate\.after\.([^.]+)\.(.+)$/.exec(type) ?? [];
  if (after !== undefined) return `xstate.after(${after})#${id}`;
  return type
    .replace(/^xstate\.done\.actor\./, 'done.invoke.')
    .replace(/^xstate\.error\.actor\./, 'error.platform.')
    .replace(/^xstate\.done\.state\./, 'done.state.');
}
