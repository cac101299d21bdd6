import { createActor } from 'xstate';
import type { SessionEmitted, SessionEvent } from '../../machines/session/events.ts';
import type { SessionPorts } from '../../machines/session/types.ts';
import { ConversationError, invalidOption, toError } from '../shared/errors.ts';
import { createLog } from '../shared/log.ts';
import type { Accepted, TransportCapabilities } from '../shared/transport.ts';
import { deploymentLoader } from './deployment.ts';
import { createFeed } from './feed.ts';
import { checkMessage, MessageStore } from './messageStore.ts';
import { resolveOptions } from './options.ts';
import { runnableSession } from './sessionActors.ts';
import { logDecisions } from './sessionLog.ts';
import { stateOf, untilUp } from './sessionState.ts';
import { sleepWatch } from './sleepWatch.ts';
import type {
  SessionActor,
  SessionListener,
  WebMessaging,
  WebMessagingOptions,
} from './webMessaging.types.ts';
import { createWire } from './wire.ts';

/** What the product can do for a guest: typing "on" only, strictly more than 5 s apart, and nothing about reads. */
const capabilities: TransportCapabilities = Object.freeze({
  stopTyping: false,
  readReceipts: false,
  messageEndsTyping: true,
  spacing: 5001,
  timeToLive: 5000,
});

/**
 * Makes a guest's session of Genesys Cloud Web Messaging: a {@link WebMessaging}, which is also the transport
 * of a conversation. Does nothing until `connect()`.
 *
 * @throws ConversationError `invalid-option` when an option cannot be right.
 */
export function webMessaging(options: WebMessagingOptions): WebMessaging {
  const resolved = resolveOptions(options);
  const { clock, logger, inspect, customAttributes, reportRead } = resolved;
  const log = createLog(logger);
  const messages = new MessageStore();
  const deployment = resolved.loadsConfig
    ? deploymentLoader(resolved.endpoints.config, resolved.getJson, log.warn)
    : null;
  const wire = createWire(resolved, clock, deployment, messages, log.warn);
  const hasSlept = sleepWatch(clock);

  const actor: SessionActor = createActor(runnableSession, {
    clock: {
      setTimeout: (callback, ms) => clock.setTimeout(callback, ms),
      clearTimeout: (id) => clock.clearTimeout(id),
    },
    input: {
      ports: hidden({ wire, readings: wire.readings }),
      timing: resolved.timing,
      seed: resolved.seed,
    },
    ...(inspect && { inspect: log.guard('inspect', inspect) }),
  });
  actor.subscribe({
    error: (error) => {
      log.report('The machine failed; please report this.', error);
      messages.refuseAll(stoppedError());
    },
  });
  actor.on('*', logDecisions(log));
  const feed = createFeed({
    actor,
    state: () => stateOf(actor.getSnapshot()),
    conversationId: wire.conversationId,
    typingIsOff: wire.typingIsOff,
  });
  actor.on('message.sent', ({ id, messageId, sentAt }) =>
    messages.sent(id, { messageId, ...(sentAt !== undefined && { sentAt }) }),
  );
  actor.on('message.failed', ({ id, failure }) => messages.refuse(id, toError(failure)));
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
  const isUp = (): boolean => !isStopped && actor.getSnapshot().hasTag('up');
  const bringUp = (event: SessionEvent): Promise<void> => {
    const up = isStopped ? Promise.reject(stoppedError()) : untilUp(actor, () => send(event), stoppedError);
    up.catch(() => {});
    return up;
  };

  const sendTyping = async (call: { readonly conversationId: string; readonly isTyping: boolean }) => {
    notice();
    const refused = isStopped ? stoppedError() : refusalOf(call);
    if (refused) throw refused;
    const requestId = wire.sendTyping();
    if (requestId === null) throw notUp();
    return { requestId } satisfies Accepted;
  };
  const refusalOf = (call: {
    readonly conversationId: string;
    readonly isTyping: boolean;
  }): ConversationError | null => {
    if (call.isTyping !== true) return noStop();
    if (wire.typingIsOff()) return typingOff();
    const snapshot = actor.getSnapshot();
    if (!snapshot.matches({ live: 'configured' })) return notUp();
    if (call.conversationId !== wire.conversationId()) return otherConversation();
    const msLeft = snapshot.context.limitedUntil - clock.now();
    return msLeft > 0 ? limited(Math.ceil(msLeft)) : null;
  };

  return Object.freeze({
    capabilities: reportRead ? { ...capabilities, readReceipts: true } : capabilities,
    actor,
    get state() {
      return isStopped ? 'closed' : stateOf(actor.getSnapshot());
    },
    get conversationId() {
      return wire.conversationId();
    },
    sendTyping,
    sendRead: async (call, options) => {
      if (!reportRead) throw noReceipts();
      await reportRead(call, options);
      return {};
    },
    subscribe: (listener: Parameters<WebMessaging['subscribe']>[0]) => {
      if (typeof listener !== 'function') throw invalidOption('listener', 'a function', listener);
      return isStopped ? () => {} : feed.subscribe(log.guard('subscribe', listener));
    },

    connect: () => (isUp() ? Promise.resolve() : bringUp({ type: 'session.connect' })),
    close: () => send({ type: 'session.close' }),
    startNew: () => bringUp({ type: 'session.startNew' }),
    sendMessage: (text, messageOptions) => {
      const body = checkMessage(text, messageOptions, customAttributes);
      notice();
      const sent = isStopped
        ? Promise.reject(stoppedError())
        : messages.add(body, (id) => send({ type: 'message.send', id }));
      sent.catch(() => {});
      return sent;
    },
    on: <T extends SessionEmitted['type']>(type: T, listener: SessionListener<T>) => {
      if (typeof listener !== 'function') throw invalidOption('listener', 'a function', listener);
      const subscription = actor.on(type, log.guard(type, listener) as never);
      return () => subscription.unsubscribe();
    },

    hide: () => notice(),
    show: () => notice({ type: 'page.visible' }),
    offline: () => notice({ type: 'network.offline' }),
    online: () => notice({ type: 'network.online' }),
    freeze: () => send({ type: 'page.frozen' }),
    resume: () => notice({ type: 'page.resumed' }),
    stop: () => {
      isStopped = true;
      actor.stop();
      wire.end();
      feed.stop();
      messages.refuseAll(stoppedError());
    },
  } satisfies WebMessaging);
}

/** Ports whose members no serialiser, inspector or structured clone can see (S5). */
function hidden(ports: SessionPorts): SessionPorts {
  return Object.defineProperties({} as SessionPorts, {
    wire: { value: ports.wire, enumerable: false },
    readings: { value: ports.readings, enumerable: false },
  });
}

const error = (code: ConversationError['code'], message: string, retryAfterMs?: number): ConversationError =>
  new ConversationError({ code, message, ...(retryAfterMs !== undefined && { retryAfterMs }) });

const stoppedError = () => error('stopped', 'The session was stopped; create another one.');
const notUp = () =>
  new ConversationError({
    code: 'network',
    message: 'The session is not up; the typing signal was dropped.',
    unsent: true,
  });
const noStop = () => error('bad-request', 'Web messaging has no "stopped typing"; silence says it.');
const noReceipts = () => error('bad-request', 'Web messaging has no read receipts; keep read marks local.');
const otherConversation = () =>
  error('conversation-ended', 'The conversation is not the one of this session; open the present one.');
const typingOff = () =>
  error('forbidden', 'The deployment has typing indicators switched off (showUserTypingIndicator).');
const limited = (msLeft: number) =>
  error('rate-limited', 'The server asked for silence; the typing signal was dropped.', msLeft);
