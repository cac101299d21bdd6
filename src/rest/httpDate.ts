const months = 'JanFebMarAprMayJunJulAugSepOctNovDec';
const time = String.raw`(?<time>\d\d:\d\d:\d\d)`;
/** IMF-fixdate, that of RFC 850, and that of C's asctime. */
const forms = [
  String.raw`(?<day>\w{3}), (?<date>\d\d) (?<month>\w{3}) (?<year>\d{4}) ${time} GMT`,
  String.raw`(?<day>(?:Sun|Mon|Tues|Wednes|Thurs|Fri|Satur)day), (?<date>\d\d)-(?<month>\w{3})-(?<year>\d\d) ${time} GMT`,
  String.raw`(?<day>\w{3}) (?<month>\w{3}) (?<date>[ \d]\d) ${time} (?<year>\d{4})`,
].map((form) => new RegExp(`^${form}$`));

/**
 * Reads the three forms of an HTTP date (RFC 9110, section 5.6.7), to ms since the epoch. Total and strict:
 * a date that no calendar has, or whose day name is another day's, is `undefined`. A leap second counts as
 * the second after it. `now`, ms since the epoch, decides the century of a two-digit year.
 */
export function parseHttpDate(text: string, now: number): number | undefined {
  const parts = forms.map((form) => form.exec(text)?.groups).find((groups) => groups !== undefined);
  if (parts === undefined) return undefined;
  const { day, date: written, month, year, time } = parts as unknown as Parts;
  const date = written.replace(' ', '0');
  const isLeap = time.endsWith(':60');
  const clock = isLeap ? `${time.slice(0, -2)}59` : time;
  const monthNumber = String(months.indexOf(month) / 3 + 1).padStart(2, '0');
  const inYear = (fullYear: number | string): number =>
    Date.parse(`${fullYear}-${monthNumber}-${date}T${clock}Z`);
  const ms = year.length === 2 ? recent(Number(year), now, inYear) : inYear(year);
  // What the platform made of it has to be what was said: so nothing is guessed, and no day runs over its month.
  const isSaid = new Date(ms).toUTCString().startsWith(`${day.slice(0, 3)}, ${date} ${month} `);
  return isSaid ? ms + (isLeap ? 1000 : 0) : undefined;
}

/** What each of the forms names. */
type Parts = Readonly<Record<'day' | 'date' | 'month' | 'year' | 'time', string>>;

/** The date in the latest year of two digits in which it is at most 50 years ahead. */
function recent(twoDigits: number, now: number, inYear: (year: number) => number): number {
  const horizon = new Date(now);
  horizon.setUTCFullYear(horizon.getUTCFullYear() + 50);
  const latest = Math.floor(horizon.getUTCFullYear() / 100) * 100 + twoDigits;
  const ms = inYear(latest);
  return ms > horizon.getTime() ? inYear(latest - 100) : ms;
}
