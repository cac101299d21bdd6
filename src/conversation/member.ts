import type { ConversationEmitted } from '../../machines/conversation/events.ts';
import type {
  Accepted,
  Inheritance,
  ReadCall,
  TypingCall,
  Voice,
} from '../../machines/conversation/types.ts';
import type { Reading } from '../reading/index.ts';
import type { Clock } from '../shared/clock.ts';
import { toFailure } from '../shared/errors.ts';
import { lastMoment, type Tabs } from '../shared/tabs.ts';
import type { Transport } from '../shared/transport.ts';
import type { Carrier } from './actors.ts';
import type { CallUnderWay } from './callLogic.ts';
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
  decidedCall,
  factsOf,
  firstOpen,
  type Handle,
  isCalledIn,
  litUntil,
  type Owner,
  type Ownership,
  owesStop,
  ownerOf,
  recordOf,
  typedAgo,
  type VoiceRecord,
} from './voiceRecord.ts';

/** So much longer a silence has to be than the one that a handle keeps, ms: each adds a share of its own by chance (L-5). */
const noNews = 1000;

/**
 * One handle among those who use its transport: spacing, what is lit and who owes its stop belong to the wire, which
 * outlives a view and its handle. The record holds no more than charts already know: who called when, and whose the
 * indicator is. Everything else is read from the owner's last snapshot.
 */
export class Member implements Handle, Voice, Carrier {
  readonly transport: Transport;
  readonly readings: Keyboard;
  actor: ConversationActor | null = null;
  hasJoined = false;
  isLeaving = false;
  perhaps: Handle['perhaps'] = null;
  call: Call | null = null;
  leftAt: number | null = null;
  readonly #record: VoiceRecord;
  readonly #clock: Clock;
  readonly #tabs: Tabs | null;
  readonly #reading: Reading;
  #owesStop = false;
  /** What the reads of other tabs are, of which the chart was told. */
  #toldReads: Set<string> | null = null;
  /** Until when it was told to be silent, monotonic ms. */
  #toldSilence = 0;

  /** How many silences that others told of its chart has still to take in. */
  #learning = 0;
  /** When it last took an indicator over, ms of the clock. */
  #tookOverAt = Number.NEGATIVE_INFINITY;

  constructor(transport: Transport, readings: Keyboard, clock: Clock, tabs: Tabs | null, reading: Reading) {
    this.transport = transport;
    this.readings = readings;
    this.#record = recordOf(transport);
    this.#clock = clock;
    this.#tabs = tabs;
    this.#reading = reading;
  }

  get hasTabs(): boolean {
    return this.#tabs !== null;
  }

  /** From now on the handle counts, and is told when something changes for it. Once. */
  join(actor: ConversationActor): void {
    const record = this.#record;
    this.actor = actor;
    this.#forgetDark();
    record.handles.add(this);
    this.#connect();
    this.learnSilence();
    this.learnReads();
    if (record.link) actor.subscribe({ next: () => record.link?.tell(), error: () => {} });
    this.hasJoined = true;
    const isHeldBack = actor.getSnapshot().matches({ receipts: 'collecting' });
    if (record.link || record.owners.size > 0 || isHeldBack) actor.send({ type: 'voice.changed' });
  }

  /** Whoever waits for a stop is woken when it has left, or will not. */
  noteStop(): void {
    this.#record.deciding.delete(this);
    const before = this.#owesStop;
    this.#owesStop = owesStop(this);
    if (before && !this.#owesStop) this.#wakeOthers();
  }

  /** What one handle has acknowledged the others on its transport know, and the silence it was asked for (L-1). */
  noteDecision(event: ConversationEmitted): void {
    if (event.type === 'rate.limited') this.#spreadSilence(event.lane, event.msLeft);
    if (event.type !== 'read.acknowledged' || event.mark.messageId === undefined) return;
    for (const other of [...this.#record.handles]) {
      if (other !== this) other.readElsewhere(event.conversationId, event.mark.messageId);
    }
  }

  readElsewhere(conversationId: string, messageId: string): void {
    this.#reading.readElsewhere(conversationId, messageId);
  }

  /** The handle is leaving, or stays after all: who is here may go on with its indicator. */
  setLeaving(isLeaving: boolean): void {
    this.isLeaving = isLeaving;
    const conversationId = contextOf(this)?.typing.conversationId;
    if (isLeaving && conversationId) this.#wakeOthers(conversationId);
  }

  /** The handle is gone. */
  quit(): void {
    const record = this.#record;
    if (!record.handles.delete(this)) return;
    this.#bequeath();
    record.deciding.delete(this);
    const conversationId = contextOf(this)?.typing.conversationId;
    if (conversationId) this.#wakeOthers(conversationId);
    this.#forgetDark();
    if (record.handles.size > 0) return;
    record.handles.add(this); // What was read here belongs into the last word.
    record.link?.leave();
    record.handles.delete(this);
    record.link = null;
  }

  /** Makes a typing call of the transport, and lets everybody know when it left (T-13). */
  async sendTyping(call: TypingCall, underWay: CallUnderWay): Promise<Accepted> {
    const record = this.#record;
    const { conversationId, isTyping } = call;
    const before = record.calls;
    const left: Call = { by: this, at: this.#clock.now(), conversationId, isTyping };
    record.calls = withCall(before, left);
    this.perhaps = null;
    this.call = left;
    this.leftAt = contextOf(this)?.typing.calledAt ?? null;
    record.callers.add(this);
    // The chart that gives it up may say it again in the same step: the others are asked behind that.
    underWay.whenGivenUp = () => queueMicrotask(() => this.#settled(left));
    try {
      const accepted: Accepted = await this.transport.sendTyping(call, underWay.options);
      if (!isTyping) this.#own(conversationId, { calledAt: left.at, litUntil: 0 });
      else if (!underWay.isGivenUp) this.#own(conversationId, null);
      if (isTyping && this.isLeaving) this.#bequeath();
      return accepted;
    } catch (thrown) {
      if (toFailure(thrown).unsent && record.calls[0] === left) record.calls = before;
      throw thrown;
    } finally {
      this.#settled(left);
    }
  }

  /** Makes a read call in the way that reading wants it made; everybody knows while it is under way. */
  async sendRead(call: ReadCall, options: CallUnderWay['options']): Promise<Accepted> {
    const { reading } = this.#record;
    const { conversationId } = call;
    const count = (change: 1 | -1): void => {
      const left = (reading.get(conversationId) ?? 0) + change;
      if (left > 0) reading.set(conversationId, left);
      else reading.delete(conversationId);
    };
    count(1);
    try {
      return await this.#reading.sendRead(call, options);
    } finally {
      count(-1);
    }
  }

  othersCalledAt(): number | null {
    const { calls, deciding, link } = this.#record;
    let last = calls.find(({ by }) => by !== this)?.at ?? null;
    for (const other of deciding) if (other !== this) last = decidedCall(other)?.calledAt ?? last;
    const elsewhere = link ? callTimesElsewhere(this.#record) : [];
    return elsewhere.length > 0 ? Math.max(last ?? 0, ...elsewhere) : last;
  }

  othersOweStop(): boolean {
    for (const other of this.#record.handles) if (other !== this && owesStop(other)) return true;
    return false;
  }

  othersCall(conversationId: string): boolean {
    return (
      isCalledIn(this.#record, conversationId, this) ||
      callsElsewhere(this.#record, conversationId) ||
      this.#staysElsewhere(ownerOf(this.#record, conversationId))
    );
  }

  isTakenOver(conversationId: string): boolean {
    if (this.#isAloneWith(conversationId) && !this.isLeaving) return false;
    const owner = ownerOf(this.#record, conversationId);
    const isSomebodys = owner !== null && owner.handle !== this && (owner.handle === null || owner.isHeld);
    return isSomebodys || (this.isLeaving && this.#hasHeirIn(conversationId));
  }

  inheritance(conversationId: string, hasKey: boolean): Inheritance | null {
    if (this.#isAloneWith(conversationId)) return null;
    const record = this.#record;
    const owner = ownerOf(record, conversationId);
    if (!this.#isHere(this) || this.isLeaving || !owner || owner.handle === this) return null;
    // Two that each have a reason would pass it to and fro for ever within one instant.
    if (this.#tookOverAt === this.#clock.now()) return null;
    if (isCalledIn(record, conversationId) || callsElsewhere(record, conversationId)) return null;
    if (this.#staysElsewhere(owner)) return null;
    // What nobody goes on with here goes out by itself.
    const isLeft = owner.handle !== null && (!this.#isHere(owner.handle) || owner.handle.isLeaving);
    return isLeft || hasKey ? { calledAt: owner.calledAt, litUntil: owner.litUntil } : null;
  }

  othersType(conversationId: string): boolean {
    const since = this.#clock.now() - (contextOf(this)?.timing.idle ?? 0);
    return isTypedElsewhere(this.#record, conversationId, since);
  }

  isElsewhere(conversationId: string): boolean {
    return isHeldElsewhere(ownerOf(this.#record, conversationId));
  }

  letGo(conversationId: string): void {
    const owner = this.#record.owners.get(conversationId);
    if (owner?.by !== this || owner.left) return;
    const { calledAt = 0 } = contextOf(this)?.typing ?? {};
    this.#record.owners.set(conversationId, {
      ...owner,
      left: { calledAt, litUntil: litUntil(this, conversationId) },
    });
  }

  stoppedAt(conversationId: string): number | null {
    return stoppedElsewhereAt(this.#record, conversationId);
  }

  othersRead(conversationId: string): boolean {
    return readsElsewhere(this.#record, conversationId);
  }

  mayCall(): boolean {
    this.#record.deciding.add(this); // No chart decides on a call without asking this.
    return this.hasJoined && this.#record.link?.mayCall() !== false;
  }

  isAsking(): boolean {
    return !this.hasJoined || this.#record.link?.isAsking() === true;
  }

  ask(): void {
    this.#record.link?.ask();
  }

  takeOver(conversationId: string): void {
    this.#tookOverAt = this.#clock.now();
    const owner = this.#record.owners.get(conversationId)?.by;
    const age = owner ? typedAgo(owner, conversationId) : null;
    const own = typedAgo(this, conversationId);
    if (age !== null && (own === null || age < own)) this.readings.takeKey(age);
    this.#own(conversationId, null);
    this.#wakeOthers(conversationId);
  }

  /** Whether nobody else here or in another tab has to do with the indicator: what most have, so it is asked first. */
  #isAloneWith(conversationId: string): boolean {
    const { link, owners } = this.#record;
    const owner = owners.get(conversationId);
    return link === null && (owner === undefined || owner.by === this);
  }

  #isHere(handle: Handle): boolean {
    return this.#record.handles.has(handle);
  }

  #hasHeirIn(conversationId: string): boolean {
    return [...this.#record.handles].some(
      (other) => other !== this && !other.isLeaving && contextOf(other)?.conversationId === conversationId,
    );
  }

  #wakeOthers(conversationId?: string): void {
    const { handles } = this.#record;
    if (handles.size === 1 && handles.has(this)) return;
    for (const other of [...handles]) {
      if (other === this) continue;
      if (conversationId !== undefined && contextOf(other)?.conversationId !== conversationId) continue;
      other.actor?.send({ type: 'voice.changed' });
    }
  }

  /** A typing call is over, or given up: what waited for it is asked again. */
  #settled(call: Call): void {
    if (this.call !== call) return;
    this.call = null;
    this.#record.callers.delete(this);
    this.#wakeOthers(call.conversationId);
  }

  /** Owners that are gone are kept for as long as what they lit. */
  #forgetDark(): void {
    for (const [conversationId, { by }] of this.#record.owners) {
      if (!this.#isHere(by) && litUntil(by, conversationId) <= this.#clock.now()) {
        this.#record.owners.delete(conversationId);
      }
    }
  }

  /** The indicator is this handle's, at a further turn where it was somebody else's. */
  #own(conversationId: string, left: Ownership['left']): void {
    const owner = ownerOf(this.#record, conversationId);
    const turn = (owner?.turn ?? 0) + (owner?.handle === this ? 0 : 1);
    this.#record.owners.delete(conversationId); // The ones that were touched last stand last.
    this.#record.owners.set(conversationId, { by: this, turn, left });
  }

  /** What the handle announces as it goes may well arrive: whoever is left goes on with it, and owes its stop. */
  #bequeath(): void {
    const snapshot = this.actor?.getSnapshot();
    if (!snapshot?.matches({ typing: { typing: 'announcing' } })) return;
    const { typing, timing } = snapshot.context;
    const { conversationId, calledAt } = typing;
    if (conversationId === null) return;
    this.perhaps = { conversationId, litUntil: calledAt + timing.timeToLive };
    this.#own(conversationId, null);
  }

  /** Whether another tab answers for an indicator that is lit for more than a moment. */
  #staysElsewhere(owner: Owner | null): boolean {
    return isHeldElsewhere(owner) && this.#clock.now() < owner.litUntil - lastMoment;
  }

  /** Tells the chart what was read in other tabs, as far as it was not told. */
  learnReads(): void {
    for (const { facts } of othersOf(this.#record)) {
      for (const { conversationId, messageId } of facts.reads) {
        const key = JSON.stringify([conversationId, messageId]);
        this.#toldReads ??= new Set();
        if (this.#toldReads.has(key)) continue;
        this.#toldReads.add(key);
        this.readElsewhere(conversationId, messageId);
      }
    }
  }

  /** Unasked, everybody on the transport was told of it; what a handle knows from others it does not hand on. */
  #spreadSilence(lane: 'typing' | 'read' | 'both', msLeft: number): void {
    const record = this.#record;
    if (lane === 'both' && this.#learning > 0) {
      this.#learning -= 1;
      return;
    }
    record.silentUntil = Math.max(record.silentUntil, this.#clock.now() + msLeft);
    if (lane === 'both') return;
    for (const other of [...record.handles]) if (other !== this) other.learnSilence();
  }

  /** Tells the chart of the longest silence that anybody was asked for, once. */
  learnSilence(): void {
    const record = this.#record;
    const now = this.#clock.now();
    const told = Math.max(0, ...othersOf(record).map(({ facts }) => facts.silentUntil));
    // Handed on once, whoever said it may be gone: each message has it a little otherwise.
    if (record.silentUntil <= now && told >= now + noNews) record.silentUntil = told;
    const until = Math.max(record.silentUntil, told);
    const known = Math.max(this.#toldSilence, contextOf(this)?.limit.blockedUntil ?? 0);
    if (until <= now || until < known + (known > now ? noNews : 0)) return;
    this.#toldSilence = until;
    this.#learning += 1;
    this.actor?.send({ type: 'limit.announced', retryAfterMs: until - now });
  }

  #connect(): void {
    const record = this.#record;
    const { transport } = this;
    if (!this.#tabs || record.link) return;
    const clock = this.#clock;
    record.link = this.#tabs.connect({
      clock,
      guest: () =>
        transport.guestName ? transport.guestName() : (transport.participantId ?? firstOpen(record)),
      facts: () => factsOf(record, clock),
      changed: () => {
        const handles = [...record.handles].filter(({ hasJoined }) => hasJoined);
        for (const handle of handles) {
          handle.learnReads();
          handle.learnSilence();
        }
        for (const { actor } of handles) actor?.send({ type: 'voice.changed' });
      },
    });
  }
}

/** The last call of each of the two who called last, with one more. */
const withCall = (calls: readonly Call[], call: Call): readonly Call[] => {
  const other = calls.find(({ by }) => by !== call.by);
  return other ? [call, other] : [call];
};

/** Whether another tab answers for an indicator. */
const isHeldElsewhere = (owner: Owner | null): owner is Owner => owner?.handle === null && owner.isHeld;
