import type { Accepted, Voice } from '../../machines/conversation/types.ts';
import type { Clock } from '../shared/clock.ts';
import { toFailure } from '../shared/errors.ts';
import { lastMoment, type Tabs } from '../shared/tabs.ts';
import type { Transport } from '../shared/transport.ts';
import type { Keyboard } from './keyboard.ts';
import {
  callsElsewhere,
  callTimesElsewhere,
  isTypedElsewhere,
  othersOf,
  readsElsewhere,
  stoppedElsewhereAt,
} from './otherTabs.ts';
import type { ConversationActor } from './types.ts';
import {
  type Call,
  contextOf,
  factsOf,
  firstOpen,
  type Handle,
  litUntil,
  type Owner,
  type Ownership,
  owesStop,
  ownerOf,
  spreadReads,
  typedAgo,
  type VoiceRecord,
} from './voiceRecord.ts';

/** One handle among those who use its transport. */
export interface Member extends Voice {
  /** Makes a typing call of the transport, and lets everybody know when it left (T-13). */
  readonly sendTyping: Transport['sendTyping'];
  /** Read calls that are made by `send`, of which everybody knows while they are under way. */
  readonly sendRead: (send: Transport['sendRead']) => Transport['sendRead'];
  /** From now on the handle counts, and is told when something changes for it. Once. */
  join(actor: ConversationActor, readElsewhere: NonNullable<Handle['readElsewhere']>): void;
  /** The handle is leaving, or stays after all: who is here may go on with its indicator. */
  setLeaving(isLeaving: boolean): void;
  /** The handle is gone. */
  quit(): void;
}

const records = new WeakMap<Transport, VoiceRecord>();

function recordOf(transport: Transport): VoiceRecord {
  const known = records.get(transport);
  if (known) return known;
  const record: VoiceRecord = {
    handles: new Set(),
    owners: new Map(),
    underWay: new Map(),
    reading: new Map(),
    calls: [],
    link: null,
  };
  records.set(transport, record);
  return record;
}

/**
 * Makes a handle's {@link Member} of those who share its transport: spacing, what is lit and who owes its stop belong
 * to the wire, which outlives a view and its handle. A record holds no more than charts already know: who called
 * when, and whose the indicator is. Everything else is read from the owner's last snapshot.
 */
export function createMember(
  transport: Transport,
  readings: Keyboard,
  clock: Clock,
  tabs: Tabs | null,
): Member {
  const record = recordOf(transport);
  const self: Handle = {
    readings,
    actor: null,
    isLeaving: false,
    perhaps: null,
    readElsewhere: null,
    toldReads: new Set(),
  };
  const isHere = (handle: Handle): boolean => record.handles.has(handle);

  const heirIn = (conversationId: string): boolean =>
    [...record.handles].some(
      (other) => other !== self && !other.isLeaving && contextOf(other)?.conversationId === conversationId,
    );
  const wakeOthers = (conversationId?: string): void => {
    for (const other of [...record.handles]) {
      if (other === self) continue;
      if (conversationId !== undefined && contextOf(other)?.conversationId !== conversationId) continue;
      other.actor?.send({ type: 'voice.changed' });
    }
  };
  /** Who waits for a stop is woken when it has left, or will not. */
  const watchStop = (actor: ConversationActor): void => {
    let owed = false;
    actor.subscribe({
      next: () => {
        const before = owed;
        owed = owesStop(self);
        if (before && !owed) wakeOthers();
      },
      error: () => {}, // Told by the handle.
    });
  };
  /** Owners that are gone are kept for as long as what they lit. */
  const forgetDark = (): void => {
    for (const [conversationId, { by }] of record.owners) {
      if (!isHere(by) && litUntil(by, conversationId) <= clock.now()) record.owners.delete(conversationId);
    }
  };
  /** The indicator is this handle's, at a further turn where it was somebody else's. */
  const own = (conversationId: string, left: Ownership['left']): void => {
    const owner = ownerOf(record, conversationId);
    const turn = (owner?.turn ?? 0) + (owner?.handle === self ? 0 : 1);
    record.owners.delete(conversationId); // The ones that were touched last stand last.
    record.owners.set(conversationId, { by: self, turn, left });
  };
  /** What the handle announces as it goes may well arrive: whoever is left goes on with it, and owes its stop. */
  const bequeath = (): void => {
    const snapshot = self.actor?.getSnapshot();
    if (!snapshot?.matches({ typing: { typing: 'announcing' } })) return;
    const { typing, timing } = snapshot.context;
    const { conversationId, calledAt } = typing;
    if (conversationId === null) return;
    self.perhaps = { conversationId, litUntil: calledAt + timing.timeToLive };
    own(conversationId, null);
  };
  const noteCall = (call: Call): void => {
    record.calls = [call, ...record.calls.filter(({ by }) => by !== call.by)].slice(0, 2);
  };

  const sendTyping: Transport['sendTyping'] = async (call, options) => {
    const { conversationId, isTyping } = call;
    const before = record.calls;
    const left: Call = { by: self, at: clock.now(), conversationId, isTyping };
    noteCall(left);
    self.perhaps = null;
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
      if (!isTyping) own(conversationId, { calledAt: left.at, litUntil: 0 });
      else if (!options.signal.aborted) own(conversationId, null);
      if (isTyping && self.isLeaving) bequeath();
      return accepted;
    } catch (thrown) {
      if (toFailure(thrown).unsent && record.calls[0] === left) record.calls = before;
      throw thrown;
    } finally {
      settled();
      options.signal.removeEventListener('abort', settled);
    }
  };

  const sendRead: Member['sendRead'] = (send) => async (call, options) => {
    const { conversationId } = call;
    const count = (change: 1 | -1): void => {
      const left = (record.reading.get(conversationId) ?? 0) + change;
      if (left > 0) record.reading.set(conversationId, left);
      else record.reading.delete(conversationId);
    };
    count(1);
    try {
      return await send(call, options);
    } finally {
      count(-1);
    }
  };

  /** Whether another tab answers for a lit indicator. */
  const isHeldElsewhere = (owner: Owner | null): boolean =>
    owner?.handle === null && owner.isHeld && clock.now() < owner.litUntil - lastMoment;
  const wakeAll = (): void => {
    for (const { actor } of [...record.handles]) actor?.send({ type: 'voice.changed' });
  };
  const learnReads = (handle: Handle): void => {
    for (const { facts } of othersOf(record)) {
      for (const { conversationId, messageId } of facts.reads) {
        const key = JSON.stringify([conversationId, messageId]);
        if (handle.toldReads.has(key)) continue;
        handle.toldReads.add(key);
        handle.readElsewhere?.(conversationId, messageId);
      }
    }
  };
  const connect = (): void => {
    if (!tabs || record.link) return;
    record.link = tabs.connect({
      clock,
      guest: () =>
        transport.guestName ? transport.guestName() : (transport.participantId ?? firstOpen(record)),
      facts: () => factsOf(record, clock),
      changed: () => {
        for (const handle of [...record.handles]) learnReads(handle);
        wakeAll();
      },
    });
  };

  return {
    sendTyping,
    sendRead,
    othersCalledAt: () => {
      const here = record.calls.find(({ by }) => by !== self)?.at;
      const times = [...(here === undefined ? [] : [here]), ...callTimesElsewhere(record)];
      return times.length > 0 ? Math.max(...times) : null;
    },
    othersOweStop: () => [...record.handles].some((other) => other !== self && owesStop(other)),
    othersCall: (conversationId) =>
      [...(record.underWay.get(conversationId) ?? [])].some((other) => other !== self) ||
      callsElsewhere(record, conversationId) ||
      isHeldElsewhere(ownerOf(record, conversationId)),
    isTakenOver: (conversationId) => {
      const owner = ownerOf(record, conversationId);
      const isSomebodys = owner !== null && owner.handle !== self && (owner.handle === null || owner.isHeld);
      return isSomebodys || (self.isLeaving && heirIn(conversationId));
    },
    inheritance: (conversationId, hasKey) => {
      const owner = ownerOf(record, conversationId);
      if (!isHere(self) || self.isLeaving || !owner || owner.handle === self) return null;
      if (record.underWay.has(conversationId) || callsElsewhere(record, conversationId)) return null;
      if (isHeldElsewhere(owner)) return null;
      // What nobody goes on with here goes out by itself.
      const isLeft = owner.handle !== null && (!isHere(owner.handle) || owner.handle.isLeaving);
      return isLeft || hasKey ? { calledAt: owner.calledAt, litUntil: owner.litUntil } : null;
    },
    othersType: (conversationId) =>
      isTypedElsewhere(record, conversationId, clock.now() - (contextOf(self)?.timing.idle ?? 0)),
    isElsewhere: (conversationId) => isHeldElsewhere(ownerOf(record, conversationId)),
    letGo: (conversationId) => {
      const owner = record.owners.get(conversationId);
      if (owner?.by !== self || owner.left) return;
      const { calledAt = 0 } = contextOf(self)?.typing ?? {};
      record.owners.set(conversationId, {
        ...owner,
        left: { calledAt, litUntil: litUntil(self, conversationId) },
      });
    },
    stoppedAt: (conversationId) => stoppedElsewhereAt(record, conversationId),
    othersRead: (conversationId) => readsElsewhere(record, conversationId),
    mayCall: () => record.link?.mayCall() !== false,
    isAsking: () => record.link?.isAsking() === true,
    ask: () => record.link?.ask(),
    takeOver: (conversationId) => {
      const owner = record.owners.get(conversationId)?.by;
      const age = owner ? typedAgo(owner, conversationId) : null;
      if (age !== null && typedAgo(self, conversationId) === null) readings.takeKey(age);
      own(conversationId, null);
      wakeOthers(conversationId);
    },
    join: (actor, readElsewhere) => {
      Object.assign(self, { actor, readElsewhere });
      forgetDark();
      record.handles.add(self);
      watchStop(actor);
      spreadReads(record, self, actor);
      connect();
      learnReads(self);
      if (record.link) actor.subscribe({ next: () => record.link?.tell(), error: () => {} });
      actor.send({ type: 'voice.changed' });
    },
    setLeaving: (isLeaving) => {
      self.isLeaving = isLeaving;
      const conversationId = contextOf(self)?.typing.conversationId;
      if (isLeaving && conversationId) wakeOthers(conversationId);
    },
    quit: () => {
      if (!record.handles.delete(self)) return;
      bequeath();
      const conversationId = contextOf(self)?.typing.conversationId;
      if (conversationId) wakeOthers(conversationId);
      forgetDark();
      if (record.handles.size > 0) return;
      record.link?.leave();
      record.link = null;
    },
  };
}
