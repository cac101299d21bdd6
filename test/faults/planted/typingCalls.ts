import type { Fault } from '../faults.ts';

const conversation = (name: string): string => `machines/conversation/${name}.ts`;

/** Faults of which typing calls leave, and how long they are waited for. */
export const typingCallFaults: readonly Fault[] = [
  {
    clause: 'T-2',
    what: 'the window of a call is half as long',
    file: conversation('typing.logic'),
    from: 'notBefore: calledAt + context.timing.spacing + clockStep(context), // I-2',
    to: 'notBefore: calledAt + context.timing.spacing / 2,',
    shows: 'a message, then more keys',
  },
  {
    clause: 'T-2',
    what: 'a page that went and came back stops as if it went',
    file: conversation('typing.logic'),
    from: '(typing.leaving ? { ...typing, leaving: false } : typing),',
    to: 'typing,',
    also: [
      {
        file: conversation('typing.logic'),
        from: '!context.typing.leaving && mayStop(context)',
        to: 'mayStop(context)',
      },
    ],
    shows: 'a page that goes and comes back while it announces',
  },
  {
    clause: 'T-7',
    what: 'a key that waited is announced however old it is',
    file: conversation('typing.logic'),
    from: 'mayResume: ({ context }: Args) => wantsToAnnounce(context) && mayAnnounce(context),',
    to: 'mayResume: ({ context }: Args) => episodeGoesOn(context) && mayAnnounce(context),',
    shows: 'a key without a network',
  },
  {
    clause: 'T-7',
    what: 'an accepted stop leaves it lit, so it is stopped again',
    file: 'machines/conversation/typing.logic.ts',
    from: 'typing: { ...context.typing, failures: 0, leaving: false, litUntil: 0 },',
    to: 'typing: { ...context.typing, failures: 0, leaving: false },',
    shows: 'a cleared box, a blurred box, a hidden page, a stop',
  },
  {
    clause: 'T-7',
    what: 'calls leave without a network',
    file: 'machines/conversation/calls.logic.ts',
    from: '    context.online &&\n    !tokenRejected(context) &&',
    to: '    !tokenRejected(context) &&',
    shows: 'a key without a network',
  },
  {
    clause: 'T-8',
    what: 'a switch leaves the indicator of the conversation before lit',
    file: conversation('typing.states'),
    from: "{ guard: 'episodeOver', target: '#typing.stopping' },",
    to: "{ guard: 'episodeOver', target: '#typing.cooldown', actions: 'putOut' },",
    shows: 'a switch while typing',
  },
  {
    clause: 'T-8',
    what: 'each typing call leaves twice',
    file: 'src/conversation/actors.ts',
    from: '=> carrierOf(ports).sendTyping(call, underWay),',
    to: '=> { void carrierOf(ports).sendTyping(call, underWay).catch(() => {}); return carrierOf(ports).sendTyping(call, underWay); },',
    shows: 'slow typing calls',
  },
  {
    clause: 'T-8',
    what: 'keys of before a switch are told in the next conversation',
    file: 'machines/conversation/typing.states.ts',
    from: "      { guard: 'switches', actions: 'endEpisode' },\n    ],\n    'conversation.closed'",
    to: "    ],\n    'conversation.closed'",
    shows: 'a switch while typing',
  },
  {
    clause: 'T-10',
    what: 'a sleep does not make keys older',
    file: 'src/conversation/keyboard.ts',
    from: 'const wall = this.#clock.wallNow();\n    const ahead',
    to: 'const wall = this.#lookedAt + this.#ahead;\n    const ahead',
    shows: 'a sleep while a key waits',
  },
  {
    clause: 'T-12',
    what: 'a typing call is waited for like any other',
    file: conversation('typing.states'),
    from: 'after: { typingDeadline: passing(',
    to: 'after: { deadline: passing(',
    shows: 'a typing call that hangs',
  },
  {
    clause: 'T-12',
    what: 'an announcement that is given up is not held to be lit',
    file: 'machines/conversation/typing.states.ts',
    from: "passing(isTyping ? ['abandonAnnouncement'] : [])",
    to: 'passing([])',
    shows: 'an announcement that hangs, of who has fallen silent',
  },
];
