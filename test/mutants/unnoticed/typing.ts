import type { Unnoticed } from '../scope.ts';
import { narrowed, setFirst, within } from './reasons.ts';

const inCalls = within('machines/conversation', 'calls.logic');
const inFlush = within('machines/conversation', 'flush.logic');
const inTyping = within('machines/conversation', 'typing.logic');
const inStates = within('machines/conversation', 'typing.states');
const inWorks = within('machines/conversation', 'works.logic');

const mayCallAlone = 'Where nobody else is there, a call may always leave, so that this is not asked.';
const askedBefore = 'The rows for calls that are refused, and for rejected tokens, come first.';
const hasConversation = 'Narrows a type: what is lit or called about has a conversation.';
const othersAreThere = 'Narrows a type: the guard of the row has asked for it.';
const stepsOnly = 'Spares a step: the state that waits for its stop finds the same.';

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
  inTyping(
    'if (typing.conversationId === null || !ports.voice) return false;',
    'typing.conversationId === null',
    'false',
    hasConversation,
  ),
  inTyping(
    'conversationId !== null && ports.voice?.othersCall(conversationId) === true;',
    'conversationId !== null',
    'true',
    hasConversation,
  ),
  inTyping(
    'if (conversationId === null || !hasOpenConversation(context) || !ports.voice) return null;',
    'conversationId === null',
    'false',
    'Narrows a type: what follows asks whether one is open.',
  ),
  inTyping('typing.conversationId !== null &&', 'typing.conversationId !== null', 'true', hasConversation),
  inTyping("event.type === 'message.accepted' &&", "event.type === 'message.accepted'", 'true', narrowed),
  inTyping(
    'mayStopAtOnce: ({ context }: Args) =>',
    `({ context }: Args) =>
    !context.typing.leaving && mayStop(context) && !fades(context) && !wasStoppedElsewhere(context)`,
    '() => undefined',
    stepsOnly,
  ),
  inTyping(
    '!context.typing.leaving && mayStop(context) && !fades(context) && !wasStoppedElsewhere(context),',
    '!context.typing.leaving && mayStop(context) && !fades(context) && !wasStoppedElsewhere(context)',
    'false',
    stepsOnly,
  ),
  inTyping(
    '!context.typing.leaving && mayStop(context) && !fades(context) && !wasStoppedElsewhere(context),',
    '!context.typing.leaving',
    'context.typing.leaving',
    stepsOnly,
  ),
  inTyping(
    "event.type === 'sharing.changed' && event.lane === 'typing' && event.isShared !== context.typing.isShared,",
    "event.type === 'sharing.changed'",
    'true',
    narrowed,
  ),
  inTyping(
    'const { wait, shared } = weigh(context, failure, triesAgain ? 0 : timing.tries - 1);',
    'timing.tries - 1',
    'timing.tries + 1',
    'A rest is as long after more tries.',
  ),
  ...[
    [
      "const isElsewhere = ports.voice?.isElsewhere(typing.conversationId ?? '') === true;",
      'ports.voice',
      '.isElsewhere',
    ],
    [
      "letGo: ({ context }: Args) => context.ports.voice?.letGo(context.typing.conversationId ?? ''),",
      'context.ports.voice',
      '.letGo',
    ],
    [
      "takeOver: ({ context }: Args) => context.ports.voice?.takeOver(context.conversationId ?? ''),",
      'context.ports.voice',
      '.takeOver',
    ],
    [
      "const inherited = ports.voice?.inheritance(conversationId ?? '', true);",
      'ports.voice',
      '.inheritance',
    ],
  ].flatMap(([code = '', voice, name]) => [
    inTyping(code, `${voice}?${name}`, `${voice}${name}`, othersAreThere),
    inTyping(code, "''", '"Stryker was here!"', hasConversation),
  ]),
  inTyping('if (!inherited) return typing;', '!inherited', 'false', othersAreThere),
  inTyping(
    'typing: { ...context.typing, failures: 0, leaving: false, litUntil: 0 },',
    'false',
    'true',
    'Is set before it is read again: by an announcement, or as an indicator is taken over.',
  ),
  inTyping(
    "if (event.type !== 'message.accepted') return typing;",
    "event.type !== 'message.accepted'",
    'false',
    narrowed,
  ),
  ...[
    "conversationId: context.typing.conversationId ?? '',",
    "conversationId: context.conversationId ?? '',",
  ].map((code) => inTyping(code, "''", '"Stryker was here!"', hasConversation)),
  inStates(
    "after: askAgain('quiet', 'typingRested'),",
    "'quiet'",
    '""',
    'No name is the wait as a whole, which begins with that state.',
  ),
  inStates(
    "after: askAgain('due', 'typingRested'), // T-13, T-16",
    "'due'",
    '""',
    'No name is what is lit as a whole, which is due again in the same moment.',
  ),
  inStates(
    "{ target: '#typing.stopping', actions: 'endEpisode' },",
    "'#typing.stopping'",
    '""',
    'Whose episode is over leaves what is lit by itself.',
  ),
  inWorks(
    "if (event.type !== 'work.writes' || typing.writing.includes(event.work)) return typing;",
    "event.type !== 'work.writes'",
    'false',
    narrowed,
  ),
  inWorks(
    "if (event.type !== 'work.ended' || !typing.writing.includes(event.work)) return typing;",
    "event.type !== 'work.ended'",
    'false',
    narrowed,
  ),
  inWorks(
    'return { ...typing, writing, writtenUntil: writing.length > 0 ? 0 : now(context) + timing.blink };',
    'writing.length > 0',
    'false',
    'Is read where no work writes, and set anew as the last one ends.',
  ),
];
