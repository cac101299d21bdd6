import type { InspectionEvent } from 'xstate';
import type { SessionTiming } from '../../machines/session/types.ts';
import { type Clock, checkClock } from '../shared/clock.ts';
import { invalidOption } from '../shared/errors.ts';
import type { Logger } from '../shared/log.ts';
import { drawSeed } from '../shared/seed.ts';
import { checkStorage } from '../shared/storage.ts';
import { checkCallbacks, checkOptions, isUuid } from '../shared/validate.ts';
import { type Endpoints, endpointsOf } from './endpoints.ts';
import { type GetJson, jsonGetter } from './getJson.ts';
import type { SessionStorage } from './identity.ts';
import { checkAttributes } from './messageStore.ts';
import type { WebSocketConstructor } from './platformSocket.ts';
import { resolveSessionTiming } from './timing.ts';
import type { WebMessagingOptions } from './webMessaging.types.ts';

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
  readonly inspect: ((event: InspectionEvent) => void) | undefined;
  readonly reportRead: WebMessagingOptions['reportRead'];
  readonly loadsConfig: boolean;
  readonly customAttributes: Readonly<Record<string, string>> | undefined;
}

/** Checks and completes the options of a session. Throws `invalid-option`. */
export function resolveOptions(options: WebMessagingOptions): ResolvedOptions {
  checkOptions(options, 'an object with a deploymentId and a region');
  const { deploymentId, region, endpoint, clock, random, logger, inspect, reportRead } = options;
  const { config = 'load', storage } = options;
  if (!isUuid(deploymentId)) throw invalidOption('deploymentId', "the deployment's UUID", deploymentId);
  checkCallbacks({ random, logger, inspect, reportRead });
  if (config !== 'load' && config !== 'skip') throw invalidOption('config', "'load' or 'skip'", config);
  return {
    deploymentId,
    endpoints: endpointsOf({
      deploymentId,
      application: checkApplication(options.application),
      region,
      endpoint,
    }),
    storage: storage === undefined ? undefined : checkStorage(storage),
    Socket: checkSocket(options.webSocket),
    origin: checkOrigin(options.origin),
    getJson: jsonGetter(options.fetch),
    clock: checkClock(clock),
    seed: drawSeed(random),
    timing: resolveSessionTiming(options.timing),
    logger,
    inspect,
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

function checkSocket(Socket: unknown): WebSocketConstructor {
  if (Socket !== undefined && typeof Socket !== 'function') {
    throw invalidOption('webSocket', 'a WebSocket constructor', Socket);
  }
  const chosen = Socket ?? (globalThis as { WebSocket?: unknown }).WebSocket;
  if (typeof chosen !== 'function') {
    throw invalidOption(
      'webSocket',
      "given, since this platform has none of its own: install ws and pass its WebSocket (import WebSocket from 'ws')",
      Socket,
    );
  }
  return chosen as WebSocketConstructor;
}

function checkOrigin(origin: unknown): string | undefined {
  if (origin === undefined) return undefined;
  if (typeof origin !== 'string' || !/^https?:\/\/[\w.:[\]-]+$/i.test(origin)) {
    throw invalidOption('origin', 'an origin such as https://www.example.org', origin);
  }
  return origin;
}
