import type { SessionTiming } from '../../machines/session/types.ts';
import { type Clock, checkClock } from '../shared/clock.ts';
import { invalidOption } from '../shared/errors.ts';
import { checkInspector, type Inspect, type Inspector } from '../shared/inspector.ts';
import type { Logger } from '../shared/log.ts';
import { checkCrypto } from '../shared/platform.ts';
import { checkSocket, type WebSocketConstructor } from '../shared/platformSocket.ts';
import { drawSeed } from '../shared/seed.ts';
import { type StorageOption, storageIn } from '../shared/storage.ts';
import type { AttemptOptions, ReadCall } from '../shared/transport.ts';
import { checkCallbacks, checkOptions, isUuid, namesOf } from '../shared/validate.ts';
import { checkAttributes } from './checkMessage.ts';
import { type Endpoints, endpointsOf } from './endpoints.ts';
import { type GetJson, jsonGetter } from './getJson.ts';
import type { SessionStorage } from './identity.ts';
import type { GenesysRegion } from './regions.ts';
import { resolveSessionTiming, type SessionTimingOptions } from './sessionTiming.ts';

/** What `webMessaging` takes. `deploymentId` is needed, and one of `region` and `endpoint`. */
export interface WebMessagingOptions {
  /** The Messenger deployment's id, a UUID. */
  readonly deploymentId: string;
  /** Name of the org's region, as in `eu-west-1`, or its domain, as in `mypurecloud.ie`. */
  readonly region?: GenesysRegion | (string & {});
  /**
   * In place of a region: one origin that serves socket, configuration and history, such as the sandbox's
   * `http://127.0.0.1:4870`; or that of its socket, as the sandbox prints it. Cleartext for loopback only (S6).
   */
  readonly endpoint?: string;
  /**
   * Where the guest's token is kept, so that the session is resumed after a reload: `sessionStorage`, say, or
   * your own, or a function that returns one. Whoever reads it can be this guest. Default: memory only, and so
   * where the function throws or has none to give.
   */
  readonly storage?: StorageOption<SessionStorage>;
  /** The WebSocket to use. Default: the platform's; Node 20 has none, so give it that of the `ws` package. */
  readonly webSocket?: WebSocketConstructor;
  /** `Origin` header for the `ws` package, where the deployment restricts its domains. A browser sends its own. */
  readonly origin?: string;
  /** Used in place of the platform's `fetch`, for configuration and history. */
  readonly fetch?: typeof fetch;
  /** Time; a test gives a stepped clock. Default: the platform's. */
  readonly clock?: Clock;
  /** Called once, for the seed of all jitter; returns a number in [0, 1). Default: `Math.random`. */
  readonly random?: () => number;
  /** Waits that differ from the defaults, ms. */
  readonly timing?: SessionTimingOptions;
  /** Gets one line per decision, oddity, and mistake of a listener. Never a token, a URL or a text. Default: none. */
  readonly logger?: Logger;
  /** XState's inspection hook: a function or an observer. What it throws is reported once, not passed on. */
  readonly inspect?: Inspector;
  /** What this client calls itself to the server. Default: this package's name; `''` leaves it out. */
  readonly application?: string;
  /**
   * Whether to load the deployment's public configuration before connecting (`load`, the default): it says
   * whether typing signals are wanted, and whether a conversation starts by itself.
   */
  readonly config?: 'load' | 'skip';
  /**
   * Where read marks go, since the product takes none: a call to your own back end, say. With it the
   * conversation reports reads as over any transport, one at a time, and retries what rejects; without it
   * they stay local. Reject with a `ConversationError` where its code says what to do.
   */
  readonly reportRead?: (call: ReadCall, options: AttemptOptions) => Promise<void>;
  /** Custom attributes of every message; together with its own at most 2048 bytes as JSON. */
  readonly customAttributes?: Readonly<Record<string, string>>;
}

/** Options that were checked and completed. */
export interface ResolvedOptions {
  readonly deploymentId: string;
  readonly endpoints: Endpoints;
  readonly storage: SessionStorage | undefined;
  readonly Socket: WebSocketConstructor;
  readonly origin: string | undefined;
  readonly getJson: GetJson;
  readonly clock: Clock;
  readonly seed: number;
  readonly timing: SessionTiming;
  readonly logger: Logger | undefined;
  readonly inspect: Inspect | undefined;
  readonly reportRead: WebMessagingOptions['reportRead'];
  readonly loadsConfig: boolean;
  readonly customAttributes: Readonly<Record<string, string>> | undefined;
}

const optionNames = namesOf<WebMessagingOptions>({
  deploymentId: true,
  region: true,
  endpoint: true,
  storage: true,
  webSocket: true,
  origin: true,
  fetch: true,
  clock: true,
  random: true,
  timing: true,
  logger: true,
  inspect: true,
  application: true,
  config: true,
  reportRead: true,
  customAttributes: true,
});

/** Checks and completes the options of a session. Throws `invalid-option`. */
export function resolveOptions(options: WebMessagingOptions): ResolvedOptions {
  checkOptions(options, 'an object with a deploymentId and a region', optionNames);
  checkCrypto();
  const { deploymentId, region, endpoint, clock, random, logger, inspect, reportRead } = options;
  const { config = 'load', storage } = options;
  if (!isUuid(deploymentId)) throw invalidOption('deploymentId', "the deployment's UUID", deploymentId);
  checkCallbacks({ random, logger, reportRead });
  if (config !== 'load' && config !== 'skip') throw invalidOption('config', "'load' or 'skip'", config);
  return {
    deploymentId,
    endpoints: endpointsOf({
      deploymentId,
      application: checkApplication(options.application),
      region,
      endpoint,
    }),
    storage: storage === undefined ? undefined : storageIn(storage),
    Socket: checkSocket(options.webSocket),
    origin: checkOrigin(options.origin),
    getJson: jsonGetter(options.fetch),
    clock: checkClock(clock),
    seed: drawSeed(random),
    timing: resolveSessionTiming(options.timing),
    logger,
    inspect: checkInspector(inspect),
    reportRead,
    loadsConfig: config === 'load',
    customAttributes:
      options.customAttributes === undefined ? undefined : checkAttributes(options.customAttributes),
  };
}

function checkApplication(application: unknown = 'genesys-conversation-machine'): string {
  if (typeof application !== 'string' || application.length > 128 || /[\p{Cc}\p{Cf}]/u.test(application)) {
    throw invalidOption('application', 'a name of at most 128 characters', application);
  }
  return application;
}

function checkOrigin(origin: unknown): string | undefined {
  if (origin === undefined) return undefined;
  if (typeof origin !== 'string' || !/^https?:\/\/[\w.:[\]-]+$/i.test(origin)) {
    throw invalidOption('origin', 'an origin such as https://www.example.org', origin);
  }
  return origin;
}
