import type { Unnoticed } from '../scope.ts';
import { under } from './reasons.ts';

/** Of a table of options for `namesOf`. */
export const onlyNames = 'Only the names are read.';

const endsUndefined = 'What ends without a word returns undefined.';
const oneAttempt = 'The signal is that of one attempt, and aborts no more once it is over.';
const unheard = 'Nobody hears the words: a page that cannot be had is asked for again, then told as a gap.';
const noPage = "if (page === null) throw failed('unreadable-reply', attempt, { status: reply.status });";
const isoForm = String.raw`/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/`;
const isoInstant = `const isoInstant = ${isoForm};`;
const isOlder = 'if (current !== undefined && order < adopted) return current;';
const redirect = 'A 300 is a redirect, and told before.';
const noDate = 'Null is read as no date either.';
const noBytes = 'It is no bytes: the decoder throws, and what throws is undefined as well.';

const rest = under('src/rest');

const named = (name: string, ...options: readonly string[]): readonly Unnoticed[] =>
  options.map((option) => rest(name, `${option}: true,`, 'true', 'false', onlyNames));

export const inRest: readonly Unnoticed[] = [
  ...named(
    'clientCredentials',
    'orgUrl',
    'fetch',
    'clock',
    'clientId',
    'clientSecret',
    'tokenPath',
    'timeout',
  ),
  ...named(
    'guestRest',
    'orgUrl',
    'fetch',
    'clock',
    'participantId',
    'token',
    'messageEndsTyping',
    'stopTyping',
  ),
  ...named('guestRest', 'spacing', 'timeToLive', 'retryAfterCap', 'events'),
  ...named('openGuestConversation', 'orgUrl', 'fetch', 'clock', 'body', 'timeout', 'signal'),
  rest(
    'messages',
    'const optionNames = namesOf<SendOptions>({ conversationId: true, signal: true });',
    'true',
    'false',
    onlyNames,
  ),
  ...(
    [
      ['{ once: true }', '{}'],
      ['true', 'false'],
    ] as const
  ).map(([from, to]) =>
    rest('body', "signal.addEventListener('abort', cancel, { once: true });", from, to, oneAttempt),
  ),
  { file: 'src/rest/body.ts', code: '} finally {', why: oneAttempt },
  rest('body', "signal.removeEventListener('abort', cancel);", "'abort'", '""', oneAttempt),
  rest(
    'body',
    "return body === 'too-long' ? '' : new TextDecoder().decode(body);",
    "''",
    '"Stryker was here!"',
    'Words that are no page and hint at nothing say as little as none.',
  ),
  ...(
    [
      ["body === 'too-long'", 'false'],
      ["'too-long'", '""'],
    ] as const
  ).map(([from, to]) => rest('body', "if (body === 'too-long') return undefined;", from, to, noBytes)),
  { file: 'src/rest/body.ts', code: '} catch {', why: endsUndefined },
  ...(
    [
      ["event.type === 'page.hidden'", 'false'],
      ["'page.hidden'", '""'],
    ] as const
  ).map(([from, to]) =>
    rest(
      'eventStream',
      "if (event.type === 'page.hidden') return;",
      from,
      to,
      'The chart of the stream takes no such event.',
    ),
  ),
  rest(
    'guestRest',
    "const { message, option = '' } = thrown;",
    "''",
    '"Stryker was here!"',
    'A wrong argument always says which it is.',
  ),
  ...(
    [
      [
        "const about: About = { route: 'GET /{conversationId}/messages' };",
        "{ route: 'GET /{conversationId}/messages' }",
        '{}',
      ],
      [
        "const about: About = { route: 'GET /{conversationId}/messages' };",
        "'GET /{conversationId}/messages'",
        '""',
      ],
      ['about: { ...about, ...numbered },', '{ ...about, ...numbered }', '{}'],
      [noPage, "'unreadable-reply'", '""'],
      [noPage, '{ status: reply.status }', '{}'],
      [noPage, 'page === null', 'false'],
    ] as const
  ).map(([code, from, to]) => rest('history', code, from, to, unheard)),
  rest(
    'httpClient',
    'const init = { headers: { ...headers }, ...(body !== undefined && { body }), keepalive, signal };',
    'body !== undefined',
    'true',
    'A body that is undefined is none.',
  ),
  rest(
    'httpClient',
    'if (status >= 300) return new Uint8Array();',
    'status >= 300',
    'status > 300',
    redirect,
  ),
  rest('httpClient', '} catch {', '{\n    return undefined;\n  }', '{}', endsUndefined),
  rest(
    'openGuestConversation',
    'const since = date === null ? undefined : parseHttpDate(date, now);',
    'date === null',
    'false',
    noDate,
  ),
  rest(
    'org',
    "post: (call) => make('POST', { contentType: 'application/json', ...call }),",
    "'application/json'",
    '""',
    'ofetch declares a body that nobody declared to be JSON.',
  ),
  rest(
    'orgUrl',
    String.raw`const emptySegment = /^[a-z]+:\/\/.*[^/]\/{2,}[^/]/i;`,
    String.raw`/^[a-z]+:\/\/.*[^/]\/{2,}[^/]/i`,
    String.raw`/[a-z]+:\/\/.*[^/]\/{2,}[^/]/i`,
    'It begins with its scheme, or is refused: what is found farther on is found from there.',
  ),
  rest(
    'orgUrl',
    String.raw`/^127\.\d+\.\d+\.\d+$/.test(hostname)`,
    String.raw`/^127\.\d+\.\d+\.\d+$/`,
    String.raw`/127\.\d+\.\d+\.\d+$/`,
    'A host that ends so is an address of four numbers, or no host.',
  ),
  rest('orgUrl', '} catch {', '{\n    return undefined;\n  }', '{}', endsUndefined),
  rest(
    'openGuestConversation',
    isoInstant,
    isoForm,
    isoForm.replace('$/', '/'),
    'Date.parse refuses what goes on behind the zone.',
  ),
  rest(
    'speaker',
    "if (status >= 300) return 'neither JSON nor empty';",
    'status >= 300',
    'status > 300',
    redirect,
  ),
  rest('verdict', 'return status >= 200 && status < 300;', 'status < 300', 'status <= 300', redirect),
  ...[
    "if (isSuccess(head)) return 'whole';",
    "return sureHint(head, rules) === undefined ? 'whole' : 'nothing';",
  ].map((code) =>
    rest('verdict', code, "'whole'", '""', 'What is neither of the other two words is read to its end.'),
  ),
  rest(
    'token',
    "let rejected = { value: '', generation: 0 };",
    "''",
    '"Stryker was here!"',
    'No token is like it: those have a letter, and no space.',
  ),
  rest('token', isOlder, 'current !== undefined', 'true', 'None is older than the first, whose number is 1.'),
  rest('token', isOlder, 'order < adopted', 'order <= adopted', 'Each is adopted once.'),
  ...['status', 'retryAfterMs'].map((fact) =>
    rest(
      'token',
      `...(${fact} !== undefined && { ${fact} }),`,
      `${fact} !== undefined`,
      'true',
      'An error leaves out what is undefined.',
    ),
  ),
  rest(
    'verdict',
    "return !['transient', 'limited'].includes(kindOf({ code, message: '' }));",
    "''",
    '"Stryker was here!"',
    'Asked by its code alone.',
  ),
  rest(
    'verdict',
    'const isMeasured = date !== null && parseHttpDate(date, rules.clock.wallNow()) !== undefined;',
    'date !== null',
    'true',
    noDate,
  ),
  rest(
    'verdict',
    String.raw`return isMeasured || /^\d/.test(retryAfter ?? '') ? headerHint(head, rules) : undefined;`,
    "''",
    '"Stryker was here!"',
    'It begins with no digit either.',
  ),
];
