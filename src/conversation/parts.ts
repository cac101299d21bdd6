import { stoppedError } from '../shared/refusals.ts';
import { createAcceptances, type NoteAcceptance } from './acceptances.ts';
import type { ChartWatcher, RunningChart } from './chart.ts';
import { createEvidence, type Evidence } from './evidence.ts';
import { createInbound, type Inbound } from './inbound.ts';
import { Leaving } from './leaving.ts';
import { createMessageVerbs } from './messageVerbs.ts';
import { createOpeningVerbs } from './openingVerbs.ts';
import { createPageVerbs } from './pageVerbs.ts';
import { createSendMessage } from './sendMessage.ts';
import { createSharingVerbs } from './sharingVerbs.ts';
import type { Conversation } from './types.ts';
import { createTypeWhile } from './typeWhile.ts';
import { createTypingVerbs } from './typingVerbs.ts';

/** The verbs that are made when they are first asked for. */
export type LateVerb = Exclude<
  keyof Conversation,
  'actor' | 'unread' | 'start' | 'stop' | 'leave' | 'keystroke'
>;

type Group<Verbs extends LateVerb> = (parts: Parts) => Pick<Conversation, Verbs>;

/** Each of these is asked for by a first verb of it, and makes the others on the way. */
const typing: Group<'clearInput' | 'blurInput' | 'stopTyping'> = ({ chart }) => createTypingVerbs(chart);
const works: Group<'typeWhile'> = ({ chart }) => createTypeWhile(chart);
const opening: Group<'open' | 'reopen' | 'close' | 'end'> = ({ chart }) => createOpeningVerbs(chart);
const sharing: Group<'shareTyping' | 'shareReads'> = ({ chart }) => createSharingVerbs(chart);
const messages: Group<
  'messageSent' | 'messageAccepted' | 'messageReceived' | 'historyReceived' | 'messageRemoved'
> = (parts) => createMessageVerbs(parts);
const sending: Group<'sendMessage'> = ({ chart, noteAcceptance }) => createSendMessage(chart, noteAcceptance);
const page: Group<'hide' | 'show' | 'freeze' | 'resume' | 'offline' | 'online' | 'reauthorize'> = ({
  chart,
}) => createPageVerbs(chart);
const reading: Group<'markAsRead' | 'readBy' | 'viewed' | 'seen' | 'markAsUnread' | 'flush'> = ({ chart }) =>
  chart.reading.verbs;
const coming: Group<'receive' | 'on'> = (parts) => ({
  receive: (frame) => !parts.chart.isStopped() && parts.inbound.receive(frame),
  on: (type, listener) => parts.chart.on(type, listener),
});

/** Which group a verb is of. */
const groupOf: { readonly [Name in LateVerb]: Group<Name> } = {
  clearInput: typing,
  blurInput: typing,
  stopTyping: typing,
  typeWhile: works,
  open: opening,
  reopen: opening,
  close: opening,
  end: opening,
  shareTyping: sharing,
  shareReads: sharing,
  messageSent: messages,
  messageAccepted: messages,
  messageReceived: messages,
  historyReceived: messages,
  messageRemoved: messages,
  sendMessage: sending,
  hide: page,
  show: page,
  freeze: page,
  resume: page,
  offline: page,
  online: page,
  reauthorize: page,
  markAsRead: reading,
  readBy: reading,
  viewed: reading,
  seen: reading,
  markAsUnread: reading,
  flush: reading,
  receive: coming,
  on: coming,
};

/** Verbs that tell of something, by group or by name: once the chart has stopped they do nothing, whatever they are given (C-1). */
const quiet: ReadonlySet<Group<never> | LateVerb> = new Set<Group<never> | LateVerb>([
  opening,
  sharing,
  messages,
  'viewed',
  'seen',
  'markAsUnread',
  'flush',
]);

/** The names of the verbs that are made late. */
export const lateVerbs = Object.keys(groupOf) as readonly LateVerb[];

/** What a handle has beside its chart. Each part is made when it is first asked for: most conversations need few. */
export class Parts implements ChartWatcher {
  readonly chart: RunningChart;
  #noteAcceptance: NoteAcceptance | null = null;
  #evidence: Evidence | null = null;
  #inbound: Inbound | null = null;
  #leaving: Leaving | null = null;
  #groups: Map<Group<never>, Pick<Conversation, never>> | null = null;
  #verbs: Partial<Pick<Conversation, LateVerb>> | null = null;

  constructor(chart: RunningChart) {
    this.chart = chart;
    chart.watch(this);
  }

  get noteAcceptance(): NoteAcceptance {
    this.#noteAcceptance ??= createAcceptances(this.chart);
    return this.#noteAcceptance;
  }

  get evidence(): Evidence {
    this.#evidence ??= createEvidence(this.chart, this.noteAcceptance);
    return this.#evidence;
  }

  get inbound(): Inbound {
    this.#inbound ??= createInbound(this.chart, () => this.evidence);
    return this.#inbound;
  }

  /** A verb, the same one whenever it is asked for. */
  verb<Name extends LateVerb>(name: Name): Conversation[Name] {
    this.#verbs ??= {};
    const verbs: Partial<Pick<Conversation, Name>> = this.#verbs;
    const verb = verbs[name] ?? this.#made(name);
    verbs[name] = verb;
    return verb;
  }

  #made<Name extends LateVerb>(name: Name): Conversation[Name] {
    const group: Group<Name> = groupOf[name];
    this.#groups ??= new Map();
    const made = (this.#groups.get(group) ?? group(this)) as Pick<Conversation, Name>;
    this.#groups.set(group, made);
    const verb = made[name];
    return quiet.has(group) || quiet.has(name)
      ? (quietOnceStopped(this.chart, verb as Telling) as Conversation[Name])
      : verb;
  }

  /**
   * Starts the chart, and takes a leaving back.
   * @throws ConversationError `stopped`.
   */
  start(): void {
    if (this.chart.isStopped()) throw stoppedError();
    this.#leaving?.takeBack();
    this.#leaving = null;
    this.chart.actor.start();
  }

  leave(): Promise<void> {
    this.#leaving ??= new Leaving(this.chart);
    return this.#leaving.over;
  }

  started(): void {
    if (this.chart.transport.subscribe) this.inbound.listen();
  }

  ended(): void {
    this.#leaving?.end();
    this.#inbound?.close();
  }
}

type Telling = (...told: never[]) => void;

function quietOnceStopped(chart: RunningChart, verb: Telling): Telling {
  return (...told) => {
    if (!chart.isStopped()) verb(...told);
  };
}
