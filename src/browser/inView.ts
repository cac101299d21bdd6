/** Less of an element than this says nothing of it, px. */
const leastLine = 12;

/** How much of a length has to be in view: half of it or half of the view, whichever is less, but no mere sliver. */
function enough(length: number, view: number): number {
  return Math.max(Math.min(length, view) / 2, Math.min(length / 2, leastLine)) - 0.5; // Borders fall between pixels.
}

/** What an element stands in, across shadow roots. */
function around(element: Element): Element | null {
  if (element.assignedSlot) return element.assignedSlot;
  const { parentNode } = element;
  return parentNode?.nodeType === Node.DOCUMENT_FRAGMENT_NODE
    ? (parentNode as ShadowRoot).host
    : element.parentElement;
}

/** The element that cuts off what is in `container`: itself, or what it stands in; `null` for the window. */
export function scrollerOf(container: Element): Element | null {
  const { body, documentElement, defaultView } = container.ownerDocument;
  let each: Element | null = container;
  while (each && each !== body && each !== documentElement) {
    if (defaultView?.getComputedStyle(each).overflowY !== 'visible') return each;
    each = around(each);
  }
  return null;
}

/** From where to where the screen shows what is in `scroller`, px. */
export function viewOf(
  scroller: Element | null,
  { documentElement: { clientHeight } }: Document,
): { top: number; bottom: number } {
  const { top, bottom } = scroller?.getBoundingClientRect() ?? { top: 0, bottom: clientHeight };
  return { top: Math.max(0, top), bottom: Math.min(clientHeight, bottom) };
}

/** Whether enough of an element is in view, of whatever height it is. */
export function isInView(
  { boundingClientRect: whole, intersectionRect: shown, target }: IntersectionObserverEntry,
  scroller: Element | null,
): boolean {
  const { clientWidth, clientHeight } = target.ownerDocument.documentElement;
  const width = Math.min(clientWidth, scroller?.clientWidth ?? clientWidth);
  const height = Math.min(clientHeight, scroller?.clientHeight ?? clientHeight);
  return (
    shown.width > 0 &&
    shown.height > 0 &&
    shown.width >= enough(whole.width, width) &&
    shown.height >= enough(whole.height, height)
  );
}

/**
 * Whether something lies over all of what is shown of an element: at none of three heights a click would reach it,
 * or what it stands in up to `container`. Behind a modal dialog nothing can be reached.
 */
export function isCovered(element: Element, container: Element, shown: DOMRectReadOnly): boolean {
  const root = element.getRootNode() as Document | ShadowRoot;
  const x = shown.left + shown.width / 2;
  return [0.25, 0.5, 0.75].every((part) => {
    const hit = root.elementFromPoint(x, shown.top + shown.height * part);
    return !hit || !(element.contains(hit) || (hit.contains(element) && container.contains(hit)));
  });
}
