import type { Unnoticed } from '../scope.ts';
import { at } from './reasons.ts';

const onlyNames = 'Only the names are read.';
const endsUndefined = 'What ends without a word returns undefined.';
const oneAttempt = 'The signal is that of one attempt, and aborts no more once it is over.';
const noBytes = 'It is no bytes: the decoder throws, and what throws is undefined as well.';

const rest = (name: string, code: string, from: string, to: string, why: string): Unnoticed =>
  at(`src/rest/${name}.ts`, code, from, to, why);

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
];
