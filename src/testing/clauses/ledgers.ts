import type { TraceMark, TraceMarks } from '../../shared/traceFile.ts';
import { isSilent, silencesIn } from './silences.ts';
import { type Guest, isOne, type Of, openIn, type World, type WorldCall } from './world.ts';

/** Verbs that hold no read call up. */
export const besideReads = [
  ...['keystroke', 'viewed', 'seen', 'markAsRead', 'messageReceived', 'historyReceived'],
];

export const placeOf = (mark: TraceMark | null): number => mark?.position ?? Number.NEGATIVE_INFINITY;

export const marksAt = (guest: Guest, index: number): readonly TraceMarks[] =>
  guest.marks.findLast((moment) => moment.index < index)?.marks ?? [];

export const ledgerAt = (guest: Guest, conversationId: string, index: number): TraceMarks | undefined =>
  marksAt(guest, index).find((ledger) => ledger.conversationId === conversationId);

export const isPending = ({ seen, acknowledged }: TraceMarks): boolean =>
  placeOf(seen) > placeOf(acknowledged);

/**
 * Whether a handle began with no mark of an earlier run: none was there at first, and none came with its ledger, as from
 * a storage that is read later.
 */
export function isFresh({ marks }: Guest): boolean {
  const known = new Set<string>();
  const isNamed = marks.some((moment) =>
    moment.marks.some(({ conversationId, seen }) => {
      const isNew = !known.has(conversationId);
      known.add(conversationId);
      return isNew && seen?.messageId !== undefined;
    }),
  );
  return marks[0]?.marks.length === 0 && !isNamed;
}

/** Whether a message was taken out, so that marks may name older ones. */
export const hasRemovals = (world: World): boolean =>
  world.all('input').some(({ verb }) => verb === 'messageRemoved') ||
  world.all('told').some(({ event }) => event.type === 'message.removed');

/** Whether the back end says where messages stand: then one may be given another place. */
export const hasPositions = (world: World): boolean =>
  world
    .all('input')
    .some(
      ({ verb, with: given }) =>
        ['messageReceived', 'historyReceived'].includes(verb) && /"position":/.test(JSON.stringify(given)),
    ) || world.all('told').some(({ event }) => /"position":/.test(JSON.stringify(event)));

/** Positions of messages, as marks name them: without a stored ledger each handle may number them otherwise. */
export function placesIn(world: World, guest: Guest): ReadonlyMap<string, number> {
  const isLoaded = world.conversations.some((each) => each.marks[0]?.marks.some(({ seen }) => seen !== null));
  return placesOf(isLoaded ? world.all('marks') : guest.marks);
}

/** Positions of messages by conversation and id, as these marks name them last. */
export function placesOf(moments: Guest['marks']): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (const { marks } of moments) {
    for (const { conversationId, seen, inFlight, acknowledged } of marks) {
      for (const mark of [seen, inFlight, acknowledged]) {
        if (mark?.messageId !== undefined) places.set(`${conversationId} ${mark.messageId}`, mark.position);
      }
    }
  }
  return places;
}

/** The one handle whose time a call falls in; `undefined` where it cannot be told. */
export function callerOf(world: World, call: WorldCall): Guest | undefined {
  /** What was overdue may leave as the handle stops. */
  const isStopping = (stoppedAt: number): boolean =>
    world.moments
      .slice(stoppedAt, call.index)
      .every(({ kind, at }, nth) => at === call.at && (nth === 0 || (kind !== 'input' && kind !== 'began')));
  const alive = world.conversations.filter(
    ({ began, stoppedAt }) => began.index < call.index && (stoppedAt > call.index || isStopping(stoppedAt)),
  );
  return alive.length === 1 ? alive[0] : undefined;
}

/** Messages of a conversation that were told before a place, to one handle or to any: their authors by id. */
export function authorsBefore(
  world: World,
  conversationId: string,
  index: number,
  only?: Guest,
): ReadonlyMap<string, string> {
  const authors = new Map<string, string>();
  const since = only?.began.index ?? -1;
  for (const told of world.all('told')) {
    if (told.index >= index || told.index < since || told.event.type !== 'message.received') continue;
    if (told.event.conversationId === conversationId)
      authors.set(told.event.messageId, told.event.participantId);
  }
  for (const guest of only ? [only] : world.conversations) {
    for (const input of guest.inputs) {
      if (input.index >= index || openIn(world, guest, input.index) !== conversationId) continue;
      const given =
        input.verb === 'historyReceived' ? input.with[0] : input.verb === 'messageReceived' ? input.with : [];
      for (const message of (given ?? []) as readonly { messageId: string; participantId: string }[]) {
        authors.set(message.messageId, message.participantId);
      }
    }
  }
  return authors;
}

/** Where the guest, or the back end, said that they sent a message, before a place. */
export const sentAs = (
  world: World,
  guest: Guest,
  {
    conversationId,
    messageId,
    index,
  }: { readonly conversationId: string; readonly messageId: string | undefined; readonly index: number },
): Of<'input' | 'told'> | undefined =>
  messageId === undefined
    ? undefined
    : (guest.inputs.find(
        (input) =>
          ['messageSent', 'messageAccepted'].includes(input.verb) &&
          input.index < index &&
          input.with[0] === messageId &&
          openIn(world, guest, input.index) === conversationId,
      ) ??
      world
        .all('told')
        .find(
          (told) =>
            told.event.type === 'message.accepted' &&
            told.event.messageId === messageId &&
            told.event.conversationId === conversationId &&
            told.index < index &&
            told.index > (guest.inputs.find(({ verb }) => verb === 'start')?.index ?? index),
        ));

export function isStillPending(guest: Guest, { conversationId }: WorldCall, index: number): boolean {
  const ledger = ledgerAt(guest, conversationId, index);
  const isOver = guest.emitted.some(({ event }) => event.type === 'conversation.ended');
  return ledger !== undefined && isPending(ledger) && !isOver;
}

/** Whether nothing keeps read calls from leaving at a place: no silence, no failure lately, nothing over or hidden. */
export function isFreeToCall(world: World, guest: Guest, index: number): boolean {
  const at = (world.moments[index] as Of<'input'>).at;
  const isTroubled = world.calls.some(
    ({ answer }) => answer !== null && answer.index < index && answer.outcome === 'failed',
  );
  const isOver = guest.emitted.some((each) => each.index < index && each.event.type === 'conversation.ended');
  const isPrivate = guest.inputs.some(({ verb }) => verb === 'shareReads');
  const isUnderWay = world.reads.some(
    ({ index: place, answer }) => place < index && (answer === null || answer.index > index),
  );
  return (
    isOne(world) && // Other tabs have to answer first.
    world.state(guest, 'link', index) === 'ready' &&
    !isTroubled &&
    !isOver &&
    !isPrivate &&
    !isUnderWay &&
    guest.stoppedAt > index &&
    !isSilent(silencesIn(world), at, at) &&
    !/^(disabled|flushing|private)/.test(world.state(guest, 'receipts', index))
  );
}
