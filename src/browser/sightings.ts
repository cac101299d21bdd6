import type { Scope } from './scope.ts';

/** What sightings are judged by. */
interface Judge {
  /** How long an element has to be shown, ms. */
  readonly dwell: number;
  /** How high the view is, px: what moves by one of it within `dwell` flies by. */
  viewHeight(): number;
  isAttentive(): boolean;
  isShown(entry: IntersectionObserverEntry): boolean;
  /** What there is to see in an element; `null` for nothing. */
  idOf(element: HTMLElement): string | null;
  seen(ids: readonly string[]): void;
  /** How long a look lasts that saw nothing to wait for, ms. */
  readonly patience: number;
  /** Whether it is looked on although nothing is left to see. */
  readonly isEndless: boolean;
}

/** Elements whose sight is waited for. */
export interface Sightings {
  readonly watch: (element: HTMLElement) => void;
  readonly forget: (element: HTMLElement) => void;
  /** Something changed in what is watched. */
  lookSoon(): void;
  /** The guest came or went. */
  attentionChanged(): void;
}

interface Sight {
  readonly id: string;
  readonly since: number;
  readonly time: number;
  readonly top: number;
}

/**
 * Makes {@link Sightings}. An observer's thresholds say when an element comes and goes, never how a tall one stands.
 * So those that are near are observed anew, again and again, while one of them is yet to be seen: each time the
 * observer measures once more, frames and clips included.
 */
export function createSightings(scope: Scope, judge: Judge): Sightings {
  const near = new Set<HTMLElement>();
  const sights = new Map<HTMLElement, Sight>();
  let told = new WeakMap<HTMLElement, string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wasAttentive = true;
  let isOver = false;

  const isDue = (element: HTMLElement): boolean => {
    const id = judge.idOf(element);
    return id !== null && told.get(element) !== id;
  };
  const look = scope.safely(() => {
    clearTimeout(timer);
    timer = undefined;
    const isAttentive = judge.isAttentive();
    if (isAttentive && !wasAttentive) told = new WeakMap();
    wasAttentive = isAttentive;
    if (!isAttentive) return sights.clear();
    const due = [...near].filter(isDue);
    for (const element of due) {
      observer?.unobserve(element);
      observer?.observe(element);
    }
    if (due.length === 0 && judge.isEndless) lookSoon();
  });
  const lookSoon = (): void => {
    if (isOver || timer !== undefined || !judge.isAttentive()) return;
    if (!judge.isEndless && ![...near].some(isDue)) return;
    const wait = sights.size > 0 ? Math.min(judge.dwell / 4, judge.patience) : judge.patience;
    timer = setTimeout(look, wait);
  };

  /** The sight of an element, from when on it stands still enough to be read. */
  const sightOf = (entry: IntersectionObserverEntry, id: string): Sight => {
    const { time } = entry;
    const { top } = entry.boundingClientRect;
    const before = sights.get(entry.target as HTMLElement);
    const isSame =
      before?.id === id &&
      Math.abs(top - before.top) * judge.dwell <= judge.viewHeight() * Math.max(time - before.time, 16);
    return { id, time, top, since: isSame ? before.since : time };
  };
  const take = (entries: readonly IntersectionObserverEntry[]): void => {
    const isAttentive = judge.isAttentive();
    const seen: string[] = [];
    for (const entry of entries) {
      const element = entry.target as HTMLElement;
      if (!entry.isIntersecting) {
        near.delete(element);
        sights.delete(element);
        continue;
      }
      near.add(element);
      const id = judge.idOf(element);
      if (!isAttentive || id === null || told.get(element) === id || !judge.isShown(entry)) {
        sights.delete(element);
        continue;
      }
      const sight = sightOf(entry, id);
      if (sight.time - sight.since < judge.dwell) {
        sights.set(element, sight);
        continue;
      }
      sights.delete(element);
      if (!judge.isEndless) told.set(element, id);
      seen.push(id);
    }
    if (seen.length > 0) judge.seen(seen);
    lookSoon();
  };
  const observer =
    typeof IntersectionObserver === 'undefined'
      ? undefined
      : new IntersectionObserver(scope.safely(take), { threshold: [0, 0.25, 0.5, 0.75, 1] });

  scope.onDispose(() => {
    isOver = true;
    clearTimeout(timer);
    observer?.disconnect();
  });
  return {
    watch: (element) => observer?.observe(element),
    forget: (element) => {
      observer?.unobserve(element);
      near.delete(element);
      sights.delete(element);
    },
    lookSoon,
    attentionChanged: look,
  };
}
