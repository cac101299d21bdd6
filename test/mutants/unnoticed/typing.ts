import type { Unnoticed } from '../scope.ts';
import { at, narrowed, setFirst } from './reasons.ts';

const inCalls = (code: string, from: string, to: string, why: string): Unnoticed =>
  at('machines/conversation/calls.logic.ts', code, from, to, why);
const inFlush = (code: string, from: string, to: string, why: string): Unnoticed =>
  at('machines/conversation/flush.logic.ts', code, from, to, why);
const inTyping = (code: string, from: string, to: string, why: string): Unnoticed =>
  at('machines/conversation/typing.logic.ts', code, from, to, why);

const mayCallAlone = 'Where nobody else is there, a call may always leave, so that this is not asked.';
const askedBefore = 'The rows for calls that are refused, and for rejected tokens, come first.';

export const inTypingLane: readonly Unnoticed[] = [
  inCalls(
    "if (event.type === 'flush.settled' && event.failure) return event.failure;",
    "event.type === 'flush.settled'",
    'true',
    narrowed,
  ),
  inCalls(
    "if (event.type === 'flush.settled' && event.failure) return event.failure;",
    "event.type === 'flush.settled' && event.failure",
    "event.type === 'flush.settled' || event.failure",
    'Why a call of a flush failed is asked of none that was accepted.',
  ),
  inCalls(
    '!hasWord(context) && context.ports.voice?.isAsking() === false;',
    'context.ports.voice?.isAsking',
    'context.ports.voice.isAsking',
    mayCallAlone,
  ),
  inCalls(
    'ask: ({ context }: Args) => context.ports.voice?.ask(),',
    'context.ports.voice?.ask',
    'context.ports.voice.ask',
    mayCallAlone,
  ),
  ...[
    ["kind === 'refused'", 'false'],
    ["'refused'", '""'],
    ["kind !== 'unauthorized'", 'true'],
    ["'unauthorized'", '""'],
  ].map(([from = '', to = '']) =>
    inCalls(
      "return kind === 'refused' || (kind !== 'unauthorized' && failuresBefore + 1 >= context.timing.tries);",
      from,
      to,
      askedBefore,
    ),
  ),
  inFlush(
    '...(seen?.messageId !== undefined && { messageId: seen.messageId }),',
    'seen?.messageId',
    'seen.messageId',
    'What is pending was seen.',
  ),
  inFlush('if (mark) {', 'mark', 'true', narrowed),
  inTyping('renewing: false,', 'false', 'true', setFirst),
  inTyping(
    'if (count === 0 && shareTyping) return nothingSaid;',
    'count === 0 && shareTyping',
    'false',
    'What is made anew is equal: one object for all only spares memory.',
  ),
];
