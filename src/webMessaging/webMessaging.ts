import { createSessionActor } from './sessionActor.ts';

// The chart is first, so that a bundle has its tables beside what their names mean: so they compress better.

import type { SessionEmitted, SessionEvent } from '../../machines/session/events.ts';
import { invalidOption } from '../shared/errors.ts';
import { createLog } from '../shared/log.ts';
import { sleepWatch } from '../shared/sleepWatch.ts';
import type { PageEvent, SentMessage, TransportCapabilities, TransportEvent } from '../shared/transport.ts';
import { checkListener, checkObject } from '../shared/validate.ts';
import { checkAnswer, checkMessage } from './checkMessage.ts';
import { createFeed } from './conversationFeed.ts';
import { deploymentLoader } from './deploymentConfig.ts';
import { historyVerb } from './historyVerb.ts';
import { MessageStore, settleMessages } from './messageStore.ts';
import { resolveOptions, type WebMessagingOptions } from './options.ts';
import type { MessageBody } from './outgoing.ts';
import { guestId } from './participants.ts';
import { noReceipts, stoppedError } from './refusals.ts';
import { logDecisions } from './sessionLog.ts';
import { stateOf, untilUp } from './sessionState.ts';
import type { SessionListener, WebMessaging } from './types.ts';
import { typingSender, typingSpacing } from './typingSignals.ts';
import { createWire } from './wire.ts';

/** What the product can do for a guest: typing "on" only, strictly more than 5 s apart, and nothing about reads. */
const capabilities: TransportCapabilities = Object.freeze({
  stopTyping: false,
  readReceipts: false,
  messageEndsTyping: true,
  messageReopensWindow: true,
  spacing: typingSpacing,
  timeToLive: 5000,
});

/**
 * Makes a guest's session of Genesys Cloud Web Messaging: a {@link WebMessaging}, which is also the transport
 * of a conversation. Does nothing until `connect()`.
 *
 * | part         | its question                                                       |
 * | ------------ | ------------------------------------------------------------------ |
 * | `deployment` | is the deployment there, and what does it want?                    |
 * | `wire`       | who is the guest, what leaves, and what came in?                   |
 * | `actor`      | how does the session stand? The chart decides what follows         |
 * | `messages`   | what do messages say that are not settled, and who waits for them? |
 * | `sendTyping` | may a typing signal leave?                                         |
 * | `feed`       | what is a conversation told?                                       |
 *
 * @throws ConversationError `invalid-option` when an option cannot be right.
 * @example
 * const session = webMessaging({ region: 'eu-west-1', deploymentId, storage: sessionStorage });
 * const conversation = createConversation({ transport: session }).start();
 * await session.connect();
 * conversation.keystroke();
 */
export function webMessaging(options: WebMessagingOptions): WebMessaging {
  const resolved = resolveOptions(options);
  const { clock, timing, seed, endpoints, getJson, logger, customAttributes, reportRead } = resolved;
  const log = createLog(logger);

  const messages = new MessageStore();
  const deployment = resolved.loadsConfig ? deploymentLoader(endpoints.config, getJson, log.warn) : null;
  const wire = createWire(resolved, deployment, {
    bodyOf: (id) => messages.bodyOf(id),
    tellOwn: (past) => feed.past(past),
    isUp: () => isUp(),
    warn: log.warn,
  });
  const inspect = resolved.inspect && log.guard('inspect', resolved.inspect);
  const actor = createSessionActor(wire, { clock, timing, seed, inspect });
  actor.subscribe({
    error: (error) => {
      log.report('The machine failed; please report this.', error);
      messages.refuseAll(stoppedError());
    },
  });
  actor.on('*', logDecisions(log));
  const state = () => stateOf(actor.getSnapshot());
  const feed = createFeed({
    actor,
    state,
    conversationId: wire.conversationId,
    typingIsOff: wire.typingIsOff,
  });
  settleMessages(actor, messages, wire.conversationId);
  const sendTyping = typingSender(actor, wire, clock);
  const lifetime = new AbortController();
  const history = historyVerb({
    ...{ actor, wire, feed, clock },
    patience: timing.history,
    lifetime: lifetime.signal,
  });
  const hasSlept = sleepWatch(clock);
  actor.start();

  let isStopped = false;
  const send = (event: SessionEvent): void => {
    if (!isStopped) actor.send(event);
  };
  /** Sends evidence; before it, that the machine slept, where the clocks say so. */
  const notice = (event?: SessionEvent): void => {
    if (hasSlept()) send({ type: 'clock.jumped' });
    if (event) send(event);
  };
  const notePage = (event: PageEvent): void => {
    if (event.type === 'page.hidden') notice();
    else if (event.type === 'page.frozen') send(event);
    else notice(event);
  };
  const isUp = (): boolean => !isStopped && actor.getSnapshot().hasTag('up');
  const bringUp = (event: SessionEvent): Promise<void> => {
    const up = isStopped ? Promise.reject(stoppedError()) : untilUp(actor, () => send(event));
    up.catch(() => {});
    return up;
  };

  const sendBody = (body: MessageBody): Promise<SentMessage> => {
    notice();
    const sent = isStopped
      ? Promise.reject(stoppedError())
      : messages.add(body, (id) => send({ type: 'message.send', id }));
    sent.catch(() => {});
    return sent;
  };

  return Object.freeze({
    capabilities: reportRead ? { ...capabilities, readReceipts: true, readsOutliveEnd: true } : capabilities,
    participantId: guestId,
    guestName: wire.conversationId,
    actor,
    get state() {
      return isStopped ? 'closed' : state();
    },
    get deployment() {
      return wire.deployment();
    },
    get conversationId() {
      return wire.conversationId();
    },
    sendTyping: async (call) => {
      notice();
      if (isStopped) throw stoppedError();
      return sendTyping(call);
    },
    sendRead: async (call, options) => {
      if (!reportRead) throw noReceipts();
      await reportRead(call, options);
      return {};
    },
    subscribe: (listener: (event: TransportEvent) => void) => {
      if (typeof listener !== 'function') throw invalidOption('listener', 'a function', listener);
      return isStopped ? () => {} : feed.subscribe(log.guard('subscribe', listener));
    },
    notePage: (event) => {
      checkObject('event', event, 'an event of the page');
      notePage(event);
    },

    connect: () => (isUp() ? Promise.resolve() : bringUp({ type: 'session.connect' })),
    close: () => send({ type: 'session.close' }),
    startNew: () => bringUp({ type: 'session.startNew' }),
    sendMessage: (text, options) => sendBody(checkMessage(text, options, customAttributes)),
    sendAnswer: (answer, options) => sendBody(checkAnswer(answer, options, customAttributes)),
    history,
    on: <T extends SessionEmitted['type'] | 'frame'>(type: T, listener: SessionListener<T>) => {
      checkListener(type, listener);
      if (type === 'frame') return wire.rawFrames.listen(log.guard(type, listener) as never);
      const subscription = actor.on(type, log.guard(type, listener) as never);
      return () => subscription.unsubscribe();
    },

    hide: () => notePage({ type: 'page.hidden' }),
    show: () => notePage({ type: 'page.visible' }),
    offline: () => notePage({ type: 'network.offline' }),
    online: () => notePage({ type: 'network.online' }),
    freeze: () => notePage({ type: 'page.frozen' }),
    resume: () => notePage({ type: 'page.resumed' }),
    stop: () => {
      isStopped = true;
      lifetime.abort();
      actor.stop();
      wire.end();
      feed.stop();
      messages.refuseAll(stoppedError());
    },
  } satisfies WebMessaging);
}
