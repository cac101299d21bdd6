import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { checkOrg, type Org } from './pages/org.ts';
import { type PageTransport, pageTransports } from './pages/pageTransport.ts';
import { checkClock, type SandboxClock, systemClock } from './shared/clock.ts';
import { checkRateLimit, type RateLimit } from './shared/rateLimit.ts';
import {
  checkDelay,
  checkFunction,
  checkInteger,
  checkOneOf,
  checkRecord,
  checkString,
} from './shared/validate.ts';
import { checkDeployments } from './webMessaging/deployments.ts';

/** Options of `startSandbox`. Durations are whole milliseconds of `clock`. */
export interface SandboxOptions {
  /** Port on the loopback, 0 to 65535. Default 0: any free one. */
  port?: number;
  /** What time, expiry, rate limits and delays go by. Default: the machine's clock. */
  clock?: SandboxClock;
  /** How long a token is valid. Default one hour. */
  tokenLifetime?: number;
  /** Accepted typing calls, and separately read calls, per participant. Default 2 in any 1000 ms. */
  rateLimit?: RateLimit;
  /** How long a typing participant counts as typing on the server's view. Default 5000. */
  typingTimeToLive?: number;
  /**
   * A folder to serve at `/`. Its `index.html` is given, as `meta` elements, the control secret, `transport` and the id of
   * the run's own deployment or, with an `org`, that org alone.
   */
  pages?: string;
  /** What the guest of the pages should speak unless they know better. Default `'guest-rest'`. */
  transport?: PageTransport;
  /** A real deployment for the guest of the pages, who may then connect to the hosts of its region. Default: none. */
  org?: Org;
  /**
   * Origins that may call the sandbox besides its own, such as `http://localhost:5173`. Genesys' mobile SDKs send a host
   * without a scheme, such as `webmessaging.mypurecloud.com`, which may be given too: no browser ever sends that. Clients
   * that send no `Origin` need no entry.
   */
  allowedOrigins?: readonly string[];
  /**
   * Told once of each origin that was refused, at most a hundred of them, so that somebody who wonders can be told to
   * allow it; `'null'` is a page that has none. Default: nobody is told.
   */
  originRefused?: (origin: string) => void;
  /** Most connections at a time, 1 to 65535. Default 1024. */
  maxConnections?: number;
  /** Ids of web messaging deployments, besides the one every run has of its own. */
  deployments?: readonly string[];
}

/** `SandboxOptions`, checked and complete; `pages` is absolute. */
export interface Settings extends Required<Omit<SandboxOptions, 'pages' | 'org'>> {
  pages: string | undefined;
  org: Org | undefined;
}

const mobileOrigin = /^webmessaging\.[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?$/;
const optionNames = [
  'port',
  'clock',
  'tokenLifetime',
  'rateLimit',
  'typingTimeToLive',
  'pages',
  'transport',
  'org',
  'allowedOrigins',
  'originRefused',
  'maxConnections',
  'deployments',
] as const satisfies readonly (keyof SandboxOptions)[];

/** Checks the options. Throws a `TypeError` that names what is wrong. */
export function parseOptions(value: unknown): Settings {
  const options = checkRecord('options', value, optionNames);
  const { port, clock, tokenLifetime, rateLimit, typingTimeToLive, pages } = options;
  const { transport, org, allowedOrigins, originRefused, maxConnections, deployments } = options;
  return {
    port: port === undefined ? 0 : checkInteger('port', port, 0, 65_535),
    clock: clock === undefined ? systemClock : checkClock(clock),
    tokenLifetime: tokenLifetime === undefined ? 3_600_000 : checkDelay('tokenLifetime', tokenLifetime, 1),
    rateLimit: rateLimit === undefined ? { calls: 2, window: 1000 } : checkRateLimit(rateLimit),
    typingTimeToLive:
      typingTimeToLive === undefined ? 5000 : checkDelay('typingTimeToLive', typingTimeToLive, 1),
    pages: pages === undefined ? undefined : checkFolder(pages),
    transport: transport === undefined ? 'guest-rest' : checkOneOf('transport', transport, pageTransports),
    org: org === undefined ? undefined : checkOrg(org),
    allowedOrigins: allowedOrigins === undefined ? [] : checkOrigins(allowedOrigins),
    originRefused: originRefused === undefined ? () => {} : checkFunction('originRefused', originRefused),
    maxConnections:
      maxConnections === undefined ? 1024 : checkInteger('maxConnections', maxConnections, 1, 65_535),
    deployments: deployments === undefined ? [] : checkDeployments(deployments),
  };
}

function checkFolder(value: unknown): string {
  const folder = resolve(checkString('pages', value, 4096));
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return folder;
  throw new TypeError(`pages must be an existing folder, and ${folder} is none`);
}

function checkOrigins(value: unknown): string[] {
  if (!Array.isArray(value)) throw new TypeError('allowedOrigins must be an array of origins');
  return value.map((origin) => {
    const isOrigin = typeof origin === 'string' && URL.canParse(origin) && new URL(origin).origin === origin;
    if (isOrigin && /^https?:/.test(origin)) return origin;
    if (typeof origin === 'string' && mobileOrigin.test(origin)) return origin;
    throw new TypeError('allowedOrigins must hold origins such as http://localhost:5173, without a path');
  });
}
