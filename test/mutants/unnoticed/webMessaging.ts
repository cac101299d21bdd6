import type { Unnoticed } from '../scope.ts';
import { setFirst, under } from './reasons.ts';

const names = 'A set of names, which the compiler keeps complete: only the names are read.';
const named = 'Whoever talks, or listens to talk, does so in a conversation that has a name by then.';
const letGo =
  'A connection that is over has no listeners and no timers, and its actor tells nothing any more.';
const swallowed = 'Whatever goes wrong with the call is told in the same words, without it.';

const unsaid = 'What is not said is not above nothing, and none of the words that are looked for.';
const nobodyWaits = 'Where nothing is held nobody is told.';
const leftBehind = 'A listener that is left finds that its promise has settled.';
const passedThrough = 'The chart passes through this state: no snapshot shows it.';
const isUp = 'Asked for only while there is a connection, which begins with who the guest is.';
const textKept = 'What waits to leave has its text until it is settled, and does not leave after that.';

const wm = under('src/webMessaging');

export const inWebMessaging: readonly Unnoticed[] = [
  ...['conversationId', 'signal', 'metadata', 'customAttributes'].map((name) =>
    wm('checkMessage', `${name}: true,`, 'true', 'false', names),
  ),
  wm(
    'checkMessage',
    'const answerNames = namesOf<Answer>({ text: true, payload: true, kind: true });',
    'true',
    'false',
    names,
  ),
  wm(
    'checkMessage',
    'if (metadata !== undefined && byteLength(JSON.stringify(metadata)) > metadataCap) {',
    'metadata !== undefined',
    'true',
    'What is not given has no bytes.',
  ),
  wm(
    'catchUp',
    'return (readStructured({ body: entity }) ?? []).flatMap((event) =>',
    '[]',
    '["Stryker was here"]',
    'What has no type is no message either.',
  ),
  wm('connection', 'if (!isOver) tellAlways(event);', '!isOver', 'true', letGo),
  ...['socket?.send', 'false'].map((from) =>
    wm(
      'connection',
      'const send = (text: string): boolean => !isOver && (socket?.send(text) ?? false);',
      from,
      from === 'false' ? 'true' : 'socket.send',
      'Nothing is sent before a session is being configured, and then there is a socket.',
    ),
  ),
  wm(
    'connection',
    "if (!isOver) tell(intake.take(event) ?? { type: 'frame.ignored' });",
    '!isOver',
    'true',
    'No event of those that come several in a frame ends a connection.',
  ),
  wm('connection', 'const hasLeft = text !== null && send(text);', 'text !== null', 'true', textKept),
  wm('conversationFeed', 'let refusesTyping = false;', 'false', 'true', setFirst),
  ...[
    "if (phase === 'over' || id === null) return;",
    'if (id === null) return;',
    'if (id === null || messages.length === 0) return;',
    'const messages = id === null ? [] : own.of(id);',
  ].map((code) => wm('conversationFeed', code, 'id === null', 'false', named)),
  ...['if (id !== null && participantId !== author)', 'if (id !== null && messages.length > 0)'].map((code) =>
    wm('conversationFeed', code, 'id !== null', 'true', named),
  ),
  wm(
    'conversationFeed',
    'const messages = id === null ? [] : own.of(id);',
    '[]',
    '["Stryker was here"]',
    'Where there is no conversation nothing is told of what there is.',
  ),
  wm(
    'conversationFeed',
    "tell(toldOf(id, { direction: 'outbound', message }));",
    "'outbound'",
    '""',
    'What is not inbound is outbound.',
  ),
  wm(
    'conversationFeed',
    "toldOf(id, { direction: 'inbound', message: { messageId, ...(sentAt !== undefined && { sentAt }) } }),",
    'sentAt !== undefined',
    'true',
    'A time that there is not is left out where it is told.',
  ),
  wm(
    'conversationFeed',
    'stop: () => listeners.clear(),',
    '() => listeners.clear()',
    '() => undefined',
    'Nothing is told after the stop of the actor: this lets go of the memory.',
  ),
  {
    file: 'src/webMessaging/deploymentConfig.ts',
    code: "const about = { route: 'GET /webdeployments/v1/deployments/{deploymentId}/config.json' };",
    why: swallowed,
  },
  { file: 'src/webMessaging/incoming.ts', code: 'default:', why: 'What ends returns undefined.' },
  ...['duration', 'expiration'].map((name, nth) =>
    wm(
      'incoming',
      `...(${name} !== undefined && ${name} > 0 && { ${['durationMs', 'expiresAt'][nth]}: ${name} * 1000 }),`,
      `${name} !== undefined`,
      'true',
      unsaid,
    ),
  ),
  wm(
    'incoming',
    'const seconds = words === undefined ? undefined : /\\[(\\d{1,9})\\] seconds/.exec(words)?.[1];',
    'words === undefined',
    'false',
    unsaid,
  ),
  ...['wantsSignIn', 'isAboutTyping'].map((name, nth) =>
    wm(
      'incoming',
      `const ${name} = code === 403 && words !== undefined && ${['signInWords', 'typingWords'][nth]}.test(words);`,
      'words !== undefined',
      'true',
      unsaid,
    ),
  ),
  wm('intake', "let standing: 'none' | 'readOnly' | 'writable' = 'none';", "'none'", '""', setFirst),
  wm(
    'intake',
    '...(otherId !== undefined && { otherId }),',
    'otherId !== undefined',
    'true',
    'Whoever reads it looks whether it is undefined.',
  ),
  wm('intake', 'const events = held?.events ?? [];', '[]', '["Stryker was here"]', nobodyWaits),
  wm(
    'intake',
    "for (const event of discard()) tell?.(event.type === 'frame.message' ? once(event) : event);",
    "tell?.(event.type === 'frame.message' ? once(event) : event)",
    "tell(event.type === 'frame.message' ? once(event) : event)",
    nobodyWaits,
  ),
  wm(
    'intake',
    "direction === 'inbound' && id !== undefined && bodyOf(id) !== undefined;",
    'id !== undefined',
    'true',
    'Nothing waits under no id.',
  ),
  wm(
    'intake',
    "if (event.connected) standing = event.readOnly ? 'readOnly' : 'writable';",
    "'writable'",
    '""',
    'Asked for are the other two.',
  ),
  wm(
    'intake',
    "if (event.direction === 'inbound' && !knows(event)) ownMessages += 1;",
    'ownMessages += 1',
    'ownMessages -= 1',
    'It is only asked whether there were more.',
  ),
  wm('jwtKeeper', "signal.removeEventListener('abort', giveUp);", "'abort'", '""', leftBehind),
  ...['{ once: true }', 'true'].map((from) =>
    wm(
      'jwtKeeper',
      "signal.addEventListener('abort', giveUp, { once: true });",
      from,
      from === 'true' ? 'false' : '{}',
      'A signal aborts once.',
    ),
  ),
  ...['resolve(message)', 'reject(error)'].map((ending) => {
    const [verb] = ending.split('(');
    return wm(
      'messageStore',
      `this.#take(id)?.${ending};`,
      `this.#take(id)?.${verb}`,
      `this.#take(id).${verb}`,
      'A message is settled once, while somebody waits for it.',
    );
  }),
  wm('messageStore', '...(here !== null && { conversationId: here }),', 'here !== null', 'true', named),
  ...[
    ...['deploymentId', 'region', 'endpoint', 'storage', 'webSocket', 'origin', 'fetch', 'clock', 'random'],
    ...['timing', 'logger', 'inspect', 'application', 'config', 'reportRead', 'customAttributes'],
  ].map((name) => wm('options', `${name}: true,`, 'true', 'false', names)),
  wm(
    'readHistory',
    'let page = Math.floor((before === undefined ? 0 : (places.get(before) ?? 0)) / pageSize) + 1;',
    'before === undefined',
    'false',
    'Nothing has a place under no name.',
  ),
  wm(
    'readHistory',
    'if (isOlder) found.push({ id, frames: readStructured({ body: entity }) ?? [] });',
    '[]',
    '["Stryker was here"]',
    'What has no type is neither an entry nor a message.',
  ),
  wm(
    'readHistory',
    'if (id !== undefined) note(id, (page - 1) * pageSize + index);',
    'id !== undefined',
    'true',
    'Nobody asks where something without a name is.',
  ),
  wm(
    'readHistory',
    'if (before !== undefined) places.delete(before);',
    'before !== undefined',
    'true',
    'Whoever names nothing to begin before never looks for it.',
  ),
  wm(
    'refusals',
    'new ConversationError({ code, message, ...(retryAfterMs !== undefined && { retryAfterMs }) });',
    'retryAfterMs !== undefined',
    'true',
    'The error leaves out what is undefined.',
  ),
  ...["'unresponsive'", "'reconnecting'"].map((from) =>
    wm('sessionState', "if (phase === 'unresponsive') return 'reconnecting';", from, '""', passedThrough),
  ),
  ...[
    "if (phase !== undefined && 'readOnly' in phase) return 'readOnly';",
    "return phase !== undefined && 'configuring' in phase ? 'configuring' : 'configured';",
  ].map((code) => wm('sessionState', code, 'phase !== undefined', 'true', 'What else is left is live.')),
  wm('structuredMessage', '...(duration !== undefined &&', 'duration !== undefined', 'true', unsaid),
  ...[
    ['identity.current?.token', 'identity.current.token'],
    ["''", '"Stryker was here!"'],
  ].map(([from = '', to = '']) =>
    wm('wire', "const token = (): string => identity.current?.token ?? '';", from, to, isUp),
  ),
  ...[
    ['current?.send', 'current.send'],
    ['false', 'true'],
  ].map(([from = '', to = '']) =>
    wm('wire', 'const send = (text: string): boolean => current?.send(text) ?? false;', from, to, isUp),
  ),
  wm(
    'wire',
    'return body === undefined ? null : outgoing.message(token(), frame.id, body);',
    'body === undefined',
    'false',
    textKept,
  ),
  wm(
    'wire',
    'deployment === null',
    'deployment === null',
    'false',
    'What fails is as good as no configuration.',
  ),
  wm(
    'wire',
    ').catch(() => null),',
    '() => null',
    '() => undefined',
    'Either is as good as no configuration.',
  ),
  wm(
    'wire',
    'if (current !== connection) return;',
    'current !== connection',
    'false',
    'A connection is let go of before the next one begins: there is none yet, or it is this one.',
  ),
  wm(
    'endpoints',
    "if (typeof endpoint !== 'string' || !/^(https?|wss?):\\/\\//i.test(endpoint)) {",
    '/^(https?|wss?):\\/\\//i',
    '/(https?|wss?):\\/\\//i',
    'What begins otherwise is refused below, in the same words, as no such address.',
  ),
  wm(
    'findMessages',
    'if (id === undefined || messageId === undefined || !wanted.has(id) || found.has(id)) return;',
    'id === undefined',
    'false',
    'Nobody looks for what has no id.',
  ),
  wm(
    'historyPages',
    'return retryAfter !== null && /^\\d{1,6}$/.test(retryAfter)',
    'retryAfter !== null',
    'true',
    'The word null is no number.',
  ),
  wm(
    'historyVerb',
    'const optionNames = namesOf<HistoryOptions>({ before: true, limit: true });',
    'true',
    'false',
    names,
  ),
  ...[
    ["thrown.code === 'rate-limited'", 'true'],
    ["isConversationError(thrown) && thrown.code === 'rate-limited'", 'true'],
    [
      "isConversationError(thrown) && thrown.code === 'rate-limited'",
      "isConversationError(thrown) || thrown.code === 'rate-limited'",
    ],
  ].map(([from = '', to = '']) =>
    wm(
      'historyVerb',
      "if (isConversationError(thrown) && thrown.code === 'rate-limited' && thrown.retryAfterMs)",
      from,
      to,
      'Nothing but a rate limit says for how long, and what says nothing forbids nothing.',
    ),
  ),
];
