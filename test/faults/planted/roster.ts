import type { Fault } from '../faults.ts';

const conversation = (name: string): string => `machines/conversation/${name}.ts`;

/** Faults of who is shown typing. */
export const rosterFaults: readonly Fault[] = [
  {
    clause: 'T-15',
    what: 'each burst of somebody’s typing is said aloud',
    file: conversation('roster.logic'),
    from: 'return Math.max(roster.since + timing.announceAfter, gapEndsAt);',
    to: 'return roster.since + timing.announceAfter + 0 * gapEndsAt;',
    shows: 'an agent who types in bursts',
  },
  {
    clause: 'T-15',
    what: 'each further typist puts the announcement off',
    file: 'machines/conversation/roster.logic.ts',
    from: '...(others.length === 0 && { since: now(context), announced: false }),',
    to: '...{ since: now(context), announced: others.length > 0 && roster.announced },',
    shows: 'an agent who goes on, and a bot beside them',
  },
  {
    clause: 'T-15',
    what: 'typing is said aloud at once',
    file: 'machines/conversation/roster.logic.ts',
    from: 'return Math.max(roster.since + timing.announceAfter, gapEndsAt);',
    to: 'return Math.max(roster.since, gapEndsAt);',
    shows: 'an agent who types in bursts',
  },
  {
    clause: 'T-18',
    what: 'somebody’s typing lasts ten times as long',
    file: conversation('roster.logic'),
    from: 'until: now(context) + holdsFor({ context, event }),',
    to: 'until: now(context) + 10 * holdsFor({ context, event }),',
    shows: 'an agent who falls silent',
  },
  {
    clause: 'T-18',
    what: 'a server may say that somebody types for a day',
    file: conversation('roster.logic'),
    from: 'return Math.min(Math.max(said, shortestWord), longestTyping);',
    to: 'return Math.max(said, shortestWord);',
    shows: 'an agent who falls silent',
  },
  {
    clause: 'T-18',
    what: 'a further word does not prolong it',
    file: 'machines/conversation/roster.states.ts',
    from: "{ guard: 'someoneContinues', actions: 'listTypist' },",
    to: "{ guard: 'someoneContinues' },",
    shows: 'an agent who goes on, and a bot beside them',
  },
  {
    clause: 'T-18',
    what: 'who says that they stopped is shown on',
    file: 'machines/conversation/roster.logic.ts',
    from: "    !(args.event.type === 'remote.typing' && args.event.isTyping) &&\n    !isOlderThanTyping(args) &&",
    to: "    args.event.type !== 'remote.typing' &&\n    !isOlderThanTyping(args) &&",
    shows: 'an agent who goes on, and a bot beside them',
  },
  {
    clause: 'T-18',
    what: 'who typed elsewhere is shown after a switch',
    file: 'machines/conversation/roster.states.ts',
    from: "        'conversation.opened': { guard: 'switches', target: 'quiet', actions: ['emptyRoster', 'emitRoster'] },\n",
    to: '',
    also: [
      {
        file: 'machines/conversation/roster.states.ts',
        from: "    'conversation.opened': { guard: 'switches', actions: 'emptyRoster' },\n",
        to: '',
      },
    ],
    shows: 'an agent who goes on, and a bot beside them',
  },
  {
    clause: 'T-18',
    what: 'a word of 10 ms is believed',
    file: 'machines/conversation/roster.logic.ts',
    from: 'return Math.min(Math.max(said, shortestWord), longestTyping);',
    to: 'return Math.min(said, longestTyping);',
    shows: 'an agent who goes on, and a bot beside them',
  },
  {
    clause: 'T-18',
    what: 'the guest is shown typing to themselves',
    file: 'machines/conversation/roster.logic.ts',
    from: '  !isOver(context) &&\n  event.participantId !== context.participantId;',
    to: '  !isOver(context);',
    shows: 'an agent who goes on, and a bot beside them',
  },
];
