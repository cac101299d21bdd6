import type { MessageOrder } from './messageOrder.ts';
import type { Author, Place, Places } from './places.ts';

/** A message's place as it outlives a run: where arrival alone put it, what time it has, and whether the guest wrote it. */
export interface KeptPlace {
  readonly messageId: string;
  readonly position: number;
  readonly sentAt: number | null;
  readonly author: Author;
}

/** Most message places kept per conversation; the oldest go first. */
export const mostPlaces = 1000;

const known = new WeakMap<Places, { readonly revision: number; readonly kept: readonly KeptPlace[] }>();

/**
 * Those places that no back end gave, oldest first: what another run cannot know. The same list until something
 * changes, and the same objects in it.
 */
export function keptOf(places: Places | undefined): readonly KeptPlace[] {
  if (!places) return [];
  const { revision, sorted } = places;
  const last = known.get(places);
  if (last?.revision === revision) return last.kept;
  const kept: Place[] = [];
  for (let index = sorted.length - 1; index >= 0 && kept.length < mostPlaces; index -= 1) {
    const place = sorted[index];
    if (place && !place.isGiven) kept.push(place);
  }
  kept.reverse();
  known.set(places, { revision, kept });
  return kept;
}

/**
 * Takes over the places that an earlier run gave, and puts what was told since beside and above them. Told
 * again, those messages keep their places; new ones go above `floor` too.
 */
export function restore(
  order: MessageOrder,
  conversationId: string,
  places: readonly KeptPlace[],
  floor: number,
): void {
  const told = order.places(conversationId)?.sorted ?? [];
  const anew = order.beginAnew(conversationId);
  anew.rise(floor);
  for (const { messageId, position, sentAt, author } of places) {
    anew.put({
      ...{ messageId, position, sentAt, author: author === 'own' ? author : null },
      ...{ isGiven: false, isHistory: false, participantId: null },
    });
  }
  const again = told.map(({ position, isGiven, sentAt, participantId, ...place }) => ({
    ...place,
    position: isGiven ? position : undefined,
    sentAt: sentAt ?? undefined,
    ...(participantId !== null && { participantId }),
  }));
  anew.notePage(again.filter(({ isHistory }) => isHistory));
  for (const message of again.filter(({ isHistory }) => !isHistory)) anew.note(message);
}
