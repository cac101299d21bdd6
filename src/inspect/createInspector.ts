import type { ActorRefLike, InspectionEvent } from 'xstate';
import { type Clock, checkClock } from '../shared/clock.ts';
import { invalidOption } from '../shared/errors.ts';
import { withQuietKeys } from '../shared/inspector.ts';
import { checkDelay, checkOptions, namesOf } from '../shared/validate.ts';
import { createActors, type InspectedRef, type KnownActor } from './actors.ts';
import { type Chart, chartOf, eventLabel, isMachine, keyOf, pathOf } from './chartOf.ts';
import { createLookers, type Draft } from './lookers.ts';
import { toPlain } from './plain.ts';
import { createRedactor, type RedactOptions } from './redaction.ts';
import type { EndedTimer } from './timers.ts';
import type { Looker } from './types.ts';

/** What an {@link Inspector} is made of. */
export interface InspectorOptions {
  /** What is hidden. Default: tokens and the texts of messages; ids are shown (S18). */
  readonly redact?: RedactOptions;
  /** Times the messages, and gathers them. Give it the conversation's own. Default: the platform's. */
  readonly clock?: Clock;
  /** How long messages are gathered before they are told, ms. Default: 50. */
  readonly batchEvery?: number;
  /** How many messages a looker who cannot keep up gets at least; older ones are lost, and counted. Default: 5000. */
  readonly keep?: number;
}

/** Stands between running charts and those who look at them. */
export interface Inspector {
  /**
   * Goes into the `inspect` option of `createConversation`, `webMessaging` or XState's `createActor`, as it is.
   * Any number of them may share it. Never throws, and copies nothing while nobody looks.
   */
  readonly inspect: (event: InspectionEvent) => void;
  /**
   * Begins to look: gets every actor that lives, with its state and its pending timers, and then what happens.
   * Returns what ends it.
   * @throws ConversationError `invalid-option` where it is no function.
   * @example
   * const end = inspector.listen((messages) => console.debug(messages));
   * end(); // nothing is copied any more
   */
  listen(looker: Looker): () => void;
}

const optionNames = namesOf<InspectorOptions>({ redact: true, clock: true, batchEvery: true, keep: true });

/**
 * Makes an {@link Inspector}. It keeps a reference to each actor until that one stops.
 * @throws ConversationError `invalid-option` when an option cannot be right.
 * @example
 * const inspector = createInspector();
 * const watched = createConversation({ transport, inspect: inspector.inspect });
 * inspector.listen((messages) => console.debug(messages));
 */
export function createInspector(options: InspectorOptions = {}): Inspector {
  checkOptions(options, 'an object', optionNames);
  const { batchEvery = 50, keep = 5000 } = options;
  const clock = checkClock(options.clock);
  const redactor = createRedactor(options.redact);
  const actors = createActors();
  const lookers = createLookers({
    clock,
    batchEvery: checkDelay('batchEvery', batchEvery),
    keep: checkDelay('keep', keep, 1),
  });

  const plain = (value: unknown) => toPlain(value, redactor);

  const actorDraft = ({ id, name, parent, ref }: KnownActor): Draft => ({
    kind: 'actor',
    actor: id,
    name,
    ...(parent !== undefined && { parent }),
    ...(isMachine(ref.logic) && { chart: chartFor(ref.logic) }),
  });

  const snapshotDraft = (id: string, snapshot: unknown): Draft => {
    const { status, value, context } = (snapshot ?? {}) as Record<'status' | 'value' | 'context', unknown>;
    return {
      kind: 'snapshot',
      actor: id,
      status: String(status),
      active: activePaths(value),
      ...(context !== undefined && { context: plain(context) }),
    };
  };

  const replay = (): Draft[] =>
    [...actors.all()].flatMap((actor) => [
      { ...actorDraft(actor), replayed: true } as Draft,
      snapshotDraft(actor.id, (actor.ref as InspectedRef & { getSnapshot(): unknown }).getSnapshot()),
      ...actor.timers.all().map((timer): Draft => ({ kind: 'timer.started', actor: actor.id, timer })),
    ]);

  const ended = (actor: string, timer: EndedTimer | undefined): void => {
    if (timer) lookers.tell({ kind: 'timer.ended', actor, ...timer });
  };

  const takeAction = (actor: KnownActor, action: { type: string; params: unknown }): void => {
    const { params } = action;
    if (action.type === 'xstate.raise') {
      const started = actor.timers.started(params, clock.now());
      ended(actor.id, started?.ended);
      if (started) lookers.tell({ kind: 'timer.started', actor: actor.id, timer: started.timer });
    } else if (action.type === 'xstate.cancel') {
      ended(actor.id, actor.timers.cancelled(params));
    } else if (action.type === 'xstate.emit' && lookers.isWatched()) {
      lookers.tell({
        kind: 'emitted',
        actor: actor.id,
        event: plain((params as { event?: unknown })?.event),
      });
    }
  };

  const takeEvent = (actor: KnownActor, source: ActorRefLike | undefined, event: { type: string }): void => {
    if (source === actor.ref) ended(actor.id, actor.timers.arrived(event.type));
    if (!lookers.isWatched()) return;
    const from = actors.idOf(source);
    lookers.tell({ kind: 'event', actor: actor.id, event: plain(event), ...(from && { from }) });
  };

  const takeSnapshot = (actor: KnownActor, snapshot: { status?: unknown }): void => {
    const isOver = snapshot.status !== 'active';
    if (lookers.isWatched()) {
      lookers.tell(snapshotDraft(actor.id, snapshot));
      if (isOver) {
        for (const { id } of actor.timers.all()) ended(actor.id, { id, how: 'cancelled' });
        lookers.tell({ kind: 'stopped', actor: actor.id, status: String(snapshot.status) });
      }
    }
    if (isOver) actors.forget(actor.ref);
  };

  const take = (inspected: InspectionEvent): void => {
    switch (inspected.type) {
      case '@xstate.actor': {
        const isNew = actors.idOf(inspected.actorRef) === undefined;
        const actor = actors.of(inspected.actorRef);
        if (isNew && lookers.isWatched()) lookers.tell(actorDraft(actor));
        return;
      }
      case '@xstate.action':
        takeAction(actors.of(inspected.actorRef), inspected.action);
        return;
      case '@xstate.event':
        takeEvent(actors.of(inspected.actorRef), inspected.sourceRef, inspected.event);
        return;
      case '@xstate.microstep': {
        if (!lookers.isWatched() || inspected._transitions.length === 0) return;
        lookers.tell({
          kind: 'transition',
          actor: actors.of(inspected.actorRef).id,
          event: eventLabel(inspected.event.type),
          transitions: inspected._transitions.map((each) => ({
            key: keyOf(each),
            from: pathOf(each.source),
            to: (each.target ?? []).map(pathOf),
          })),
        });
        return;
      }
      case '@xstate.snapshot':
        takeSnapshot(actors.of(inspected.actorRef), inspected.snapshot);
        return;
      default:
      // A kind that a later XState brings is nothing we can show.
    }
  };

  const inspect = (event: InspectionEvent): void => {
    try {
      take(event);
    } catch {
      // Whoever is looked at must not be harmed by it: `send` would throw.
    }
  };
  const takeKey = (conversation: ActorRefLike): void => {
    const actor = lookers.isWatched() && actors.idOf(conversation);
    if (actor) lookers.tell({ kind: 'event', actor, event: { type: 'keystroke' }, isQuiet: true });
  };

  return {
    inspect: withQuietKeys(inspect, takeKey),
    listen: (looker) => {
      if (typeof looker !== 'function') throw invalidOption('looker', 'a function', looker);
      return lookers.add(looker, replay());
    },
  };
}

const charts = new WeakMap<object, Chart>();

/** A chart is described once for each machine; a machine with other implementations is another object. */
function chartFor(machine: Parameters<typeof chartOf>[0]): Chart {
  const chart = charts.get(machine) ?? chartOf(machine);
  charts.set(machine, chart);
  return chart;
}

/** The paths of all states that a state value names, parents first. */
function activePaths(value: unknown, above = ''): string[] {
  const beside = (name: string): string => (above === '' ? name : `${above}.${name}`);
  if (typeof value === 'string') return [beside(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, below]) => [
    beside(name),
    ...activePaths(below, beside(name)),
  ]);
}
