import { type GuestRestOptions, guestRest } from 'genesys-conversation-machine';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { urlsOf } from '../../src/rest/orgUrl.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { type ConversationError, isConversationError } from '../../src/shared/errors.ts';
import { attempt, canary, expectNoCanary, typingCall } from '../support/guestCalls.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

const right = { orgUrl: 'https://api.example.org', participantId: 'guest-1', token: canary };

function refusal(options: unknown): ConversationError {
  try {
    guestRest(options as GuestRestOptions);
  } catch (thrown) {
    expect(isConversationError(thrown)).toBe(true);
    expectNoCanary(thrown);
    return thrown as ConversationError;
  }
  throw new Error('the options were accepted');
}

async function urlFor(orgUrl: string): Promise<string> {
  const urls: string[] = [];
  const fetch = (async (url: string) => {
    urls.push(url);
    return new Response(null, { status: 204 });
  }) as unknown as typeof globalThis.fetch;
  await guestRest({ ...right, orgUrl, fetch }).sendTyping(typingCall(), attempt());
  return urls.join();
}

describe('orgUrl (S6, S7)', () => {
  const path = '/api/v2/conversations/messaging/participants/guest-1/typing';

  test.each([
    ['https://api.mypurecloud.ie', 'https://api.mypurecloud.ie'],
    ['https://api.mypurecloud.ie/', 'https://api.mypurecloud.ie'],
    ['https://api.mypurecloud.ie///', 'https://api.mypurecloud.ie'],
    ['HTTPS://API.example.org:443', 'https://api.example.org'],
    ['https://api.example.org:8443', 'https://api.example.org:8443'],
    ['https://api.example.org/a/b/', 'https://api.example.org/a/b'],
    ['https://api.example.org/a%2Fb', 'https://api.example.org/a%2Fb'],
    ['http://localhost:3000', 'http://localhost:3000'],
    ['http://app.localhost', 'http://app.localhost'],
    ['http://127.0.0.1:1', 'http://127.0.0.1:1'],
    ['http://127.255.0.9', 'http://127.255.0.9'],
    ['http://127.0.255.1', 'http://127.0.255.1'],
    ['http://127.0.0.254', 'http://127.0.0.254'],
    ['https://api.example.org/.well-known/a..b', 'https://api.example.org/.well-known/a..b'],
    ['https://api.example.org/...', 'https://api.example.org/...'],
    [`https://api.example.org/${'x'.repeat(2024)}`, `https://api.example.org/${'x'.repeat(2024)}`],
    ['http://0x7f.1', 'http://127.0.0.1'],
    ['http://[::1]:9', 'http://[::1]:9'],
    ['http://[0:0:0:0:0:0:0:1]', 'http://[::1]'],
  ])('%s is fine', async (orgUrl, base) => {
    expect(await urlFor(orgUrl)).toBe(base + path);
  });

  test.each([
    ['nothing', ''],
    ['a host alone', 'api.example.org'],
    ['a path', '/api'],
    ['a host without a scheme', '//api.example.org'],
    ['http elsewhere', 'http://api.example.org'],
    ['http to a private network', 'http://192.168.0.1'],
    ['http to every address', 'http://0.0.0.0'],
    ['a name that begins like loopback', 'http://127.0.0.1.evil.example'],
    ['a name that begins like localhost', 'http://localhost.evil.example'],
    ['a name that ends like localhost', 'http://evillocalhost'],
    ['loopback mapped into IPv6', 'http://[::ffff:127.0.0.1]'],
    ['localhost for a user name', 'http://localhost@evil.example'],
    ['credentials', `https://user:${canary}@api.example.org`],
    ['an empty user name', 'https://@api.example.org'],
    ['a query', 'https://api.example.org?x=1'],
    ['an empty query', 'https://api.example.org/?'],
    ['a fragment', 'https://api.example.org/#x'],
    ['an empty fragment', 'https://api.example.org#'],
    ['a trailing dot', 'https://api.example.org.'],
    ['a trailing dot before a port', 'http://localhost.:80'],
    ['a zone', 'http://[::1%25lo0]'],
    ['a script', 'javascript:alert(1)'],
    ['data', 'data:text/plain,x'],
    ['a file', 'file:///etc/passwd'],
    ['a socket', 'wss://api.example.org'],
    ['a socket on this host', 'ws://localhost'],
    ['a scheme that only ends like one', 'xhttp://localhost'],
    ['no host', 'https://'],
    ['no slashes', 'https:api.example.org'],
    ['too many slashes', 'https:///api.example.org'],
    ['backslashes', 'https:\\\\api.example.org'],
    ['a backslash in the path', 'https://api.example.org/a\\..\\b'],
    ['an empty segment', 'https://api.example.org//evil.example/x'],
    ['a step up', 'https://api.example.org/a/../b'],
    ['an escaped step up', 'https://api.example.org/a/%2E%2e/b'],
    ['a step to nowhere', 'https://api.example.org/a/.'],
    ['a last step up', 'https://api.example.org/a/..'],
    ['a first step up, half escaped', 'https://api.example.org/%2e./a'],
    ['a space around', ' https://api.example.org'],
    ['a line break inside', 'https://api.exam\nple.org'],
    ['an invisible character', 'https://api.example\u200b.org'],
    ['a port that is none', 'https://api.example.org:99999'],
    ['a host that is none', 'https://exa mple.org'],
    ['punycode that is none', 'https://xn--a'],
    ['one character too much', `https://api.example.org/${'x'.repeat(2025)}`],
    ['far too much', `https://api.example.org/${'x'.repeat(3000)}`],
    ['a number', 7],
    ['a URL object', new URL('https://api.example.org')],
    ['undefined', undefined],
  ])('%s is refused', (_name, orgUrl) => {
    const error = refusal({ ...right, orgUrl });
    expect(error).toMatchObject({ code: 'invalid-option', option: 'orgUrl' });
    expect(error.message).not.toContain('example');
  });
});

test('what is built below orgUrl is checked again: a segment that steps up leads nowhere (S7)', () => {
  const urlOf = urlsOf('https://api.example.org/a');
  expect(urlOf('b', 'ö/?#')).toBe('https://api.example.org/a/b/%C3%B6%2F%3F%23');
  for (const segment of ['.', '..']) {
    expect(() => urlOf('b', segment)).toThrow(
      expect.objectContaining({ code: 'invalid-option', option: 'orgUrl' }),
    );
  }
});

describe('token (S3)', () => {
  test.each(['a', 'abc.DEF-1~2_3+4/5', 'abc==', 'x'.repeat(4096)])('%s is fine', (token) => {
    expect(guestRest({ ...right, token }).refreshToken).toBeUndefined();
  });

  test.each([
    ['empty', ''],
    ['a line break at its end', `${canary}\n`],
    ['another header in it', `${canary}\r\nX: y`],
    ['NUL', `${canary}\0`],
    ['another alphabet', 'tökén'],
    ['a scheme', `Bearer ${canary}`],
    ['a space around', ` ${canary}`],
    ['padding inside', 'a=b'],
    ['too long', 'x'.repeat(4097)],
    ['far too long', 'x'.repeat(1_000_000)],
    ['a number', 7],
    ['nothing', undefined],
    ['null', null],
    ['a promise', Promise.resolve(canary)],
    ['a boxed string', Object(canary)],
    ['what turns into a string', { toString: () => canary }],
  ])('%s is refused without being quoted', (_name, token) => {
    expect(refusal({ ...right, token })).toMatchObject({ code: 'invalid-option', option: 'token' });
  });

  test('a provider is fine, and not asked before it is needed', () => {
    const provider = vi.fn(() => canary);
    expect(guestRest({ ...right, token: provider }).refreshToken).toBeTypeOf('function');
    expect(provider).not.toHaveBeenCalled();
  });
});

describe('everything else', () => {
  test.each<[string, string, unknown]>([
    ['participantId', 'a step up', '..'],
    ['participantId', 'a path', 'a/b'],
    ['participantId', 'half a character', '\ud800'],
    ['participantId', 'nothing', undefined],
    ['messageEndsTyping', 'a string', 'yes'],
    ['messageEndsTyping', 'null', null],
    ['stopTyping', 'a string', 'no'],
    ['spacing', 'a negative', -1],
    ['spacing', 'a fraction', 0.5],
    ['spacing', 'NaN', Number.NaN],
    ['spacing', 'a string', '1000'],
    ['spacing', 'more than a timer takes', 2 ** 31],
    ['timeToLive', 'no more than spacing', 1000],
    ['timeToLive', 'infinite', Number.POSITIVE_INFINITY],
    ['retryAfterCap', 'nothing', 0],
    ['retryAfterCap', 'more than a timer takes', 2 ** 31],
    ['fetch', 'null', null],
    ['fetch', 'an object', {}],
    ['clock', 'a function', () => 7],
    ['clock', 'null', null],
    ['clock', 'without a wall', { ...systemClock, wallNow: undefined }],
  ])('%s: %s is refused', (option, _name, value) => {
    expect(refusal({ ...right, [option]: value })).toMatchObject({ code: 'invalid-option', option });
  });

  test.each([undefined, null, 'https://api.example.org'])('%j is no set of options', (options) => {
    expect(refusal(options)).toMatchObject({ code: 'invalid-option', option: 'options' });
  });

  test('a platform without fetch is told at once', () => {
    vi.stubGlobal('fetch', undefined);
    expect(refusal(right)).toMatchObject({ code: 'invalid-option', option: 'fetch' });
  });
});
