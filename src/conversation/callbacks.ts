import type { ConversationEmitted } from '../../machines/conversation/events.ts';
import type { LogEntry } from './types.ts';

/** Runs what the application gave us so that nothing it throws harms anybody else. */
export interface Callbacks {
  /** The same function, but what it throws is reported instead of thrown. */
  guard<A>(name: string, callback: (argument: A) => void): (argument: A) => void;
  /** Logs a decision of the machine. */
  log(event: ConversationEmitted): void;
  /** Logs something that should not have happened; on the console where there is no logger. */
  report(message: string, error: unknown): void;
}

/** Makes {@link Callbacks} that report to `logger`. */
export function createCallbacks(logger: ((entry: LogEntry) => void) | undefined): Callbacks {
  const write = (entry: LogEntry): void => {
    try {
      logger?.(entry);
    } catch {
      // A logger that throws has nobody left to tell.
    }
  };
  const report = (message: string, error: unknown): void => {
    if (logger) write({ level: 'error', message, error });
    else console.error(message, error);
  };
  return {
    guard: (name, callback) => (argument) => {
      try {
        callback(argument);
      } catch (error) {
        report(`A callback for "${name}" threw; it was ignored.`, error);
      }
    },
    log: (event) => write({ level: isTrouble(event) ? 'warn' : 'debug', message: event.type, event }),
    report,
  };
}

function isTrouble({ type }: ConversationEmitted): boolean {
  return type.endsWith('.failed') || type === 'rate.limited' || type === 'link.unauthorized';
}
