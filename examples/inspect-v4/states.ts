import type { Chart, Plain } from 'genesys-conversation-machine/inspect';
import { childrenOf, eventNameOf } from './definition.ts';

/** An event as XState 4 wraps it. */
export interface EventV4 {
  readonly name: string;
  readonly data: { readonly type: string; readonly [key: string]: Plain };
  readonly type: 'external';
  readonly $$type: 'scxml';
}

/** A state as `State.create` of XState 4 takes it. */
export interface StateV4 {
  readonly value: Plain;
  readonly context: Plain;
  readonly event: EventV4['data'];
  readonly _event: EventV4;
  readonly _sessionid: string;
  readonly events: readonly [];
  readonly actions: readonly [];
  readonly activities: { readonly [key: string]: never };
  readonly meta: { readonly [key: string]: never };
  readonly children: { readonly [key: string]: never };
  readonly tags: readonly string[];
  readonly done: boolean;
  readonly changed: true;
}

/** What the first state of everybody came by. */
export const initEvent = eventOf({ type: 'xstate.init' });

/** Says an event in the words of XState 4: `output` and `error` are its `data`. */
export function eventOf(event: Plain): EventV4 {
  const { type, output, error, ...rest } = (event ?? {}) as Record<string, Plain>;
  const name = eventNameOf(String(type));
  const data = output ?? error;
  return {
    name,
    data: { ...rest, ...(data !== undefined && { data }), type: name },
    type: 'external',
    $$type: 'scxml',
  };
}

/** What a state of XState 4 is made of. */
export interface Standing {
  readonly sessionId: string;
  readonly active: readonly string[];
  readonly context: Plain | undefined;
  readonly event: EventV4;
  readonly isDone: boolean;
}

/** Says where a chart stands in the words of XState 4. */
export function stateOf(chart: Chart, { sessionId, active, context, event, isDone }: Standing): StateV4 {
  const tags = chart.states.filter(({ path }) => active.includes(path)).flatMap((state) => state.tags);
  return {
    value: stateValueOf(chart, '', new Set(active)) ?? {},
    context: context ?? {},
    event: event.data,
    _event: event,
    _sessionid: sessionId,
    events: [],
    actions: [],
    activities: {},
    meta: {},
    children: {},
    tags: [...new Set(tags)],
    done: isDone,
    changed: true,
  };
}

/** The state value of everything active below a path; none where nothing is below. */
function stateValueOf(chart: Chart, path: string, active: ReadonlySet<string>): Plain | undefined {
  const below = childrenOf(chart, path).filter((child) => active.has(child.path));
  const [first] = below;
  if (first === undefined) return undefined;
  const isParallel = chart.states.some((state) => state.path === path && state.type === 'parallel');
  if (!isParallel) {
    const value = stateValueOf(chart, first.path, active);
    return value === undefined ? first.name : { [first.name]: value };
  }
  return Object.fromEntries(
    below.map((child) => [child.name, stateValueOf(chart, child.path, active) ?? {}]),
  );
}
