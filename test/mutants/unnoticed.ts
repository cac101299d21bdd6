import type { Unnoticed } from './scope.ts';

const types = 'Types alone: setup reads nothing of it at run time.';
const region = 'An empty target is the region itself, which begins in this state or leads to it at once.';
const narrowed = 'Narrows a type: the chart asks for this on that event alone.';
const setFirst = 'Is set before it is read for the first time.';

const at = (file: string, code: string, from: string, to: string, why: string): Unnoticed => ({
  file,
  code,
  from,
  to,
  why,
});
const session = (name: string, code: string, from: string, to: string, why: string): Unnoticed =>
  at(`machines/session/${name}.ts`, code, from, to, why);
const stream = (name: string, code: string, from: string, to: string, why: string): Unnoticed =>
  at(`machines/stream/${name}.ts`, code, from, to, why);
const conversation = (name: string, code: string, from: string, to: string, why: string): Unnoticed =>
  at(`machines/conversation/${name}.ts`, code, from, to, why);

/** Mutants that survive rightly, each with the reason. One that is not here and survives is a promise nobody tests. */
export const unnoticed: readonly Unnoticed[] = [
  { file: 'machines/session/base.ts', code: 'types: {', why: types },
  { file: 'machines/stream/base.ts', code: 'types: {', why: types },
  { file: 'machines/conversation/base.ts', code: 'types: {', why: types },

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

  session(
    'base',
    "Promise.reject(notProvided('findMessages')),",
    "'findMessages'",
    '""',
    'Nobody hears the words: a search that fails is tried again, then told as unsure.',
  ),
  session(
    'base',
    "sendBack({ type: 'past.missing', failure: notProvided('catchUp') } satisfies SessionEvent);",
    "'catchUp'",
    '""',
    'Nobody hears the words: what is missing is told as a gap.',
  ),
  session('configured.states', "after: askAgain('limited', 'limitOver'),", "'limited'", '""', region),
  session('configured.states', "after: askAgain('running', 'verifyDue'),", "'running'", '""', region),
  session(
    'configured.states',
    "onError: { target: 'resting', actions: 'searchFailed' },",
    "'resting'",
    '""',
    region,
  ),
  session('past.states', "after: askAgain('settled', 'pastDue'),", "'settled'", '""', region),
  session(
    'past.states',
    "{ guard: 'pastIsWhole', target: 'settled', actions: 'settlePast' },",
    "'settled'",
    '""',
    region,
  ),
  session(
    'past.logic',
    "pastIsWhole: ({ event }: Args) => event.type === 'past.had' && event.isWhole,",
    "event.type === 'past.had'",
    'true',
    narrowed,
  ),
  session(
    'past.logic',
    "if (event.type !== 'frame.session') return;",
    "event.type !== 'frame.session'",
    'false',
    narrowed,
  ),
  ...[
    "event.type === 'past.missing' && failureOf(event.failure).code === 'rate-limited';",
    "const { code, retryAfterMs } = failureOf(event.type === 'past.missing' ? event.failure : undefined);",
  ].map((code) =>
    session(
      'past.logic',
      code,
      "event.type === 'past.missing'",
      'true',
      'No other event that leads here carries a failure, and none is an unexpected one.',
    ),
  ),
  ...(
    [
      ["context.past.owed === 'nothing'", 'false'],
      ["'nothing'", '""'],
    ] as const
  ).map(([from, to]) =>
    session(
      'past.logic',
      "timeLeft(now(context), context.past.owed === 'nothing' ? null : onceAllowed(context, context.past.at)),",
      from,
      to,
      'One wake too many, at which the guard finds nothing due.',
    ),
  ),
  session('health.logic', 'again: false,', 'false', 'true', setFirst),
  session('health.logic', 'isAgain: false,', 'false', 'true', setFirst),
  session('health.logic', "asks: 'echo',", "'echo'", '""', setFirst),

  ...['outbox.logic', 'health.logic', 'session.logic'].map((name) =>
    session(name, "type: 'send',", "'send'", '""', 'Whoever runs the socket tells only a drop apart.'),
  ),

  ...(
    [
      ["event.type === 'socket.closed'", 'true'],
      ['{ code: 1006 }', '{}'],
    ] as const
  ).map(([from, to]) =>
    session(
      'reconnect.logic',
      "const endIn = (event: SessionEvent): SocketEnd => (event.type === 'socket.closed' ? event : { code: 1006 });",
      from,
      to,
      'An end without a code is tried again, as one by 1006 is.',
    ),
  ),

  session(
    'session.logic',
    'isReadOnly: ({ event }: Args) => sessionIn(event)?.readOnly === true,',
    'sessionIn(event)?.readOnly',
    'sessionIn(event).readOnly',
    narrowed,
  ),
  session(
    'session.logic',
    'oldSessionEnded: ({ event }: Args) => sessionIn(event)?.connected === false,',
    'sessionIn(event)?.connected',
    'sessionIn(event).connected',
    narrowed,
  ),
  session(
    'session.logic',
    "isInbound: ({ event }: Args) => event.type === 'frame.message' && event.direction === 'inbound',",
    "event.type === 'frame.message'",
    'true',
    narrowed,
  ),
  session(
    'pace.logic',
    "if (event.type !== 'frame.limited') return {};",
    "event.type !== 'frame.limited'",
    'false',
    narrowed,
  ),

  conversation(
    'opening.logic',
    "event.type === 'conversation.opened' && event.conversationId !== context.conversationId,",
    "event.type === 'conversation.opened'",
    'true',
    narrowed,
  ),
  conversation(
    'opening.logic',
    "event.type === 'conversation.opened' && context.conversationId === null,",
    "event.type === 'conversation.opened'",
    'true',
    narrowed,
  ),
  conversation(
    'receipts.logic',
    "if (event.type !== 'message.viewed' && event.type !== 'read.requested') return receipts;",
    "event.type !== 'message.viewed' && event.type !== 'read.requested'",
    'false',
    narrowed,
  ),
  conversation(
    'flush.logic',
    "flushAccepted: ({ event }: Args) => event.type === 'flush.settled' && event.failure === undefined,",
    "event.type === 'flush.settled'",
    'true',
    narrowed,
  ),
];
