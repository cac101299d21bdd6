import type { Fault } from '../faults.ts';

const session = (name: string): string => `machines/session/${name}.ts`;

/** Faults of when a session’s frames may not leave. */
export const sessionSilenceFaults: readonly Fault[] = [
  {
    clause: 'W-5',
    what: 'typing frames follow each other in 5000 ms',
    file: 'src/webMessaging/typingSignals.ts',
    from: 'const leastGap = 5250;',
    to: 'const leastGap = 4900;',
    shows: 'a session that types',
  },
  {
    clause: 'W-5',
    what: 'an agent’s message ends the wait between typing frames',
    file: 'src/webMessaging/intake.ts',
    from: "if (event.direction === 'inbound' && !knows(event)) ownMessages += 1;",
    to: 'if (!knows(event)) ownMessages += 1;',
    shows: 'typing, and messages of others or told twice',
  },
  {
    clause: 'W-5',
    what: 'an echo that comes twice ends two waits',
    file: 'src/webMessaging/intake.ts',
    from: "if (event.direction === 'inbound' && !knows(event)) ownMessages += 1;",
    to: "if (event.direction === 'inbound') ownMessages += 1;",
    shows: 'typing, and messages of others or told twice',
  },
  {
    clause: 'W-11',
    what: 'a read-only session is joined',
    file: session('live.states'),
    from: "entry: ['emitReadOnly', 'emptyOutbox'],",
    to: "entry: ['emitReadOnly', 'emptyOutbox', 'sendJoin'],",
    shows: 'a session that may only be looked at',
  },
  {
    clause: 'W-11',
    what: 'a session that can only be looked at is joined as it is had again',
    file: 'machines/session/session.logic.ts',
    from: 'context.deployment.autoStart && isWritable(event) && sessionIn(event)?.newSession === true',
    to: 'context.deployment.autoStart && sessionIn(event)?.newSession === true',
    shows: 'a session that can only be looked at when it is had again',
  },
  {
    clause: 'L-1',
    what: 'history is asked for within a silence of the messenger',
    file: 'machines/session/past.logic.ts',
    from: "context.past.owed !== 'nothing' && now(context) >= onceAllowed(context, context.past.at),",
    to: "context.past.owed !== 'nothing' && now(context) >= context.past.at,",
    shows: 'a silence of the messenger while history is owed',
  },
  {
    clause: 'L-1',
    what: 'the network that is back does not wait for the end of a silence',
    file: 'machines/session/reconnect.logic.ts',
    from: 'reconnect: { ...reconnect, since: now(context), at: Math.max(reconnect.at, soon) },',
    to: 'reconnect: { ...reconnect, since: now(context), at: now(context) },',
    shows: 'a network that is back within a silence of the messenger',
  },
  {
    clause: 'L-5',
    what: 'waits for the next socket do not double',
    file: 'machines/session/reconnect.logic.ts',
    from: 'const full = waitAfter(context.timing, { verdict, failures, jumped, random });',
    to: 'const full = waitAfter(context.timing, { verdict, failures: 1, jumped, random });',
    shows: 'a session that is refused again and again',
  },
];
