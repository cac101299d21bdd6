import { storagePatience } from '../../shared/storage.ts';
import type { TraceMark, TraceMarks } from '../../shared/traceFile.ts';
import {
  broken,
  type Checker,
  isSilent,
  type Of,
  openIn,
  silencesIn,
  type World,
  type WorldCall,
  type WorldHandle,
} from './world.ts';

/** A conversation of the trace. */
export type Guest = WorldHandle<'conversation'>;

/** What platforms let the calls of a page that goes carry together, bytes. */
export const keepaliveRoom = 64 * 1024;

/** How long the bodies of read calls are together, bytes, at least. */
export const bytesOf = (
  calls: readonly { readonly conversationId: string; readonly messageId: string | undefined }[],
): number =>
  calls.reduce(
    (sum, { conversationId, messageId }) => sum + JSON.stringify({ conversationId, messageId }).length,
    0,
  );

export const placeOf = (mark: TraceMark | null): number => mark?.position ?? Number.NEGATIVE_INFINITY;

export const marksAt = (guest: Guest, index: number): readonly TraceMarks[] =>
  guest.marks.findLast((moment) => moment.index < index)?.marks ?? [];

export const ledgerAt = (guest: Guest, conversationId: string, index: number): TraceMarks | undefined =>
  marksAt(guest, index).find((ledger) => ledger.conversationId === conversationId);

export const isPending = ({ seen, acknowledged }: TraceMarks): boolean =>
  placeOf(seen) > placeOf(acknowledged);

/** Whether a message was taken out, so that marks may name older ones. */
export const hasRemovals = (world: World): boolean =>
  world.all('input').some(({ verb }) => verb === 'messageRemoved') ||
  world.all('told').some(({ event }) => event.type === 'message.removed');

/** Positions of messages, as marks name them: without a stored ledger each handle may number them otherwise. */
function placesIn(world: World, guest: Guest): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  const isLoaded = world.conversations.some((each) => each.marks[0]?.marks.some(({ seen }) => seen !== null));
  for (const { marks } of [...world.all('marks'), ...(isLoaded ? [] : guest.marks)]) {
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
  const alive = world.conversations.filter(
    ({ began, stoppedAt }) => began.index < call.index && stoppedAt > call.index,
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

const wakes: ReadonlySet<string> = new Set([
  'viewed',
  'seen',
  'markAsRead',
  'online',
  'show',
  'reauthorize',
  'open',
  'reopen',
  'shareReads',
]);

export const passing = ['network', 'unavailable', 'timeout', 'unexpected', 'unreadable-reply', 'redirected'];

/** as far as a trace shows them. */
export const readingCheckers: readonly Checker[] = [
  {
    clause: 'R-1',
    looksFor: 'a mark that goes back, or stands before one that it cannot pass',
    check: (world) =>
      world.conversations.flatMap((guest) => {
        const newest = new Map<string, { seen: number; acknowledged: number }>();
        return guest.marks.flatMap((moment) =>
          moment.marks.flatMap(({ conversationId, seen, inFlight, acknowledged }) => {
            const before = newest.get(conversationId);
            newest.set(conversationId, { seen: placeOf(seen), acknowledged: placeOf(acknowledged) });
            if (placeOf(inFlight) > placeOf(seen)) return [broken(moment, 'more is in flight than was seen')];
            if (placeOf(acknowledged) > placeOf(seen))
              return [broken(moment, 'more is acknowledged than was seen')];
            if (!before || hasRemovals(world)) return [];
            if (placeOf(seen) < before.seen) return [broken(moment, 'what was seen went back')];
            return placeOf(acknowledged) < before.acknowledged
              ? [broken(moment, 'what is acknowledged went back')]
              : [];
          }),
        );
      }),
  },
  {
    clause: 'R-2',
    looksFor: 'a read call while another is under way, or one without anything new in it',
    check: (world) =>
      world.reads.flatMap((call) => {
        const guest = callerOf(world, call);
        if (!guest || call.keepalive) return [];
        const open = world.reads.find(
          ({ index, at, answer }) =>
            index < call.index &&
            index > guest.began.index &&
            (answer === null || answer.index > call.index) &&
            call.at - at < guest.began.timing.deadline - 1,
        );
        return open &&
          world.isCalm(open.index, call.index, [
            'keystroke',
            'viewed',
            'seen',
            'markAsRead',
            'messageReceived',
          ])
          ? [broken(call, 'the one before was not answered')]
          : [];
      }),
  },
  {
    clause: 'R-3',
    looksFor: 'a mark that is dropped after a failure, or a burst of tries that never rests',
    check: (world) =>
      world.reads.flatMap((call, nth) => {
        const guest = callerOf(world, call);
        const { answer } = call;
        if (!guest || answer?.outcome !== 'failed' || !passing.includes(answer.failure?.code ?? ''))
          return [];
        const { park, backoffCap, tries, readInterval } = guest.began.timing;
        const latest = answer.at + Math.max(backoffCap, 2 * park, readInterval) + world.slack;
        const last = world.indexAfter(latest);
        const next = world.reads[nth + 1];
        const isCalm =
          world.isCalm(answer.index, Math.min(next?.index ?? last, last), ['keystroke']) &&
          world.state(guest, 'link', answer.index + 1) === 'ready' &&
          !isSilent(silencesIn(world), call.at, latest) &&
          guest.stoppedAt >= last;
        if (!next && isCalm && world.until > latest && isStillPending(guest, call, last)) {
          return [broken(answer, `the mark was not tried again by ${latest} ms`)];
        }
        const burst = world.reads.slice(nth - tries + 1, nth + 1);
        // A handle that comes later begins with a burst of its own.
        const isBurst =
          call.attempt >= tries &&
          next !== undefined &&
          callerOf(world, next) === guest &&
          burst.every((each) => each.answer?.outcome === 'failed' && !each.keepalive);
        const isWoken = world.moments
          .slice(burst[0]?.index ?? 0, next?.index)
          .some(
            (moment) =>
              (moment.kind === 'input' && wakes.has(moment.verb)) ||
              moment.kind === 'told' ||
              (moment.kind === 'emitted' && moment.event.type === 'token.refreshed'),
          );
        return isBurst && !isWoken && next && !next.keepalive && next.at - answer.at < park - world.slack
          ? [broken(next, `tried again ${next.at - answer.at} ms after a burst of ${tries}, not ${park}`)]
          : [];
      }),
  },
  {
    clause: 'R-3a',
    looksFor: 'a read call behind one that left, or of what is known to be acknowledged',
    check: (world) => {
      if (hasRemovals(world)) return [];
      const known = new Map<Guest, ReadonlyMap<string, number>>();
      return world.reads.flatMap((call) => {
        const guest = callerOf(world, call);
        if (!guest) return [];
        const places = known.get(guest) ?? placesIn(world, guest);
        known.set(guest, places);
        const place = places.get(`${call.conversationId} ${call.messageId}`);
        if (place === undefined) return [];
        const acknowledged = placeOf(ledgerAt(guest, call.conversationId, call.index)?.acknowledged ?? null);
        const isLoaded = guest.marks[0]?.marks.some(
          ({ conversationId, seen }) => conversationId === call.conversationId && seen !== null,
        );
        const accepted = world.reads.filter(
          (each) =>
            isLoaded &&
            each.index < call.index &&
            each.conversationId === call.conversationId &&
            each.answer?.outcome === 'accepted' &&
            each.answer.index < guest.began.index,
        );
        const left = accepted.map((each) => places.get(`${each.conversationId} ${each.messageId}`) ?? -1);
        if (place <= Math.max(acknowledged, ...left))
          return [broken(call, `${call.messageId} is known to be acknowledged`)];
        const before = world.reads.filter(
          (each) =>
            each.index < call.index &&
            each.conversationId === call.conversationId &&
            callerOf(world, each) === guest,
        );
        const newest = Math.max(
          ...before.map((each) => places.get(`${each.conversationId} ${each.messageId}`) ?? -1),
        );
        return place < newest ? [broken(call, `${call.messageId} is older than what left before`)] : [];
      });
    },
  },
  {
    clause: 'R-3b',
    looksFor: 'more second tries than a failing back end can bear',
    check: (world) => {
      let budget = 10;
      const answered = world.calls
        .filter(({ lane, answer }) => answer !== null && (lane === 'read' || lane === 'typing'))
        .sort((one, other) => (one.answer?.index ?? 0) - (other.answer?.index ?? 0));
      const spentAt: { index: number; budget: number }[] = [];
      for (const { answer } of answered) {
        if (answer?.outcome === 'accepted') budget = Math.min(10, budget + 0.5);
        else if (answer && [...passing, 'rate-limited'].includes(answer.failure?.code ?? '')) budget -= 1;
        spentAt.push({ index: answer?.index ?? 0, budget: Math.max(0, budget) });
        budget = Math.max(0, budget);
      }
      return world.reads.flatMap((call, nth) => {
        const left = spentAt.findLast(({ index }) => index < call.index)?.budget ?? 10;
        const before = world.reads[nth - 1];
        const guest = callerOf(world, call);
        if (!guest || !before || call.attempt < 2 || left > 2) return [];
        return before.answer?.outcome === 'failed' &&
          passing.includes(before.answer.failure?.code ?? '') &&
          call.at - before.answer.at < guest.began.timing.park - world.slack &&
          world.isCalm(before.answer.index, call.index)
          ? [broken(call, 'a second try although the budget is spent')]
          : [];
      });
    },
  },
  {
    clause: 'R-4',
    looksFor: 'a markAsRead() that resolves before a call that covers it was accepted',
    check: (world) =>
      world.all('kept').flatMap((kept) => {
        const guest = world.conversations.find(({ who }) => who === kept.who);
        if (kept.verb !== 'markAsRead' || !guest?.began.capabilities.readReceipts) return [];
        const isAlike = ({ who, verb, index, with: given }: Of<'input' | 'kept'>): boolean =>
          who === kept.who &&
          verb === 'markAsRead' &&
          index < kept.index &&
          JSON.stringify(given) === JSON.stringify(kept.with);
        // Of several that ask for the same, those that asked first resolve first.
        const asked = guest.inputs.filter(isAlike)[world.all('kept').filter(isAlike).length];
        const conversationId = asked && openIn(world, guest, asked.index);
        if (!asked || conversationId == null) return [];
        const ledger = ledgerAt(guest, conversationId, kept.index);
        const wanted =
          typeof kept.with[0] === 'string'
            ? placesIn(world, guest).get(`${conversationId} ${kept.with[0]}`)
            : ledgerAt(guest, conversationId, asked.index)?.seen?.position;
        const author = authorsBefore(world, conversationId, kept.index).get(String(kept.with[0]));
        const isOwn = author !== undefined && author === guest.began.participantId;
        if (wanted === undefined || isOwn || hasRemovals(world)) return [];
        return placeOf(ledger?.acknowledged ?? null) < wanted
          ? [broken(kept, 'it resolved although nothing that covers it was accepted')]
          : [];
      }),
  },
  {
    clause: 'R-5a',
    looksFor: 'an unread count that is not what is left to be seen',
    check: (world) =>
      world.conversations.flatMap((guest) => {
        const verbs = new Set(guest.inputs.map(({ verb }) => verb));
        const isPlain =
          guest.began.conversationId !== null &&
          !['messageRemoved', 'historyReceived', 'markAsUnread', 'open', 'close', 'end', 'leave'].some(
            (verb) => verbs.has(verb),
          ) &&
          world.all('input').every(({ verb }) => verb !== 'receive') &&
          world.all('told').length === 0 &&
          (guest.marks[0]?.marks.length ?? 0) === 0 &&
          guest.emitted.every(
            ({ event }) => event.type !== 'read.failed' && event.type !== 'conversation.ended',
          );
        if (!isPlain) return [];
        const ids: string[] = [];
        let seen = 0;
        // While a storage is read, which no trace shows, what is seen waits; but no longer than a storage may take.
        let mayWait = true;
        const readBy = guest.began.at + storagePatience + world.slack;
        return guest.inputs.flatMap((input) => {
          const [given] = input.with as readonly {
            messageId?: string;
            position?: number;
            sentAt?: number;
            participantId?: string;
          }[];
          if (input.verb === 'messageReceived') {
            if (given?.position !== undefined || given?.sentAt !== undefined) return [];
            const isNew = !ids.includes(given?.messageId ?? '');
            if (isNew && given?.participantId !== guest.began.participantId) ids.push(given?.messageId ?? '');
          } else if (input.verb === 'viewed') {
            seen = Math.max(seen, ids.indexOf(String(input.with[0])) + 1);
          } else if (input.verb === 'markAsRead' || input.verb === 'seen') return [];
          const later = world.moments.findIndex(
            ({ at, kind }, index) => index > input.index && (at > input.at || kind === 'input'),
          );
          const after = later < 0 ? world.moments.length : later;
          const isRead = input.at > readBy && world.isOnTime(guest.began.at, input.at);
          const marked = ledgerAt(guest, guest.began.conversationId ?? '', after)?.seen?.messageId;
          if (marked !== undefined && !ids.includes(marked)) return []; // by an earlier run
          const noted = ids.indexOf(marked ?? '') + 1;
          if (isRead || (input.verb === 'viewed' && seen > 0 && noted >= seen)) mayWait = false;
          const left = ids.length - (mayWait ? noted : seen);
          const told = guest.emitted.findLast(
            ({ event, index }) => event.type === 'unread.changed' && index < after,
          );
          const count = told?.event.type === 'unread.changed' ? told.event.count : 0;
          const isMeasured = !guest.inputs.some(({ verb }) => verb === 'markAsRead' || verb === 'seen');
          const isRunning = guest.inputs.some(({ verb, index }) => verb === 'start' && index < input.index);
          return isMeasured && isRunning && count !== left && input.index < guest.stoppedAt
            ? [broken(input, `${count} are said to be unread, ${left} are`)]
            : [];
        });
      }),
  },
  {
    clause: 'R-5b',
    looksFor: 'a page that goes without its pending marks',
    check: (world) =>
      world.conversations.flatMap((guest) =>
        guest.inputs.flatMap((input) => {
          if (!['hide', 'freeze', 'flush'].includes(input.verb) || !guest.began.capabilities.readReceipts)
            return [];
          if (!isFreeToCall(world, guest, input.index)) return [];
          const pending = marksAt(guest, input.index).filter(isPending);
          // What there is no room for stays, and is no fault.
          const wanted = pending.map(({ conversationId, seen }) => ({
            conversationId,
            messageId: seen?.messageId,
          }));
          if (bytesOf(wanted) > keepaliveRoom / 2) return [];
          const next = world.moments.findIndex(
            ({ kind, at }, index) => index > input.index && (kind === 'input' || at > input.at),
          );
          const left = world.reads.filter(
            ({ index, at }) => at === input.at && index > input.index && (next < 0 || index < next),
          );
          const missing = pending.filter(
            ({ conversationId }) =>
              !left.some((call) => call.keepalive && call.conversationId === conversationId),
          );
          return missing.map(({ conversationId }) =>
            broken(input, `the mark of ${conversationId} stayed behind`),
          );
        }),
      ),
  },
  {
    clause: 'R-6',
    looksFor: 'typing that goes before a read that was due',
    check: (world) =>
      world.reads.flatMap((call) => {
        const before = world.typing.findLast(({ index, at }) => index < call.index && at === call.at);
        const guest = callerOf(world, call);
        if (!before || call.keepalive || guest === undefined) return [];
        // What was seen while a storage is read is due once it was.
        if (!marksAt(guest, before.index).some(isPending)) return [];
        // It had begun before its call left, and waited for a storage.
        if (world.state(guest, 'receipts', call.index) === 'sending') return [];
        const isUndisturbed = world.moments.slice(before.index + 1, call.index).every(({ kind }, nth) => {
          const isItsAnswer =
            before.answer?.outcome === 'accepted' && before.answer.index === before.index + 1 + nth;
          return !['input', 'answer', 'told', 'late'].includes(kind) || isItsAnswer;
        });
        return isUndisturbed ? [broken(before, 'it left before the read that was due')] : [];
      }),
  },
  {
    clause: 'R-7',
    looksFor: 'a page of the past that moves a mark or makes a call',
    check: (world) =>
      world.all('input').flatMap((input) => {
        if (input.verb !== 'historyReceived') return [];
        const guest = world.conversations.find(({ who }) => who === input.who);
        const next = world.moments.findIndex(
          ({ kind, at }, index) =>
            index > input.index && (kind === 'input' || kind === 'answer' || at > input.at),
        );
        const until = next < 0 ? world.moments.length : next;
        const call = world.reads.find(({ index }) => index > input.index && index < until);
        // Of whichever handle: one may have waited for its storage until now.
        const wasDue = world.conversations.some((each) => marksAt(each, input.index).some(isPending));
        if (call && !wasDue) return [broken(call, 'it was made for a page of the past')];
        const conversationId = guest && openIn(world, guest, input.index);
        if (!guest || conversationId == null) return [];
        const [before, after] = [
          ledgerAt(guest, conversationId, input.index),
          ledgerAt(guest, conversationId, until),
        ];
        // What was seen before may count only now, once a storage was read.
        const isAsked = guest.inputs.some(
          ({ verb, index, with: given }) =>
            index < until &&
            (verb === 'markAsRead' ||
              (['viewed', 'seen'].includes(verb) && given.flat().includes(after?.seen?.messageId ?? ''))),
        );
        return before && before.seen?.messageId !== after?.seen?.messageId && !isAsked
          ? [broken(input, 'it moved what was seen')]
          : [];
      }),
  },
  {
    clause: 'R-8',
    looksFor: 'a read call, or a mark that is said to be lost, over a back end without read receipts',
    check: (world) => {
      const [guest] = world.conversations;
      if (!guest || guest.began.capabilities.readReceipts) return [];
      const lost = guest.emitted.filter(({ event }) => event.type === 'read.failed');
      return [...world.reads, ...lost].map((moment) => broken(moment, 'nobody takes read marks here'));
    },
  },
  {
    clause: 'R-9',
    looksFor: 'a mark that names everything, or a message that nobody told or that was taken out',
    check: (world) =>
      world.reads.flatMap((call) => {
        const guest = callerOf(world, call);
        if (call.messageId === undefined) {
          // It means what was told when it was wanted, however late it leaves.
          const wanted = guest?.marks.find(({ marks }) =>
            marks.some(
              ({ conversationId, seen }) =>
                conversationId === call.conversationId && seen !== null && seen.messageId === undefined,
            ),
          );
          const authors = authorsBefore(world, call.conversationId, wanted?.index ?? call.index, guest);
          const isFresh = world.conversations.length === 1 && guest?.marks[0]?.marks.length === 0;
          const removed = new Set(
            world.all('input').flatMap(({ verb, with: given }) => (verb === 'messageRemoved' ? given : [])),
          );
          const others = [...authors].filter(
            ([messageId, author]) => author !== guest?.began.participantId && !removed.has(messageId),
          );
          return others.length > 0 && isFresh && world.all('input').every(({ verb }) => verb !== 'receive')
            ? [broken(call, 'it means everything although messages were told')]
            : [];
        }
        const removed = [...world.all('input'), ...world.all('told')].find((moment) => {
          if (moment.index >= call.index) return false;
          if (moment.kind === 'input')
            return (
              moment.who === guest?.who &&
              moment.verb === 'messageRemoved' &&
              moment.with[0] === call.messageId
            );
          return moment.event.type === 'message.removed' && moment.event.messageId === call.messageId;
        });
        return removed && call.attempt === 1 ? [broken(call, `${call.messageId} was taken out before`)] : [];
      }),
  },
  {
    clause: 'R-10',
    looksFor: 'a read call for the guest’s own message, or for what they read elsewhere',
    check: (world) =>
      world.reads.flatMap((call) => {
        const guest = callerOf(world, call);
        const own = guest?.began.participantId ?? null;
        if (own === null || call.messageId === undefined) return [];
        if (authorsBefore(world, call.conversationId, call.index).get(call.messageId) === own) {
          return [broken(call, `${call.messageId} is the guest’s own`)];
        }
        const elsewhere = world
          .all('told')
          .find(
            ({ index, event }) =>
              index < call.index &&
              event.type === 'message.read' &&
              event.participantId === own &&
              event.messageId === call.messageId &&
              event.conversationId === call.conversationId,
          );
        return elsewhere ? [broken(call, `${call.messageId} was read on another device`)] : [];
      }),
  },
  {
    clause: 'R-11',
    looksFor: 'a read call while the guest keeps their reading to themselves',
    check: (world) =>
      world.reads.flatMap((call) => {
        const guest = callerOf(world, call);
        const turn = guest?.inputs.findLast(({ verb, index }) => verb === 'shareReads' && index < call.index);
        return turn?.with[0] === false ? [broken(call, 'the guest did not want it told')] : [];
      }),
  },
];

function isStillPending(guest: Guest, { conversationId }: WorldCall, index: number): boolean {
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
    world.conversations.length === 1 &&
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
