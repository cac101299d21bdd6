import type { Unnoticed } from '../scope.ts';
import { narrowed, setFirst, types, under } from './reasons.ts';

const endKnown = 'Asked only once an end is known, and that is never forgotten.';
const commands = 'Whoever runs the socket tells only a drop apart.';

const answers = 'Every number from 400 to 499 is an answer.';
const byId =
  'A message in the outbox is named by an id, and a frame of one is none of those that name nobody.';

const known = 'The chart asks this only where there is such a message.';

const session = under('machines/session');

export const inSession: readonly Unnoticed[] = [
  { file: 'machines/session/base.ts', code: 'types: {', why: types },
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
  ...[
    "{ guard: 'pastIsWhole', target: 'settled', actions: 'settlePast' },",
    "{ target: 'settled', actions: ['emitGap', 'settlePast'] }, // I-1",
  ].map((code) =>
    session(
      'past.states',
      code,
      "'settled'",
      '""',
      'It asks nothing more until the deadline of history, after which nothing is owed.',
    ),
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
  session(
    'configured.states',
    "id: 'findMessages',",
    "'findMessages'",
    '""',
    'Nobody sends to this actor, or asks for it by its name.',
  ),
  session(
    'past.states',
    "id: 'catchUp',",
    "'catchUp'",
    '""',
    'Nobody sends to this actor, or asks for it by its name.',
  ),
  session('health.logic', 'wanted: false,', 'false', 'true', setFirst),
  session('health.logic', 'doubted: false,', 'false', 'true', setFirst),
  session('health.logic', 'again: false,', 'false', 'true', setFirst),
  session('health.logic', 'isAgain: false,', 'false', 'true', setFirst),
  session(
    'outbox.logic',
    'search: { failures: 0, at: 0 },',
    '{ failures: 0, at: 0 }',
    '{}',
    'Nothing is searched for before the first doubt, which sets both.',
  ),
  session(
    'outbox.logic',
    "if (event.type !== 'frame.error' && event.type !== 'frame.message' && event.type !== 'frame.limited')",
    "event.type !== 'frame.error' && event.type !== 'frame.message' && event.type !== 'frame.limited'",
    'false',
    narrowed,
  ),
  ...(
    [
      ["named !== undefined || event.type === 'frame.message'", 'false'],
      [
        "named !== undefined || event.type === 'frame.message'",
        "named !== undefined && event.type === 'frame.message'",
      ],
      ['named !== undefined', 'false'],
      ["event.type === 'frame.message'", 'false'],
      ["'frame.message'", '""'],
    ] as const
  ).map(([from, to]) =>
    session(
      'outbox.logic',
      "if (named !== undefined || event.type === 'frame.message' || event.id !== undefined) return named;",
      from,
      to,
      byId,
    ),
  ),
  ...(
    [
      ["event.about !== 'typing'", 'true'],
      ["'typing'", '""'],
    ] as const
  ).map(([from, to]) =>
    session(
      'outbox.logic',
      "const meansMessage = event.type === 'frame.limited' || (event.about !== 'typing' && refuses(event.code));",
      from,
      to,
      'The chart asks first whether typing is meant.',
    ),
  ),
  session(
    'outbox.logic',
    "return verdict === 'message' || (verdict === 'answer' && code >= 400 && code < 500 && !passing.has(code));",
    "verdict === 'answer'",
    'true',
    answers,
  ),
  session('outbox.logic', "event.type === 'message.send'", "event.type === 'message.send'", 'true', narrowed),
  session(
    'outbox.logic',
    "return changed(context, entry, { state: 'left', sends: (entry?.sends ?? 0) + 1, looks: 0 });",
    'entry?.sends',
    'entry.sends',
    known,
  ),
  ...(
    [
      ['underWay(context)?.id', 'underWay(context).id'],
      ["''", '"Stryker was here!"'],
    ] as const
  ).map(([from, to]) =>
    session('outbox.logic', "frame: { kind: 'message', id: underWay(context)?.id ?? '' },", from, to, known),
  ),
  ...(
    [
      ["event.type !== 'socket.unsent'", 'false', narrowed],
      ['left?.id', 'left.id', known],
    ] as const
  ).map(([from, to, why]) =>
    session(
      'outbox.logic',
      "if (event.type !== 'socket.unsent' || left?.id !== event.id) return {};",
      from,
      to,
      why,
    ),
  ),
  session(
    'outbox.logic',
    "if (event.type === 'socket.closed' && event.code === frameTooBig) {",
    "event.type === 'socket.closed'",
    'true',
    'No other event that ends a session has this number.',
  ),
  ...["'frame.message'", "'frame.error'"].flatMap((type) => {
    const code = `event.type !== ${type} || entry === undefined`;
    return (
      [
        [code, 'false'],
        [code, code.replace('||', '&&')],
        [`event.type !== ${type}`, 'false'],
        ['entry === undefined', 'false'],
      ] as const
    ).map(([from, to]) => session('outbox.logic', `if (${code}) return;`, from, to, known));
  }),
  session(
    'outbox.logic',
    "const refused = verdict === 'message' || (verdict === 'answer' && event.code >= 400 && event.code < 500);",
    "verdict === 'answer'",
    'true',
    answers,
  ),
  session(
    'outbox.logic',
    'else if (!isUnsure(entry)) outbox.push(entry);',
    '!isUnsure(entry)',
    'false',
    'What waits behind an unsure one has never left, and its looks are counted anew once it has.',
  ),
  session(
    'live.states',
    "'session.startNew': { target: '#session.live', reenter: true, actions: newSession },",
    'true',
    'false',
    'From below a state, its own name always means to leave it and to enter it anew.',
  ),
  session('health.logic', "asks: 'echo',", "'echo'", '""', setFirst),
  ...['outbox.logic', 'health.logic', 'session.logic'].map((name) =>
    session(name, "type: 'send',", "'send'", '""', commands),
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
  session('session.logic', "closeReason: 'requested',", "'requested'", '""', setFirst),
  session(
    'session.logic',
    'deployment: { autoStart: false },',
    '{ autoStart: false }',
    '{}',
    'Is asked for its truth alone.',
  ),
  ...[
    "const sessionIn = (event: SessionEvent) => (event.type === 'frame.session' ? event : undefined);",
    "const errorIn = (event: SessionEvent) => (event.type === 'frame.error' ? event : undefined);",
    "event.type === 'frame.error' ? errorVerdict(event.code) : undefined;",
    "errorVerdictIn(event) === 'forget' || (event.type === 'frame.connectionClosed' && event.signedIn),",
    "endsInReadOnly: ({ event }: Args) => event.type === 'frame.disconnected' && event.readOnly,",
    "event.type === 'config.loaded' ? { deployment: { autoStart: event.autoStart } } : {},",
  ].map((code) =>
    session('session.logic', code, /event\.type === '[.\w]+'/.exec(code)?.[0] ?? '', 'true', narrowed),
  ),
  ...[
    [
      'sessionIn(event)?.connected === true && sessionIn(event)?.readOnly === false;',
      'sessionIn',
      'connected',
    ],
    [
      'sessionIn(event)?.connected === true && sessionIn(event)?.readOnly === false;',
      'sessionIn',
      'readOnly',
    ],
    [
      'context.deployment.autoStart && isWritable(event) && sessionIn(event)?.newSession === true,',
      'sessionIn',
      'newSession',
    ],
    ['wantsSignIn: ({ event }: Args) => errorIn(event)?.wantsSignIn === true,', 'errorIn', 'wantsSignIn'],
    ["forbidsTyping: ({ event }: Args) => errorIn(event)?.about === 'typing',", 'errorIn', 'about'],
    ['failure: failureOfCode(errorIn(event)?.code ?? 0),', 'errorIn', 'code'],
    ['resumed: sessionIn(event)?.newSession !== true,', 'sessionIn', 'newSession'],
    ['clearedExisting: sessionIn(event)?.clearedExisting === true,', 'sessionIn', 'clearedExisting'],
  ].map(([code = '', read, member]) =>
    session('session.logic', code, `${read}(event)?.${member}`, `${read}(event).${member}`, narrowed),
  ),
  ...[
    "sendCloseSession: base.sendTo('socket', { type: 'send', frame: { kind: 'closeSession' } }),",
    "sendJoin: base.sendTo('socket', { type: 'send', frame: { kind: 'join' } }),",
  ].map((code) => session('session.logic', code, "'send'", '""', commands)),
  session(
    'term.logic',
    'term.expiresAt === null ? null : term.expiresAt - timing.notice;',
    'term.expiresAt === null',
    'false',
    endKnown,
  ),
  session(
    'term.logic',
    'term.expiresAt === null ? null : term.expiresAt + expiryGrace;',
    'term.expiresAt === null',
    'false',
    endKnown,
  ),
  ...(
    [
      ["event.type === 'frame.session' || event.type === 'frame.health'", 'true'],
      ["event.type === 'frame.session'", 'true'],
    ] as const
  ).map(([from, to]) =>
    session(
      'term.logic',
      from.includes('||')
        ? "event.type === 'frame.session' || event.type === 'frame.health'"
        : "? readTerm(context, event, event.type === 'frame.session' && event.newSession)",
      from,
      to,
      narrowed,
    ),
  ),
  session(
    'term.logic',
    "const isOld = event.type === 'frame.message' && event.message.isCaughtUp === true;",
    "event.type === 'frame.message'",
    'true',
    narrowed,
  ),
  session(
    'past.logic',
    "past: { owed: 'nothing', wasUp: false, failures: 0, at: 0 },",
    "{ owed: 'nothing', wasUp: false, failures: 0, at: 0 }",
    '{}',
    'A time that is none is never due, and all of it is set anew before anything can be missed.',
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
];
