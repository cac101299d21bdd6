import { make } from './dom.ts';
import type { Shown } from './model.ts';

/** Waits longer than this are waits for an event: no bar can be seen to shrink. */
const longestShown = 24 * 3_600_000;

/** Shows pending timers as bars that shrink. Returns what shows those of an actor at a time of its clock. */
export function createTimerBars(home: HTMLElement): (actor: Shown | undefined, now: number) => void {
  const rows = new Map<
    string,
    { row: HTMLElement; bar: HTMLElement; left: HTMLElement; startedAt: number }
  >();
  return (actor, now) => {
    const timers = [...(actor?.timers.values() ?? [])].filter(({ ms }) => ms < longestShown);
    const ids = new Set(timers.map(({ id }) => id));
    for (const [id, { row }] of rows) {
      if (ids.has(id)) continue;
      row.remove();
      rows.delete(id);
    }
    for (const { id, event, ms, startedAt } of timers) {
      const parts = rows.get(id) ?? add(id, `${event.replace(/^after /, '')} · ${ms} ms`);
      if (parts.startedAt !== startedAt) {
        parts.startedAt = startedAt;
        const [name] = parts.row.children;
        if (name) name.textContent = `${event.replace(/^after /, '')} · ${ms} ms`;
      }
      const left = Math.max(0, startedAt + ms - now);
      parts.bar.style.transform = `scaleX(${ms === 0 ? 0 : Math.min(1, left / ms)})`;
      parts.left.textContent = `${(left / 1000).toFixed(1)} s`;
    }
    home.classList.toggle('none', timers.length === 0);
  };

  function add(id: string, words: string) {
    const row = make('li', 'timer');
    row.dataset.timer = id;
    const track = make('span', 'track');
    const bar = make('span', 'bar');
    const left = make('span', 'left');
    track.append(bar);
    row.append(make('span', 'name', words), track, left);
    home.append(row);
    const parts = { row, bar, left, startedAt: Number.NaN };
    rows.set(id, parts);
    return parts;
  }
}
