import type { Unnoticed } from '../scope.ts';
import { setFirst, under } from './reasons.ts';
import { onlyNames } from './rest.ts';

const unheardGap = 'Nobody hears the words: what is missing is told as a gap.';

const events = under('src/events');

export const inEvents: readonly Unnoticed[] = [
  ...['webSocket', 'conversationId', 'timing', 'random'].map((option) =>
    events('options', `${option}: true,`, 'true', 'false', onlyNames),
  ),
  events(
    'audience',
    'if (!isMessage || told.messageId === undefined || heard.note(told.messageId)) listener(told);',
    'told.messageId === undefined',
    'false',
    'Types alone: every message has an id.',
  ),
  events(
    'catchUp',
    "message: 'More was said than is caught up with; load the history of the conversation.',",
    "'More was said than is caught up with; load the history of the conversation.'",
    '""',
    unheardGap,
  ),
  events(
    'eventStream',
    "if (id !== undefined) audience.evidence({ type: 'messages.missed', conversationId: id });",
    'id !== undefined',
    'true',
    'A gap is in a stream that was open, and so its conversation is known.',
  ),
  events('streamWire', 'let isOwed = true;', 'true', 'false', setFirst),
  events(
    'streamWire',
    'opened: () => socket?.send(firstFrame(value, options.conversationId)),',
    'socket?.send',
    'socket.send',
    'Types alone: it is there once it opens.',
  ),
  events(
    'streamWire',
    `else socket?.send('{"type":"ping"}');`,
    'socket?.send',
    'socket.send',
    'Types alone: it is asked of a stream that is open.',
  ),
  ...(
    [
      ["frame?.type === 'pong'", 'false'],
      ["'pong'", '""'],
    ] as const
  ).map(([from, to]) =>
    events(
      'streamWire',
      "if (!isAdmitted || frame?.type === 'pong') return;",
      from,
      to,
      'Types alone: nobody can listen to a pong.',
    ),
  ),
  events(
    'streamWire',
    'if (conversationId !== undefined) {',
    'conversationId !== undefined',
    'true',
    'Types alone: it is known from the first answer on, and nothing is caught up with before.',
  ),
  events(
    'streamWire',
    "message: 'The event stream refused the token, and no fresh one can be had; give guestRest a function.',",
    "'The event stream refused the token, and no fresh one can be had; give guestRest a function.'",
    '""',
    'Nobody hears the words: that no token works is told without them.',
  ),
];
