import type { Chart } from '../inspect/chartOf.ts';
import type { InspectorMessage, PendingTimer, Plain } from '../inspect/types.ts';

/** An actor as far as it was told of. */
export interface Shown {
  readonly id: string;
  readonly name: string;
  readonly parent: string | undefined;
  readonly chart: Chart | undefined;
  active: ReadonlySet<string>;
  /** Keys of the transitions taken by the last event. */
  taken: Set<string>;
  context: Plain | undefined;
  status: string;
  readonly timers: Map<string, PendingTimer>;
}

/** The lanes of the sequence, from the guest to the other side. */
type Lane = 'key' | 'event' | 'call' | 'told';

/** One line of the sequence. */
export interface Step {
  readonly n: number;
  readonly at: number;
  readonly actor: string;
  readonly lane: Lane;
  readonly text: string;
  readonly isTrouble: boolean;
}

/** Everything that messages told, up to one of them. */
export interface Model {
  readonly actors: Map<string, Shown>;
  readonly steps: Step[];
  /** When the last message was, on the clock of the page that is looked at. */
  at: number;
}

const mostSteps = 2000;

/** A model that was told nothing yet. */
export const createModel = (): Model => ({ actors: new Map(), steps: [], at: 0 });

/** Takes one message into a model. A kind it does not know is nothing it can show. */
export function apply(model: Model, message: InspectorMessage): void {
  const { at, n, actor: id } = message;
  model.at = Math.max(model.at, at);
  const actor = model.actors.get(id);
  const note = (lane: Lane, text: string, isTrouble = false): void => {
    model.steps.push({ n, at, actor: id, lane, text, isTrouble });
    if (model.steps.length > mostSteps * 2) model.steps.splice(0, mostSteps);
  };
  switch (message.kind) {
    case 'actor': {
      const { name, parent, chart } = message;
      model.actors.set(id, {
        ...{ id, name, parent, chart },
        active: new Set(),
        taken: new Set(),
        context: undefined,
        status: 'active',
        timers: new Map(),
      });
      if (parent !== undefined && !message.replayed) note('call', `${name} →`);
      return;
    }
    case 'event':
      if (message.isQuiet) note('key', 'keystroke');
      else if (actor?.chart) noteEvent(message.event, message.from !== undefined, note, actor);
      return;
    case 'transition':
      for (const { key } of message.transitions) actor?.taken.add(key);
      return;
    case 'snapshot':
      if (!actor) return;
      actor.active = new Set(message.active);
      actor.status = message.status;
      if (message.context !== undefined) actor.context = message.context;
      return;
    case 'timer.started':
      actor?.timers.set(message.timer.id, message.timer);
      return;
    case 'timer.ended':
      actor?.timers.delete(message.id);
      return;
    case 'emitted':
      note('told', typeOf(message.event), isTrouble(typeOf(message.event)));
      return;
    case 'stopped':
      if (actor) actor.status = message.status;
      if (actor?.parent !== undefined) model.actors.delete(id);
      return;
    case 'lost':
      note('event', `${message.count} messages lost`, true);
      return;
    default:
  }
}

function noteEvent(
  event: Plain,
  isInside: boolean,
  note: (lane: Lane, text: string, isTrouble?: boolean) => void,
  actor: Shown,
): void {
  actor.taken = new Set();
  const type = typeOf(event);
  const answer = /^xstate\.(done|error)\.actor\.(.+)$/.exec(type);
  if (answer) {
    const { error } = event as { error?: Plain };
    const { status, code } = (error ?? {}) as { status?: Plain; code?: Plain };
    const words = answer[1] === 'done' ? 'ok' : [status, code].filter((each) => each !== undefined).join(' ');
    note('call', `${answer[2]} ← ${words}`, answer[1] === 'error');
    return;
  }
  const after = /^xstate\.after\.([^.]+)\./.exec(type);
  if (after) note('event', `after ${after[1]}`);
  else if (!isInside && type !== 'xstate.init') note(type === 'keystroke' ? 'key' : 'event', type);
}

function typeOf(event: Plain): string {
  const { type } = (event ?? {}) as { type?: unknown };
  return typeof type === 'string' ? type : '?';
}

const isTrouble = (type: string): boolean => /failed|limited|unauthorized|dropped/.test(type);
