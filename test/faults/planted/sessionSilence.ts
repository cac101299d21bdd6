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
];
