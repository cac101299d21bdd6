import { shownIn, wordsTo } from './roster.ts';
import { broken, type Checker, openIn } from './world.ts';

/** T-15: when somebody’s typing is said aloud, as far as a trace shows it. */
export const aloudCheckers: readonly Checker[] = [
  {
    clause: 'T-15',
    looksFor: 'somebody’s typing that is said aloud twice within a gap, or before it has lasted',
    check: (world) =>
      world.conversations.flatMap((guest) => {
        const { announceGap, announceAfter } = guest.began.timing;
        const said = guest.emitted.filter(({ event }) => event.type === 'roster.announced');
        return said.flatMap((each, nth) => {
          const before = said[nth - 1];
          if (before && each.at - before.at < announceGap - world.slack) {
            return [broken(each, `${each.at - before.at} ms after it was said before`)];
          }
          const since = guest.emitted.findLast(
            ({ event, index }, place, all) =>
              index < each.index &&
              event.type === 'roster.changed' &&
              event.participantIds.length > 0 &&
              !all
                .slice(0, place)
                .some(
                  (other, otherPlace, others) =>
                    other.event.type === 'roster.changed' &&
                    other.event.participantIds.length > 0 &&
                    others
                      .slice(otherPlace)
                      .every(
                        ({ event: later }) =>
                          later.type !== 'roster.changed' || later.participantIds.length > 0,
                      ),
                ),
          );
          return since && each.at - since.at < announceAfter - world.slack
            ? [broken(each, `${each.at - since.at} ms after it began`)]
            : [];
        });
      }),
  },
  {
    clause: 'T-15',
    looksFor: 'typing that lasts, and is not said aloud',
    check: (world) =>
      world.conversations.flatMap((guest) => {
        const { announceAfter, announceGap } = guest.began.timing;
        const said = guest.emitted.filter(({ event }) => event.type === 'roster.announced');
        const shown = shownIn(guest);
        return shown.flatMap((each, nth) => {
          if (each.who.length === 0 || (shown[nth - 1]?.who.length ?? 0) > 0) return [];
          const end = shown.slice(nth).find(({ who }) => who.length === 0);
          const endsAt = Math.min(end?.at ?? world.until, world.moments[guest.stoppedAt]?.at ?? world.until);
          const before = said.findLast(({ index }) => index < each.index);
          const due = Math.max(each.at + announceAfter, before ? before.at + announceGap : 0);
          if (endsAt <= due + world.slack || !world.isOnTime(each.at, endsAt)) return [];
          const isSaid = said.some(({ index, at }) => index > each.index && at <= due + world.slack);
          return isSaid ? [] : [broken(each, `it went on, and was not said by ${due} ms`)];
        });
      }),
  },
  {
    clause: 'T-15',
    looksFor: 'one episode of typing, from the first to the last who types, that is said aloud twice',
    check: (world) =>
      world.conversations.flatMap((guest) => {
        let shown: readonly string[] = [];
        let isSaid = false;
        return guest.emitted.flatMap((each) => {
          const { event } = each;
          if (event.type === 'roster.changed') {
            // Where a sleep outlasted all who typed, whoever types next begins anew.
            if (!event.participantIds.some((id) => shown.includes(id))) isSaid = false;
            shown = event.participantIds;
          }
          if (event.type !== 'roster.announced') return [];
          const isTwice = isSaid;
          isSaid = true;
          return isTwice ? [broken(each, 'it was said before, and somebody has typed since')] : [];
        });
      }),
  },
  {
    clause: 'T-15',
    looksFor: 'the typing of somebody whose last word on it is over, and that is said aloud',
    check: (world) =>
      world.conversations.flatMap((guest) => {
        const words = wordsTo(world, guest).filter(
          ({ index, conversationId, isTyping }) =>
            index > guest.began.index && isTyping && conversationId === openIn(world, guest, index),
        );
        return guest.emitted.flatMap((each) => {
          if (each.event.type !== 'roster.announced') return [];
          return each.event.participantIds.flatMap((participantId) => {
            const last = words.findLast(
              (word) => word.index < each.index && word.participantId === participantId,
            );
            return last && last.holds !== null && last.at + last.holds < each.at - world.slack
              ? [broken(each, `${participantId} said so last at ${last.at} ms, for ${last.holds} ms`)]
              : [];
          });
        });
      }),
  },
];
