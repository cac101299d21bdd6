/** What a page holds of the browser: it is counted by what the page calls, from its first script on. */
interface Held {
  readonly listeners: number;
  readonly timers: number;
  readonly observers: number;
}

declare global {
  interface Window {
    /** What is held now; with `true`, of listeners only those of the window and of what is in its page. */
    held(ofPage?: boolean): Held;
  }
}

/** Runs in the page before everything else. */
export function countWhatIsHeld(): void {
  const listeners = new Map<string, EventTarget>();
  const timers = new Set<unknown>();
  const observers = new Set<unknown>();
  const numbers = new WeakMap<object, number>();
  let last = 0;
  const numberOf = (each: object): number => {
    const number = numbers.get(each) ?? ++last;
    numbers.set(each, number);
    return number;
  };
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  const keyOf = (target: object, type: string, listener: unknown, options: unknown): string => {
    const capture =
      typeof options === 'object' ? (options as AddEventListenerOptions | null)?.capture : options;
    return [numberOf(target), type, numberOf(listener as object), capture === true].join();
  };
  EventTarget.prototype.addEventListener = function (type, listener, options) {
    if (listener) listeners.set(keyOf(this, type, listener, options), this);
    addEventListener.call(this, type, listener, options);
  };
  EventTarget.prototype.removeEventListener = function (type, listener, options) {
    if (listener) listeners.delete(keyOf(this, type, listener, options));
    removeEventListener.call(this, type, listener, options);
  };
  const { setTimeout, clearTimeout, setInterval, clearInterval } = window;
  Object.assign(window, {
    setTimeout: (callback: () => void, ms?: number) => {
      const id = setTimeout(() => {
        timers.delete(id);
        callback();
      }, ms);
      timers.add(id);
      return id;
    },
    setInterval: (callback: () => void, ms?: number) => {
      const id = setInterval(callback, ms);
      timers.add(id);
      return id;
    },
    clearTimeout: (id: number) => {
      timers.delete(id);
      clearTimeout(id);
    },
    clearInterval: (id: number) => {
      timers.delete(id);
      clearInterval(id);
    },
  });
  for (const observer of [IntersectionObserver, MutationObserver, ResizeObserver]) {
    const { observe, disconnect } = observer.prototype;
    Object.assign(observer.prototype, {
      observe(this: unknown, ...values: [never, never]) {
        observers.add(this);
        observe.apply(this, values);
      },
      disconnect(this: unknown) {
        observers.delete(this);
        disconnect.call(this as never);
      },
    });
  }
  const isOnPage = (target: EventTarget): boolean =>
    target === window || (target instanceof Node && target.isConnected);
  window.held = (ofPage = false) => ({
    listeners: [...listeners.values()].filter((target) => !ofPage || isOnPage(target)).length,
    timers: timers.size,
    observers: observers.size,
  });
}
