import type {
  Accepted,
  ReadCall,
  Refreshed,
  TransportCapabilities,
  TypingCall,
} from '../../machines/conversation/types.ts';
import type { Clock } from '../shared/clock.ts';
import { ConversationError, type ConversationErrorDetails } from '../shared/errors.ts';
import type { AttemptOptions, Transport, TransportEvent } from '../shared/transport.ts';

/** A call that left, as a {@link ScriptedTransport} saw it. */
export type ScriptedCall =
  | ({ readonly at: number; readonly lane: 'typing'; readonly signal: AbortSignal } & TypingCall)
  | ({ readonly at: number; readonly lane: 'read'; readonly signal: AbortSignal } & ReadCall)
  | {
      readonly at: number;
      readonly lane: 'token';
      readonly signal: AbortSignal;
      readonly rejectedGeneration: number;
    };

/** What one call is answered with: acceptance, a failure, silence, or either of the first two after a while. */
export type ScriptedAnswer =
  | 'accept'
  | 'hang'
  | ConversationErrorDetails
  | { readonly afterMs: number; readonly answer: 'accept' | ConversationErrorDetails };

/** A transport that records what leaves and answers as it was told. */
export interface ScriptedTransport extends Transport {
  /** Everything that left, in order. */
  readonly calls: readonly ScriptedCall[];
  /** Says how the next calls of a lane are answered, in order; after that they are accepted. */
  answer(lane: ScriptedCall['lane'], ...answers: readonly ScriptedAnswer[]): void;
  /** Says how every call of a lane is answered from now on, once what `answer` was given is used up. */
  always(lane: ScriptedCall['lane'], answer: ScriptedAnswer): void;
  /** Forgets every answer that was given: everything is accepted from now on. */
  forgetAnswers(): void;
  /** Tells the conversation something that came in by itself. */
  tell(event: TransportEvent): void;
  /** What left, as short text: `0.0 ON`, `3.3 OFF`, `0.2 READ m1`; times in seconds. */
  readonly log: readonly string[];
}

/** What a {@link ScriptedTransport} is made of. */
export interface ScriptedTransportOptions {
  /** Times the calls, and the answers that come after a while. */
  readonly clock: Clock;
  /** Default: everything is possible, spacing 1000 ms, time-to-live 5000 ms. */
  readonly capabilities?: Partial<TransportCapabilities>;
  readonly participantId?: string;
  /** Whether a fresh token can be had. Default: true. */
  readonly canRefresh?: boolean;
}

/** Makes a {@link ScriptedTransport}. */
export function createScriptedTransport(options: ScriptedTransportOptions): ScriptedTransport {
  const { clock, canRefresh = true } = options;
  const calls: ScriptedCall[] = [];
  const scripts: Record<ScriptedCall['lane'], ScriptedAnswer[]> = { typing: [], read: [], token: [] };
  const defaults: Record<ScriptedCall['lane'], ScriptedAnswer> = {
    typing: 'accept',
    read: 'accept',
    token: 'accept',
  };
  const listeners = new Set<(event: TransportEvent) => void>();
  let generation = 1;

  const settle = (call: ScriptedCall): Promise<void> => {
    calls.push(call);
    const answer = scripts[call.lane].shift() ?? defaults[call.lane];
    return new Promise((resolve, reject) => {
      const give = (final: 'accept' | ConversationErrorDetails): void => {
        if (final === 'accept') resolve();
        else reject(new ConversationError(final));
      };
      if (answer === 'hang') return;
      if (typeof answer === 'object' && 'afterMs' in answer) {
        clock.setTimeout(() => give(answer.answer), answer.afterMs);
      } else give(answer);
    });
  };
  const accepted = async (call: ScriptedCall): Promise<Accepted> => {
    const tokenGeneration = generation;
    await settle(call);
    return { tokenGeneration };
  };

  return {
    capabilities: {
      stopTyping: true,
      readReceipts: true,
      messageEndsTyping: true,
      spacing: 1000,
      timeToLive: 5000,
      ...options.capabilities,
    },
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
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell: (event) => {
      for (const listener of listeners) listener(event);
    },
    calls,
    answer: (lane, ...answers) => {
      scripts[lane].push(...answers);
    },
    always: (lane, answer) => {
      defaults[lane] = answer;
    },
    forgetAnswers: () => {
      for (const lane of ['typing', 'read', 'token'] as const) {
        scripts[lane].length = 0;
        defaults[lane] = 'accept';
      }
    },
    get log() {
      return calls.map(describe);
    },
  };
}

function describe(call: ScriptedCall): string {
  const seconds = (call.at / 1000).toFixed(1);
  if (call.lane === 'token') return `${seconds} REFRESH`;
  if (call.lane === 'typing') return `${seconds} ${call.isTyping ? 'ON' : 'OFF'}`;
  return `${seconds} READ ${call.messageId ?? 'all'}`;
}
