import type { Accepted, Readings, Voice } from '../../machines/conversation/types.ts';
import type { Clock } from '../shared/clock.ts';
import { toFailure } from '../shared/errors.ts';
import type { Transport } from '../shared/transport.ts';
import type { ConversationActor } from './types.ts';

/** One handle among those who use its transport. */
export interface Member extends Voice {
  /** Makes a typing call of the transport, and lets everybody know when it left (T-13). */
  readonly sendTyping: Transport['sendTyping'];
  /** From now on the handle counts, and is told when something changes for it. Once. */
  join(actor: ConversationActor): void;
  /** The handle is leaving, or stays after all: who is here may go on with its indicator. */
  setLeaving(isLeaving: boolean): void;
  /** The handle is gone. */
  quit(): void;
}

interface Handle {
  readonly readings: Readings;
  actor: ConversationActor | null;
  isLeaving: boolean;
}

interface Call {
  readonly by: Handle;
  readonly at: number;
}

/** What is known of one transport's typing calls, whoever made them. */
interface Record {
  readonly handles: Set<Handle>;
  /** Who announced last, by conversation; whether that is still lit, the owner's own chart says. */
  readonly owners: Map<string, Handle>;
  /** Who has a call under way, by conversation. */
  readonly underWay: Map<string, Set<Handle>>;
  /** The last call of each of the two who called last: a handle asks for the last of the others. */
  calls: readonly Call[];
}

const records = new WeakMap<Transport, Record>();

function recordOf(transport: Transport): Record {
  const known = records.get(transport);
  if (known) return known;
  const record: Record = { handles: new Set(), owners: new Map(), underWay: new Map(), calls: [] };
  records.set(transport, record);
  return record;
}

const contextOf = ({ actor }: Handle) => actor?.getSnapshot().context;

/** Until when a handle's indicator is lit in a conversation, monotonic ms; 0 where it is not. */
function litUntil(handle: Handle, conversationId: string): number {
  const typing = contextOf(handle)?.typing;
  return typing?.conversationId === conversationId ? typing.litUntil : 0;
}

/** How long ago somebody typed in a conversation whose episode goes on, ms; `null` where it does not. */
function typedAgo(handle: Handle, conversationId: string): number | null {
  const context = contextOf(handle);
  if (!context || context.conversationId !== conversationId) return null;
  const { keysAtEnd, keysAtFalter } = context.typing;
  const count = handle.readings.keyCount();
  return count > keysAtEnd && count !== keysAtFalter ? handle.readings.keyAge() : null;
}

/**
 * Makes a handle's {@link Member} of those who share its transport: spacing, what is lit and who owes its stop belong
 * to the wire, which outlives a view and its handle. A record holds no more than charts already know: who called
 * when, and whose the indicator is. Everything else is read from the owner's last snapshot.
 */
export function createMember(transport: Transport, readings: Readings & KeyTaker, clock: Clock): Member {
  const record = recordOf(transport);
  const self: Handle = { readings, actor: null, isLeaving: false };
  const isHere = (handle: Handle): boolean => record.handles.has(handle);

  const heirIn = (conversationId: string): boolean =>
    [...record.handles].some(
      (other) => other !== self && !other.isLeaving && contextOf(other)?.conversationId === conversationId,
    );
  const wakeOthers = (conversationId: string): void => {
    for (const other of [...record.handles]) {
      if (other === self || contextOf(other)?.conversationId !== conversationId) continue;
      other.actor?.send({ type: 'voice.changed' });
    }
  };
  /** Owners that are gone are kept for as long as what they lit. */
  const forgetDark = (): void => {
    for (const [conversationId, owner] of record.owners) {
      if (!isHere(owner) && litUntil(owner, conversationId) <= clock.now())
        record.owners.delete(conversationId);
    }
  };
  const noteCall = (call: Call): void => {
    record.calls = [call, ...record.calls.filter(({ by }) => by !== call.by)].slice(0, 2);
  };

  const sendTyping: Transport['sendTyping'] = async (call, options) => {
    const { conversationId, isTyping } = call;
    const before = record.calls;
    const left: Call = { by: self, at: clock.now() };
    noteCall(left);
    const busy = record.underWay.get(conversationId) ?? new Set<Handle>();
    record.underWay.set(conversationId, busy.add(self));
    const settled = (): void => {
      if (!busy.delete(self)) return;
      if (busy.size === 0) record.underWay.delete(conversationId);
      wakeOthers(conversationId);
    };
    options.signal.addEventListener('abort', settled, { once: true });
    try {
      const accepted: Accepted = await transport.sendTyping(call, options);
      if (!isTyping) record.owners.delete(conversationId);
      else if (!options.signal.aborted) record.owners.set(conversationId, self);
      return accepted;
    } catch (thrown) {
      if (toFailure(thrown).unsent && record.calls[0] === left) record.calls = before;
      throw thrown;
    } finally {
      settled();
      options.signal.removeEventListener('abort', settled);
    }
  };

  return {
    sendTyping,
    othersCalledAt: () => record.calls.find(({ by }) => by !== self)?.at ?? null,
    othersCall: (conversationId) =>
      [...(record.underWay.get(conversationId) ?? [])].some((other) => other !== self),
    isTakenOver: (conversationId) =>
      (record.owners.get(conversationId) ?? self) !== self || (self.isLeaving && heirIn(conversationId)),
    inheritance: (conversationId, hasKey) => {
      const owner = record.owners.get(conversationId);
      const calledAt = owner && contextOf(owner)?.typing.calledAt;
      if (!isHere(self) || self.isLeaving || !owner || owner === self || calledAt === undefined) return null;
      if (record.underWay.has(conversationId)) return null;
      if (isHere(owner) && !owner.isLeaving && !hasKey) return null;
      return { calledAt, litUntil: litUntil(owner, conversationId) };
    },
    takeOver: (conversationId) => {
      const owner = record.owners.get(conversationId);
      const age = owner ? typedAgo(owner, conversationId) : null;
      if (age !== null && typedAgo(self, conversationId) === null) readings.takeKey(age);
      record.owners.set(conversationId, self);
      wakeOthers(conversationId);
    },
    join: (actor) => {
      self.actor = actor;
      forgetDark();
      record.handles.add(self);
      actor.send({ type: 'voice.changed' });
    },
    setLeaving: (isLeaving) => {
      self.isLeaving = isLeaving;
      const conversationId = contextOf(self)?.typing.conversationId;
      if (isLeaving && conversationId) wakeOthers(conversationId);
    },
    quit: () => {
      if (!record.handles.delete(self)) return;
      const conversationId = contextOf(self)?.typing.conversationId;
      if (conversationId) wakeOthers(conversationId);
      forgetDark();
    },
  };
}

/** Readings that can take a key over which somebody else noted. */
export interface KeyTaker {
  /** Writes down a key that came `age` ms ago. */
  takeKey(age: number): void;
}
