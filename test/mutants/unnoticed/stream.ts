import type { Unnoticed } from '../scope.ts';
import { narrowed, types, under } from './reasons.ts';

const stream = under('machines/stream');

export const inStream: readonly Unnoticed[] = [
  { file: 'machines/stream/base.ts', code: 'types: {', why: types },
  stream(
    'base',
    "catchUp: fromPromise<void, { ports: StreamPorts }>(() => Promise.reject(notProvided('catchUp'))),",
    "'catchUp'",
    '""',
    'Nobody hears the words: what is missing is told as a gap.',
  ),
  stream(
    'stream.logic',
    "if (event.type !== 'socket.closed') return 'retry';",
    "event.type !== 'socket.closed'",
    'false',
    narrowed,
  ),
  stream(
    'stream.logic',
    "if (event.type !== 'socket.closed') return 'retry';",
    "'retry'",
    '""',
    'A random wait is what every verdict without a rule of its own leads to.',
  ),
  stream(
    'stream.logic',
    "failure: ({ event }) => (event.type === 'token.missing' ? event.failure : null),",
    "event.type === 'token.missing'",
    'true',
    narrowed,
  ),
  ...(
    [
      ["onDone: 'complete',", "'complete'", '""'],
      ["{ guard: 'wasOpenBefore', target: 'complete', actions: 'emitGap' }, // I-1", "'complete'", '""'],
      ["{ target: 'complete' },", "{ target: 'complete' }", '{}'],
      ["{ target: 'complete' },", "'complete'", '""'],
    ] as const
  ).map(([code, from, to]) =>
    stream(
      'stream.machine',
      code,
      from,
      to,
      'Stays where nothing is under way any more, which differs in name alone.',
    ),
  ),
];
