import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { guestRest } from 'genesys-conversation-machine';
import { describe, expect, test } from 'vitest';
import type { FailureCode } from '../../machines/failure.ts';
import { attempt, canary, expectNoCanary, failureOf, readCall, typingCall } from '../support/guestCalls.ts';
import { rawServer, reply, type Script, serving } from '../support/rawServer.ts';

const guestOf = (orgUrl: string, fetchOption?: typeof fetch) =>
  guestRest({
    orgUrl,
    participantId: 'guest-1',
    token: canary,
    ...(fetchOption !== undefined && { fetch: fetchOption }),
  });

const json = 'Content-Type: application/json';
const genesysHint = (seconds: string) =>
  JSON.stringify({
    code: 'too.many.requests.retry.after',
    status: 429,
    message: `Rate limit exceeded. Retry the request in [${seconds}] seconds`,
  });
const past = 'Sun, 06 Nov 1994 08:49:37 GMT';
const inAnHour = () => new Date(Date.now() + 3_600_000).toUTCString();

interface Refusal {
  readonly code: FailureCode;
  readonly status?: number;
  readonly retryAfterMs?: number;
}

async function refusalOf(bytes: string | Buffer): Promise<Refusal> {
  const server = await serving((socket) => socket.end(bytes));
  const { code, status, retryAfterMs } = await failureOf(guestOf(server.url).sendRead(readCall(), attempt()));
  expect(server.requests).toHaveLength(1);
  return {
    code: code as FailureCode,
    ...(status !== undefined && { status }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

describe('a server that asks to wait', () => {
  const limited = (retryAfterMs?: number): Refusal => ({
    code: 'rate-limited',
    status: 429,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });

  test.each<[string, string, Refusal]>([
    ['429 with seconds', reply(429, ['Retry-After: 5']), limited(5_000)],
    ['429 with zero seconds', reply(429, ['Retry-After: 0']), limited(0)],
    ['429 with spaces around the seconds', reply(429, ['Retry-After:  5  ']), limited(5_000)],
    ['429 with far too many seconds', reply(429, ['Retry-After: 99999999999']), limited(300_000)],
    ['429 with a past date by a clock nobody knows', reply(429, [`Retry-After: ${past}`]), limited()],
    [
      '429 with a date in an hour by such a clock',
      reply(429, [`Retry-After: ${inAnHour()}`]),
      limited(30_000),
    ],
    [
      '429 whose body is surer than such a date',
      reply(429, [`Retry-After: ${inAnHour()}`, json], genesysHint('7')),
      limited(7_000),
    ],
    [
      '429 with a date, measured from its Date',
      reply(429, ['Date: Sun, 06 Nov 1994 08:49:30 GMT', 'Retry-After: Sun, 06 Nov 1994 08:49:37 GMT']),
      limited(7_000),
    ],
    ['429 with a word', reply(429, ['Retry-After: soon']), limited()],
    ['429 with an empty hint', reply(429, ['Retry-After:']), limited()],
    ['429 with a negative hint', reply(429, ['Retry-After: -5']), limited()],
    ['429 with a fraction', reply(429, ['Retry-After: 1.5']), limited()],
    ['429 with two hints', reply(429, ['Retry-After: 2', 'Retry-After: 3']), limited()],
    ['429 without a hint', reply(429), limited()],
    ['429 with a hint in its body', reply(429, [json], genesysHint('42')), limited(42_000)],
    [
      '429 whose header wins over its body',
      reply(429, ['Retry-After: 5', json], genesysHint('42')),
      limited(5_000),
    ],
    [
      '429 whose body helps a bad header',
      reply(429, ['Retry-After: soon', json], genesysHint('42')),
      limited(42_000),
    ],
    ['429 with a bad hint in its body', reply(429, [json], genesysHint('-1')), limited()],
    ['429 whose body breaks off', reply(429, ['Content-Length: 500'], 'Retry the'), limited()],
    [
      '503 with a hint',
      reply(503, ['Retry-After: 5']),
      { code: 'rate-limited', status: 503, retryAfterMs: 5_000 },
    ],
    ['503 with a bad hint', reply(503, ['Retry-After: soon']), { code: 'unavailable', status: 503 }],
    [
      '503 page of a proxy',
      reply(503, ['Content-Type: text/html'], '<h1>503</h1>'),
      { code: 'unavailable', status: 503 },
    ],
    [
      '500 with a hint that means nothing',
      reply(500, ['Retry-After: 5']),
      { code: 'unavailable', status: 500 },
    ],
    [
      '400 with a hint that means nothing',
      reply(400, ['Retry-After: 5']),
      { code: 'bad-request', status: 400 },
    ],
  ])('%s', async (_name, bytes, refusal) => {
    expect(await refusalOf(bytes)).toEqual(refusal);
  });
});

describe('a status that is no success', () => {
  test.each<[number, FailureCode]>([
    [304, 'redirected'],
    [400, 'bad-request'],
    [401, 'unauthorized'],
    [402, 'bad-request'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [405, 'bad-request'],
    [408, 'unavailable'],
    [409, 'conversation-ended'],
    [410, 'not-found'],
    [413, 'bad-request'],
    [415, 'bad-request'],
    [418, 'bad-request'],
    [422, 'bad-request'],
    [425, 'unavailable'],
    [431, 'bad-request'],
    [500, 'unavailable'],
    [502, 'unavailable'],
    [504, 'unavailable'],
    [599, 'unavailable'],
    [600, 'unreadable-reply'],
    [999, 'unreadable-reply'],
  ])('%d is %s', async (status, code) => {
    expect(await refusalOf(reply(status))).toEqual({ code, status });
  });

  test.each([401, 403, 404, 409, 500])('%d counts at once, though its body never ends', async (status) => {
    const server = await serving((socket) => socket.write(reply(status, ['Content-Length: 9'], 'more')));
    const failure = await failureOf(guestOf(server.url).sendTyping(typingCall(), attempt()));
    expect(failure.status).toBe(status);
    expect(failure.code).not.toBe('timeout');
    await server.hangUp;
  });

  test('429 counts at once, too, where its header says how long to wait', async () => {
    const server = await serving((socket) =>
      socket.write(reply(429, ['Retry-After: 5', 'Content-Length: 9'], 'more')),
    );
    const failure = await failureOf(guestOf(server.url).sendTyping(typingCall(), attempt()));
    expect(failure).toMatchObject({ code: 'rate-limited', retryAfterMs: 5_000 });
    await server.hangUp;
  });

  test('nothing that a hostile server says gets into the error', async () => {
    const hostile = reply(
      400,
      [json, 'X-Note: \u001b[31m'],
      `{"code":"${canary}","message":"\\u001b[31m${canary}"}`,
    );
    const server = await serving((socket) => socket.end(hostile));
    const failure = await failureOf(guestOf(server.url).sendRead(readCall(), attempt()));
    expect(failure.message).not.toContain('\u001b');
    expect(failure.message).not.toContain('X-Note');
  });
});

describe('a redirect is never followed (S9)', () => {
  test.each([301, 302, 303, 307, 308])('%d to another origin', async (status) => {
    const elsewhere = await serving((socket) => socket.end(reply(204)));
    const location = `Location: ${elsewhere.url}/api`;
    expect((await refusalOf(reply(status, [location]))).code).toBe('redirected');
    expect(elsewhere.requests).toHaveLength(0);
  });

  test.each(['file:///etc/passwd', '/', 'javascript:alert(1)', 'http://['])('302 to %s', async (location) => {
    expect((await refusalOf(reply(302, [`Location: ${location}`]))).code).toBe('redirected');
  });

  test('a fetch that follows it all the same is caught', async () => {
    const following: typeof fetch = async () => {
      const response = new Response(null, { status: 200 });
      Object.defineProperty(response, 'redirected', { value: true });
      return response;
    };
    const failure = await failureOf(
      guestOf('https://api.example.org', following).sendRead(readCall(), attempt()),
    );
    expect(failure.code).toBe('redirected');
  });
});

describe('a 2xx that is a success', () => {
  test.each<[string, string, number]>([
    ['204', reply(204, ['Content-Length: 0']), 204],
    ['204 with a body behind it', `${reply(204, [json])}{"surprise":true}`, 204],
    ['204 that declares a page', reply(204, ['Content-Type: text/html']), 204],
    ['205', reply(205, ['Content-Length: 0']), 205],
    ['200 without a body', reply(200, [json]), 200],
    ['202', reply(202, [json], '{}'), 202],
    ['207', reply(207, [json], '{}'), 207],
    ['299', reply(299), 299],
    ['200 with a hint that means nothing', reply(200, ['Retry-After: 5']), 200],
    ['200 with text', reply(200, ['Content-Type: text/plain'], 'OK'), 200],
    ['200 with JSON behind a byte order mark', reply(200, [json], '\ufeff{}'), 200],
    ['200 with null', reply(200, [json], 'null'), 200],
    ['200 with an array', reply(200, [json], '[]'), 200],
    ['200 with a string', reply(200, [json], '"ok"'), 200],
    ['200 with a number', reply(200, [json], '123'), 200],
    ['200 with true', reply(200, [json], 'true'), 200],
    ['200 with fields nobody asked for', reply(200, [json], '{"id":9007199254740993,"x":{}}'), 200],
    ['200 with a number for an id', reply(200, [json], '{"conversationId":7}'), 200],
    ['200 about this conversation', reply(200, [json], '{"conversationId":"conversation-1"}'), 200],
    ['a hint of early headers, then 204', `HTTP/1.1 103 Early Hints\r\n\r\n${reply(204)}`, 204],
    ['102, then 204', `HTTP/1.1 102 Processing\r\n\r\n${reply(204)}`, 204],
  ])('%s', async (_name, bytes, status) => {
    const server = await serving((socket) => socket.end(bytes));
    const accepted = await guestOf(server.url).sendRead(readCall(), attempt());
    expect(accepted).toEqual({ status, requestId: expect.any(String) });
  });

  test('a chunked, compressed reply', async () => {
    const zipped = gzipSync('{"conversationId":"conversation-1"}');
    const head = reply(200, [json, 'Content-Encoding: gzip', `Content-Length: ${zipped.length}`]);
    const server = await serving((socket) => socket.end(Buffer.concat([Buffer.from(head), zipped])));
    expect((await guestOf(server.url).sendRead(readCall(), attempt())).status).toBe(200);
  });

  test('a position that the server claims is not passed on', async () => {
    const claims = '{"conversationId":"conversation-1","acknowledged":99,"messageId":"m-99"}';
    const server = await serving((socket) => socket.end(reply(200, [json], claims)));
    const accepted = await guestOf(server.url).sendRead(readCall({ messageId: 'm-1' }), attempt());
    expect(Object.keys(accepted).sort()).toEqual(['requestId', 'status']);
  });

  test('nesting as deep as the cap allows is survived, one way or the other', async () => {
    const deep = '['.repeat(32_000) + ']'.repeat(32_000);
    const server = await serving((socket) => socket.end(reply(200, [json], deep)));
    const outcome = await guestOf(server.url)
      .sendRead(readCall(), attempt())
      .catch((error) => error);
    expect(outcome).toMatchObject({ status: 200 });
  });

  test('keys that reach for a prototype reach nothing', async () => {
    const hostile = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
    const server = await serving((socket) => socket.end(reply(200, [json], hostile)));
    await guestOf(server.url).sendRead(readCall(), attempt());
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('a 2xx that is none (S11, S12)', () => {
  const page = '<!doctype html><title>Sign in</title>';
  const chunked = 'Transfer-Encoding: chunked';

  test.each<[string, string | Buffer, FailureCode]>([
    ['a login page', reply(200, ['Content-Type: text/html; charset=utf-8'], page), 'unreadable-reply'],
    ['a page without a content type', reply(200, [], page), 'unreadable-reply'],
    ['a page that is declared JSON', reply(200, [json], page), 'unreadable-reply'],
    ['cut JSON', reply(200, [json], '[1,2'), 'unreadable-reply'],
    ['JSON and then some', reply(200, [json], '{} {}'), 'unreadable-reply'],
    ['the NaN literal', reply(200, [json], 'NaN'), 'unreadable-reply'],
    ['undefined', reply(200, [json], 'undefined'), 'unreadable-reply'],
    [
      'JSON in UTF-16',
      Buffer.concat([Buffer.from(reply(200, [json, 'Content-Length: 4'])), Buffer.from('{}', 'utf16le')]),
      'unreadable-reply',
    ],
    [
      'JSON in broken UTF-8',
      Buffer.concat([Buffer.from(reply(200, [json, 'Content-Length: 3'])), Buffer.from([0x22, 0xff, 0x22])]),
      'unreadable-reply',
    ],
    [
      'JSON of another type name',
      reply(200, ['Content-Type: application/vnd.api+json'], '{'),
      'unreadable-reply',
    ],
    ['another conversation', reply(200, [json], '{"conversationId":"conversation-2"}'), 'unreadable-reply'],
    ['32 000 nested arrays, cut', reply(200, [json], '['.repeat(32_000)), 'unreadable-reply'],
    [
      'a body one byte too long',
      reply(200, ['Content-Type: text/plain'], 'x'.repeat(65_537)),
      'unreadable-reply',
    ],
    ['a small body that unpacks to a long one', bomb(), 'unreadable-reply'],
    ['a content length that is too long', reply(200, [json, 'Content-Length: 50'], '{}'), 'network'],
    ['a broken chunk size', reply(200, [json, chunked], 'zz\r\n{}\r\n0\r\n\r\n'), 'network'],
    ['chunks without an end', reply(200, [json, chunked], '2\r\n{}\r\n'), 'network'],
    ['what says gzip and is none', reply(200, [json, 'Content-Encoding: gzip'], 'notgzip'), 'network'],
  ])('%s', async (_name, bytes, code) => {
    expect(await refusalOf(bytes)).toEqual({ code, status: 200 });
  });

  test('a body as long as allowed is read', async () => {
    const server = await serving((socket) =>
      socket.end(reply(200, ['Content-Type: text/plain'], 'x'.repeat(65_536))),
    );
    expect((await guestOf(server.url).sendRead(readCall(), attempt())).status).toBe(200);
  });

  test('of 50 MB no more is taken than needed to see that it is too long', async () => {
    const size = 50 * 1024 * 1024;
    const server = await serving((socket) => flood(socket, size, [json, `Content-Length: ${size}`]));
    const failure = await failureOf(guestOf(server.url).sendRead(readCall(), attempt()));
    expect(failure.code).toBe('unreadable-reply');
    expect(await server.hangUp).toBeLessThan(size / 2);
  });

  test('chunks that never end are cut off', async () => {
    const server = await serving((socket) => {
      socket.write(reply(200, [json, chunked]));
      const more = () => socket.writable && socket.write(`4000\r\n${' '.repeat(0x4000)}\r\n`, more);
      more();
    });
    const failure = await failureOf(guestOf(server.url).sendRead(readCall(), attempt()));
    expect(failure.code).toBe('unreadable-reply');
    await server.hangUp;
  });

  function bomb(): Buffer {
    const zipped = gzipSync(Buffer.alloc(20 * 1024 * 1024));
    const head = reply(200, [json, 'Content-Encoding: gzip', `Content-Length: ${zipped.length}`]);
    return Buffer.concat([Buffer.from(head), zipped]);
  }

  function flood(socket: Socket, size: number, headers: readonly string[]): void {
    socket.write(reply(200, headers));
    let left = size;
    const more = () => {
      if (left <= 0 || !socket.writable) return;
      left -= 0x10000;
      socket.write(' '.repeat(0x10000), more);
    };
    more();
  }
});

describe('no reply', () => {
  test('refused', async () => {
    const gone = await rawServer(() => {});
    await gone.close();
    const failure = await failureOf(guestOf(gone.url).sendRead(readCall(), attempt()));
    expect(failure).toMatchObject({ code: 'network', message: expect.stringContaining('ECONNREFUSED') });
    expect(failure.status).toBeUndefined();
  });

  test.each<[string, Script]>([
    ['closed before a reply', (socket) => socket.end()],
    ['reset before a reply', (socket) => socket.resetAndDestroy()],
    ['not HTTP at all', (socket) => socket.end('220 mail.example.org ESMTP\r\n')],
    ['a header of 70 KB', (socket) => socket.end(reply(204, [`X-Long: ${'x'.repeat(70_000)}`]))],
    [
      '10 000 headers',
      (socket) =>
        socket.end(
          reply(
            204,
            Array.from({ length: 10_000 }, (_, n) => `X-${n}: ${n}`),
          ),
        ),
    ],
    ['a header with NUL', (socket) => socket.end(reply(204, ['X-Nul: a\0b']))],
    ['a switch of protocols', (socket) => socket.end(reply(101, ['Upgrade: x', 'Connection: Upgrade']))],
    ['a status line without a status', (socket) => socket.end('HTTP/1.1 \r\n\r\n')],
  ])('%s', async (_name, script) => {
    const server = await serving(script);
    const failure = await failureOf(guestOf(server.url).sendRead(readCall(), attempt()));
    expect(failure.code).toBe('network');
    expect(server.requests).toHaveLength(1);
  });

  test('reset in the middle of a body', async () => {
    const server = await serving((socket) => {
      socket.write(reply(200, [json, 'Content-Length: 50'], '{'), () => socket.resetAndDestroy());
    });
    expect((await failureOf(guestOf(server.url).sendRead(readCall(), attempt()))).code).toBe('network');
  });

  test('a connection that was kept and closed meanwhile costs one attempt at most', async () => {
    const server = await serving((socket, { nth }) => {
      if (nth === 2) socket.destroy();
      else socket.write(reply(204, ['Connection: keep-alive']));
    });
    const guest = guestOf(server.url);
    await guest.sendTyping(typingCall(), attempt());
    expect((await failureOf(guest.sendTyping(typingCall({ attempt: 1 }), attempt()))).code).toBe('network');
    expect(server.requests).toHaveLength(2);
    expect((await guest.sendTyping(typingCall({ attempt: 2 }), attempt())).status).toBe(204);
  });

  test('a status of 0 is no success', async () => {
    const failing: typeof fetch = async () => Response.error();
    const failure = await failureOf(
      guestOf('https://api.example.org', failing).sendRead(readCall(), attempt()),
    );
    expect(failure.code).toBe('unreadable-reply');
  });
});

describe('a reply that takes for ever is given up with the attempt, and its connection closed', () => {
  test.each<[string, (socket: Socket) => string[]]>([
    ['no byte at all', () => []],
    ['half a status line', () => ['HTTP/1.1 2']],
    ['headers without an end', () => ['HTTP/1.1 200 OK\r\nX-Slow: 1\r\n', 'X-Slower: 2\r\n']],
    ['headers, then nothing', () => [reply(200, [json, 'Content-Length: 9'])]],
    ['headers, then a trickle', () => [reply(200, [json, 'Content-Length: 9'], '{'), '"', 'a']],
    ['a chunk, then nothing', () => [reply(200, [json, 'Transfer-Encoding: chunked'], '2\r\n{}\r\n')]],
    ['a limit whose hint does not come', () => [reply(429, [json, 'Content-Length: 99'], '{"')]],
  ])('%s', async (_name, pieces) => {
    const controller = new AbortController();
    const server = await serving((socket) => {
      const write = ([piece, ...rest]: string[]): void => {
        if (piece === undefined) setImmediate(() => controller.abort());
        else socket.write(piece, () => write(rest));
      };
      write(pieces(socket));
    });
    const failure = await failureOf(guestOf(server.url).sendRead(readCall(), attempt(controller)));
    expect(failure.code).toBe('timeout');
    await server.hangUp;
  });
});

test('the check for the canary finds it wherever it hides', () => {
  const hiding = [
    new Error(`Bearer ${canary}`),
    Object.defineProperty({}, 'hidden', { value: { deep: canary.slice(3, 15) } }),
    {
      get token() {
        return canary;
      },
    },
  ];
  for (const value of hiding) expect(() => expectNoCanary(value)).toThrow();
  expect(() => expectNoCanary(new Error('fine'))).not.toThrow();
});
