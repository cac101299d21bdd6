import { createLog, type Logger } from '../shared/log.ts';

/** All that a binding holds of the page: what `dispose` gives back. */
export interface Scope {
  /** Listens, without ever holding up a scroll or a key; what the listener throws is told once and harms nobody. */
  listen<E extends Event>(
    target: EventTarget,
    type: string,
    listener: (event: E) => void,
    capture?: boolean,
  ): void;
  /** The same function, but what it throws is told to the developer, once, instead of thrown. */
  safely<A extends readonly unknown[]>(callback: (...values: A) => unknown): (...values: A) => void;
  /** Remembers what else ends with the binding. */
  onDispose(end: () => void): void;
  /** Gives everything back; the second time it does nothing. */
  readonly dispose: () => void;
}

/** Makes a {@link Scope} for the binding of this name. */
export function createScope(name: string, logger: Logger | undefined): Scope {
  const log = createLog(logger);
  const ends: (() => void)[] = [];
  let wasTold = false;

  const safely: Scope['safely'] =
    (callback) =>
    (...values) => {
      try {
        callback(...values);
      } catch (error) {
        if (wasTold) return;
        wasTold = true;
        log.report(`${name} met an error and goes on; later ones are not told.`, error);
      }
    };

  return {
    safely,
    listen: (target, type, listener, capture = false) => {
      const safe = safely(listener) as EventListener;
      target.addEventListener(type, safe, { capture, passive: true });
      ends.push(() => target.removeEventListener(type, safe, { capture }));
    },
    onDispose: (end) => ends.push(end),
    dispose: () => {
      for (const end of ends.splice(0)) end();
    },
  };
}
