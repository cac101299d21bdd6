import type {
  Accepted,
  ReadCall,
  Refreshed,
  TransportCapabilities,
  TypingCall,
} from '../../machines/conversation/types.ts';
import { type Clock, checkClock } from '../shared/clock.ts';
import { ConversationError, type ConversationErrorDetails } from '../shared/errors.ts';
import type {
  AttemptOptions,
  SendOptions,
  SentMessage,
  Transport,
  TransportEvent,
} from '../shared/transport.ts';
import { checkNames, checkOptions, namesOf } from '../shared/validate.ts';
import { createRemoteRecord, type RemoteView } from './remoteView.ts';

/** A call that left, as a {@link ScriptedTransport} saw it. */
export type ScriptedCall =
  | ({ readonly at: number; readonly lane: 'typing'; readonly signal: AbortSignal } & TypingCall)
  | ({ readonly at: number; readonly lane: 'read'; readonly signal: AbortSignal } & ReadCall)
  | {
      readonly at: number;
      readonly lane: 'token';
      readonly signal: AbortSignal;
      readonly rejectedGeneration: number;
    }
  | {
      readonly at: number;
      readonly lane: 'message';
      readonly signal: AbortSignal;
      readonly text: string;
      readonly conversationId: string;
    };

/** How a call ends. */
export type ScriptedOutcome = 'accept' | ConversationErrorDetails;

/**
 * What one call is answered with: acceptance, a failure, silence (`hang`), either of the first two after a while, or
 * when the test says so (`hold`, then `release`).
 */
export type ScriptedAnswer =
  | 'hang'
  | 'hold'
  | ScriptedOutcome
  | {
      readonly afterMs?: number;
      readonly answer: ScriptedOutcome | 'hang';
      /** Whether the call itself arrived at the other side. Default: where it is accepted. */
      readonly arrives?: boolean;
    };

/** A call whose answer the test holds back. */
export interface HeldCall {
  /** The call, as it left. */
  readonly call: ScriptedCall;
  /**
   * Answers it now.
   * @example
   * transport.answer('read', 'hold');
   * const reading = conversation.markAsRead(messageId);
   * await clock.advance(1000);
   * transport.held[0]?.release();
   * await reading;
   */
  release(answer?: ScriptedOutcome): void;
}

/** A transport that records what leaves and answers as it was told. */
export interface ScriptedTransport extends Transport {
  /** Everything that left, in order. */
  readonly calls: readonly ScriptedCall[];
  /** What the other side sees of the guest, by the calls that arrived. */
  readonly remote: RemoteView;
  /**
   * Says how the next calls of a lane are answered, in order; after that they are accepted.
   * @example
   * transport.answer('typing', 'hang', { code: 'unavailable', message: 'not now', status: 503 });
   */
  answer(lane: ScriptedCall['lane'], ...answers: readonly ScriptedAnswer[]): void;
  /**
   * Says how every call of a lane is answered from now on, once what `answer` was given is used up.
   * @example
   * transport.always('read', { afterMs: 800, answer: 'accept' });
   */
  always(lane: ScriptedCall['lane'], answer: ScriptedAnswer): void;
  /**
   * Forgets every answer that was given: everything is accepted from now on.
   * @example
   * transport.forgetAnswers(); // the back end is well again
   */
  forgetAnswers(): void;
  /** The calls that were answered with `hold` and are not released yet, oldest first: release them in any order. */
  readonly held: readonly HeldCall[];
  /**
   * Tells the conversation something that came in by itself. A message of the guest's arrives by it as well.
   * @example
   * transport.tell({ type: 'remote.typing', conversationId, participantId: 'agent', isTyping: true });
   */
  tell(event: TransportEvent): void;
  /**
   * Sends a message, which arrives at the other side and is accepted, unless an answer says otherwise.
   * @example
   * await conversation.sendMessage('Hello'); // calls it
   * expect(transport.log.at(-1)).toContain('MESSAGE');
   */
  sendMessage(text: string, options: SendOptions): Promise<SentMessage>;
  /** What left, as short text: `0.0 ON`, `3.3 OFF`, `0.2 READ m1`, `0.4 MESSAGE`; times in seconds. */
  readonly log: readonly string[];
}

/** What a {@link ScriptedTransport} is made of. */
export interface ScriptedTransportOptions {
  /** Times the calls, and the answers that come after a while. */
  readonly clock: Clock;
  /** Default: everything is possible, spacing 1000 ms, time-to-live 5000 ms. */
  readonly capabilities?: Partial<TransportCapabilities>;
  /** The guest’s own id. Default: none is known. */
  readonly participantId?: string;
  /** Whether a fresh token can be had. Default: true. */
  readonly canRefresh?: boolean;
  /** Answers every call that `answer` and `always` say nothing of, as `randomAnswers` does. Default: all are accepted. */
  readonly answers?: (call: ScriptedCall) => ScriptedAnswer;
}

const lanes = ['typing', 'read', 'token', 'message'] as const;

const optionNames = namesOf<ScriptedTransportOptions>({
  clock: true,
  capabilities: true,
  participantId: true,
  canRefresh: true,
  answers: true,
});

/** Of a back end that can do everything, which is what is played where nobody says otherwise. */
export const everyCapability: TransportCapabilities = {
  stopTyping: true,
  readReceipts: true,
  messageEndsTyping: true,
  spacing: 1000,
  timeToLive: 5000,
};

const capabilityNames = namesOf<TransportCapabilities>({
  stopTyping: true,
  readReceipts: true,
  readsOutliveEnd: true,
  messageEndsTyping: true,
  messageReopensWindow: true,
  spacing: true,
  timeToLive: true,
});

/**
 * Makes a {@link ScriptedTransport}.
 * @example
 * const transport = createScriptedTransport({ clock, capabilities: { stopTyping: false, spacing: 5000 } });
 */
export function createScriptedTransport(options: ScriptedTransportOptions): ScriptedTransport {
  checkOptions(options, 'an object with a clock', optionNames);
  const { canRefresh = true } = options;
  const clock = checkClock(options.clock);
  checkNames('capabilities.', options.capabilities ?? {}, capabilityNames);
  let byDefault = options.answers;
  const capabilities: TransportCapabilities = { ...everyCapability, ...options.capabilities };
  const calls: ScriptedCall[] = [];
  const held: HeldCall[] = [];
  const scripts: Record<ScriptedCall['lane'], ScriptedAnswer[]> = {
    typing: [],
    read: [],
    token: [],
    message: [],
  };
  const defaults = new Map<ScriptedCall['lane'], ScriptedAnswer>();
  const listeners = new Set<(event: TransportEvent) => void>();
  const remote = createRemoteRecord(() => clock.now(), capabilities);
  let generation = 1;
  let messages = 0;

  const arrive = (call: ScriptedCall): void => {
    if (call.lane === 'typing') remote.typing(call.conversationId, call.isTyping);
    else if (call.lane === 'read') remote.read(call.conversationId, call.messageId);
    else if (call.lane === 'message') remote.message(call.conversationId);
  };

  const settle = (call: ScriptedCall): Promise<void> => {
    calls.push(call);
    const scripted = scripts[call.lane].shift() ?? defaults.get(call.lane) ?? byDefault?.(call) ?? 'accept';
    const {
      afterMs = 0,
      answer,
      arrives = answer === 'accept',
    } = typeof scripted === 'object' && 'answer' in scripted ? scripted : { answer: scripted };
    return new Promise((resolve, reject) => {
      const give = (final: ScriptedOutcome, isThere: boolean): void => {
        if (isThere) arrive(call);
        if (final === 'accept') resolve();
        else reject(new ConversationError(final));
      };
      if (answer === 'hold') {
        const release = (final: ScriptedOutcome = 'accept'): void => {
          const index = held.indexOf(each);
          if (index < 0) return;
          held.splice(index, 1);
          give(final, final === 'accept');
        };
        const each: HeldCall = { call, release };
        held.push(each);
      } else if (answer === 'hang') {
        if (arrives) arrive(call);
      } else if (afterMs === 0) give(answer, arrives);
      else {
        const timer = clock.setTimeout(() => {
          call.signal.removeEventListener('abort', giveUp);
          give(answer, arrives);
        }, afterMs);
        const giveUp = (): void => clock.clearTimeout(timer);
        call.signal.addEventListener('abort', giveUp, { once: true });
      }
    });
  };
  const accepted = async (call: ScriptedCall): Promise<Accepted> => {
    const tokenGeneration = generation;
    await settle(call);
    return { tokenGeneration };
  };

  return {
    capabilities,
    ...(options.participantId !== undefined && { participantId: options.participantId }),
    sendTyping: (call, { signal }) => accepted({ at: clock.now(), lane: 'typing', signal, ...call }),
    sendRead: (call, { signal }) => accepted({ at: clock.now(), lane: 'read', signal, ...call }),
    ...(canRefresh && {
      refreshToken: async (rejectedGeneration: number, { signal }: AttemptOptions): Promise<Refreshed> => {
        if (generation > rejectedGeneration) return { tokenGeneration: generation };
        await settle({ at: clock.now(), lane: 'token', signal, rejectedGeneration });
        generation = rejectedGeneration + 1;
        return { tokenGeneration: generation };
      },
    }),
    sendMessage: async (text, { conversationId = '', signal = new AbortController().signal }) => {
      await settle({ at: clock.now(), lane: 'message', signal, text, conversationId });
      messages += 1;
      return { messageId: `sent-${messages}` };
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell: (event) => {
      // A test may tell what is nothing.
      const { type, conversationId } = (event ?? {}) as { type?: string; conversationId?: string };
      if (type === 'message.accepted' && conversationId !== undefined) remote.message(conversationId);
      for (const listener of listeners) listener(event);
    },
    calls,
    held,
    remote: remote.view,
    answer: (lane, ...given) => {
      scripts[lane].push(...given);
    },
    always: (lane, answer) => {
      defaults.set(lane, answer);
    },
    forgetAnswers: () => {
      for (const lane of lanes) scripts[lane].length = 0;
      defaults.clear();
      byDefault = undefined;
    },
    get log() {
      return calls.map(describe);
    },
  };
}

function describe(call: ScriptedCall): string {
  const seconds = (call.at / 1000).toFixed(1);
  if (call.lane === 'token') return `${seconds} REFRESH`;
  if (call.lane === 'message') return `${seconds} MESSAGE`;
  if (call.lane === 'typing') return `${seconds} ${call.isTyping ? 'ON' : 'OFF'}`;
  return `${seconds} READ ${call.messageId ?? 'all'}`;
}
