import { assert, constantFrom, date, integer, nat, property, string, stringMatching } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hintFromBody, parseRetryAfter } from '../../src/rest/retryAfter.ts';

const now = Date.UTC(2026, 10, 23, 12, 0, 0);
const cap = 300_000;
const parse = (header: string | null | undefined, dateHeader?: string | null) =>
  parseRetryAfter(header, { now, cap, ...(dateHeader !== undefined && { dateHeader }) });

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const pad = (value: number) => String(value).padStart(2, '0');

function inEveryForm(moment: Date): string[] {
  const imf = moment.toUTCString();
  const [day = '', date = '', month = '', year = '', time = ''] = imf.replace(',', '').split(' ');
  return [
    imf,
    `${days[moment.getUTCDay()]}, ${date}-${month}-${year.slice(-2)} ${time} GMT`,
    `${day} ${month} ${String(Number(date)).padStart(2, ' ')} ${time} ${year}`,
  ];
}

describe('seconds (L-2)', () => {
  test.each([
    ['0', 0],
    ['5', 5_000],
    ['007', 7_000],
    [' 5 ', 5_000],
    ['\t5\t ', 5_000],
    ['300', cap],
    ['301', cap],
    ['99999999999', cap],
    ['9'.repeat(40), cap],
    ['9'.repeat(400), cap],
  ])('%j asks for %d ms', (header, wait) => {
    expect(parse(header)).toBe(wait);
  });

  test.each([
    '',
    ' ',
    'soon',
    '⏳',
    '-5',
    '+5',
    '1.5',
    '1e3',
    '0x10',
    'Infinity',
    'NaN',
    '5s',
    '5 5',
    '2, 3',
    '5;',
    '\u00a05',
    '5\n',
    '٥',
    '５',
  ])('%j counts as absent', (header) => {
    expect(parse(header)).toBeUndefined();
  });

  test.each([null, undefined])('%j counts as absent', (header) => {
    expect(parse(header)).toBeUndefined();
  });
});

describe('dates (L-2)', () => {
  test.each([
    ['in the past', 'Sun, 06 Nov 1994 08:49:37 GMT', 0],
    ['now', 'Mon, 23 Nov 2026 12:00:00 GMT', 0],
    ['in a minute', 'Mon, 23 Nov 2026 12:01:00 GMT', 60_000],
    ['in an hour, beyond the cap', 'Mon, 23 Nov 2026 13:00:00 GMT', cap],
    ['in the year 9999', 'Fri, 31 Dec 9999 23:59:59 GMT', cap],
    ['in the year 50', 'Sat, 01 Jan 0050 00:00:00 GMT', 0],
    ['RFC 850', 'Monday, 23-Nov-26 12:01:00 GMT', 60_000],
    ['asctime', 'Mon Nov 23 12:01:00 2026', 60_000],
    ['asctime with a one-digit day', 'Sun Nov  6 08:49:37 1994', 0],
    ['at a leap second', 'Mon, 23 Nov 2026 12:00:60 GMT', 60_000],
  ])('%s', (_name, header, wait) => {
    expect(parse(header)).toBe(wait);
  });

  test.each([
    ['another day of the week', 'Tue, 23 Nov 2026 12:01:00 GMT'],
    ['31 February', 'Tue, 31 Feb 2026 12:01:00 GMT'],
    ['29 February of a common year', 'Mon, 29 Feb 2027 12:01:00 GMT'],
    ['day 0', 'Tue, 00 Dec 2026 12:01:00 GMT'],
    ['hour 24', 'Mon, 23 Nov 2026 24:00:00 GMT'],
    ['minute 60', 'Mon, 23 Nov 2026 12:60:00 GMT'],
    ['second 61', 'Mon, 23 Nov 2026 12:01:61 GMT'],
    ['another month', 'Mon, 23 Foo 2026 12:01:00 GMT'],
    ['something before it', 'x Mon, 23 Nov 2026 12:01:00 GMT'],
    ['something before one of RFC 850', 'x Monday, 23-Nov-26 12:01:00 GMT'],
    ['something behind one of RFC 850', 'Monday, 23-Nov-26 12:01:00 GMT x'],
    ['something before one of C', 'x Mon Nov 23 12:01:00 2026'],
    ['something behind one of C', 'Mon Nov 23 12:01:00 2026 GMT'],
    ['a leap second of no minute', 'Mon, 23 Nov 2026 12:60:60 GMT'],
    ['a two-digit year in an hour that there is not', 'Monday, 23-Nov-26 24:01:00 GMT'],
    ['another zone', 'Mon, 23 Nov 2026 12:01:00 CET'],
    ['an offset', 'Mon, 23 Nov 2026 12:01:00 +0000'],
    ['ISO 8601', '2026-11-23T12:01:00Z'],
    ['lower case', 'mon, 23 nov 2026 12:01:00 gmt'],
    ['a short day in RFC 850', 'Mon, 23-Nov-26 12:01:00 GMT'],
    ['one digit of a day', 'Mon, 2 Nov 2026 12:01:00 GMT'],
    ['something behind it', 'Mon, 23 Nov 2026 12:01:00 GMT, 5'],
  ])('%s counts as absent', (_name, header) => {
    expect(parse(header)).toBeUndefined();
  });

  test('a date is measured from the reply’s own Date, so a wrong local clock does not matter', () => {
    const serverTime = 'Mon, 23 Nov 2026 15:00:00 GMT';
    expect(parse('Mon, 23 Nov 2026 15:00:07 GMT', serverTime)).toBe(7_000);
    expect(parse('Mon, 23 Nov 2026 15:00:07 GMT', `\t ${serverTime} \t`)).toBe(7_000);
    expect(parse('Mon, 23 Nov 2026 12:00:07 GMT', 'whenever')).toBe(7_000);
    expect(parse('Mon, 23 Nov 2026 12:00:07 GMT', null)).toBe(7_000);
  });

  test('a two-digit year is never more than 50 years ahead', () => {
    expect(parse('Friday, 20-Nov-76 12:00:00 GMT')).toBe(cap);
    expect(parse('Monday, 23-Nov-76 12:00:00 GMT')).toBe(cap);
    expect(parse('Monday, 23-Nov-76 12:00:01 GMT')).toBeUndefined();
    expect(parse('Tuesday, 23-Nov-77 12:00:00 GMT')).toBeUndefined();
    expect(parse('Wednesday, 23-Nov-77 12:00:00 GMT')).toBe(0);
    expect(parse('Wednesday, 01-Dec-76 12:00:00 GMT')).toBe(0);
    expect(parse('Tuesday, 01-Dec-76 12:00:00 GMT')).toBeUndefined();
    expect(parse('Sunday, 06-Nov-94 08:49:37 GMT')).toBe(0);
  });

  test('a two-digit year may belong to the next century', () => {
    const lateInTheCentury = Date.UTC(2099, 11, 31, 23, 59, 0);
    expect(parseRetryAfter('Friday, 01-Jan-00 00:00:00 GMT', { now: lateInTheCentury, cap })).toBe(60_000);
  });

  test('a clock that tells no time makes a dated hint absent, not NaN', () => {
    expect(parseRetryAfter('Mon, 23 Nov 2026 12:01:00 GMT', { now: Number.NaN, cap })).toBeUndefined();
  });
});

describe('any input', () => {
  const almost = stringMatching(/^[ \t]*[-+]?[0-9]{0,12}[.,eE;]?[0-9]{0,3}[ \t]*$/);
  const dateLike = stringMatching(
    /^(Mon|Tue|Monday|Sun),? [0-3]?[0-9][ -](Jan|Feb|Nov)[ -][0-9]{2,4} [0-2][0-9]:[0-6][0-9]:[0-6][0-9]( GMT)?$/,
  );

  test.each([
    ['text', string({ unit: 'binary', maxLength: 80 })],
    ['number-like text', almost],
    ['date-like text', dateLike],
  ])('%s gives nothing, or a whole number up to the cap', (_name, headers) => {
    assert(
      property(headers, headers, nat({ max: 2 ** 31 - 1 }), (header, dateHeader, anyCap) => {
        const wait = parseRetryAfter(header, { now, dateHeader, cap: anyCap });
        if (wait === undefined) return;
        expect(Number.isInteger(wait) && wait >= 0 && wait <= anyCap).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('whatever is neither digits nor a date counts as absent', () => {
    assert(
      property(almost, (header) => {
        const digits = /^[ \t]*([0-9]+)[ \t]*$/.exec(header)?.[1];
        expect(parse(header)).toBe(digits === undefined ? undefined : Math.min(Number(digits) * 1000, cap));
      }),
      { numRuns: 500 },
    );
  });

  test('every second comes back from all three date forms', () => {
    const cap = 2 ** 31 - 1;
    const moments = date({ min: new Date(now - 86_400_000), max: new Date(now + cap), noInvalidDate: true });
    assert(
      property(moments, constantFrom(0, 1, 2), (moment, form) => {
        const wholeSecond = Math.floor(moment.getTime() / 1000) * 1000;
        const header = inEveryForm(moment)[form];
        expect(parseRetryAfter(header, { now, cap })).toBe(Math.max(0, wholeSecond - now));
      }),
      { numRuns: 500 },
    );
  });

  test('every number of seconds below the cap comes back', () => {
    assert(
      property(integer({ min: 0, max: cap / 1000 }), (seconds) => {
        expect(parse(`${seconds}`)).toBe(seconds * 1000);
      }),
    );
  });

  test('no second of a day is lost', () => {
    for (const [hour, minute, second] of [
      [0, 0, 0],
      [9, 5, 7],
      [23, 59, 59],
    ] as const) {
      const header = `Tue, 24 Nov 2026 ${pad(hour)}:${pad(minute)}:${pad(second)} GMT`;
      const wait = parseRetryAfter(header, { now, cap: 2 ** 31 - 1 });
      expect(wait).toBe(Date.UTC(2026, 10, 24, hour, minute, second) - now);
    }
  });
});

describe('the hint in a body (L-2)', () => {
  const sentence = (seconds: string) =>
    JSON.stringify({ message: `Rate limit exceeded. Retry the request in [${seconds}] seconds` });

  test.each([
    [sentence('42'), 42_000],
    [sentence('0'), 0],
    [sentence('9999999999'), cap],
    ['Retry the request in [7] seconds', 7_000],
    ['so:Retry the request in [7] seconds', 7_000],
  ])('%s', (body, wait) => {
    expect(hintFromBody(body, cap)).toBe(wait);
  });

  test.each([
    '',
    sentence(''),
    sentence('-5'),
    sentence('1.5'),
    sentence(' 5 '),
    sentence('99999999999'),
    'retry the request in [5] seconds',
    'NeverRetry the request in [5] seconds',
    'Retry the request in 5 seconds',
    'Retry the request in [5] minutes',
  ])('%j has none', (body) => {
    expect(hintFromBody(body, cap)).toBeUndefined();
  });
});
