import { type SandboxClock, systemClock } from '../shared/clock.ts';
import type { SandboxCall } from './call.ts';
import { type CallMatcher, toPredicate } from './callMatcher.ts';

/**
 * How `waitForCall` waits: `timeout` in real milliseconds (default 2000); `until` the call has `'arrived'` with its
 * body, or is `'settled'`, which is the default: answered, reset, left hanging by a fault, or given up by the client.
 */
export interface WaitOptions {
  timeout?: number;
  until?: 'arrived' | 'settled';
}

interface Waiter {
  matches: (call: SandboxCall) => boolean;
  until: 'arrived' | 'settled';
  resolve: (call: SandboxCall) => void;
  reject: (error: Error) => void;
  timer: unknown;
}

const longestRecord = 5000;
/** The bounded record of calls: the newest 5000. */
export class Journal {
  readonly #clock: SandboxClock;
  readonly #publish: (call: SandboxCall) => void;
  readonly #stages = new WeakMap<SandboxCall, 'arrived' | 'settled'>();
  readonly #waiters = new Set<Waiter>();
  #calls: SandboxCall[] = [];
  #count = 0;

  constructor(clock: SandboxClock, publish: (call: SandboxCall) => void) {
    this.#clock = clock;
    this.#publish = publish;
  }

  /** Records a call whose body is still to come, and returns the live record for the server to fill. */
  open(
    seen: Pick<SandboxCall, 'method' | 'route' | 'path' | 'lane' | 'requestId' | 'headers'> &
      Partial<Pick<SandboxCall, 'transport' | 'action' | 'tooSoon'>>,
  ): SandboxCall {
    const time = this.#clock.now();
    const call: SandboxCall = {
      n: ++this.#count,
      time,
      at: new Date(time).toISOString(),
      transport: 'http',
      action: null,
      tooSoon: false,
      ...seen,
      participantId: null,
      conversationId: null,
      body: null,
      faulted: false,
      status: null,
      durationMs: null,
    };
    this.#calls.push(call);
    if (this.#calls.length > longestRecord) this.#calls.shift();
    return call;
  }

  /** The call's body is in: tells the feed and whoever waits for an arrival. */
  arrived(call: SandboxCall): void {
    if (this.#stages.has(call)) return;
    this.#stages.set(call, 'arrived');
    this.#announce(call);
  }

  /** Notes the outcome at the moment it is decided, so that the record is never behind what the client knows. */
  decide(call: SandboxCall, status: SandboxCall['status']): void {
    if (call.durationMs !== null) return;
    call.status = status;
    call.durationMs = this.#clock.now() - call.time;
  }

  /** Nothing more will happen to the call: tells the feed and whoever waits for it. `fallback` is for undecided ones. */
  settle(call: SandboxCall, fallback: SandboxCall['status'] = 'aborted'): void {
    if (this.#stages.get(call) === 'settled') return;
    this.arrived(call);
    this.decide(call, fallback);
    this.#stages.set(call, 'settled');
    this.#announce(call);
  }

  /** Copies of the recorded calls that match, oldest first. */
  list(matcher: CallMatcher = {}): SandboxCall[] {
    return this.#calls.filter(toPredicate(matcher)).map(copy);
  }

  /** Forgets the recorded calls; numbering goes on. */
  clear(): void {
    this.#calls = [];
  }

  /** Resolves with the first matching call, at once when the record already holds one. See `WaitOptions`. */
  wait(matcher: CallMatcher, { timeout = 2000, until = 'settled' }: WaitOptions = {}): Promise<SandboxCall> {
    const matches = toPredicate(matcher);
    const known = this.#calls.find((call) => this.#reached(call, until) && matches(call));
    if (known !== undefined) return Promise.resolve(copy(known));
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.#waiters.delete(waiter);
        reject(new Error(`No such call within ${timeout} ms. Recorded: ${describe(this.#calls)}`));
      };
      const timer = systemClock.setTimeout(giveUp, timeout);
      const waiter: Waiter = { matches, until, resolve, reject, timer };
      this.#waiters.add(waiter);
    });
  }

  /** Rejects everyone who still waits. */
  dispose(): void {
    for (const waiter of this.#waiters) {
      systemClock.clearTimeout(waiter.timer);
      waiter.reject(new Error('The sandbox was closed while a call was waited for.'));
    }
    this.#waiters.clear();
  }

  #reached(call: SandboxCall, until: 'arrived' | 'settled'): boolean {
    const stage = this.#stages.get(call);
    return stage === 'settled' || (stage === 'arrived' && until === 'arrived');
  }

  #announce(call: SandboxCall): void {
    this.#publish(copy(call));
    for (const waiter of this.#waiters) {
      if (!this.#reached(call, waiter.until)) continue;
      try {
        if (!waiter.matches(call)) continue;
        waiter.resolve(copy(call));
      } catch (error) {
        waiter.reject(error instanceof Error ? error : new Error(String(error)));
      }
      systemClock.clearTimeout(waiter.timer);
      this.#waiters.delete(waiter);
    }
  }
}

function copy(call: SandboxCall): SandboxCall {
  return { ...call, headers: { ...call.headers } };
}

function describe(calls: readonly SandboxCall[]): string {
  if (calls.length === 0) return 'no calls at all';
  const newest = calls.slice(-20).map(({ n, method, path, status }) => `#${n} ${method} ${path} → ${status}`);
  return newest.join('; ');
}
