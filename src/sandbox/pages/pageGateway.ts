import { checkRecord, checkString } from '../shared/validate.ts';

/** A gateway that serves the guest contract to the guest of the pages. */
export interface PageGateway {
  /** Its origin, such as `http://127.0.0.1:4880`, which is the `orgUrl` of its guests. */
  readonly url: string;
  /** The region of the real org behind it; absent where it is this sandbox. */
  readonly region?: string;
}

/** Checks a gateway of the pages. Throws a `TypeError`. */
export function checkPageGateway(value: unknown): PageGateway {
  const { url, region } = checkRecord('gateway', value, ['url', 'region']);
  const text = checkString('gateway.url', url, 2048);
  const isOrigin = URL.canParse(text) && new URL(text).origin === text && /^https?:/.test(text);
  if (!isOrigin) throw new TypeError('gateway.url must be an origin such as http://127.0.0.1:4880');
  if (region === undefined) return { url: text };
  if (!/^[a-z0-9.-]{1,64}$/.test(checkString('gateway.region', region))) {
    throw new TypeError('gateway.region must be a domain such as mypurecloud.ie');
  }
  return { url: text, region: region as string };
}
