import type { Conversation } from './conversations.ts';

/** A message that one process has taken in hand while another one was still down as having it. Times are ms. */
export interface Takeover {
  /** The process that did not put it down: it has died, or slept, or lost Redis. */
  readonly from: string;
  /** Since when that process had it. */
  readonly heldSince: number;
  /** When the lease of that process ended. */
  readonly leaseEnd: number;
  /** From when on work for it stood in the fleet's line; null where it came back to the line only by being missed. */
  readonly inLine: number | null;
  /** When it was taken in hand again. Whatever it waits for then, the budget say, it waits in somebody's hands. */
  readonly takenAt: number;
}

/** A message was kept that waits for nobody before it: who keeps it has it in hand, and its work is due at `due`. */
export function beginVoice(conversation: Conversation, by: string, due: number): void {
  if (conversation.outbox.length > 1) return;
  const now = Date.now();
  conversation.voice = { by, at: now, until: now, line: due };
}

/**
 * A process begins to speak, or goes on: its lease lasts for `left` ms. `isWork` where it does so because work for the
 * conversation has come to its turn. Returns what it takes out of another one's hands.
 */
export function takeVoice(
  conversation: Conversation,
  by: string,
  { left, isWork }: { readonly left: number; readonly isWork: boolean },
): Takeover | undefined {
  const { voice, outbox } = conversation;
  if (outbox.length === 0) return undefined;
  const now = Date.now();
  const isOurs = voice?.by === by;
  const line = isWork ? null : (voice?.line ?? null);
  const until = now + Math.round(left);
  // What goes on by the same lease is not written again.
  const isSame = isOurs && voice.line === line && Math.abs(voice.until - until) < 1000;
  if (!isSame) conversation.voice = { by, at: isOurs ? voice.at : now, until, line };
  return voice === null || voice.by === null || isOurs
    ? undefined
    : { from: voice.by, heldSince: voice.at, leaseEnd: voice.until, inLine: voice.line, takenAt: now };
}

/** A process puts the message down again, for its turn in the line. */
export function putDown(conversation: Conversation, by: string): void {
  if (conversation.voice?.by !== by) return;
  const now = Date.now();
  conversation.voice = { by: null, at: now, until: now, line: conversation.voice.line ?? now };
}
