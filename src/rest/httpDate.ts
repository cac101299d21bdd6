const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const shortDay = '(?<day>Sun|Mon|Tue|Wed|Thu|Fri|Sat)';
const month = `(?<month>${months.join('|')})`;
const time = '(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)';
const imfFixdate = new RegExp(`^${shortDay}, (?<date>\\d\\d) ${month} (?<year>\\d{4}) ${time} GMT$`);
const rfc850 = new RegExp(
  `^(?<day>${days.join('|')}), (?<date>\\d\\d)-${month}-(?<year>\\d\\d) ${time} GMT$`,
);
const asctime = new RegExp(`^${shortDay} ${month} (?<date>[ \\d]\\d) ${time} (?<year>\\d{4})$`);

/**
 * Reads the three forms of an HTTP date (RFC 9110, section 5.6.7), to ms since the epoch. Total and strict:
 * a date that no calendar has, or whose day name is another day's, is `undefined`. A leap second counts as
 * the second after it. `now`, ms since the epoch, decides the century of a two-digit year.
 */
export function parseHttpDate(text: string, now: number): number | undefined {
  const parts = (imfFixdate.exec(text) ?? rfc850.exec(text) ?? asctime.exec(text))?.groups;
  if (parts === undefined) return undefined;
  const { day = '', date, year = '', hour, minute, second } = parts;
  const clock = { hour: Number(hour), minute: Number(minute), second: Number(second) };
  if (clock.hour > 23 || clock.minute > 59 || clock.second > 60) return undefined;
  const inYear = (fullYear: number) =>
    instant(fullYear, months.indexOf(parts.month ?? ''), Number(date), clock);
  const found = year.length === 2 ? recent(Number(year), now, inYear) : inYear(Number(year));
  return found !== undefined && days[found.weekday]?.startsWith(day) ? found.ms : undefined;
}

interface Clock {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

interface Instant {
  readonly ms: number;
  readonly weekday: number;
}

function instant(year: number, monthIndex: number, date: number, clock: Clock): Instant | undefined {
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, monthIndex, date);
  if (midnight.getUTCMonth() !== monthIndex || midnight.getUTCDate() !== date) return undefined;
  const seconds = clock.hour * 3600 + clock.minute * 60 + clock.second;
  return { ms: midnight.getTime() + seconds * 1000, weekday: midnight.getUTCDay() };
}

function recent(
  twoDigits: number,
  now: number,
  inYear: (year: number) => Instant | undefined,
): Instant | undefined {
  const horizon = new Date(now);
  horizon.setUTCFullYear(horizon.getUTCFullYear() + 50);
  const century = Math.floor(horizon.getUTCFullYear() / 100) * 100;
  const found = inYear(century + twoDigits);
  const tooFar = century + twoDigits > horizon.getUTCFullYear() || (found?.ms ?? 0) > horizon.getTime();
  return tooFar ? inYear(century - 100 + twoDigits) : found;
}
