import { request as secureRequest } from 'node:https';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { guestRest } from 'genesys-conversation-machine';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Certificate, selfSigned } from '../support/certificate.ts';
import { attempt, canary, failureOf, readCall, typingCall } from '../support/guestCalls.ts';
import { listening, rawServer, reply, serving } from '../support/rawServer.ts';
import { expectRead, expectTyping, passing, type Reaction } from '../support/reactions.ts';
import { type Answer, besiege, type Endless, silence, timesOf } from '../support/siege.ts';

const json = 'Content-Type: application/json';
const chunked = 'Transfer-Encoding: chunked';

type Case = readonly [what: string, said: Answer, reaction: Reaction];

function holds(cases: readonly Case[]): void {
  test.each(cases)('%s', async (_what, said, reaction) => {
    await Promise.all([expectRead(said, reaction), expectTyping(said, reaction)]);
  });
}

const guestOf = (orgUrl: string, fetchOption?: typeof fetch) =>
  guestRest({
    orgUrl,
    participantId: 'guest-1',
    token: canary,
    ...(fetchOption !== undefined && { fetch: fetchOption }),
  });

describe('31: nobody there passes, and the reason is named', () => {
  test('refused', async () => {
    const gone = await rawServer(() => {});
    await gone.close();
    const failure = await failureOf(guestOf(gone.url).sendRead(readCall(), attempt()));
    expect(failure).toMatchObject({ code: 'network', message: expect.stringContaining('ECONNREFUSED') });
    expect(failure.status).toBeUndefined();
  });

  test('no such host', async () => {
    const failure = await failureOf(guestOf('https://genesys.invalid').sendTyping(typingCall(), attempt()));
    expect(failure.code).toBe('network');
    expect(failure.message).toMatch(/ENOTFOUND|EAI_AGAIN/);
  });
});

describe('32: TLS that fails passes, is told apart, and nobody is told to switch it off (S6, A-0)', () => {
  async function serveTls(options: TlsOptions): Promise<string> {
    const server = createTlsServer(options, (socket) => socket.on('error', () => {}));
    server.on('tlsClientError', () => {});
    const { url, close } = await listening(server);
    onTestFinished(close);
    return url.replace('http:', 'https:');
  }

  /** A fetch that trusts a certificate, as far as the end of the handshake. */
  const trusting =
    ({ cert }: Certificate): typeof fetch =>
    (input) =>
      new Promise((_resolve, reject) => {
        const url = input instanceof Request ? input.url : String(input);
        const call = secureRequest(url, { ca: cert, method: 'POST' });
        call.on('error', (cause) => reject(new TypeError('fetch failed', { cause })));
        call.end();
      });

  const past = { until: new Date(Date.UTC(2020, 0, 1)) };
  test.each<[string, string, (certificate: Certificate) => TlsOptions, Certificate]>([
    ['signed by itself', 'SELF_SIGNED_CERT', (own) => own, selfSigned('127.0.0.1')],
    ['expired', 'CERT_HAS_EXPIRED', (own) => own, selfSigned('127.0.0.1', past)],
    [
      'of a version that nobody speaks any more',
      'ERR_SSL_',
      (own) => ({ ...own, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' }),
      selfSigned('127.0.0.1'),
    ],
  ])('%s', async (_what, code, optionsOf, certificate) => {
    const url = await serveTls(optionsOf(certificate));
    const failure = await failureOf(guestOf(url).sendRead(readCall(), attempt()));
    expect(failure.code).toBe('network');
    expect(failure.message).toContain(code);
    expect(failure.message).toMatch(/see that the certificate|speaks TLS, and which versions/);
    expect(failure.message).not.toMatch(/reject.?unauthorized|insecure/i);
  });

  test('for another host', async () => {
    const certificate = selfSigned('api.example.org');
    const url = await serveTls(certificate);
    const failure = await failureOf(guestOf(url, trusting(certificate)).sendRead(readCall(), attempt()));
    expect(failure.message).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(failure.message).toContain('certificate');
  });

  test('where plain HTTP is spoken', async () => {
    const heard: Buffer[] = [];
    const { url, close } = await listening(
      createServer((socket) => {
        socket.on('error', () => {});
        socket.once('data', (bytes) => {
          heard.push(bytes);
          socket.end(reply(204));
        });
      }),
    );
    onTestFinished(close);
    const guest = guestOf(url.replace('http:', 'https:'));
    const failure = await failureOf(guest.sendRead(readCall(), attempt()));
    expect(failure.message).toMatch(/ERR_SSL_[A-Z_]+.*speaks TLS/);
    expect(Buffer.concat(heard).includes(canary)).toBe(false);
  });
});

describe('33, 34, 35: what takes for ever is given up with its deadline, and its connection closed', () => {
  const pieces: [string, Endless][] = [
    ['33: no byte at all', silence],
    ['33: half a status line', { pieces: ['HTTP/1.1 2'] }],
    ['34: headers, then nothing', { pieces: [reply(200, [json, 'Content-Length: 9'])] }],
    ['34: a chunk, then nothing', { pieces: [reply(200, [json, chunked], '2\r\n{}\r\n')] }],
    ['34: a limit whose hint does not come', { pieces: [reply(429, [json, 'Content-Length: 99'], '{"')] }],
    ['35: headers, one byte at a time', { pieces: ['HTTP/1.1 200 OK\r\nX-Slow: '], forever: 'x' }],
    [
      '35: a body, one byte at a time',
      { pieces: [reply(200, [json, 'Content-Length: 99999'], '{"')], forever: 'a' },
    ],
    ['35: chunks, one byte at a time', { pieces: [reply(200, [json, chunked])], forever: '1\r\n \r\n' }],
  ];
  test.each(pieces)('%s', async (_what, said) => {
    const { conversation, calls, at, told, trace, server } = await besiege({ read: [said] });
    told('m1');
    conversation.viewed('m1');
    await at(10_199);
    expect(trace.of('read.failed')).toEqual([]);
    await at(10_300);
    await server.hangUp;
    expect(trace.of('read.failed')).toMatchObject([{ failure: { code: 'timeout' }, willRetry: true }]);
    await at(20_000);
    expect(timesOf(calls, 'READ')).toHaveLength(2);
    expect(trace.of('read.acknowledged')).toHaveLength(1);
  });

  test.each(pieces)(
    '%s, while somebody types: said again if it is still true, and not late (T-7, T-12)',
    async (_what, said) => {
      const { conversation, calls, at, type, trace, server } = await besiege({ typing: [said, said, said] });
      await type(0, 2000);
      await at(3100);
      await server.hangUp;
      expect(trace.of('typing.failed')).toMatchObject([{ failure: { code: 'timeout' } }]);
      conversation.stopTyping();
      await at(60_000);
      expect(timesOf(calls, 'ON')).toEqual([0, 3]);
      expect(trace.of('typing.announced')).toEqual([]);
    },
  );
});

describe('36: reset before a reply or within it: the mark leaves again, typing where it is still true (T-7)', () => {
  holds([
    ['closed before a reply', (socket) => socket.end(), passing('network')],
    ['reset before a reply', (socket) => socket.resetAndDestroy(), passing('network')],
    [
      'reset within its head',
      (socket) => socket.write('HTTP/1.1 200 OK\r\nX-Cut', () => socket.resetAndDestroy()),
      passing('network'),
    ],
    [
      'reset within its body',
      (socket) =>
        socket.write(reply(200, [json, 'Content-Length: 50'], '{'), () =>
          setImmediate(() => socket.resetAndDestroy()),
        ),
      passing('network', 200),
    ],
  ]);
});

describe('37: a length or an encoding that is wrong (S11)', () => {
  const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024));
  const zipped = reply(200, [json, 'Content-Encoding: gzip', `Content-Length: ${bomb.length}`]);
  holds([
    ['a length that is too long', reply(200, [json, 'Content-Length: 50'], '{}'), passing('network', 200)],
    [
      'a length that is too short',
      reply(200, [json, 'Content-Length: 1'], '{}'),
      passing('unreadable-reply', 200),
    ],
    ['a broken chunk size', reply(200, [json, chunked], 'zz\r\n{}\r\n0\r\n\r\n'), passing('network', 200)],
    [
      'chunks without an end',
      (socket) => socket.end(reply(200, [json, chunked], '2\r\n{}\r\n')),
      passing('network', 200),
    ],
    [
      'what says gzip and is none',
      reply(200, [json, 'Content-Encoding: gzip'], 'notgzip'),
      passing('network', 200),
    ],
    [
      'a small body that unpacks to a long one',
      Buffer.concat([Buffer.from(zipped), bomb]),
      passing('unreadable-reply', 200),
    ],
  ]);
});

describe('38: headers beyond every measure', () => {
  holds([
    ['70 KB in one', reply(204, [`X-Long: ${'x'.repeat(70_000)}`]), passing('network')],
    [
      '10 000 of them',
      reply(
        204,
        Array.from({ length: 10_000 }, (_, n) => `X-${n}: ${n}`),
      ),
      passing('network'),
    ],
    ['NUL in one', reply(204, ['X-Nul: a\0b']), passing('network')],
    ['two lengths', reply(200, [json, 'Content-Length: 2', 'Content-Length: 3'], '{}'), passing('network')],
  ]);
});

describe('39: a body beyond every measure (S11)', () => {
  const unreadable = passing('unreadable-reply', 200);
  const keys = `{${Array.from({ length: 5000 }, (_, n) => `"${n}":0`).join()}`;
  holds([
    ['64 KiB and one byte', reply(200, ['Content-Type: text/plain'], 'x'.repeat(65_537)), unreadable],
    ['a million levels deep', reply(200, [json], '['.repeat(1_000_000)), unreadable],
    ['as deep as fits', reply(200, [json], '['.repeat(32_000) + ']'.repeat(32_000)), unreadable],
    ['a million keys', reply(200, [json], keys.repeat(200)), unreadable],
  ]);

  test('64 KiB are read', async () => {
    const said = reply(200, ['Content-Type: text/plain'], 'x'.repeat(65_536));
    await expectRead(said, { what: 'accepted' });
  });

  test('of 50 MB no more is taken than needed to see that it is too long', async () => {
    const size = 50 * 1024 * 1024;
    const server = await serving((socket) => {
      socket.write(reply(200, [json, `Content-Length: ${size}`]));
      let left = size;
      const more = () => {
        if (left <= 0 || !socket.writable) return;
        left -= 0x10000;
        socket.write(' '.repeat(0x10000), more);
      };
      more();
    });
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
});

describe('40: what is no HTTP at all passes', () => {
  holds([
    ['mail', '220 mail.example.org ESMTP\r\n', passing('network')],
    ['TLS', Buffer.from([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46]), passing('network')],
    ['a page without a head', '<html>Sign in</html>\r\n\r\n', passing('network')],
    ['a status line without a status', 'HTTP/1.1 \r\n\r\n', passing('network')],
    ['zeros', Buffer.alloc(4096), passing('network')],
  ]);
});

describe('41: a connection that was kept costs one call at most', () => {
  const keeping = (socket: Socket) => socket.write(reply(204, ['Connection: keep-alive']));

  test.each<[string, Answer]>([
    ['closed as soon as it was kept', (socket) => socket.write(reply(204), () => socket.destroy())],
    ['closed when it is used again', keeping],
  ])('%s', async (_what, first) => {
    const { conversation, at, told, trace } = await besiege({
      read: [first, (socket) => socket.destroy(), keeping],
    });
    for (const [index, id] of ['m1', 'm2'].entries()) {
      await at(index * 5000);
      told(id);
      conversation.viewed(id);
    }
    await at(20_000);
    expect(trace.of('read.acknowledged').map(({ mark }) => mark.messageId)).toEqual(['m1', 'm2']);
    expect(trace.of('read.failed').length).toBeLessThanOrEqual(1);
  });
});

describe('43: giving up, at any moment: one outcome, and nothing that listens or runs on (C-1)', () => {
  test.each<[string, Endless]>([
    ['before a byte', silence],
    ['within a body', { pieces: [reply(200, [json, 'Content-Length: 9'], '{')] }],
  ])('stopped %s', async (_what, said) => {
    const { conversation, clock, at, told, trace, server } = await besiege({ read: [said] });
    told('m1');
    const asked = conversation.markAsRead('m1').catch((thrown) => thrown);
    await at(300);
    conversation.stop();
    conversation.stop();
    await server.hangUp;
    expect(await asked).toMatchObject({ code: 'stopped' });
    expect(trace.of('read.failed')).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  test('given up and reset in one turn: given up', async () => {
    const controller = new AbortController();
    const server = await serving((socket) => {
      socket.resetAndDestroy();
      controller.abort();
      controller.abort();
    });
    const failure = await failureOf(guestOf(server.url).sendRead(readCall(), attempt(controller)));
    expect(failure.code).toBe('timeout');
  });
});

describe('44: a network that comes and goes (L-1)', () => {
  test('every 100 ms during a backoff: no call per flap, and one a second at most', async () => {
    const { conversation, calls, at, told, trace } = await besiege({ read: Array(99).fill(reply(503)) });
    told('m1');
    conversation.viewed('m1');
    await at(210);
    for (let flap = 0; flap < 100; flap += 1) {
      if (flap % 2 === 0) conversation.offline();
      else conversation.online();
      await at(300 + flap * 100);
    }
    const times = timesOf(calls, 'READ');
    for (const [index, time] of times.slice(1).entries()) {
      expect(time - (times[index] ?? 0)).toBeGreaterThanOrEqual(0.999);
    }
    expect(times.length).toBeLessThanOrEqual(11);
    expect(trace.of('read.acknowledged')).toEqual([]);
  });

  test('every 100 ms while the server asks for silence: none at all before it is over', async () => {
    const { conversation, calls, at, told } = await besiege({ read: [reply(429, ['Retry-After: 20'])] });
    told('m1');
    conversation.viewed('m1');
    await at(210);
    for (let flap = 0; flap < 100; flap += 1) {
      if (flap % 2 === 0) conversation.offline();
      else conversation.online();
      conversation.keystroke();
      await at(300 + flap * 100);
    }
    expect(calls).toHaveLength(1);
    await at(21_000);
    expect(timesOf(calls, 'READ')).toHaveLength(2);
  });

  test('offline while it waits: nothing leaves, and the mark does once it is back', async () => {
    const { conversation, calls, at, told, trace } = await besiege({ read: [reply(503)] });
    told('m1');
    conversation.viewed('m1');
    await at(210);
    conversation.offline();
    await at(3_600_000);
    expect(calls).toHaveLength(1);
    conversation.online();
    await at(3_602_000);
    expect(trace.of('read.acknowledged')).toHaveLength(1);
  });
});
