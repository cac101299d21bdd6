import type { StreamTiming } from '../../machines/stream/types.ts';
import { checkSocket, type WebSocketConstructor } from '../shared/platformSocket.ts';
import { drawSeed } from '../shared/seed.ts';
import { checkCallbacks, checkId, checkOptions, namesOf } from '../shared/validate.ts';
import { resolveStreamTiming, type StreamTimingOptions } from './timing.ts';

/** How `eventStream` listens to the contract's event stream. */
export interface EventsOptions {
  /** The WebSocket to use. Default: the platform's; Node 20 has none, so give it that of the `ws` package. */
  readonly webSocket?: WebSocketConstructor;
  /**
   * The conversation to hear of. Default: the one that the token is a guest's of; a bot's token is bound to none,
   * so a bot has to say.
   */
  readonly conversationId?: string;
  /** Waits that differ from the defaults, ms. */
  readonly timing?: StreamTimingOptions;
  /** Called once, for the seed of all jitter; returns a number in [0, 1). Default: `Math.random`. */
  readonly random?: () => number;
}

/** Options that were checked and completed. */
export interface ResolvedEvents {
  readonly Socket: WebSocketConstructor;
  readonly conversationId: string | undefined;
  readonly timing: StreamTiming;
  readonly seed: number;
}

const optionNames = namesOf<EventsOptions>({
  webSocket: true,
  conversationId: true,
  timing: true,
  random: true,
});

/** Checks and completes the options of an event stream. Throws `invalid-option`. */
export function resolveEvents(options: EventsOptions): ResolvedEvents {
  checkOptions(options, 'an object, or absent', optionNames);
  const { webSocket, conversationId, timing, random } = options;
  checkCallbacks({ random });
  return {
    Socket: checkSocket(webSocket),
    conversationId: conversationId === undefined ? undefined : checkId('conversationId', conversationId),
    timing: resolveStreamTiming(timing),
    seed: drawSeed(random),
  };
}
