import { canCall } from '../../machines/conversation/calls.logic.ts';
import type { Readings, TypingCall } from '../../machines/conversation/types.ts';
import type { Clock } from '../shared/clock.ts';
import { onePer } from '../shared/onePer.ts';
import type { TabFacts, TabIndicator, TabLink } from '../shared/tabs.ts';
import type { Transport } from '../shared/transport.ts';
import type { ConversationActor } from './types.ts';

/** A handle among those who use one transport. */
export interface Handle {
  readonly readings: Readings;
  actor: ConversationActor | null;
  /** Whether its chart knows of the others: before, it may not call, although what was stored is due as it is made. */
  hasJoined: boolean;
  isLeaving: boolean;
  /** What it was announcing as it went: its own chart does not say that it is lit. */
  perhaps: { readonly conversationId: string; readonly litUntil: number } | null;
  /** Its typing call that is under way. */
  readonly call: Call | null;
  /** When its chart decided on the last of its typing calls that left, monotonic ms. */
  readonly leftAt: number | null;
  /** Notes that the guest has read this far in another tab. */
  readElsewhere(conversationId: string, messageId: string): void;
  /** Notes how far they have read in the other tabs that are heard. */
  learnReads(): void;
  /** Tells its chart of a silence that others were asked for. */
  learnSilence(): void;
}

/** A typing call that left. */
export interface Call extends Pick<TypingCall, 'conversationId' | 'isTyping'> {
  readonly by: Handle;
  readonly at: number;
}

/** Who announced last in a conversation, or took that over; whether it is still lit, the owner's own chart says. */
export interface Ownership {
  readonly by: Handle;
  /** Which turn it is, over all tabs. */
  readonly turn: number;
  /** How it stood when its chart no longer answered for it: put out by a stop, or left to another tab. */
  readonly left: Pick<TabIndicator, 'calledAt' | 'litUntil'> | null;
}

/** What is known of one transport's calls, whoever made them. */
export interface VoiceRecord {
  readonly handles: Set<Handle>;
  /** By conversation. */
  readonly owners: Map<string, Ownership>;
  /** Who has a typing call under way. */
  readonly callers: Set<Handle>;
  /** Who asked whether it may call in a step that is not over: it may have decided to. */
  readonly deciding: Set<Handle>;
  /** How many read calls are under way, by conversation. */
  readonly reading: Map<string, number>;
  /** The last call of each of the two who called last: a handle asks for the last of the others. */
  calls: readonly Call[];
  /** Until when the server wants silence, monotonic ms. */
  silentUntil: number;
  /** The guest's other tabs, where they share. */
  link: TabLink | null;
}

const records = new WeakMap<Transport, VoiceRecord>();

/** What is known of a transport's calls, the same for everybody who uses it. */
export function recordOf(transport: Transport): VoiceRecord {
  return onePer(records, transport, () => ({
    handles: new Set(),
    owners: new Map(),
    callers: new Set(),
    deciding: new Set(),
    reading: new Map(),
    calls: [],
    silentUntil: 0,
    link: null,
  }));
}

/** Forgets a transport's calls where nobody uses it, and nothing of them bears on a later one: all left before that. */
export function forgetCalls(transport: Transport, before: number): void {
  const record = records.get(transport);
  if (!record || record.handles.size > 0 || record.owners.size > 0 || record.callers.size > 0) return;
  if (record.calls.every(({ at }) => at < before) && record.silentUntil < before) records.delete(transport);
}

/** Whose an indicator is: a handle's here, or another tab's. */
export interface Owner extends Omit<TabIndicator, 'conversationId'> {
  /** `null` for another tab's. */
  readonly handle: Handle | null;
}

/** Whether somebody has a typing call under way in a conversation, or is about to; with `but`, somebody else. */
export function isCalledIn(
  { callers, deciding }: VoiceRecord,
  conversationId: string,
  but: Handle | null = null,
): boolean {
  for (const caller of [...callers, ...deciding]) {
    const call = caller.call ?? decidedCall(caller);
    if (caller !== but && call?.conversationId === conversationId) return true;
  }
  return false;
}

/** The typing call that a chart has decided on and that has not left: who hears of the decision may act before (T-2). */
export function decidedCall(handle: Handle) {
  const typing = contextOf(handle)?.typing;
  const caller = handle.actor?.getSnapshot().children.sendTyping;
  return caller && typing?.calledAt !== handle.leftAt ? typing : null;
}

export const contextOf = ({ actor }: Handle) => actor?.getSnapshot().context;

/** Whether a handle is about to send a stop, and could as soon as the spacing is over (T-8). */
export function owesStop({ actor }: Handle): boolean {
  const snapshot = actor?.getSnapshot();
  return snapshot?.hasTag('owesStop') === true && canCall(snapshot.context);
}

/** Until when a handle's indicator is lit in a conversation, monotonic ms; 0 where it is not. */
export function litUntil(handle: Handle, conversationId: string): number {
  if (handle.perhaps?.conversationId === conversationId) return handle.perhaps.litUntil;
  const typing = contextOf(handle)?.typing;
  return typing?.conversationId === conversationId ? typing.litUntil : 0;
}

/** How long ago somebody typed in a conversation whose episode goes on, ms; `null` where it does not. */
export function typedAgo(handle: Handle, conversationId: string): number | null {
  const context = contextOf(handle);
  if (!context || context.conversationId !== conversationId) return null;
  const { keysAtEnd, keysAtFalter } = context.typing;
  const count = handle.readings.keyCount();
  return count > keysAtEnd && count !== keysAtFalter ? handle.readings.keyAge() : null;
}

function localOwner({ owners }: VoiceRecord, conversationId: string): Owner | null {
  const owner = owners.get(conversationId);
  if (!owner) return null;
  const { by, turn, left } = owner;
  const calledAt = contextOf(by)?.typing.calledAt ?? 0;
  const stands = left ?? { calledAt, litUntil: litUntil(by, conversationId) };
  return { handle: by, turn, isHeld: left === null, ...stands };
}

/** Whose the indicator of a conversation is, by the last turn over all tabs; of two with one turn the same one everywhere. */
export function ownerOf(record: VoiceRecord, conversationId: string): Owner | null {
  let owner = localOwner(record, conversationId);
  let ownerId = record.link?.id ?? '';
  for (const { id, facts } of record.link?.others() ?? []) {
    for (const each of facts.indicators) {
      if (each.conversationId !== conversationId) continue;
      if (owner && (owner.turn > each.turn || (owner.turn === each.turn && ownerId > id))) continue;
      owner = { ...each, handle: null };
      ownerId = id;
    }
  }
  return owner;
}

/** The conversation that is open here, of whichever handle. */
export function firstOpen({ handles }: VoiceRecord): string | null {
  for (const handle of handles) {
    const id = contextOf(handle)?.conversationId;
    if (id) return id;
  }
  return null;
}

function lastKey({ handles }: VoiceRecord, clock: Clock): TabFacts['typed'] {
  let last: TabFacts['typed'] = null;
  for (const handle of handles) {
    const context = contextOf(handle);
    const conversationId = context?.conversationId;
    if (!conversationId || !context.typing.isShared) continue;
    const age = typedAgo(handle, conversationId);
    if (age === null || age >= context.timing.idle) continue;
    const at = clock.now() - age;
    if (!last || at > last.at) last = { conversationId, at };
  }
  return last;
}

/** How many conversations' indicators and marks other tabs are told of: those that were touched last. */
const most = 10;

/** What other tabs are to know. */
export function factsOf(record: VoiceRecord, clock: Clock): TabFacts {
  const [last] = record.calls;
  const isStopping = (conversationId: string): boolean =>
    last?.isTyping === false && last.conversationId === conversationId && isCalledIn(record, conversationId);
  return {
    call: last
      ? {
          conversationId: last.conversationId,
          isTyping: last.isTyping,
          at: last.at,
          isUnderWay: isCalledIn(record, last.conversationId),
        }
      : null,
    typed: lastKey(record, clock),
    reading: [...record.reading.keys()][0] ?? null,
    silentUntil: record.silentUntil > clock.now() ? record.silentUntil : 0,
    indicators: [...record.owners.keys()].slice(-most).flatMap((conversationId) => {
      const owner = localOwner(record, conversationId);
      if (!owner) return [];
      const { turn, isHeld, calledAt } = owner;
      // A stop that is on its way counts: who types on had better announce again.
      const until = isStopping(conversationId) ? 0 : owner.litUntil;
      return [{ conversationId, turn, isHeld, calledAt, litUntil: until > clock.now() ? until : 0 }];
    }),
    reads: [...record.handles].flatMap((handle) =>
      (contextOf(handle)?.receipts.ledgers ?? []).slice(-most).flatMap(({ conversationId, acknowledged }) => {
        const messageId = acknowledged?.messageId;
        return messageId === undefined ? [] : [{ conversationId, messageId }];
      }),
    ),
  };
}
