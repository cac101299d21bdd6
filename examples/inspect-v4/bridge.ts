import {
  type Chart,
  createInspector,
  type Inspector,
  type InspectorMessage,
  type InspectorOptions,
  type Plain,
} from 'genesys-conversation-machine/inspect';
import type { AnyInterpreter } from 'xstate';
import { type DefinitionV4, definitionOf } from './definition.ts';
import { type EventV4, eventOf, initEvent, type StateV4, stateOf } from './states.ts';

/** What `@xstate/inspect` takes as its `devTools`: XState 4's own interface, of which it reads this much. */
interface DevTools {
  readonly services: Set<AnyInterpreter>;
  register(service: AnyInterpreter): void;
  unregister(service: AnyInterpreter): void;
  onRegister(listener: (service: AnyInterpreter) => void): { unsubscribe(): void };
}

/** Stands between machines of XState 5 and an inspector that knows XState 4 only. */
export interface Bridge {
  /** Goes into the `inspect` option of `createConversation` and `webMessaging`. */
  readonly inspect: Inspector['inspect'];
  /** Goes into `inspect({ devTools })` of `@xstate/inspect`; copying begins when that registers, and not before. */
  readonly devTools: DevTools;
  /** Ends the looking: nothing is copied any more. */
  stop(): void;
}

/** Makes a {@link Bridge}. What it shows is redacted as an inspector's: no token, no text of a message. */
export function createBridge(options: InspectorOptions = {}): Bridge {
  const inspector = createInspector(options);
  const services = new Map<string, Service>();
  const shown = new Set<AnyInterpreter>();
  const listeners = new Set<(service: AnyInterpreter) => void>();
  let leave: (() => void) | undefined;

  const take = (message: InspectorMessage): void => {
    const service = services.get(message.actor);
    switch (message.kind) {
      case 'actor':
        if (message.chart === undefined) return;
        services.set(
          message.actor,
          createService(message.actor, message.chart, services.get(message.parent ?? '')),
        );
        return;
      case 'event':
        service?.heard(message.event);
        return;
      case 'snapshot': {
        if (service === undefined) return;
        service.came(message.active, message.context, message.status === 'done');
        const asV4 = service.asV4();
        if (shown.has(asV4)) return;
        shown.add(asV4);
        for (const listener of listeners) listener(asV4);
        return;
      }
      case 'stopped':
        if (service === undefined) return;
        services.delete(message.actor);
        shown.delete(service.asV4());
        service.ended();
        return;
      default:
      // XState 4 has no word for transitions, timers and decisions.
    }
  };

  return {
    inspect: inspector.inspect,
    devTools: {
      services: shown,
      // Machines come by `inspect`, and leave by themselves.
      register: () => {},
      unregister: () => {},
      onRegister: (listener) => {
        listeners.add(listener);
        leave ??= inspector.listen((messages) => messages.forEach(take));
        for (const service of shown) listener(service);
        return { unsubscribe: () => listeners.delete(listener) };
      },
    },
    stop: () => {
      leave?.();
      leave = undefined;
      listeners.clear();
    },
  };
}

/** A machine as the inspector sees it. */
interface Service {
  /** An event arrived. */
  heard(event: Plain): void;
  /** It came to rest. */
  came(active: readonly string[], context: Plain | undefined, isDone: boolean): void;
  ended(): void;
  asV4(): AnyInterpreter;
}

/** What `@xstate/inspect` reads of an interpreter. */
interface Seen {
  readonly id: string;
  readonly sessionId: string;
  readonly parent: Seen | undefined;
  readonly machine: { readonly id: string; readonly definition: DefinitionV4; toJSON(): DefinitionV4 };
  readonly initialState: StateV4 | undefined;
  readonly state: StateV4 | undefined;
  send(event: EventV4): void;
  subscribe(listener: (state: StateV4) => void): { unsubscribe(): void };
  onStop(listener: () => void): void;
}

function createService(sessionId: string, chart: Chart, parent: Service | undefined): Service {
  const definition = definitionOf(chart);
  const watchers = new Set<(state: StateV4) => void>();
  const stops = new Set<() => void>();
  let state: StateV4 | undefined;
  let event = initEvent;

  const seen: Seen = {
    id: chart.name,
    sessionId,
    parent: parent?.asV4() as Seen | undefined,
    machine: { id: chart.name, definition, toJSON: () => definition },
    get initialState() {
      return state;
    },
    get state() {
      return state;
    },
    // The package puts its own function here, and learns of events by it. What comes through it from outside, from
    // whatever frame that is, ends here: `acceptEvents` is the way back.
    send: () => {},
    subscribe: (listener) => {
      watchers.add(listener);
      return { unsubscribe: () => watchers.delete(listener) };
    },
    onStop: (listener) => {
      stops.add(listener);
    },
  };

  return {
    heard: (plain) => {
      event = eventOf(plain);
      if (state !== undefined) seen.send(event);
    },
    came: (active, context, isDone) => {
      state = stateOf(chart, { sessionId, active, context, event, isDone });
      for (const listener of watchers) listener(state);
    },
    ended: () => {
      for (const listener of stops) listener();
    },
    asV4: () => seen as unknown as AnyInterpreter,
  };
}
