import type { Fault } from '../faults.ts';

const session = (name: string): string => `machines/session/${name}.ts`;

/** Faults of how what was said in a session is told. */
export const tellingFaults: readonly Fault[] = [
  {
    clause: 'I-1',
    what: 'what was missed is not asked for',
    file: session('past.logic'),
    from: "enqueue(changing(owe(context, wasUp ? 'missed' : 'baseline')));",
    to: "enqueue(changing(owe(context, wasUp ? 'nothing' : 'baseline')));",
    shows: 'a session that is lost, again and again',
  },
  {
    clause: 'I-1',
    what: 'an answer to configureSession that comes twice begins another conversation',
    file: 'src/webMessaging/intake.ts',
    from: "const isNews = standing === 'none' ||",
    to: "const isNews = standing !== 'readOnly' ||",
    shows: 'a session that is configured twice',
  },
  {
    clause: 'I-1',
    what: 'a message that comes twice is told twice',
    file: 'src/webMessaging/intake.ts',
    from: "if (keys.some((key) => told.has(key))) return { type: 'frame.ignored' };",
    to: '',
    shows: 'a session that talks',
  },
  {
    clause: 'I-1',
    what: 'only the message that came last is known again',
    file: 'src/webMessaging/intake.ts',
    from: 'const told = new RecentIds(2000);',
    to: 'const told = new RecentIds(1);',
    shows: 'a session that is lost, again and again',
  },
  {
    clause: 'I-1',
    what: 'what was missed is told newest first',
    file: 'src/webMessaging/catchUp.ts',
    from: 'messages: missed.reverse(),',
    to: 'messages: missed,',
    shows: 'several messages while nobody listens',
  },
  {
    clause: 'I-1',
    what: 'a gap is not told',
    file: 'machines/session/past.states.ts',
    from: "{ guard: 'pastIsLost', target: 'settled', actions: ['emitGap', 'settlePast'] }, // I-1",
    to: "{ guard: 'pastIsLost', target: 'settled', actions: ['settlePast'] },",
    shows: 'a history that cannot be had',
  },
];
