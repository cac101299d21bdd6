import { element } from '../page/dom.ts';

/** A stretch of time that is not over yet. */
export interface OpenBar {
  end(at: number): void;
}

/** How far back the timeline shows at most, ms, and at least where there is little room. */
const longest = 30_000;
const shortest = 8000;

/** Room that a second needs, px. */
const leastPerSecond = 26;

/** A bar that is not over reaches this far beyond now, s: what is beyond is cut off. */
const farAhead = 3600;

/** Marks of one kind closer than this are one mark, ms. */
const merged = 70;

const mostMarks = 600;

/** How often in a second the film moves on: smooth enough at its pace, and a fraction of the work of every frame. */
const stepsPerSecond = 15;

interface Mark {
  readonly box: HTMLElement;
  readonly lane: number;
  readonly name: string;
  readonly from: number;
  to: number;
}

/**
 * Draws time as it passes: marks stay where they are on a film, and the film moves by itself, so that a frame costs no
 * script; an empty one rests. Where motion is not wanted it moves once a second. Times are ms since 1970.
 */
export function createFilm(plot: HTMLElement) {
  const film = element('div', { className: 'film' });
  plot.append(film);
  let epoch = Date.now();
  let perSecond = leastPerSecond;
  let marks: Mark[] = [];
  const lastPoints = new Map<number, Mark>();
  const labels = new Map<number, { readonly box: Element; readonly end: number }>();
  let moving: Animation | undefined;
  const calm = matchMedia('(prefers-reduced-motion: reduce)');

  const move = (): void => {
    moving?.cancel();
    moving = undefined;
    plot.classList.toggle('blank', marks.length === 0);
    if (marks.length === 0) return; // Nobody sees an empty film move.
    const seconds = 24 * 3600;
    moving = film.animate(
      [{ transform: 'translateX(0)' }, { transform: `translateX(${-seconds * perSecond}px)` }],
      {
        duration: seconds * 1000,
        fill: 'forwards',
        easing: `steps(${seconds * (calm.matches ? 1 : stepsPerSecond)})`,
      },
    );
    // Told by when it began, it neither waits for a first frame nor is late by it: in a tab behind others there is none.
    moving.startTime = performance.now() - (Date.now() - epoch);
  };
  const measure = (): void => {
    const width = plot.clientWidth;
    if (width === 0) return;
    perSecond = Math.max(leastPerSecond, (width * 1000) / longest);
    const shown = Math.max(shortest, Math.min(longest, (width / perSecond) * 1000));
    perSecond = (width * 1000) / shown;
    plot.style.setProperty('--per-second', `${perSecond}px`);
    plot.dataset.seconds = String(Math.round(shown / 1000));
    move();
  };
  new ResizeObserver(measure).observe(plot);
  calm.addEventListener('change', move);

  const place = (mark: Mark): void => {
    mark.box.style.setProperty('--at', String((mark.from - epoch) / 1000));
    const length = Number.isFinite(mark.to) ? (mark.to - mark.from) / 1000 : farAhead;
    mark.box.style.setProperty('--long', String(length));
  };
  const forget = (): void => {
    const oldest = Date.now() - longest - 2000;
    const isGone = ({ to }: Mark, index: number) => to < oldest || index < marks.length - mostMarks;
    const kept = marks.filter((mark, index) => !isGone(mark, index));
    if (kept.length === marks.length) return;
    for (const [index, mark] of marks.entries()) if (isGone(mark, index)) mark.box.remove();
    marks = kept;
    if (marks.length === 0) move();
  };
  setInterval(forget, 1000);

  const add = (lane: number, name: string, from: number, to: number, label: string): Mark => {
    const box = element('span', { className: `mark ${name}` });
    if (label !== '') box.append(element('span', { className: 'label', textContent: label }));
    box.style.setProperty('--lane', String(lane));
    const mark: Mark = { box, lane, name, from, to };
    place(mark);
    film.append(box);
    marks.push(mark);
    if (moving === undefined) move();
    if (marks.length > mostMarks + 50) forget();
    return mark;
  };

  return {
    /** Marks a moment; many in a row become one, and a label is left out where there is no room for it. */
    point: (lane: number, name: string, at: number, label = ''): void => {
      const last = lastPoints.get(lane);
      if (last && last.name === `point ${name}` && at - last.to < merged && at >= last.from) {
        last.to = at;
        place(last);
        return;
      }
      const hasRoom = label !== '' && at >= (labels.get(lane)?.end ?? 0);
      const mark = add(lane, `point ${name}`, at, at, hasRoom ? label : '');
      const [box] = mark.box.children;
      if (box) labels.set(lane, { box, end: at + ((label.length * 6.5 + 12) * 1000) / perSecond });
      lastPoints.set(lane, mark);
    },
    /** Begins a stretch of time. */
    bar: (lane: number, name: string, from: number, label = ''): OpenBar => {
      const before = labels.get(lane);
      if (before && before.end > from) before.box.remove();
      const mark = add(lane, `bar ${name}`, from, Number.POSITIVE_INFINITY, label);
      return {
        end: (at) => {
          mark.to = Math.max(from, at);
          place(mark);
        },
      };
    },
    clear: (): void => {
      for (const { box } of marks) box.remove();
      marks = [];
      lastPoints.clear();
      labels.clear();
      epoch = Date.now();
      move();
    },
  };
}

export type Film = ReturnType<typeof createFilm>;
