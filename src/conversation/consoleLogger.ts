import type { ConversationEmitted } from '../../machines/conversation/events.ts';
import type { Failure } from '../../machines/failure.ts';
import { invalidOption } from '../shared/errors.ts';
import type { LogEntry, Logger } from '../shared/log.ts';
import { checkObject, checkOptions } from '../shared/validate.ts';

/** What {@link consoleLogger} takes. */
export interface ConsoleLoggerOptions {
  /**
   * The least that is written: `debug`, every decision; `warn`, failed calls and waits; `error`, only what a callback
   * of the application threw. Default: `debug`, which browsers hide unless “Verbose” is on.
   */
  readonly level?: LogEntry['level'];
  /** Where lines are written to. Default: the platform's `console`. */
  readonly console?: Pick<Console, LogEntry['level']>;
}

const expectedConsole = 'an object with debug, warn and error, as console is';
const levels: readonly LogEntry['level'][] = ['debug', 'warn', 'error'];

/**
 * A `logger` for `createConversation` and `webMessaging` that writes one line a decision, with what is needed to
 * act on it: ids, reasons, ms, and of a failed call its code, status, attempt and request id. Never a token, an
 * address, a text or a person's name (S17).
 *
 * @throws ConversationError `invalid-option` for an unknown `level`, or a `console` without its three methods.
 * @example
 * const conversation = createConversation({ transport, conversationId, logger: consoleLogger({ level: 'warn' }) });
 */
export function consoleLogger(options: ConsoleLoggerOptions = {}): Logger {
  checkOptions(options, 'an object', ['level', 'console']);
  const { level = 'debug', console: target = console } = options;
  if (!levels.includes(level)) throw invalidOption('level', `one of ${levels.join(', ')}`, level);
  checkObject('console', target, expectedConsole);
  for (const name of levels) {
    if (typeof target[name] !== 'function') throw invalidOption('console', expectedConsole, target);
  }
  const least = levels.indexOf(level);
  return (entry) => {
    if (levels.indexOf(entry.level) < least) return;
    const line = `[conversation] ${entry.message}${entry.event ? detailsOf(entry.event) : ''}`;
    if ('error' in entry) target[entry.level](line, entry.error);
    else target[entry.level](line);
  };
}

/** What an event says besides its type, as words; nothing that a person wrote or is called by. */
function detailsOf(event: ConversationEmitted): string {
  const details = Object.entries(event).flatMap(([name, value]): string[] => {
    if (name === 'type' || name === 'participantId') return [];
    if (name === 'participantIds') return [`participants=${(value as readonly string[]).length}`];
    if (name === 'failure') return [inWords(value as Failure)];
    if (isMark(value)) return [`${name}=${value.messageId ?? 'now'}`];
    return typeof value === 'object' ? [] : [`${name}=${value}`];
  });
  return details.length > 0 ? ` ${details.join(' ')}` : '';
}

function isMark(value: unknown): value is { readonly messageId: string | null } {
  return typeof value === 'object' && value !== null && 'messageId' in value;
}

function inWords({ code, status, attempt, retryAfterMs, requestId, message }: Failure): string {
  const facts = { code, status, attempt, retryAfterMs, requestId };
  const known = Object.entries(facts).flatMap(([name, value]) =>
    value === undefined ? [] : `${name}=${value}`,
  );
  return `${known.join(' ')}: ${message}`;
}
