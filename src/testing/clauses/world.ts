import type { Failure } from '../../../machines/failure.ts';
import type { TraceFile, TraceMoment } from '../../shared/traceFile.ts';

/** A moment of one kind, and its place in the trace. */
export type Of<Kind extends TraceMoment['kind']> = Extract<TraceMoment, { kind: Kind }> & {
  readonly index: number;
};

/** A clause that does not hold, and when it did not. */
export interface Violation {
  /** The clause, as `T-2` of `machines/CLAUSES.md`. */
  readonly clause: string;
  /** Monotonic ms of the recorder's clock. */
  readonly at: number;
  /** Place in the trace's `moments`. */
  readonly moment: number;
  /** What happened that should not have, or did not that should. */
  readonly message: string;
}

/** A call with its answer. */
export interface WorldCall {
  readonly index: number;
  readonly at: number;
  readonly lane: 'typing' | 'read' | 'token' | 'message';
  readonly conversationId: string;
  readonly isTyping: boolean;
  readonly messageId: string | undefined;
  readonly attempt: number;
  readonly keepalive: boolean;
  readonly rejectedGeneration: number;
  readonly answer: WorldAnswer | null;
}

/** How a call ended. */
interface WorldAnswer {
  readonly index: number;
  readonly at: number;
  readonly outcome: 'accepted' | 'failed' | 'aborted';
  readonly failure: Failure | undefined;
  readonly generation: number | undefined;
}

type Began<What> = Extract<Of<'began'>, { what: What }>;

/** A conversation or a session of the trace. */
export interface WorldHandle<What extends 'conversation' | 'session'> {
  readonly who: string;
  readonly began: Began<What>;
  readonly inputs: readonly Of<'input'>[];
  readonly emitted: readonly Of<'emitted'>[];
  readonly states: readonly Of<'state'>[];
  readonly marks: readonly Of<'marks'>[];
  /** Where it was stopped; past the end where it was not. */
  readonly stoppedAt: number;
}

/** A conversation of the trace. */
export type Guest = WorldHandle<'conversation'>;

/** A trace, ready to be asked. */
export interface World {
  readonly moments: readonly TraceMoment[];
  readonly until: number;
  /** Wall-clock time as the trace begins, ms since 1970. */
  readonly wallAtStart: number;
  /** What one reading of the clock may be off by, ms. */
  readonly slack: number;
  readonly calls: readonly WorldCall[];
  readonly typing: readonly WorldCall[];
  readonly reads: readonly WorldCall[];
  readonly conversations: readonly WorldHandle<'conversation'>[];
  readonly sessions: readonly WorldHandle<'session'>[];
  /** All moments of a kind. */
  all<Kind extends TraceMoment['kind']>(kind: Kind): readonly Of<Kind>[];
  /** The state of a region at a place in the trace, dotted, as `typing.lit.fresh`. */
  state(handle: WorldHandle<'conversation'> | WorldHandle<'session'>, region: string, index: number): string;
  /** Whether anything between two places disturbs what was to be expected: all but keys and acceptances. */
  isCalm(from: number, to: number, verbs?: readonly string[]): boolean;
  /** Whether every timer fires in time between two times. */
  isOnTime(from: number, to: number): boolean;
  /** The first place whose moment is later than a time. */
  indexAfter(at: number): number;
}

/** Makes a {@link World} of a trace. */
export function worldOf(trace: TraceFile): World {
  const { moments, until } = trace;
  const grouped = new Map<string, Of<TraceMoment['kind']>[]>();
  for (const [index, moment] of moments.entries()) {
    const group = grouped.get(moment.kind) ?? [];
    grouped.set(moment.kind, group);
    group.push({ ...moment, index } as Of<TraceMoment['kind']>);
  }
  const all = <Kind extends TraceMoment['kind']>(kind: Kind): readonly Of<Kind>[] =>
    (grouped.get(kind) ?? []) as unknown as readonly Of<Kind>[];

  const answers = new Map(all('answer').map((answer) => [answer.call, answer]));
  const calls = all('call').map((call): WorldCall => {
    const answer = answers.get(call.call);
    return {
      index: call.index,
      at: call.at,
      lane: call.lane,
      conversationId: 'conversationId' in call ? (call.conversationId ?? '') : '',
      isTyping: 'isTyping' in call && call.isTyping,
      messageId: 'messageId' in call ? call.messageId : undefined,
      attempt: 'attempt' in call ? call.attempt : 1,
      keepalive: 'keepalive' in call && call.keepalive === true,
      rejectedGeneration: 'rejectedGeneration' in call ? call.rejectedGeneration : 0,
      answer: answer
        ? {
            index: answer.index,
            at: answer.at,
            outcome: answer.outcome,
            failure: answer.outcome === 'failed' ? answer.failure : undefined,
            generation: answer.outcome === 'accepted' ? answer.generation : undefined,
          }
        : null,
    };
  });

  const handleOf = <What extends 'conversation' | 'session'>(began: Began<What>): WorldHandle<What> => {
    const isOwn = ({ who }: { readonly who: string }): boolean => who === began.who;
    const inputs = all('input').filter(isOwn);
    return {
      who: began.who,
      began,
      inputs,
      emitted: all('emitted').filter(isOwn),
      states: all('state').filter(isOwn),
      marks: all('marks').filter(isOwn),
      stoppedAt: inputs.find(({ verb }) => verb === 'stop')?.index ?? moments.length,
    };
  };
  const began = all('began');
  const isKind =
    <What extends string>(what: What) =>
    (moment: Of<'began'>): moment is Extract<Of<'began'>, { what: What }> =>
      moment.what === what;

  return {
    moments,
    until,
    wallAtStart: trace.wallAtZero + (moments[0]?.at ?? 0),
    slack: 1 + 2 * (trace.resolution ?? 0),
    calls,
    typing: calls.filter(({ lane }) => lane === 'typing'),
    reads: calls.filter(({ lane }) => lane === 'read'),
    conversations: began.filter(isKind('conversation')).map((each) => handleOf<'conversation'>(each)),
    sessions: began.filter(isKind('session')).map((each) => handleOf<'session'>(each)),
    all,
    state: ({ states }, region, index) => {
      const last = states.findLast((state) => state.index < index);
      const value = last?.value as Readonly<Record<string, unknown>> | string | undefined;
      if (value === undefined) return '';
      return region === '' ? pathOf(value) : pathOf((value as Readonly<Record<string, unknown>>)[region]);
    },
    isCalm: (from, to, verbs = ['keystroke']) =>
      moments.slice(from + 1, to).every((moment) => !disturbs(moment, verbs)),
    isOnTime: (from, to) => all('late').every(({ at, ms }) => at < from || at - ms > to),
    indexAfter: (at) => {
      const index = moments.findIndex((moment) => moment.at > at);
      return index < 0 ? moments.length : index;
    },
  };
}

function disturbs(moment: TraceMoment, verbs: readonly string[]): boolean {
  if (moment.kind === 'input') return !verbs.includes(moment.verb);
  if (moment.kind === 'answer') return moment.outcome !== 'accepted';
  if (moment.kind === 'call') return moment.lane === 'token' || moment.lane === 'message';
  if (moment.kind === 'kept' && moment.verb === 'sendMessage') return true;
  return ['told', 'wall', 'late', 'began'].includes(moment.kind);
}

function pathOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  const entries = Object.entries(value);
  return entries.length === 1 ? entries.map(([name, below]) => `${name}.${pathOf(below)}`).join() : 'many';
}

/** A promise, as code: what it is called, and where it does not hold. */
export interface Checker {
  /** The clause, as `T-2`. */
  readonly clause: string;
  /** What is looked for, in one line. */
  readonly looksFor: string;
  /** Where the clause does not hold. */
  readonly check: (world: World) => readonly Omit<Violation, 'clause'>[];
}

/** A violation at a moment. */
export const broken = (
  { at, index }: { readonly at: number; readonly index: number },
  message: string,
): Omit<Violation, 'clause'> => ({ at, moment: index, message });

/** The conversation that is open in a handle at a place of the trace. */
export function openIn(world: World, handle: WorldHandle<'conversation'>, index: number): string | null {
  let open = handle.began.conversationId;
  let last = open;
  let left: string | null = null;
  const turns = [...handle.inputs, ...world.all('told')].sort((one, other) => one.index - other.index);
  for (const turn of turns) {
    if (turn.index >= index) break;
    if (turn.kind === 'told') {
      if (turn.event.type === 'conversation.opened') open = turn.event.conversationId;
    } else if (turn.verb === 'open') open = String(turn.with[0]);
    else if (turn.verb === 'reopen') open ??= last;
    else if (turn.verb === 'start') [open, left] = [left ?? open, null];
    else if (turn.verb === 'close') open = null;
    else if (turn.verb === 'leave') [left, open] = [left ?? open, null];
    last = open ?? last;
  }
  return open;
}

/** Whether a message may have been heard of before a place: of one that `sendMessage()` sent no trace tells the id. */
export const mayBeKnown = (world: World, messageId: string, index: number): boolean =>
  [...world.all('told'), ...world.all('input')].some(
    (moment) =>
      moment.index < index &&
      ((moment.kind === 'input' && moment.verb === 'sendMessage') ||
        JSON.stringify(moment).includes(messageId)),
  );

/** The lanes of the guest's own calls: what a limit silences. */
export const lanes: ReadonlySet<string> = new Set(['typing', 'read']);

/** The typing and read calls, in the order in which they left. */
export const laneCalls = ({ calls }: World): readonly WorldCall[] =>
  calls.filter(({ lane }) => lanes.has(lane));

/** Codes of failures that pass by themselves, so that the call is tried again. */
export const passing: readonly string[] = [
  ...['network', 'unavailable', 'timeout', 'unexpected', 'unreadable-reply', 'redirected'],
];

/** Whether other tabs of the guest speak for them too, of which a trace shows nothing. */
export const hasTabs = ({ conversations }: World): boolean =>
  conversations.some(({ began }) => began.hasTabs === true);

/** Whether a trace is of one handle alone, for which nobody else speaks. */
export const isOne = (world: World): boolean => world.conversations.length === 1 && !hasTabs(world);

/** Whether the one handle of a trace was told that there is no network, and took it in, before a place. */
export function isCutOff(world: World, index: number): boolean {
  const [guest] = world.conversations;
  if (!guest || !isOne(world) || world.state(guest, 'link', index) !== 'offline') return false;
  const turns = [
    ...guest.inputs.filter(({ verb }) => verb === 'offline' || verb === 'online'),
    ...world.all('told').filter(({ event }) => event.type.startsWith('network.')),
  ].filter((turn) => turn.index < index);
  const last = turns.sort((one, other) => one.index - other.index).at(-1);
  if (!last) return false;
  return last.kind === 'input' ? last.verb === 'offline' : last.event.type === 'network.offline';
}

/** The place behind all that a moment brought about, before anything else happened. */
export function settledAt({ moments }: World, index: number): number {
  const at = moments[index]?.at ?? 0;
  const next = moments.findIndex(
    (moment, place) => place > index && (moment.at > at || ['input', 'told', 'answer'].includes(moment.kind)),
  );
  return next < 0 ? moments.length : next;
}

/** The promises of a verb that were kept or refused: first those kept, each in order. */
export const settledOf = (world: World, verb: string): readonly Of<'kept' | 'refused'>[] =>
  [...world.all('kept'), ...world.all('refused')].filter((each) => each.verb === verb);
