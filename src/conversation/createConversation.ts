import { createActor } from 'xstate';
import type { ConversationEmitted, ConversationEvent } from '../../machines/conversation/events.ts';
import type { Policies } from '../../machines/conversation/types.ts';
import { noToken } from '../../machines/failure.ts';
import { withinKeepalive } from '../reading/keepaliveBudget.ts';
import { LedgerKeeper } from '../reading/ledgerKeeper.ts';
import { MessageOrder } from '../reading/messageOrder.ts';
import { PeerReads } from '../reading/peerReads.ts';
import { readReadFrame } from '../reading/readFrame.ts';
import { createReadVerbs } from '../reading/readVerbs.ts';
import { ReadWaiters, settleWaiters } from '../reading/readWaiters.ts';
import { type ConversationError, invalidOption, toError } from '../shared/errors.ts';
import { hidden } from '../shared/hidden.ts';
import { createLog } from '../shared/log.ts';
import type { TransportEvent } from '../shared/transport.ts';
import { checkId } from '../shared/validate.ts';
import { runnableMachine } from './actors.ts';
import { resolveOptions } from './options.ts';
import { createReadings } from './readings.ts';
import { conversationOver, noConversation, readsForbidden, stoppedError } from './refusals.ts';
import { retryBudgetOf } from './retryBudget.ts';
import { carried } from './savingTransport.ts';
import { evidenceIn } from './transportEvents.ts';
import type { Conversation, ConversationActor, ConversationListener, ConversationOptions } from './types.ts';
import { readTypingFrame } from './typingFrame.ts';

/**
 * Makes a conversation: an XState actor and a handle whose verbs send it one event each. Reads its storage,
 * and does nothing more until `start()`.
 *
 * @throws ConversationError `invalid-option` when an option cannot be right.
 */
export function createConversation(options: ConversationOptions): Conversation {
  const { transport, conversationId, timing, clock, seed, storage, storageKey, logger, inspect } =
    resolveOptions(options);
  const budget = retryBudgetOf(transport);
  const log = createLog(logger);
  const order = new MessageOrder();
  const waiters = new ReadWaiters();
  const peers = new PeerReads(order);
  const keeper = new LedgerKeeper({
    storage,
    storageKey,
    clock,
    order,
    participantId: transport.participantId ?? null,
    onAcknowledged: (id, position) => waiters.acknowledge(id, position),
  });
  const readings = createReadings(clock);
  const policies: Policies = {
    unreadAfter: (id, position) => order.unreadAfter(id, position),
    mayRetry: () => budget.mayRetry(),
    withinKeepalive,
  };

  const actor: ConversationActor = createActor(runnableMachine, {
    clock: {
      setTimeout: (callback, ms) => clock.setTimeout(callback, ms),
      clearTimeout: (id) => clock.clearTimeout(id),
    },
    input: {
      ports: hidden({ transport: carried(transport, keeper), readings, policies }),
      capabilities: transport.capabilities,
      timing,
      seed,
      conversationId,
      participantId: transport.participantId ?? null,
      canRefresh: transport.refreshToken !== undefined,
      ledgers: keeper.stored,
    },
    ...(inspect && { inspect: log.guard('inspect', inspect) }),
  });
  actor.on('*', (event) => {
    budget.note(event);
    log.decision(event.type, { event });
  });
  settleWaiters(actor, waiters);
  keeper.attach(actor);

  const isStopped = (): boolean => actor.getSnapshot().status !== 'active';
  const send = (event: ConversationEvent): void => {
    if (!isStopped()) actor.send(event);
  };
  const known = (): string => {
    const { conversationId } = actor.getSnapshot().context;
    if (conversationId === null) throw noConversation();
    return conversationId;
  };
  const refusal = (): ConversationError | null => {
    const snapshot = actor.getSnapshot();
    if (isStopped()) return stoppedError();
    if (snapshot.context.conversationId === null) return noConversation();
    if (snapshot.matches({ link: 'ended' })) return conversationOver();
    if (snapshot.matches({ link: 'unauthorized' })) return toError(snapshot.context.token.failure ?? noToken);
    return snapshot.matches({ receipts: 'disabled' }) ? readsForbidden() : null;
  };

  const take = log.guard('transport', (told: TransportEvent) => {
    send(evidenceIn(told, order, transport.participantId));
    peers.due().forEach(send);
  });
  let unsubscribe: (() => void) | undefined;
  const release = (): void => {
    unsubscribe?.();
    keeper.close();
    waiters.refuseAll(stoppedError());
  };
  actor.subscribe({
    next: () => {
      unsubscribe ??= transport.subscribe?.(take);
    },
    error: (error) => {
      log.report('The machine failed; please report this.', error);
      release();
    },
    complete: release,
  });

  const { viewed, markAsRead, markAsUnread, flush, unread } = createReadVerbs({
    actor,
    order,
    waiters,
    keeper,
    send,
    known,
    refusal,
  });
  const conversation: Conversation = {
    actor,
    viewed,
    markAsRead,
    markAsUnread,
    flush,
    get unread() {
      return unread();
    },
    start: () => {
      if (isStopped()) throw stoppedError();
      actor.start();
      return conversation;
    },
    stop: () => {
      actor.stop();
      release();
    },

    leave: async () => {
      send({ type: 'conversation.closed' });
      await untilTypingRests(actor);
      conversation.stop();
    },

    open: (id) => send({ type: 'conversation.opened', conversationId: checkId('conversationId', id) }),
    reopen: () => send({ type: 'conversation.opened', conversationId: known() }),
    close: () => send({ type: 'conversation.closed' }),
    end: () => send({ type: 'conversation.ended', conversationId: known() }),

    keystroke: () => {
      if (actor.getSnapshot().hasTag('attentive')) send({ type: 'keystroke' });
      else readings.noteKey();
    },
    clearInput: () => send({ type: 'input.cleared' }),
    blurInput: () => send({ type: 'input.blurred' }),
    stopTyping: () => send({ type: 'typing.stop' }),
    messageSent: (messageId) => {
      if (messageId !== undefined) order.note(known(), checkId('messageId', messageId));
      send({ type: 'message.sent' });
      peers.due().forEach(send);
    },

    messageReceived: ({ messageId, participantId, position, sentAt }) => {
      checkId('messageId', messageId);
      checkId('participantId', participantId);
      if (position !== undefined && !Number.isSafeInteger(position)) {
        throw invalidOption('position', 'a whole number up to 2^53 - 1', position);
      }
      if (sentAt !== undefined && !Number.isFinite(sentAt)) {
        throw invalidOption('sentAt', 'a time in ms since 1970', sentAt);
      }
      const conversationId = known();
      order.note(conversationId, messageId, {
        position,
        isOthers: participantId !== transport.participantId,
      });
      send({
        type: 'message.received',
        conversationId,
        participantId,
        ...(sentAt !== undefined && { sentAt }),
      });
      peers.due().forEach(send);
    },
    receive: (frame) => {
      const typing = readTypingFrame(frame);
      if (typing) send({ type: 'remote.typing', ...typing });
      const read = readReadFrame(frame);
      if (read) keeper.whenLoaded(() => peers.take(read).forEach(send));
      return typing !== null || read !== null;
    },

    hide: () => send({ type: 'page.hidden' }),
    show: () => send({ type: 'page.visible' }),
    offline: () => send({ type: 'network.offline' }),
    online: () => send({ type: 'network.online' }),
    reauthorize: () => send({ type: 'token.renewed' }),

    on: <T extends ConversationEmitted['type']>(type: T, listener: ConversationListener<T>) => {
      if (typeof listener !== 'function') throw invalidOption('listener', 'a function', listener);
      const subscription = actor.on(type, log.guard(type, listener) as never);
      return () => subscription.unsubscribe();
    },
  };

  return conversation;
}

/** Resolves when the typing lane has nothing more to say, or the actor stopped. */
function untilTypingRests(actor: ConversationActor): Promise<void> {
  const isBusy = (): boolean => {
    const snapshot = actor.getSnapshot();
    return snapshot.matches({ typing: 'typing' }) || snapshot.matches({ typing: 'stopping' });
  };
  return new Promise((resolve) => {
    if (!isBusy()) return resolve();
    const watching = actor.subscribe({
      next: () => {
        if (isBusy()) return;
        watching.unsubscribe();
        resolve();
      },
      error: () => resolve(),
      complete: () => resolve(),
    });
  });
}
