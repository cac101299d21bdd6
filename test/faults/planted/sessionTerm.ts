import type { Fault } from '../faults.ts';

const session = (name: string): string => `machines/session/${name}.ts`;

/** Faults of how the end of a session is told. */
export const sessionTermFaults: readonly Fault[] = [
  {
    clause: 'W-9',
    what: 'the end of a session is told without asking',
    file: session('configured.states'),
    from: "always: { guard: 'verifyDue', target: 'verifying', actions: 'askForTerm' }, // W-9",
    to: "always: { guard: 'verifyDue', target: 'verifying' },",
    shows: 'a session that nears its end',
  },
  {
    clause: 'W-9',
    what: 'an end that was told is not taken back',
    file: 'machines/session/configured.states.ts',
    from: "        { guard: 'noticeNotDue', target: 'running', actions: 'emitExtended' },\n        { guard: 'overdue', target: 'overdue' },",
    to: "        { guard: 'noticeNotDue', target: 'running' },\n        { guard: 'overdue', target: 'overdue' },",
    shows: 'an end that somebody takes back',
  },
  {
    clause: 'W-9',
    what: 'a past end is not asked about',
    file: 'machines/session/configured.states.ts',
    from: "    overdue: {\n      entry: 'askForTerm',",
    to: '    overdue: {',
    shows: 'a session that nears its end',
  },
  {
    clause: 'W-9',
    what: 'a message does not move the end',
    file: 'machines/session/term.logic.ts',
    from: 'return durationMs === null || isOld ? {}',
    to: 'return durationMs !== null || isOld ? {}',
    shows: 'an end that somebody takes back',
  },
  {
    clause: 'W-9',
    what: 'a message of long ago gives a session its whole length again',
    file: 'machines/session/term.logic.ts',
    from: 'return durationMs === null || isOld ? {}',
    to: 'return durationMs === null ? {}',
    shows: 'a message of long ago, and an end that is near',
  },
  {
    clause: 'W-9',
    what: 'an end that is moved nearer is not looked at',
    file: session('term.logic'),
    from: "raiseTermChanged: base.raise({ type: 'term.changed' }),",
    to: 'raiseTermChanged: () => {},',
    shows: 'an end that is moved nearer',
  },
  {
    clause: 'W-9',
    what: 'a check that is wanted is forgotten with the question in its place',
    file: 'machines/session/health.logic.ts',
    from: 'wanted: health.wanted && !isCheck,',
    to: 'wanted: false,',
    shows: 'an end that is near, and a doubt right before',
  },
  {
    clause: 'W-9',
    what: 'a check that is wanted while a doubt is asked about is lost',
    file: session('configured.states'),
    from: "'probe.wanted': { actions: 'wantCheck' },",
    to: '',
    shows: 'an end that passes while a doubt is asked about',
  },
];
