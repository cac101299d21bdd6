import type { InspectorMessage } from '../inspect/types.ts';
import { apply, createModel, type Model } from './model.ts';

/** What was told, and where in it somebody looks. */
export interface History {
  /** What is shown: up to the last message, or up to where somebody stepped. */
  readonly model: Model;
  readonly isPaused: boolean;
  /** How many messages were told, and how many of them are shown. */
  readonly length: number;
  readonly place: number;
  /** The messages that are shown, oldest first. */
  shown(): readonly InspectorMessage[];
  add(messages: readonly InspectorMessage[]): void;
  /** Forgets everything: another page is looked at, or the same one anew. */
  clear(): void;
  pause(): void;
  goLive(): void;
  /** Goes by so many states of rest, back where negative. Pauses. */
  step(by: number): void;
  /** Goes to the message of this number. Pauses. */
  goTo(n: number): void;
}

const most = 20_000;

/** Makes a {@link History}. */
export function createHistory(): History {
  let messages: InspectorMessage[] = [];
  let model = createModel();
  let place = 0;
  let isPaused = false;

  const showUpTo = (end: number): void => {
    const target = Math.min(Math.max(0, end), messages.length);
    if (target < place) {
      model = createModel();
      place = 0;
    }
    for (const message of messages.slice(place, target)) apply(model, message);
    place = target;
  };
  const isRest = ({ kind }: InspectorMessage): boolean => kind === 'snapshot' || kind === 'stopped';

  return {
    get model() {
      return model;
    },
    get isPaused() {
      return isPaused;
    },
    get length() {
      return messages.length;
    },
    get place() {
      return place;
    },
    shown: () => messages.slice(0, place),
    add: (more) => {
      messages.push(...more);
      if (messages.length > most * 2 && !isPaused) {
        // What an actor is must be known however long ago it began.
        const old = messages.slice(0, -most).filter(({ kind }) => kind === 'actor');
        messages = [...old, ...messages.slice(-most)];
        for (const message of more) apply(model, message);
        place = messages.length;
        return;
      }
      if (!isPaused) showUpTo(messages.length);
    },
    clear: () => {
      messages = [];
      model = createModel();
      place = 0;
      isPaused = false;
    },
    pause: () => {
      isPaused = true;
    },
    goLive: () => {
      isPaused = false;
      showUpTo(messages.length);
    },
    step: (by) => {
      isPaused = true;
      let to = place;
      do to += Math.sign(by);
      while (to > 0 && to < messages.length && !isRest(messages[to - 1] as InspectorMessage));
      showUpTo(to);
    },
    goTo: (n) => {
      isPaused = true;
      const found = messages.findIndex((message) => message.n >= n);
      const rest = messages.findIndex((message, index) => index >= found && isRest(message));
      if (found >= 0) showUpTo((rest < 0 ? found : rest) + 1);
    },
  };
}
