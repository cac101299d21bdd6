import type { Timing, TransportCapabilities } from '../../machines/conversation/types.ts';
import type { Plain } from '../inspect/types.ts';

/** What a trace says first, so that a file can be told from any other. */
export const traceFormat = 'genesys-conversation-trace';

/** The version of the format that this package writes; a later one adds kinds of entries, and this one ignores them. */
export const traceVersion = 1;

/**
 * What one conversation was told, what it called and how it was answered, with times: plain JSON, redacted as whatever an
 * inspector shows. The same seed and inputs and answers make the same calls again (C-3).
 */
export interface ConversationTrace {
  /** Whose format it is. */
  readonly format: typeof traceFormat;
  /** Its version. */
  readonly version: typeof traceVersion;
  /** The conversation that was recorded. */
  readonly conversationId: string;
  /** The guest's own id, where the transport knows it. */
  readonly participantId: string | null;
  /** State of the generator of all jitter as the trace begins. */
  readonly seed: number;
  /** Whether the transport could fetch a fresh token. */
  readonly canRefresh: boolean;
  /** What the back end could do. */
  readonly capabilities: TransportCapabilities;
  /** The waits, ms. */
  readonly timing: Timing;
  /** How long was recorded, ms. */
  readonly until: number;
  /** In order. The conversation was at rest as they begin. */
  readonly entries: readonly TraceItem[];
}

/** An event, as plain data: its `type`, and whatever else it carries. */
export type PlainEvent = { readonly type: string; readonly [key: string]: Plain };

/** Why a call failed, without words. */
export interface TraceFailure {
  /** Which error it was. */
  readonly code: string;
  /** The HTTP status, where there was one. */
  readonly status?: number;
  /** How long the server asked to wait, ms. */
  readonly retryAfterMs?: number;
}

/** Which calls there are. */
export type TraceLane = 'typing' | 'read' | 'token';

/** One thing that happened; `at` counts whole ms from the beginning of the trace. */
export type TraceItem =
  /** The conversation was told of something. */
  | {
      readonly at: number;
      readonly kind: 'input';
      readonly event: PlainEvent;
      /** True for a key that nobody told of; a timer of silence says when the last one was. */
      readonly isInferred?: true;
    }
  /** A call left. */
  | {
      readonly at: number;
      readonly kind: 'call';
      /** Which call: its answer names it. */
      readonly call: string;
      readonly lane: TraceLane;
      /** Of a typing call: whether it starts or stops. */
      readonly isTyping?: boolean;
      /** Of a read call: the newest message read; absent means everything up to then. */
      readonly messageId?: string;
    }
  /** A call was answered, or given up. */
  | {
      readonly at: number;
      readonly kind: 'answer';
      readonly call: string;
      /** Absent where it was accepted. */
      readonly failure?: TraceFailure;
      /** True where the conversation did not wait for an answer any longer. */
      readonly isGivenUp?: true;
    }
  /** The conversation decided something. */
  | { readonly at: number; readonly kind: 'decision'; readonly event: PlainEvent }
  /** A timer was set. */
  | {
      readonly at: number;
      readonly kind: 'wait';
      /** Which timer; set again under the same id it is another one. */
      readonly wait: string;
      /** What is waited for, such as `silenceLeft`. */
      readonly name: string;
      /** Path of the state that waits. */
      readonly state: string;
      readonly ms: number;
    }
  /** A timer is no more. */
  | {
      readonly at: number;
      readonly kind: 'waited';
      readonly wait: string;
      readonly how: 'fired' | 'cancelled' | 'replaced';
    };
