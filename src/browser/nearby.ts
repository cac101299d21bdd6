import type { Scope } from './scope.ts';

/** Up to so many children all of them are watched: an observer measures each of its elements in each frame. */
const few = 300;
/** How many children before and after those in view are watched in a longer list. */
const margin = 60;
/** How often it is looked where a list that is scrolled has come to, ms. */
const pace = 100;

/** Where a child of a list stands on the screen, px. */
type Place = Pick<DOMRect, 'top' | 'bottom'>;

/**
 * Has the children of a container watched that are near its view: all of a short list. In a long one they are looked
 * for by their places, which go down or up from child to child. Returns what looks again.
 */
export function watchNearby(
  container: HTMLElement,
  scope: Scope,
  view: () => Place,
  { watch, forget }: { watch(child: HTMLElement): void; forget(child: HTMLElement): void },
): () => void {
  let watched: ReadonlySet<HTMLElement> = new Set();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const lookAround = scope.safely(() => {
    clearTimeout(timer);
    timer = undefined;
    const children = [...container.children] as HTMLElement[];
    const near = new Set(children.length <= few ? children : around(children, view()));
    for (const child of watched) if (!near.has(child)) forget(child);
    for (const child of near) if (!watched.has(child)) watch(child);
    watched = near;
  });
  const scrolled = (): void => {
    if (container.childElementCount > few) timer ??= setTimeout(lookAround, pace);
  };

  // Scrolls do not leave the shadow root they are in.
  const { ownerDocument } = container;
  for (const root of new Set([ownerDocument, container.getRootNode()])) {
    scope.listen(root, 'scroll', scrolled, true);
  }
  if (ownerDocument.defaultView) scope.listen(ownerDocument.defaultView, 'resize', scrolled);
  if (typeof IntersectionObserver !== 'undefined') {
    const opened = new IntersectionObserver(scrolled); // A panel that is opened scrolls nothing.
    opened.observe(container);
    scope.onDispose(() => opened.disconnect());
  }
  scope.onDispose(() => clearTimeout(timer));
  lookAround();
  return lookAround;
}

/** The children in a view and some before and after, by halving: a list of any length costs a score of measurements. */
function around(children: readonly HTMLElement[], { top, bottom }: Place): HTMLElement[] {
  const last = children.findLastIndex((child) => child.getClientRects().length > 0);
  /** The place of a child or, where that is not shown, of the next that is. */
  const placeOf = (index: number): Place => {
    const child = children.slice(index, last + 1).find((each) => each.getClientRects().length > 0);
    return child?.getBoundingClientRect() ?? { top: 0, bottom: 0 };
  };
  /** The first child of which this is true, where it is of all that follow. */
  const first = (isTrue: (place: Place) => boolean): number => {
    let [from, to] = [0, last + 1];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (isTrue(placeOf(middle))) to = middle;
      else from = middle + 1;
    }
    return from;
  };
  const goesUp = placeOf(0).top > placeOf(last).top;
  const [begin, end] = goesUp
    ? [first((place) => place.top < bottom), first((place) => place.bottom < top)]
    : [first((place) => place.bottom > top), first((place) => place.top > bottom)];
  return children.slice(Math.max(0, begin - margin), end + margin);
}
