import { callsIn, type TracedCall } from '../callsIn.ts';
import type { ConversationTrace, TraceItem } from '../types.ts';

/** A stretch of time, ms. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A wait, and what kind of one it is. */
export interface Wait extends Span {
  readonly kind: 'silence' | 'spacing' | 'backoff' | 'limit' | 'collect';
  /** How long it was to be, ms. */
  readonly ms: number;
  /** Whether it came to its end, and was not taken back. */
  readonly isOver: boolean;
  readonly lane: 'typing' | 'read';
}

/** The bursts of keys: a burst ends where a message leaves, the box is emptied, or nothing comes for longer than `idle`. */
export function burstsIn({
  entries,
  timing,
}: ConversationTrace): readonly (Span & { readonly keys: readonly number[] })[] {
  const bursts: { from: number; to: number; keys: number[] }[] = [];
  let isOpen = false;
  for (const { at, event } of inputsIn(entries)) {
    const last = bursts.at(-1);
    if (event.type !== 'keystroke') isOpen = isOpen && !endings.has(event.type);
    else if (isOpen && last && at - last.to <= timing.idle) {
      last.to = at;
      last.keys.push(at);
    } else {
      bursts.push({ from: at, to: at, keys: [at] });
      isOpen = true;
    }
  }
  return bursts;
}

const endings = new Set(['message.sent', 'input.cleared', 'typing.stop', 'conversation.closed']);

/** The inputs of a trace. */
export const inputsIn = (entries: readonly TraceItem[]): (TraceItem & { kind: 'input' })[] =>
  entries.filter((entry) => entry.kind === 'input');

/**
 * When the other side showed the guest's indicator: from an accepted start to an accepted stop, to the guest's own message
 * where that ends it, or to the end of its time-to-live.
 */
export function litSpans(trace: ConversationTrace): readonly (Span & { readonly ranOut: boolean })[] {
  const { capabilities, until, entries } = trace;
  const starts = callsIn(trace).filter(isAcceptedTyping);
  const changes = [
    ...starts.map((call) => ({ at: call.to ?? call.from, isOn: call.isTyping === true })),
    ...(capabilities.messageEndsTyping
      ? inputsIn(entries)
          .filter(({ event }) => event.type === 'message.accepted')
          .map(({ at }) => ({ at, isOn: false }))
      : []),
  ].sort((one, other) => one.at - other.at);
  const spans: { from: number; to: number; ranOut: boolean }[] = [];
  let litAt: number | undefined;
  let renewedAt = 0;
  const end = (at: number): void => {
    if (litAt === undefined) return;
    const ranOutAt = renewedAt + capabilities.timeToLive;
    spans.push({ from: litAt, to: Math.min(at, ranOutAt), ranOut: ranOutAt < at });
    litAt = undefined;
  };
  for (const { at, isOn } of changes) {
    if (!isOn || (litAt !== undefined && at > renewedAt + capabilities.timeToLive)) end(at);
    if (!isOn) continue;
    litAt ??= at;
    renewedAt = at;
  }
  end(until);
  return spans;
}

const isAcceptedTyping = ({ lane, outcome }: TracedCall): boolean =>
  lane === 'typing' && outcome === 'accepted';

/** The waits that say why nothing leaves, or why something will. Those that were re-armed at once count as one. */
export function waitsIn(trace: ConversationTrace): readonly Wait[] {
  const open = new Map<string, TraceItem & { kind: 'wait' }>();
  const waits: Wait[] = [];
  const close = (id: string, to: number, isOver: boolean): void => {
    const wait = open.get(id);
    open.delete(id);
    const kind = wait && kindOf(wait, trace);
    if (!wait || !kind) return;
    const lane = wait.state.startsWith('receipts') ? 'read' : 'typing';
    const last = waits.at(-1);
    const goesOn = last && last.kind === kind && last.lane === lane && wait.at - last.to <= 5;
    if (goesOn) waits[waits.length - 1] = { ...last, to, isOver, ms: wait.at + wait.ms - last.from };
    else if (to > wait.at) waits.push({ kind, lane, from: wait.at, to, ms: wait.ms, isOver });
  };
  for (const entry of trace.entries) {
    if (entry.kind === 'waited') close(entry.wait, entry.at, entry.how === 'fired');
    if (entry.kind === 'wait') open.set(entry.wait, entry);
  }
  for (const id of [...open.keys()]) close(id, trace.until, false);
  return waits;
}

function kindOf(
  { name, state, at }: TraceItem & { kind: 'wait' },
  trace: ConversationTrace,
): Wait['kind'] | undefined {
  if (name === 'silenceLeft') return 'silence';
  if (name === 'readDue') return 'collect';
  if (name !== 'typingRested' && name !== 'readRested') return undefined;
  if (state.includes('rateLimited')) return 'limit';
  if (state.includes('parked')) return 'backoff';
  const lane = name === 'readRested' ? 'read' : 'typing';
  const answered = callsIn(trace).findLast(
    (call) => call.lane === lane && call.to !== undefined && call.to <= at,
  );
  return typeof answered?.outcome === 'object' ? 'backoff' : 'spacing';
}
