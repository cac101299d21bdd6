import type { ConversationEmitted } from '../../machines/conversation/events.ts';
import { onePer } from './onePer.ts';
import { isThenable } from './thenable.ts';

/** One line for a developer's log. Never holds a token, a URL, a body or a message's text (S17). */
export interface LogEntry {
  /** `debug`: a decision. `warn`: a failed call. `error`: a callback of the application threw. */
  readonly level: 'debug' | 'warn' | 'error';
  /** What to write: the decision’s type, or a sentence. */
  readonly message: string;
  /** The conversation's decision, for `debug` and `warn`. */
  readonly event?: ConversationEmitted;
  /** What the application's own callback threw, for `error`. */
  readonly error?: unknown;
}

/** Takes a {@link LogEntry}; what it throws is nobody's. */
export type Logger = (entry: LogEntry) => void;

/** Writes to the application's logger, and runs what else it gave us, so that nothing it throws harms anybody. */
export interface Log {
  /** Logs a decision of a machine: its type with `detail` behind it, and the event itself where given. */
  decision(type: string, more?: { readonly detail?: string; readonly event?: ConversationEmitted }): void;
  /** Logs an oddity. */
  warn(message: string): void;
  /** Logs something that should not have happened; on the console where there is no logger. */
  report(message: string, error: unknown): void;
  /**
   * The same function, but what it throws is reported instead of thrown: the first time, since what is broken
   * for one event is for all, and a report for each would bury the log.
   */
  guard<A>(name: string, callback: (argument: A) => void): (argument: A) => void;
}

const logs = new WeakMap<Logger, Log>();
let silent: Log | undefined;

/** The {@link Log} over `logger`, the same one for all who write to it. */
export function logOf(logger: Logger | undefined): Log {
  if (!logger) {
    silent ??= createLog(undefined);
    return silent;
  }
  return onePer(logs, logger, createLog);
}

/** Makes a {@link Log} over `logger`. */
export function createLog(logger: Logger | undefined): Log {
  const write = (entry: LogEntry): void => {
    // A logger that throws has nobody left to tell.
    if (logger) run(logger, entry, () => {});
  };
  const report = (message: string, error: unknown): void => {
    if (logger) write({ level: 'error', message, error });
    else console.error(message, error);
  };
  return {
    decision: (type, { detail = '', event } = {}) => {
      if (!logger) return;
      write({
        level: isTrouble(type) ? 'warn' : 'debug',
        message: `${type}${detail}`,
        ...(event && { event }),
      });
    },
    warn: (message) => write({ level: 'warn', message }),
    report,
    guard: (name, callback) => {
      let hasThrown = false;
      return (argument) =>
        run(callback, argument, (error) => {
          if (!hasThrown) report(`A callback for "${name}" threw; that is ignored, and said once.`, error);
          hasThrown = true;
        });
    },
  };
}

/** Runs a callback of the application; `complain` gets what it throws, and what its promise rejects with. */
function run<A>(callback: (argument: A) => unknown, argument: A, complain: (error: unknown) => void): void {
  try {
    const returned = callback(argument);
    if (isThenable(returned)) returned.then(undefined, complain);
  } catch (error) {
    complain(error);
  }
}

const troubles: ReadonlySet<string> = new Set([
  'rate.limited',
  'link.unauthorized',
  'session.limited',
  'session.error',
]);

function isTrouble(type: string): boolean {
  return type.endsWith('.failed') || troubles.has(type);
}
