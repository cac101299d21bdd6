import type { ConversationEmitted } from '../../machines/conversation/events.ts';
import type { Timing, TransportCapabilities } from '../../machines/conversation/types.ts';
import type { Failure } from '../../machines/failure.ts';
import type { SessionEmitted } from '../../machines/session/events.ts';
import type { SessionTiming } from '../../machines/session/types.ts';
import type { TransportEvent } from './transport.ts';

/** What a value of a trace is: what `JSON.stringify` takes and gives back unchanged. */
export type TraceValue =
  | null
  | boolean
  | number
  | string
  | readonly TraceValue[]
  | { readonly [key: string]: TraceValue };

/** How far the marks of one conversation stand: places in its order, and the ids that a call names them by. */
export interface TraceMarks {
  /** Whose marks they are. */
  readonly conversationId: string;
  /** The newest that the guest has seen. */
  readonly seen: TraceMark | null;
  /** What the read call under way reports. */
  readonly inFlight: TraceMark | null;
  /** What the back end has confirmed. */
  readonly acknowledged: TraceMark | null;
}

/** One mark. */
export interface TraceMark {
  /** Greater is newer. */
  readonly position: number;
  /** The message that it names; absent for everything up to now. */
  readonly messageId?: string;
}

/** A call that left over a transport. */
export type TracedCall =
  | {
      readonly lane: 'typing';
      readonly conversationId: string;
      readonly isTyping: boolean;
      readonly attempt: number;
      readonly keepalive: boolean;
    }
  | {
      readonly lane: 'read';
      readonly conversationId: string;
      readonly messageId?: string;
      readonly attempt: number;
      readonly keepalive?: boolean;
    }
  | { readonly lane: 'token'; readonly rejectedGeneration: number }
  | { readonly lane: 'message'; readonly conversationId?: string };

/** One thing that happened. `at` is the recorder's clock, monotonic ms; `who` the name of a handle, as `conversation-1`. */
export type TraceMoment = { readonly at: number } /** A handle is recorded from here on. */ & (
  | {
      readonly kind: 'began';
      readonly who: string;
      readonly what: 'conversation';
      readonly conversationId: string | null;
      readonly participantId: string | null;
      readonly capabilities: TransportCapabilities;
      readonly timing: Timing;
      /** Other tabs of the guest are asked before a call leaves (T-17). */
      readonly hasTabs?: true;
    }
  | { readonly kind: 'began'; readonly who: string; readonly what: 'session'; readonly timing: SessionTiming }
  /** A verb of a handle was called. */
  | {
      readonly kind: 'input';
      readonly who: string;
      readonly verb: string;
      readonly with: readonly TraceValue[];
    }
  /** A verb was refused: it threw, or its promise was rejected. */
  | { readonly kind: 'refused'; readonly who: string; readonly verb: string; readonly code: string }
  /** A promise that a verb returned was kept. */
  | {
      readonly kind: 'kept';
      readonly who: string;
      readonly verb: string;
      readonly with: readonly TraceValue[];
    }
  /** A call left; `call` counts from 1. */
  | ({ readonly kind: 'call'; readonly call: number } & TracedCall)
  /** A call was answered. */
  | {
      readonly kind: 'answer';
      readonly call: number;
      readonly outcome: 'accepted';
      readonly generation?: number;
    }
  | { readonly kind: 'answer'; readonly call: number; readonly outcome: 'failed'; readonly failure: Failure }
  | { readonly kind: 'answer'; readonly call: number; readonly outcome: 'aborted' }
  /** The transport told something that came in by itself. */
  | { readonly kind: 'told'; readonly event: TransportEvent }
  /** A chart decided something. */
  | { readonly kind: 'emitted'; readonly who: string; readonly event: ConversationEmitted | SessionEmitted }
  /** A chart came to rest in another state than before. */
  | { readonly kind: 'state'; readonly who: string; readonly value: TraceValue }
  /** The marks of a conversation moved. */
  | { readonly kind: 'marks'; readonly who: string; readonly marks: readonly TraceMarks[] }
  /** A socket was made, opened, closed from here, or ended. */
  | { readonly kind: 'socket'; readonly socket: number; readonly what: 'made' | 'opened' | 'closed' }
  | { readonly kind: 'socket'; readonly socket: number; readonly what: 'ended'; readonly code: number }
  /** A frame left or came in. A token in it is named by its number, as `token-1` (S5). */
  | {
      readonly kind: 'frame';
      readonly socket: number;
      readonly way: 'out' | 'in';
      readonly frame: TraceValue;
    }
  /** A page of a session's history was asked for. */
  | { readonly kind: 'history'; readonly page: number }
  /** A timer was set to something that is no whole number of ms from 0 to 2^31 - 1 (L-3). */
  | { readonly kind: 'timer'; readonly ms: string }
  /** A timer fired, or was given up, so many ms after it was due, as in a tab in the background or after a sleep. */
  | { readonly kind: 'late'; readonly ms: number }
  /** A handle was stopped, and so much of it was left a moment later (C-1). */
  | { readonly kind: 'rest'; readonly who: string; readonly timers: number; readonly open: number }
  /** The wall clock moved against the monotonic one, by so many ms. */
  | { readonly kind: 'wall'; readonly ms: number }
);

/**
 * What a recorder writes and everything else reads: a checker, a picture, a generated test. Plain JSON; a reader refuses
 * a `version` it does not know, and passes over a `kind` it does not know.
 */
export interface TraceFile {
  /** Whose format it is. */
  readonly format: 'genesys-conversation-machine/trace';
  readonly version: 1;
  /** Wall-clock time at the monotonic time 0, ms since 1970. */
  readonly wallAtZero: number;
  /** In which steps the clock moves that the charts read, ms, where that is not exact (I-2). */
  readonly resolution?: number;
  /** When the trace was taken, monotonic ms: nothing happened from the last moment until then. */
  readonly until: number;
  /** Everything that happened, in order. */
  readonly moments: readonly TraceMoment[];
}
