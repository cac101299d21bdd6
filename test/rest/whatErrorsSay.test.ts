import {
  type ClientCredentialsOptions,
  clientCredentials,
  type GuestRestOptions,
  guestRest,
  type OpenGuestConversationOptions,
  openGuestConversation,
} from 'genesys-conversation-machine';
import { describe, expect, test } from 'vitest';
import { ConversationError } from '../../src/shared/errors.ts';
import { attempt, failureOf, readCall, typingCall } from '../support/guestCalls.ts';

const orgUrl = 'https://api.example.org';
const json = { 'content-type': 'application/json' };

const guest = (options: Partial<GuestRestOptions> = {}) =>
  guestRest({ orgUrl, participantId: 'guest-1', token: 'abc', ...options });
const answering =
  (answer: () => unknown): typeof fetch =>
  async () =>
    answer() as Response;
const reading = (answer: () => unknown) =>
  guest({ fetch: answering(answer) }).sendRead(readCall(), attempt());
const says = async (call: Promise<unknown>) => (await failureOf(call)).message;

describe('a call that failed says what happened and what to do next', () => {
  const route = 'POST /participants/{participantId}/read';

  test.each<[number, string]>([
    [
      400,
      'was refused as malformed (status 400); check the ids passed in: the same call would be refused again.',
    ],
    [401, 'was refused: the token is expired, invalid or missing (status 401); get a fresh token.'],
    [
      403,
      'was refused: not allowed (status 403); grant the scope webmessaging:conversation:write, or switch the feature on in the deployment.',
    ],
    [
      404,
      'found no such conversation or participant (status 404); check the ids and orgUrl, or open a new one.',
    ],
    [409, 'came too late: the conversation is over (status 409); open a new conversation.'],
    [429, 'was refused: too many calls (status 429); wait before the next one.'],
    [500, 'was not served: the server cannot answer now (status 500); try again later.'],
    [
      300,
      'was redirected, and redirects are never followed (status 300); set orgUrl to where the API really is.',
    ],
    [
      302,
      'was redirected, and redirects are never followed (status 302); set orgUrl to where the API really is.',
    ],
  ])('%d', async (status, words) => {
    expect(await says(reading(() => new Response(null, { status })))).toBe(`${route} ${words}`);
  });

  const unreadable =
    'check that orgUrl leads to Genesys and not to a proxy, a login page or a captive portal.';
  test.each<[string, () => Response, string]>([
    ['a page', () => new Response('<p>', { status: 200 }), '(status 200, a web page)'],
    [
      'a refusal in XML',
      () => new Response(null, { status: 404, headers: { 'content-type': 'application/xml' } }),
      '(status 404, neither JSON nor empty)',
    ],
    [
      'a success in XML',
      () => new Response('x', { headers: { 'content-type': 'application/xml' } }),
      '(status 200, neither JSON nor text)',
    ],
    [
      'too much',
      () => new Response('x'.repeat(65_537), { headers: json }),
      '(status 200, longer than 64 KiB)',
    ],
    ['half of it', () => new Response('{', { headers: json }), '(status 200, broken JSON)'],
    [
      'what is about another conversation',
      () => Response.json({ conversationId: 'c2' }),
      '(status 200, about another conversation)',
    ],
  ])('%s is no reply of the contract', async (_what, answer, known) => {
    expect(await says(reading(answer))).toBe(
      `${route} got a reply that is not what the contract promises ${known}; ${unreadable}`,
    );
  });

  const failing = (code?: string) => () => {
    throw new TypeError('fetch failed', { cause: { code } });
  };
  const breaking = () => new ReadableStream({ pull: (stream) => stream.error(new Error('x')) });
  test.each<[string, () => unknown, string]>([
    [
      'nobody answers',
      failing(),
      'got no whole reply; check the connection, CORS and orgUrl, and try again.',
    ],
    [
      'nobody is there',
      failing('ECONNREFUSED'),
      'got no whole reply (ECONNREFUSED); check the connection, CORS and orgUrl, and try again.',
    ],
    [
      'the certificate is bad',
      failing('CERT_HAS_EXPIRED'),
      'got no whole reply (CERT_HAS_EXPIRED); see that the certificate at orgUrl is valid, for that very host, and trusted here (NODE_EXTRA_CA_CERTS adds one).',
    ],
    [
      'TLS is not spoken',
      failing('ERR_SSL_WRONG_VERSION_NUMBER'),
      'got no whole reply (ERR_SSL_WRONG_VERSION_NUMBER); check that orgUrl leads to a port that speaks TLS, and which versions.',
    ],
    [
      'TLS is another',
      failing('ERR_TLS_HANDSHAKE_TIMEOUT'),
      'got no whole reply (ERR_TLS_HANDSHAKE_TIMEOUT); check the connection, CORS and orgUrl, and try again.',
    ],
    [
      'the reply breaks off',
      () => new Response(breaking()),
      'got no whole reply (status 200, the reply broke off or could not be decoded); check the connection, CORS and orgUrl, and try again.',
    ],
    [
      'the platform redirects',
      () => {
        throw new TypeError('fetch failed', { cause: new Error('unexpected redirect') });
      },
      'was redirected, and redirects are never followed; set orgUrl to where the API really is.',
    ],
    [
      'a redirect is hidden',
      () => Object.defineProperty(Response.error(), 'type', { value: 'opaqueredirect' }),
      'was redirected, and redirects are never followed; set orgUrl to where the API really is.',
    ],
    [
      'fetch answers with no response',
      () => 'response',
      'failed in an unexpected way (the fetch option returned something that is no Response); check the fetch option, then report this as a bug.',
    ],
    [
      'a response breaks',
      () => ({ status: 200, headers: { get: failing() } }),
      'failed in an unexpected way; check the fetch option, then report this as a bug.',
    ],
  ])('%s', async (_what, answer, words) => {
    const failure = await failureOf(reading(answer));
    expect(failure.message).toBe(`${route} ${words}`);
    expect(failure.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('fetch throws', async () => {
    const fetch = failing() as typeof globalThis.fetch;
    expect(await says(guest({ fetch }).sendRead(readCall(), attempt()))).toBe(
      `${route} failed in an unexpected way (the fetch option threw instead of returning a promise); check the fetch option, then report this as a bug.`,
    );
  });

  test('a transport called in a wrong way', async () => {
    expect(await failureOf(guest().sendRead(readCall(), undefined as never))).toMatchObject({
      message: `${route} failed in an unexpected way; check the fetch option, then report this as a bug.`,
      attempt: 1,
    });
  });

  test('given up', async () => {
    const controller = new AbortController();
    const call = guest({ fetch: () => new Promise(() => {}) }).sendRead(readCall(), attempt(controller));
    controller.abort();
    expect(await says(call)).toBe(
      `${route} was given up before its reply was read; try again, or allow it more time.`,
    );
  });
});

test('an error names its call by the route, never by a URL (S17)', async () => {
  const fetch = answering(() => new Response(null, { status: 500 }));
  const said = '(status 500); try again later.';
  const calls: readonly [route: string, call: Promise<unknown>][] = [
    ['POST /participants/{participantId}/typing', guest({ fetch }).sendTyping(typingCall(), attempt())],
    ['POST /participants/{participantId}/read', guest({ fetch }).sendRead(readCall(), attempt())],
    [
      'POST /participants/{participantId}/messages',
      guest({ fetch }).sendMessage('x', { conversationId: 'c1' }),
    ],
    ['POST /conversations/messaging', openGuestConversation({ orgUrl, fetch })],
    ['POST /oauth/token', clientCredentials({ orgUrl, fetch, clientId: 'a', clientSecret: 'b' })()],
  ];
  for (const [route, call] of calls) {
    expect(await says(call)).toBe(`${route} was not served: the server cannot answer now ${said}`);
  }
});

test('credentials that bring no token say what is wrong with them, or with the reply', async () => {
  const asking = (answer: () => Response) =>
    says(clientCredentials({ orgUrl, fetch: answering(answer), clientId: 'a', clientSecret: 'b' })());
  expect(await asking(() => new Response(null, { status: 400 }))).toBe(
    'POST /oauth/token was refused: the token is expired, invalid or missing (status 400); check clientId, clientSecret and the grant of the OAuth client.',
  );
  expect(await asking(() => Response.json({ access_token: 'a b' }))).toBe(
    'POST /oauth/token got a reply that is not what the contract promises (status 200, no bearer token in it); check that orgUrl leads to Genesys and not to a proxy, a login page or a captive portal.',
  );
});

describe('where no token could be had, an error says why, and what to do next', () => {
  const again = 'it is asked again with the next call';
  const signIn = 'sign the guest in again';
  const rejecting = (thrown: unknown) => () => Promise.reject(thrown);
  const ours = (code: 'unauthorized' | 'network' | 'forbidden') =>
    rejecting(new ConversationError({ code, message: 'x' }));

  test.each<[string, GuestRestOptions['token'], string]>([
    ['the provider throws', rejecting(new Error('x')), `the token provider failed; ${again}`],
    ['it may pass', ours('network'), `the token provider failed; ${again}`],
    ['it is final', ours('unauthorized'), `the token provider failed; ${signIn}`],
    ['it is refused', ours('forbidden'), `the token provider failed; ${signIn}`],
    [
      'what comes is none',
      () => 'Bearer x',
      `the token provider returned something that is no bare bearer token; ${signIn}`,
    ],
  ])('%s', async (_what, token, words) => {
    expect(await says(guest({ token }).sendRead(readCall(), attempt()))).toBe(
      `No token could be had: ${words}.`,
    );
  });

  test('it is the rejected one', async () => {
    const { sendRead, refreshToken } = guest({
      token: () => 'same',
      fetch: answering(() => new Response(null, { status: 204 })),
    });
    await sendRead(readCall(), attempt());
    expect(await says(refreshToken?.(1, attempt()) ?? Promise.resolve())).toBe(
      `No token could be had: the token provider returned the very token that was rejected; ${signIn}.`,
    );
  });

  test('it does not come', async () => {
    const controller = new AbortController();
    const call = guest({ token: () => new Promise(() => {}) }).sendRead(readCall(), attempt(controller));
    controller.abort();
    expect(await says(call)).toBe(
      `No token could be had: the token provider did not answer in time; ${again}.`,
    );
  });
});

describe('a wrong option or argument is named, with what it must be', () => {
  const open = (options: object) => openGuestConversation({ orgUrl, ...options } as never);
  const bot = (options: Partial<ClientCredentialsOptions>) => async () =>
    clientCredentials({ orgUrl, clientId: 'a', clientSecret: 'b', ...options });
  const wrongGuest = (options: object) => async () => guest(options as never);
  const url = 'an absolute https URL (http for localhost only) without credentials, query or fragment';
  const cyclic: OpenGuestConversationOptions = { orgUrl, body: {} };
  Object.assign(cyclic.body ?? {}, { cyclic });

  test.each<[string, () => Promise<unknown>, string]>([
    ['orgUrl', () => open({ orgUrl: '/api' }), `orgUrl must be ${url}; got a string of length 4.`],
    [
      'orgUrl, once it was turned into a URL',
      () => open({ orgUrl: 'https://xn--a' }),
      `orgUrl must be ${url}; got a string of length 13.`,
    ],
    [
      'fetch',
      () => open({ fetch: 7 }),
      'fetch must be a function with the interface of the platform fetch; got 7.',
    ],
    ['body', () => open({ body: [] }), 'body must be a plain object; got an array.'],
    [
      'body, with a cycle',
      () => openGuestConversation(cyclic),
      'body must be an object that JSON can express, without cycles and BigInts.',
    ],
    [
      'tokenPath',
      bot({ tokenPath: 'x' }),
      'tokenPath must be a path such as /oauth/token; got a string of length 1.',
    ],
    [
      'clientId',
      bot({ clientId: 'a:b' }),
      'clientId must be visible ASCII characters without a colon; got a string of length 3.',
    ],
    [
      'clientSecret',
      bot({ clientSecret: '' }),
      'clientSecret must be visible ASCII characters; got an empty string.',
    ],
    [
      'token',
      wrongGuest({ token: 7 }),
      'token must be a bare bearer token, without "Bearer " or white space, or a function; got 7.',
    ],
    ['options', async () => guestRest(null as never), 'options must be an object; got null.'],
    ['options of a bot', async () => clientCredentials(7 as never), 'options must be an object; got 7.'],
    [
      'options of a new guest',
      () => openGuestConversation([] as never),
      'options must be an object; got an array.',
    ],
    [
      'retryAfterCap',
      wrongGuest({ retryAfterCap: 0 }),
      'retryAfterCap must be a whole number of ms from 1 to 2147483647; got 0.',
    ],
    [
      'messageEndsTyping',
      wrongGuest({ messageEndsTyping: 1 }),
      'messageEndsTyping must be true or false; got 1.',
    ],
    ['stopTyping', wrongGuest({ stopTyping: 1 }), 'stopTyping must be true or false; got 1.'],
    [
      'timeout',
      () => open({ timeout: 0 }),
      'timeout must be a whole number of ms from 1 to 2147483647; got 0.',
    ],
    [
      'text',
      async () => guest().sendMessage('', { conversationId: 'c1' }),
      'text must be well-formed text of 1 to 4096 characters; got an empty string.',
    ],
    [
      'text that is none',
      async () => guest().sendMessage(7 as never, { conversationId: 'c1' }),
      'text must be well-formed text of 1 to 4096 characters; got 7.',
    ],
    [
      'text that is too long',
      async () => guest().sendMessage('x'.repeat(4097), { conversationId: 'c1' }),
      'text must be well-formed text of 1 to 4096 characters; got a string of length 4097.',
    ],
    [
      'text with half a letter',
      async () => guest().sendMessage('\ud800', { conversationId: 'c1' }),
      'text must be well-formed text of 1 to 4096 characters; got a string of length 1.',
    ],
    [
      'the options of a message',
      async () => guest().sendMessage('x', undefined as never),
      'options must be an object with a conversationId; got undefined.',
    ],
    [
      'isTyping',
      () => guest().sendTyping(typingCall({ isTyping: 1 as never }), attempt()),
      'POST /participants/{participantId}/typing: isTyping must be true or false; got 1.',
    ],
    [
      'messageId',
      () => guest().sendRead(readCall({ messageId: '' }), attempt()),
      'POST /participants/{participantId}/read: messageId must be a string of 1 to 2048 well-formed characters; got an empty string.',
    ],
  ])('%s', async (_option, act, words) => {
    expect(await says(Promise.resolve().then(act))).toBe(words);
  });

  test('what comes in without an event stream', () => {
    expect(() => guest().on('stream.opened', () => {})).toThrow(
      expect.objectContaining({
        code: 'unsupported',
        message: 'Nothing comes in here: import eventStream, and give guestRest events: eventStream().',
      }),
    );
  });
});
