import { fromPromise, type PromiseActorLogic } from 'xstate';

/** A call that is under way, as whoever makes it sees it. */
export interface CallUnderWay {
  /** For the transport: aborts when the call is given up. Made where somebody asks for it. */
  readonly options: { readonly signal: AbortSignal };
  readonly isGivenUp: boolean;
  /** Told when the call is given up. */
  whenGivenUp: (() => void) | null;
}

/** The calls that are under way, by the actor that makes each. */
const open = new WeakMap<object, UnderWay>();

/**
 * An API actor: makes one attempt and rejects with what `failureOf` makes of whatever was thrown. The same as
 * `fromPromise`, but an `AbortController` is made only for a transport that looks at its signal: it costs more than the
 * rest of an attempt.
 */
export function callLogic<Output, Input>(
  attempt: (input: Input, call: CallUnderWay) => Promise<Output>,
  failureOf: (thrown: unknown, input: Input) => unknown,
): PromiseActorLogic<Output, Input> {
  const logic = fromPromise<Output, Input>(() => Promise.reject(new Error('Replaced below.')));
  return {
    ...logic,
    start: ({ status, input }, { self }) => {
      if (status !== 'active' || input === undefined) return;
      const call = new UnderWay();
      open.set(self, call);
      const settle = (event: { readonly type: string; readonly data: unknown }): void => {
        open.delete(self);
        if (!call.isGivenUp) self.send(event as never);
      };
      attempt(input, call).then(
        (data) => settle({ type: 'xstate.promise.resolve', data }),
        (thrown) => settle({ type: 'xstate.promise.reject', data: failureOf(thrown, input) }),
      );
    },
    transition: (state, event, scope) => {
      if (event.type === 'xstate.stop') open.get(scope.self)?.giveUp();
      return logic.transition(state, event, scope);
    },
  };
}

class UnderWay implements CallUnderWay {
  readonly options: CallUnderWay['options'];
  isGivenUp = false;
  whenGivenUp: (() => void) | null = null;
  #controller: AbortController | null = null;

  constructor() {
    const call = this;
    this.options = {
      get signal() {
        return call.#signal;
      },
    };
  }

  giveUp(): void {
    this.isGivenUp = true;
    this.#controller?.abort();
    this.whenGivenUp?.();
  }

  get #signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.isGivenUp) this.#controller.abort();
    return this.#controller.signal;
  }
}
