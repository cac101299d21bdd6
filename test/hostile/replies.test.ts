import { gzipSync } from 'node:zlib';
import { openGuestConversation } from 'genesys-conversation-machine';
import { describe, expect, test } from 'vitest';
import { canary, failureOf } from '../support/guestCalls.ts';
import { reply, serving } from '../support/rawServer.ts';
import {
  accepted,
  ended,
  expectDoors,
  expectRead,
  expectTyping,
  limited,
  passing,
  type Reaction,
  refused,
  signedOut,
  switchedOff,
} from '../support/reactions.ts';
import { type Answer, besiege, silence, timesOf } from '../support/siege.ts';

type Case = readonly [what: string, said: Answer, reaction: Reaction];

const json = 'Content-Type: application/json';
const html = 'Content-Type: text/html; charset=utf-8';
const text = 'Content-Type: text/plain';
const page = '<!doctype html><title>Sign in</title>';
const hint = (header: string, ...more: readonly string[]) => reply(429, [`Retry-After: ${header}`, ...more]);
/** A reply whose body does not come to its end, and is not waited for. */
const unending =
  (status: number, ...headers: readonly string[]): Answer =>
  (socket) =>
    socket.write(reply(status, ['Connection: close', json, 'Content-Length: 9', ...headers], '{'));
const words = (seconds: string) =>
  JSON.stringify({ status: 429, message: `Rate limit exceeded. Retry the request in [${seconds}] seconds` });
const date = (time: number) => new Date(time).toUTCString();
/** A 429 whose dates are measured by its own clock. */
const dated = (header: string) => hint(header, 'Date: Mon, 23 Nov 2026 12:00:00 GMT');

/** Each case of a row, in both lanes of a conversation, and at whoever opens, fetches a token or sends. */
function holds(cases: readonly Case[]): void {
  test.each(cases)('%s', async (_what, said, reaction) => {
    await Promise.all([
      expectRead(said, reaction),
      expectTyping(said, reaction),
      expectDoors(said, reaction),
    ]);
  });
}

describe('1: 429 with whole seconds: silence for as long, in both lanes (L-1, L-2)', () => {
  holds([
    ['five', hint('5'), limited(5000)],
    [
      'five, and a body that says otherwise',
      reply(429, ['Retry-After: 5', json], words('42')),
      limited(5000),
    ],
    ['leading zeros', hint('007'), limited(7000)],
    ['before a body that never ends', unending(429, 'Retry-After: 5'), limited(5000)],
  ]);
});

describe('2: 429 whose body says how long (L-2)', () => {
  holds([
    ['in the very words', reply(429, [json], words('42')), limited(42_000)],
    ['beside a header that is none', reply(429, ['Retry-After: soon', json], words('42')), limited(42_000)],
    ['in words that are none', reply(429, [json], words('-1')), limited()],
    ['with a space in the number', reply(429, [json], words(' 5 ')), limited()],
    ['broken off', reply(429, ['Content-Length: 500'], 'Retry the'), limited()],
  ]);
});

describe('3: a hint that is a word, nothing, or a picture counts as absent (L-2)', () => {
  holds([
    ['a word', hint('soon'), limited()],
    ['nothing', hint(''), limited()],
    ['a picture', hint('⏳'), limited()],
    ['no header at all', reply(429), limited()],
  ]);
});

describe('4: of what looks like a number, only digits between spaces count (L-2)', () => {
  holds([
    ...['-5', '+5', '1.5', '1e3', '0x10', 'Infinity', 'NaN', '5s', '5;'].map(
      (header): Case => [header, hint(header), limited()],
    ),
    ['spaces around', hint('  5  '), limited(5000)],
  ]);
});

describe('5: far too many seconds are cut (L-2, L-3)', () => {
  holds([
    ['eleven digits', hint('99999999999'), limited(300_000)],
    ['forty digits', hint('9'.repeat(40)), limited(300_000)],
    ['four hundred digits', hint('9'.repeat(400)), limited(300_000)],
  ]);
});

describe('6: zero seconds are a hint, and still no hot loop (L-1)', () => {
  holds([['zero', hint('0'), limited(0)]]);

  test('again and again: no two calls within the interval, and a burst ends', async () => {
    const { conversation, calls, at, told } = await besiege({ read: Array(9).fill(hint('0')) });
    told('m1');
    conversation.viewed('m1');
    await at(20_000);
    const times = timesOf(calls, 'READ');
    expect(times).toHaveLength(3);
    for (const [index, time] of times.slice(1).entries()) {
      expect(time - (times[index] ?? 0)).toBeGreaterThanOrEqual(1);
    }
  });
});

describe('7: an HTTP date is measured by the clock of who sent it, or is short (L-2, I-2)', () => {
  holds([
    ['past', dated('Sun, 06 Nov 1994 08:49:37 GMT'), limited(0)],
    ['now', dated('Mon, 23 Nov 2026 12:00:00 GMT'), limited(0)],
    ['in seven seconds', dated('Mon, 23 Nov 2026 12:00:07 GMT'), limited(7000)],
    ['in an hour', dated('Mon, 23 Nov 2026 13:00:00 GMT'), limited(300_000)],
    ['in the year 9999', dated('Fri, 31 Dec 9999 23:59:59 GMT'), limited(300_000)],
    ['past, by a clock that nobody knows', hint('Sun, 06 Nov 1994 08:49:37 GMT'), limited()],
  ]);

  test('in an hour, by a clock that nobody knows: half a minute', async () => {
    const inAnHour = hint(date(Date.UTC(2026, 0, 1, 1)));
    await Promise.all([expectRead(inAnHour, limited(30_000)), expectTyping(inAnHour, limited(30_000))]);
  });
});

describe('8: the three forms of a date, and nothing that only looks like one (L-2)', () => {
  holds([
    ['RFC 850', dated('Monday, 23-Nov-26 12:00:07 GMT'), limited(7000)],
    ['asctime', dated('Mon Nov 23 12:00:07 2026'), limited(7000)],
    ['a leap second', dated('Mon, 23 Nov 2026 12:00:60 GMT'), limited(60_000)],
    ['another day of the week', dated('Tue, 23 Nov 2026 12:00:07 GMT'), limited()],
    ['31 February', dated('Tue, 31 Feb 2026 12:01:00 GMT'), limited()],
    ['ISO 8601', dated('2026-11-23T12:00:07Z'), limited()],
  ]);
});

describe('9: a doubled header is no hint, and never half of one (L-2)', () => {
  holds([
    ['two lines', reply(429, ['Retry-After: 2', 'Retry-After: 3']), limited()],
    ['one line', hint('2, 3'), limited()],
    ['a date and seconds', hint('Mon, 23 Nov 2026 12:00:07 GMT, 5'), limited()],
  ]);
});

describe('10: a hint beside any other status means nothing (L-2)', () => {
  holds([
    ['200', reply(200, ['Retry-After: 5']), accepted],
    ['400', reply(400, ['Retry-After: 5']), refused('bad-request', 400)],
    ['500', reply(500, ['Retry-After: 5']), passing('unavailable', 500)],
    ['301', reply(301, ['Retry-After: 5', 'Location: /']), passing('redirected')],
  ]);
});

describe('11: what CORS hides is as good as absent, and the body helps (L-2)', () => {
  const shown = ['cache-control', 'content-language', 'content-length', 'content-type', 'expires'];
  /** A fetch as a page of another origin has it, where the server exposes no header. */
  const fromAnotherOrigin: typeof fetch = async (...request) => {
    const { status, headers, body } = await fetch(...request);
    return new Response(body, { status, headers: [...headers].filter(([name]) => shown.includes(name)) });
  };

  test.each([
    ['without a body', hint('5'), [1, 1.001]],
    ['with the words in the body', reply(429, ['Retry-After: 5', json], words('7')), [7, 7.5]],
  ] as const)('%s', async (_what, said, [least, most]) => {
    const { conversation, calls, at, told } = await besiege({
      read: [said],
      guest: { fetch: fromAnotherOrigin },
    });
    told('m1');
    conversation.viewed('m1');
    await at(60_000);
    const [first = 0, second = 0] = timesOf(calls, 'READ');
    expect(second - first).toBeGreaterThanOrEqual(least);
    expect(second - first).toBeLessThanOrEqual(most);
  });
});

describe('12: 503 with a hint is a rate limit, without one it passes, whoever says so (L-2)', () => {
  holds([
    ['a hint', reply(503, ['Retry-After: 5']), limited(5000, 503)],
    ['a hint that is none', reply(503, ['Retry-After: soon']), passing('unavailable', 503)],
    ['the page of a proxy', reply(503, [html], '<h1>503</h1>'), passing('unavailable', 503)],
  ]);
});

test('13: 429 for ever: a burst of three, then one call at a time, at most one in half a minute (R-3, R-3b)', async () => {
  const { conversation, calls, at, told, trace } = await besiege({ read: Array(400).fill(reply(429)) });
  told('m1');
  conversation.viewed('m1');
  await at(3_600_000);
  const times = timesOf(calls, 'READ');
  expect(times[2]).toBeLessThan(5);
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  expect(gaps.slice(8).every((gap) => gap >= 30)).toBe(true);
  expect(gaps.filter((gap) => gap < 30).length).toBeLessThanOrEqual(5);
  expect(times.length).toBeLessThanOrEqual(125);
  expect(trace.of('read.parked').length).toBeGreaterThan(50);
  expect(trace.of('read.failed').every(({ willRetry }) => willRetry)).toBe(true);
});

test('14: 429 about typing while a mark waits: silence for both, then the mark, then who still types (L-1, R-6)', async () => {
  const { conversation, calls, at, type, told } = await besiege({ typing: [hint('3')] });
  told('m1');
  await type(0, 0);
  conversation.viewed('m1');
  await type(250, 5000);
  await at(20_000);
  expect(calls.map((call) => call.split(' ')[1])).toEqual(['ON', 'READ', 'ON', 'OFF']);
  const [read = 0] = timesOf(calls, 'READ');
  expect(read).toBeGreaterThanOrEqual(3);
  expect(read).toBeLessThanOrEqual(3.5);
  expect(timesOf(calls, 'ON')[1]).toBe(read);
});

describe('15: 200 with a page is no acceptance, however it is declared (A-0)', () => {
  const unreadable = passing('unreadable-reply', 200);
  holds([
    ['text/html', reply(200, [html], page), unreadable],
    ['text/html without a body', reply(200, [html]), unreadable],
    ['text/plain', reply(200, [text], page), unreadable],
    ['nothing declared', reply(200, [], page), unreadable],
    ['behind white space', reply(200, [text], ` \r\n\t${page}`), unreadable],
    ['behind a byte order mark', reply(200, [text], `\ufeff${page}`), unreadable],
    ['XML', reply(200, ['Content-Type: application/xml'], '<ok/>'), unreadable],
    ['a picture', reply(200, ['Content-Type: image/gif'], 'GIF89a'), unreadable],
  ]);

  test('for ever: a mark makes a burst of three, and rests', async () => {
    const { conversation, calls, at, told } = await besiege({
      read: Array(9).fill(reply(200, [html], page)),
    });
    told('m1');
    conversation.viewed('m1');
    await at(25_000);
    expect(timesOf(calls, 'READ')).toHaveLength(3);
    expect(conversation.unread).toBe(0);
    expect(conversation.actor.getSnapshot().context.receipts.ledgers[0]?.acknowledged ?? null).toBeNull();
  });

  test('for ever: typing says it once a second at most, and rests as well', async () => {
    const { calls, type, trace } = await besiege({ typing: Array(99).fill(reply(200, [html], page)) });
    await type(0, 25_000);
    const times = timesOf(calls, 'ON');
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(gaps.every((gap) => gap >= 1)).toBe(true);
    expect(times.length).toBeLessThan(10);
    expect(times.at(-1)).toBeLessThan(10);
    expect(trace.of('typing.announced')).toEqual([]);
  });
});

describe('16: 200 that says JSON and is none (S11)', () => {
  const unreadable = passing('unreadable-reply', 200);
  const bytes = (type: string, body: Buffer) =>
    Buffer.concat([Buffer.from(reply(200, [type, `Content-Length: ${body.length}`])), body]);
  holds([
    ['a page', reply(200, [json], page), unreadable],
    ['cut', reply(200, [json], '[1,2'), unreadable],
    ['cut in a word', reply(200, [json], '{"conversationId":"conv'), unreadable],
    ['more behind it', reply(200, [json], '{} {}'), unreadable],
    ['undefined', reply(200, [json], 'undefined'), unreadable],
    ['UTF-16', bytes(json, Buffer.from('{}', 'utf16le')), unreadable],
    ['broken UTF-8', bytes(json, Buffer.from([0x22, 0xff, 0x22])), unreadable],
    ['of another type name', reply(200, ['Content-Type: application/vnd.api+json'], '{'), unreadable],
    ['a byte order mark before good JSON is none of that', reply(200, [json], '\ufeff{}'), accepted],
  ]);
});

describe('17: 200 of another shape counts where nothing in it is needed, and only there (S12)', () => {
  const odd = ['null', '[]', '"ok"', '123', 'true', '{"id":9007199254740993,"x":{}}', '{"conversationId":7}'];
  holds([
    ...odd.map((body): Case => [body, reply(200, [json], body), accepted]),
    ['text', reply(200, [text], 'OK'), accepted],
    ['the NaN literal is no JSON', reply(200, [json], 'NaN'), passing('unreadable-reply', 200)],
  ]);

  test.each([
    { conversationId: 7, guestId: 'g1', guestToken: 'abc' },
    { conversationId: 'c1', guestId: ['g1'], guestToken: 'abc' },
    { conversationId: 'c1', guestId: 'g1' },
    { conversationId: 'c1', guestId: 'g1', guestToken: 'a b' },
    { conversationId: '../c1', guestId: 'g1', guestToken: 'abc' },
    { conversationId: 'c1', guestId: 'g1', guestToken: 'abc', expiresIn: '3600' },
  ])('what was opened needs its fields: %j', async (opened) => {
    const server = await serving((socket) => socket.end(reply(200, [json], JSON.stringify(opened))));
    const failure = await failureOf(openGuestConversation({ orgUrl: server.url }));
    expect(failure.code).toBe('unreadable-reply');
  });
});

describe('18: keys that reach for a prototype reach nothing (S12)', () => {
  const hostile = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
  holds([['in a reply', reply(200, [json], hostile), accepted]]);

  test('fields of a prototype are no fields, and no object has learnt any', async () => {
    const opened = JSON.stringify({ conversationId: 'c1', guestId: 'g1', guestToken: 'abc' });
    const server = await serving((socket) => socket.end(reply(200, [json], `{"__proto__":${opened}}`)));
    const failure = await failureOf(openGuestConversation({ orgUrl: server.url }));
    expect(failure.code).toBe('unreadable-reply');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('19: success without a body, whatever stands where it would be', () => {
  holds([
    ['204', reply(204, ['Content-Length: 0']), accepted],
    ['204 with a body behind it', `${reply(204, [json])}{"surprise":true}`, accepted],
    ['204 that declares a page', reply(204, [html]), accepted],
    ['205', reply(205, ['Content-Length: 0']), accepted],
    ['200 of no length', reply(200, [json]), accepted],
  ]);
});

describe('20: every other 2xx is a success', () => {
  holds([
    ['201', reply(201, [json], '{}'), accepted],
    ['202', reply(202, [json], '{}'), accepted],
    ['207', reply(207, [json], '{}'), accepted],
    ['299', reply(299), accepted],
  ]);
});

describe('21: early words are waited out, and a redirect is never followed (S9, A-0)', () => {
  holds([
    ['103, then 204', `HTTP/1.1 103 Early Hints\r\n\r\n${reply(204, ['Connection: close'])}`, accepted],
    ['102, then 204', `HTTP/1.1 102 Processing\r\n\r\n${reply(204, ['Connection: close'])}`, accepted],
    ['304', reply(304), passing('redirected', 304)],
    ['300', reply(300), passing('redirected', 300)],
    ...['file:///etc/passwd', '/', 'javascript:alert(1)', 'http://['].map(
      (location): Case => [
        `302 to ${location}`,
        reply(302, [`Location: ${location}`]),
        passing('redirected'),
      ],
    ),
  ]);

  test.each([301, 302, 303, 307, 308])('%d to another origin reaches nobody there', async (status) => {
    const elsewhere = await serving((socket) => socket.end(reply(204)));
    const said = reply(status, [`Location: ${elsewhere.url}/api`]);
    await Promise.all([expectRead(said, passing('redirected')), expectTyping(said, passing('redirected'))]);
    expect(elsewhere.requests).toHaveLength(0);
  });

  test('a fetch that follows it all the same is caught', async () => {
    const following: typeof fetch = async (...request) => {
      const response = await fetch(...request);
      Object.defineProperty(response, 'redirected', { value: true });
      return response;
    };
    const { conversation, at, told, trace } = await besiege({ guest: { fetch: following } });
    told('m1');
    conversation.viewed('m1');
    await at(300);
    expect(trace.of('read.failed')).toMatchObject([{ failure: { code: 'redirected' }, willRetry: true }]);
  });
});

describe('22: a call that was wrong is given up, and a conversation that nobody knows (L-4)', () => {
  holds([
    ['400', reply(400, [json], '{}'), refused('bad-request', 400)],
    ['405', reply(405), refused('bad-request', 405)],
    ['418', reply(418), refused('bad-request', 418)],
    ['422', reply(422), refused('bad-request', 422)],
    ['404', reply(404, [json], '{}'), ended('not-found', 404)],
    ['410', reply(410), ended('not-found', 410)],
    ['402', reply(402), refused('bad-request', 402)],
    ['404 whose body never ends', unending(404), ended('not-found', 404)],
    ['404 with a page', reply(404, [html], page), passing('unreadable-reply', 404)],
  ]);
});

describe('23: 401 and 403 (A-1)', () => {
  holds([
    ['401 where no other token can be had', reply(401), signedOut],
    ['401 whose body never ends', unending(401), signedOut],
    ['403', reply(403), switchedOff],
    ['403 whose body never ends', unending(403), switchedOff],
  ]);

  const rotating = () => {
    let issued = 0;
    return { issued: () => issued, token: () => `token-${++issued}` };
  };

  test('401 once: one fresh token, one replay; the 401 of a straggler asks for none', async () => {
    const { issued, token } = rotating();
    const { conversation, calls, at, told, type, sayAtLast, trace } = await besiege({
      read: [reply(401)],
      typing: [silence],
      guest: { token },
    });
    await type(0, 0);
    told('m1');
    conversation.viewed('m1');
    await at(300);
    expect(trace.of('read.acknowledged')).toHaveLength(1);
    await sayAtLast('typing', reply(401));
    await type(1500, 1500);
    expect(calls.map((call) => call.split(' ')[1])).toEqual(['ON', 'READ', 'READ', 'ON']);
    expect(issued()).toBe(2);
    expect(trace.of('link.unauthorized')).toEqual([]);
    expect(trace.of('typing.announced')).toHaveLength(1);
  });

  test('401 after the refresh as well: the end of it, and nothing more is asked', async () => {
    const { issued, token } = rotating();
    const { conversation, calls, at, told, trace } = await besiege({
      read: Array(9).fill(reply(401)),
      guest: { token },
    });
    told('m1');
    conversation.viewed('m1');
    await at(600_000);
    expect(calls).toHaveLength(2);
    expect(issued()).toBe(2);
    expect(trace.of('link.unauthorized')).toHaveLength(1);
  });

  test("403 of one lane is not the other's, and asks for no token", async () => {
    const { issued, token } = rotating();
    const { conversation, at, told, type, trace } = await besiege({ typing: [reply(403)], guest: { token } });
    await type(0, 0);
    told('m1');
    conversation.viewed('m1');
    await at(5000);
    expect(trace.of('read.acknowledged')).toHaveLength(1);
    expect(issued()).toBe(1);
  });
});

describe('24: 408 and 425 pass; 409 is the end of the conversation (L-4)', () => {
  holds([
    ['408', reply(408), passing('unavailable', 408)],
    ['425', reply(425), passing('unavailable', 425)],
    ['409', reply(409, [json], '{}'), ended('conversation-ended', 409)],
    ['409 whose body never ends', unending(409), ended('conversation-ended', 409)],
    ['409 with a page', reply(409, [html], page), passing('unreadable-reply', 409)],
  ]);
});

describe('25: what is too large is our own mistake, and is not tried again', () => {
  holds([
    ['413', reply(413), refused('bad-request', 413)],
    ['415', reply(415), refused('bad-request', 415)],
    ['431', reply(431), refused('bad-request', 431)],
  ]);
});

describe('26: 5xx passes, whoever says so', () => {
  holds([
    ['500', reply(500), passing('unavailable', 500)],
    ['502', reply(502, [html], page), passing('unavailable', 502)],
    ['504', reply(504, [html], page), passing('unavailable', 504)],
    ['599', reply(599), passing('unavailable', 599)],
    ['500 whose body never ends', unending(500), passing('unavailable', 500)],
  ]);
});

describe('27: a status that no server should send is never success (A-0)', () => {
  holds([
    ['600', reply(600), passing('unreadable-reply', 600)],
    ['999', reply(999), passing('unreadable-reply', 999)],
    ['000', reply(0).replace('1.1 0', '1.1 000'), passing('network')],
    ['407', reply(407, [json], '{}'), passing('network')],
    ['101', reply(101, ['Upgrade: x', 'Connection: Upgrade']), passing('network')],
  ]);

  test('a response of the kind that has none', async () => {
    const { conversation, at, told, trace } = await besiege({
      guest: { fetch: async () => Response.error() },
    });
    told('m1');
    conversation.viewed('m1');
    await at(300);
    expect(trace.of('read.failed')).toMatchObject([
      { failure: { code: 'unreadable-reply' }, willRetry: true },
    ]);
  });
});

describe('28: a reply about another conversation proves nothing (S12)', () => {
  const about = (conversationId: string) => reply(200, [json], JSON.stringify({ conversationId }));
  test('about another one', async () => {
    const other = about('conversation-2');
    await expectRead(other, passing('unreadable-reply', 200));
    await expectTyping(other, passing('unreadable-reply', 200));
    await expectDoors(other, passing('unreadable-reply', 200));
  });

  test('about this one', async () => {
    await expectRead(about('conversation-1'), accepted);
    await expectTyping(about('conversation-1'), accepted);
  });

  test('about another name of this one: two spellings of a letter are two', async () => {
    await expectRead(about('conversation-1\u0301'), passing('unreadable-reply', 200));
  });
});

describe('29: what a reply claims was read is not believed: the mark is what was sent (R-1)', () => {
  const claim = (body: object) =>
    reply(200, [json], JSON.stringify({ conversationId: 'conversation-1', ...body }));

  test.each([
    ['less', { acknowledged: 0, messageId: 'm0' }],
    ['far more', { acknowledged: 99, messageId: 'm99', position: 99 }],
  ])('%s', async (_what, body) => {
    const { conversation, calls, at, told, trace } = await besiege({ read: [claim(body), claim(body)] });
    for (const id of ['m1', 'm2', 'm3']) told(id);
    conversation.viewed('m2');
    await at(5000);
    expect(trace.of('read.acknowledged').map(({ mark }) => mark.messageId)).toEqual(['m2']);
    expect(conversation.unread).toBe(1);
    conversation.viewed('m3');
    await at(10_000);
    expect(trace.of('read.acknowledged').map(({ mark }) => mark.messageId)).toEqual(['m2', 'm3']);
    expect(timesOf(calls, 'READ')).toHaveLength(2);
  });
});

describe('30: a reply that comes late, twice, or after a newer one changes nothing (R-1, R-2, T-8)', () => {
  test('the first read is answered after its deadline, when a newer one was accepted', async () => {
    const { conversation, calls, at, told, trace, sayAtLast } = await besiege({ read: [silence] });
    told('m1');
    conversation.viewed('m1');
    await at(300);
    told('m2');
    conversation.viewed('m2');
    await at(10_500);
    const late = sayAtLast('read', reply(404, [json], '{}'));
    await at(30_000);
    await late;
    expect(trace.of('read.acknowledged').map(({ mark }) => mark.messageId)).toEqual(['m2']);
    expect(trace.of('conversation.ended')).toEqual([]);
    expect(calls).toHaveLength(2);
  });

  test('a reply that says everything twice counts once, and its second half harms no later call', async () => {
    const twice: Answer = (socket) => {
      socket.write(`${reply(204)}${reply(409, [json], '{}')}`);
    };
    const { conversation, at, told, trace } = await besiege({ read: [twice] });
    told('m1');
    conversation.viewed('m1');
    await at(5000);
    told('m2');
    conversation.viewed('m2');
    await at(60_000);
    expect(trace.of('read.acknowledged').map(({ mark }) => mark.messageId)).toEqual(['m1', 'm2']);
    expect(trace.of('conversation.ended')).toEqual([]);
  });

  test('a start that is answered after the stop does not light anything', async () => {
    const { conversation, at, type, trace, calls } = await besiege({ typing: [silence] });
    await type(0, 0);
    conversation.stopTyping();
    await at(60_000);
    expect(trace.of('typing.announced')).toEqual([]);
    expect(calls.filter((call) => call.endsWith('ON'))).toHaveLength(1);
  });
});

test('nothing that a hostile server says gets into an error, an event or a log (S14)', async () => {
  const body = `{"code":"${canary}","message":"\\u001b[31m${canary}"}`;
  const said = reply(400, [json, 'X-Note: a note'], body).replace('Said', 'a reason');
  const { conversation, told, trace, logged } = await besiege({ read: [said] });
  told('m1');
  const failure = await failureOf(conversation.markAsRead('m1'));
  expect(failure).toMatchObject({ code: 'bad-request', status: 400 });
  for (const text of [failure.message, JSON.stringify([logged, trace.entries])]) {
    for (const part of ['u001b', 'a note', 'a reason']) expect(text).not.toContain(part);
  }
});

test('of a compressed reply in chunks the content counts', async () => {
  const zipped = gzipSync('{"conversationId":"conversation-1"}');
  const head = reply(200, [json, 'Content-Encoding: gzip', `Content-Length: ${zipped.length}`]);
  await expectRead(Buffer.concat([Buffer.from(head), zipped]), accepted);
});
