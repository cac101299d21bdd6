import { createAudience, type StreamTold } from '../events/audience.ts';
import { createEventStream } from '../events/eventStream.ts';
import { type EventsOptions, resolveEvents } from '../events/options.ts';
import { invalidOption } from '../shared/errors.ts';
import { createLog } from '../shared/log.ts';
import type { PageEvent, TransportEvent } from '../shared/transport.ts';
import { checkListener } from '../shared/validate.ts';
import { historyOf } from './history.ts';
import type { Org } from './org.ts';
import { authorisedBy, type TokenKeeper } from './token.ts';

/** The inbound side of one `guestRest`. */
export interface GuestStream {
  /** Tells a conversation what comes in; the stream is open as long as somebody listens so. */
  subscribe(listener: (event: TransportEvent) => void): () => void;
  /** Tells an application of frames, and of the stream itself. */
  on<Type extends StreamTold['type']>(
    type: Type,
    listener: (told: Extract<StreamTold, { readonly type: Type }>) => void,
  ): () => void;
  /** What becomes of the page. */
  notePage(event: PageEvent): void;
  /** A token was accepted, or is fresh. */
  tokenRenewed(): void;
}

/** What makes a `guestRest` listen to the contract's event stream: made by `eventStream`. */
export interface GuestEvents {
  /** Makes the inbound side of one transport. Called by `guestRest`. */
  listen(org: Org, tokens: TokenKeeper): GuestStream;
}

/** How long one page of the history may take, ms: what comes in meanwhile waits for it. */
const historyTimeout = 5000;

/**
 * Listens to the contract's event stream, for `guestRest({ events: eventStream() })`: a conversation hears then who
 * types, speaks and reads while it is started, over one connection that comes back by itself.
 *
 * @throws ConversationError `invalid-option` for options that cannot be right.
 * @example
 * const transport = guestRest({ orgUrl, participantId: guestId, token: guestToken, events: eventStream() });
 * transport.on('conversation:message', ({ messageId, text }) => console.info(messageId, text));
 */
export function eventStream(options: EventsOptions = {}): GuestEvents {
  const resolved = resolveEvents(options);
  const listen = (org: Org, tokens: TokenKeeper): GuestStream => {
    const log = createLog(undefined);
    const audience = createAudience();
    const stream = createEventStream({
      ...resolved,
      audience,
      clock: org.clock,
      tokens,
      url: org.urlOf('api', 'v2', 'conversations', 'messaging', 'events').replace(/^http/, 'ws'),
      history: historyOf(org, authorisedBy(tokens), historyTimeout),
    });
    return {
      subscribe: (listener) => {
        if (typeof listener !== 'function') throw invalidOption('listener', 'a function', listener);
        const leave = audience.subscribe(log.guard('subscribe', listener));
        const part = stream.join();
        return () => {
          leave();
          part();
        };
      },
      on: (type, listener) => {
        checkListener(type, listener);
        const guarded = log.guard(type, listener as (told: StreamTold) => void);
        return audience.listen((told) => told.type === type && guarded(told));
      },
      notePage: (event) => {
        if (event.type === 'page.hidden') return;
        stream.notice(event);
        // Calls need no stream: how the network stands is as the page says.
        if (event.type === 'network.offline' || event.type === 'network.online') audience.evidence(event);
      },
      tokenRenewed: () => stream.notice({ type: 'token.renewed' }),
    };
  };
  return { listen };
}
