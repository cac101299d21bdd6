import type { Unnoticed } from '../scope.ts';
import { narrowed, setFirst, within } from './reasons.ts';

const logic = within('machines/conversation', 'roster.logic');
const states = within('machines/conversation', 'roster.states');

const isTyping = "event.type === 'remote.typing'";
const isEither = "event.type === 'remote.typing' || event.type === 'message.received'";
const noStamp = 'A stamp that is none is before no other.';
const sameTimer = 'Costs a timer that is set anew, to the time it was set to.';
const leadsThere = 'The roster is empty by then, and the next step leads there.';

/** In who else is typing. */
export const inRoster: readonly Unnoticed[] = [
  logic('announced: false,', 'false', 'true', setFirst),
  logic(`${isEither} ? event.participantId : null;`, isEither, 'true', narrowed),
  logic(`(${isEither}) &&`, isEither, 'true', narrowed),
  ...[
    ["event.type !== 'remote.typing'", 'false'],
    ['event.sentAt === undefined', 'false'],
    ["event.type !== 'remote.typing' || event.sentAt === undefined", 'false'],
    [
      "event.type !== 'remote.typing' || event.sentAt === undefined",
      "event.type !== 'remote.typing' && event.sentAt === undefined",
    ],
  ].map(([from = '', to = '']) =>
    logic(
      "if (event.type !== 'remote.typing' || event.sentAt === undefined) return false;",
      from,
      to,
      `${narrowed} ${noStamp}`,
    ),
  ),
  logic(
    'if (sentAt === undefined || !typist) return false;',
    'sentAt === undefined',
    'false',
    `Narrows a type. ${noStamp}`,
  ),
  logic(
    `args.${isTyping} && args.event.isTyping && isSomeoneElsesHere(args) && !isLate(args);`,
    `args.${isTyping}`,
    'true',
    narrowed,
  ),
  logic(`const said = ${isTyping} ? event.durationMs : undefined;`, isTyping, 'true', narrowed),
  logic(
    'if (said === undefined || !(said > 0)) return context.timing.remoteTimeToLive;',
    'said === undefined',
    'false',
    'Narrows a type: what is no number is not above zero either.',
  ),
  ...[
    ['now(args.context) + holdsFor(args)', 'now(args.context) - holdsFor(args)'],
    ['now(args.context) + holdsFor(args) < firstExpiryOf(args.context.roster)', 'true'],
    [
      'now(args.context) + holdsFor(args) < firstExpiryOf(args.context.roster)',
      'now(args.context) + holdsFor(args) <= firstExpiryOf(args.context.roster)',
    ],
  ].map(([from = '', to = '']) =>
    logic('now(args.context) + holdsFor(args) < firstExpiryOf(args.context.roster),', from, to, sameTimer),
  ),
  logic(`!(args.${isTyping} && args.event.isTyping) &&`, `args.${isTyping}`, 'true', narrowed),
  logic('if (participantId === null) return context.roster;', 'participantId === null', 'false', narrowed),
  logic(`sentAt: (${isTyping} ? event.sentAt : undefined) ?? null,`, isTyping, 'true', narrowed),
  logic(
    "if (event.type !== 'message.received' || event.sentAt === undefined) return roster;",
    "event.type !== 'message.received'",
    'false',
    narrowed,
  ),

  states(
    'reenter: true,',
    'true',
    'false',
    'The timers are of its children, which are entered anew either way.',
  ),
  states(
    "{ guard: 'someoneContinuesBriefly', target: 'someoneTyping', reenter: true, actions: 'listTypist' },",
    'true',
    'false',
    'The timers are of its children, which are entered anew either way.',
  ),
  ...[
    "{ guard: 'conversationOver', target: 'quiet', actions: ['emptyRoster', 'emitRoster'] }, // L-4",
    "'conversation.opened': { guard: 'switches', target: 'quiet', actions: ['emptyRoster', 'emitRoster'] },",
    "'conversation.closed': { target: 'quiet', actions: ['emptyRoster', 'emitRoster'] },",
    "'network.offline': { target: 'quiet', actions: ['emptyRoster', 'emitRoster'] },",
    "'conversation.stopping': { target: 'quiet', actions: ['emptyRoster', 'emitRoster'] },",
  ].map((code) => states(code, "'quiet'", '""', leadsThere)),
  states(
    "target: 'announced',",
    "'announced'",
    '""',
    'It was noted as said aloud by then, and the next step leads there.',
  ),
];
