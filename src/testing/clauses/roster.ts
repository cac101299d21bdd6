import { longestTyping } from '../../../machines/waits.ts';
import { broken, type Checker, type Guest, type Of, openIn, type World } from './world.ts';

/** The shortest time that somebody's word on their typing is taken for, ms. */
const shortestWord = 1000;

/** A word on somebody's typing that a handle was told. */
interface Word {
  readonly at: number;
  readonly index: number;
  readonly conversationId: unknown;
  readonly participantId: string;
  readonly isTyping: boolean;
  /** Whether it says itself how long it holds. */
  readonly isTimed: boolean;
  /** How long it holds, ms; `null` where that cannot be told. */
  readonly holds: number | null;
}

/** Every word on typing that reached a handle. */
export function wordsTo(world: World, guest: Guest): readonly Word[] {
  const { remoteTimeToLive } = guest.began.timing;
  const holdsFor = (said: unknown): number | null => {
    if (said === undefined) return remoteTimeToLive;
    return typeof said === 'number' && said > 0
      ? Math.min(Math.max(said, shortestWord), longestTyping)
      : null;
  };
  const told = world.all('told').flatMap(({ at, index, event }): Word[] => {
    if (event.type !== 'remote.typing') return [];
    const { conversationId, participantId, isTyping, durationMs } = event;
    // A stamp may be older than what its author wrote since.
    const holds = 'sentAt' in event ? null : holdsFor(durationMs);
    const isTimed = durationMs !== undefined;
    return [{ at, index, conversationId, participantId, isTyping, isTimed, holds }];
  });
  const received = guest.inputs.flatMap(({ at, index, verb, with: [frame] }): Word[] => {
    if (verb !== 'receive' || typeof frame !== 'object' || frame === null) return [];
    const { type, isTyping, conversationId, participantId, duration } = frame as Readonly<
      Record<string, unknown>
    >;
    if (type !== 'conversation:typing' || typeof isTyping !== 'boolean') return [];
    const holds = 'sentAt' in frame ? null : holdsFor(duration);
    const isTimed = duration !== undefined;
    return [{ at, index, conversationId, participantId: String(participantId), isTyping, isTimed, holds }];
  });
  return [...told, ...received].sort((one, other) => one.index - other.index);
}

interface Shown {
  readonly at: number;
  readonly index: number;
  readonly who: readonly string[];
}

/** Who was shown typing, from when on. */
export const shownIn = ({ emitted }: Guest): readonly Shown[] =>
  emitted.flatMap(({ at, index, event }) =>
    event.type === 'roster.changed' ? [{ at, index, who: event.participantIds }] : [],
  );

/** Whether something between two places may end somebody's typing before their word does. */
function mayEnd(world: World, guest: Guest, participantId: string, from: number, to: number): boolean {
  const ending = [
    'open',
    'reopen',
    'close',
    'leave',
    'end',
    'offline',
    'online',
    'stop',
    'start',
    'historyReceived',
  ];
  return world.moments.slice(from + 1, to).some((moment) => {
    if (moment.kind === 'late' || moment.kind === 'wall') return true;
    if (moment.kind === 'answer') return moment.outcome === 'failed';
    if (moment.kind === 'emitted') return moment.event.type === 'conversation.ended';
    if (moment.kind === 'told') {
      const { event } = moment;
      if (event.type === 'remote.typing') return event.participantId === participantId;
      return event.type !== 'message.accepted' && event.type !== 'message.read';
    }
    if (moment.kind !== 'input' || moment.who !== guest.who) return false;
    if (moment.verb === 'receive') return JSON.stringify(moment.with).includes(participantId);
    if (moment.verb !== 'messageReceived') return ending.includes(moment.verb);
    return JSON.stringify(moment.with).includes(participantId);
  });
}

/** Those who are shown no more although their last word holds still, each with the moment at which they went. */
function goneEarly(world: World, guest: Guest) {
  const words = wordsTo(world, guest);
  const shown = shownIn(guest);
  return shown.flatMap((each, nth) =>
    (shown[nth - 1]?.who ?? []).flatMap((participantId) => {
      if (each.who.includes(participantId)) return [];
      const word = words.findLast((one) => one.index < each.index && one.participantId === participantId);
      if (!word?.isTyping || word.holds === null || each.at >= word.at + word.holds - world.slack) return [];
      if (word.conversationId !== openIn(world, guest, word.index)) return [];
      return [{ each, participantId, word }];
    }),
  );
}

/** Inputs and news, in order, up to a place: what a change of the roster may follow from. */
const lastTurn = (world: World, guest: Guest, index: number): Of<'input'> | Of<'told'> | undefined =>
  [...guest.inputs, ...world.all('told')]
    .filter((turn) => turn.index < index)
    .sort((one, other) => one.index - other.index)
    .at(-1);

/** T-18, with R-7 and L-4 of who is shown typing, as far as a trace shows it. */
export const rosterCheckers: readonly Checker[] = [
  {
    clause: 'T-18',
    looksFor: 'somebody who is shown typing for longer than their last word on it lasts',
    check: (world) =>
      world.conversations.flatMap((guest) => {
        const words = wordsTo(world, guest).filter(
          ({ index, conversationId, isTyping }) => isTyping && conversationId === openIn(world, guest, index),
        );
        const shown = guest.emitted.filter(({ event }) => event.type === 'roster.changed');
        return shown.flatMap((each, nth) => {
          if (each.event.type !== 'roster.changed') return [];
          const next = shown[nth + 1];
          const end = Math.min(next?.index ?? world.moments.length, guest.stoppedAt);
          const endsAt = world.moments[end]?.at ?? world.until;
          return each.event.participantIds.flatMap((participantId) => {
            const last = words.findLast((word) => word.participantId === participantId && word.index < end);
            if (!last) return [];
            const lasts = last.holds ?? (last.isTimed ? longestTyping : guest.began.timing.remoteTimeToLive);
            // Where one timer was late, others may be as much.
            const due = world
              .all('late')
              .reduce(
                (by, { at, ms }) => (at > by && at - ms <= by + world.slack ? at + ms : by),
                last.at + lasts,
              );
            return endsAt > due + world.slack
              ? [
                  broken(
                    each,
                    `${participantId} said so last at ${last.at} ms, and is shown until ${endsAt} ms`,
                  ),
                ]
              : [];
          });
        });
      }),
  },
  {
    clause: 'T-18',
    looksFor:
      'somebody who is shown typing for less than they say, after they said that they stopped, or elsewhere',
    check: (world) =>
      world.conversations.flatMap((guest) => {
        const shown = shownIn(guest);
        const after = (index: number): Shown | undefined => shown.findLast((each) => each.index <= index);
        const own = shown.filter(({ who }) => who.includes(guest.began.participantId ?? ''));
        const early = goneEarly(world, guest).filter(
          ({ participantId, word, each }) => !mayEnd(world, guest, participantId, word.index, each.index),
        );
        /** What a moment amounted to: the roster before anything else happened. */
        const settledAt = (index: number): number => {
          const next = world.moments.findIndex(
            ({ kind, at }, place) =>
              place > index &&
              (at > (world.moments[index]?.at ?? 0) || ['input', 'told', 'answer'].includes(kind)),
          );
          return next < 0 ? world.moments.length : next;
        };
        const unheard = wordsTo(world, guest).filter(
          ({ isTyping, index, participantId, conversationId }) =>
            !isTyping &&
            index < guest.stoppedAt &&
            conversationId === openIn(world, guest, index) &&
            after(index)?.who.includes(participantId) === true &&
            after(settledAt(index) - 1)?.who.includes(participantId) === true,
        );
        const elsewhere = guest.inputs.filter(
          ({ verb, index, with: [to] }) =>
            verb === 'open' &&
            index < guest.stoppedAt &&
            to !== openIn(world, guest, index) &&
            (after(settledAt(index) - 1)?.who.length ?? 0) > 0,
        );
        return [
          ...own.map((each) => broken(each, 'the guest is shown to themselves')),
          ...early.map(({ each, participantId, word }) =>
            broken(each, `${participantId} said so at ${word.at} ms, for ${word.holds} ms`),
          ),
          ...unheard.map((word) =>
            broken(word, `${word.participantId} said that they stopped, and is shown on`),
          ),
          ...elsewhere.map((input) =>
            broken(input, 'who typed in the conversation before is shown in another'),
          ),
        ];
      }),
  },
  {
    clause: 'R-7',
    looksFor: 'a page of the past that ends somebody’s typing',
    check: (world) =>
      world.conversations.flatMap((guest) =>
        goneEarly(world, guest).flatMap(({ each, participantId }) => {
          const turn = lastTurn(world, guest, each.index);
          const isPage = turn?.kind === 'input' && turn.verb === 'historyReceived' && turn.at === each.at;
          return isPage && world.isOnTime(turn.at, each.at)
            ? [broken(each, `a page of the past ended the typing of ${participantId}`)]
            : [];
        }),
      ),
  },
  {
    clause: 'L-4',
    looksFor: 'somebody who is told to type in a conversation that is over',
    check: (world) =>
      world.conversations.flatMap((guest) =>
        guest.emitted.flatMap((each) => {
          if (each.event.type !== 'roster.changed' || each.event.participantIds.length === 0) return [];
          const open = openIn(world, guest, each.index);
          const turn = guest.emitted.findLast(
            ({ index, event }) =>
              index < each.index &&
              ['conversation.ended', 'conversation.resumed'].includes(event.type) &&
              'conversationId' in event &&
              event.conversationId === open,
          );
          if (turn?.event.type !== 'conversation.ended') return [];
          const isOpened = world.moments
            .slice(turn.index, each.index)
            .some(
              (moment) =>
                (moment.kind === 'input' && ['open', 'reopen', 'close', 'start'].includes(moment.verb)) ||
                (moment.kind === 'told' && moment.event.type === 'conversation.opened'),
            );
          return isOpened ? [] : [broken(each, `${open} was over`)];
        }),
      ),
  },
];
