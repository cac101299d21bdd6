const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)$/;

/** A back end's time, ms since 1970: said so, or as ISO 8601 with a zone. `null` for anything else. */
export function timeOf(said: unknown): number | null {
  const time = typeof said === 'string' && isoTime.test(said) ? Date.parse(said) : said;
  return typeof time === 'number' && Number.isFinite(time) ? time : null;
}
