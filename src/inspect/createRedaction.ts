import { toPlain } from './plain.ts';
import { createRedactor, type RedactOptions } from './redaction.ts';

/** Long enough for a whole machine that somebody has written out as one string. */
const longestText = 2 ** 18;

/**
 * Makes what redacts anything that another inspector would send, as `createInspector` does: a copy of the same shape, as
 * plain data, without tokens and without the texts of messages (S18). It goes into `serialize` of `@statelyai/inspect`.
 * @throws ConversationError `invalid-option` when an option cannot be right.
 * @example
 * const redact = createRedaction();
 * redact({ token: 'secret', count: 1 }); // the same without the token
 */
export function createRedaction(options: RedactOptions = {}): <T>(value: T) => T {
  const redactor = createRedactor(options);
  return <T>(value: T) => toPlain(value, redactor, longestText) as T;
}
