/** How a timeline looks, by day and by night. */
export const style = `
svg{color-scheme:light dark;--ink:#1c2430;--soft:#5a6677;--ground:#fff;--stripe:#f4f6f9;--grid:#dfe4ea;--key:#2a5db0;--lit:#2e8b57;--call:#2e8b57;--bad:#c0392b;--silence:#c9d6ea;--spacing:#d9d3ec;--backoff:#f5d7b5;--limit:#f3b7ae;--collect:#cfe5da}
@media (prefers-color-scheme:dark){svg{--ink:#e6ebf2;--soft:#a3afbf;--ground:#12161c;--stripe:#191f27;--grid:#2c3540;--key:#7fa8ec;--lit:#3fae73;--call:#3fae73;--bad:#ef7b6d;--silence:#2f4564;--spacing:#453c6b;--backoff:#6d4a20;--limit:#7c332a;--collect:#2a5743}}
text{font:12px system-ui,sans-serif;fill:var(--ink)}
.title{font-weight:600;font-size:15px}
.lane{font-weight:600}
.tick{fill:var(--soft);font-size:11px}
.ground{fill:var(--ground)}
.stripe{fill:var(--stripe)}
.grid{stroke:var(--grid);fill:none}
.burst{fill:var(--key);opacity:.22}
.key{stroke:var(--key);stroke-width:2}
.deed{fill:var(--key)}
.lit{fill:var(--lit)}
.ran-out{stroke:var(--lit);stroke-width:2;stroke-dasharray:3 3;fill-opacity:.75}
.on{fill:#fff;font-weight:600}
.call{fill:var(--call)}
rect.bad{fill:var(--bad)}
text.bad{fill:var(--bad);font-weight:600}
.silence{fill:var(--silence)}.spacing{fill:var(--spacing)}.backoff{fill:var(--backoff)}.limit{fill:var(--limit)}.collect{fill:var(--collect)}
.cut{fill-opacity:.55;stroke:var(--soft);stroke-dasharray:2 3}
`.trim();

/** How wide words in the picture are, px, close enough to place them. */
export const widthOfText = (text: string): number => Math.ceil(text.length * 6.6);

/** A time, or a length of time, as `4 s`, `0.3 s` or `2 min 5 s`. */
export function secondsText(ms: number): string {
  if (ms >= 120_000) {
    const seconds = Math.round(ms / 1000);
    return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  }
  return `${Number((ms / 1000).toFixed(ms < 10_000 && ms % 1000 !== 0 ? 1 : ms % 1000 === 0 ? 0 : 1))} s`;
}

const steps = [
  100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 3_600_000, 21_600_000,
];

/** Where the axis has its marks: round times, far enough apart to be read. */
export function ticksOf(from: number, to: number, width: number): number[] {
  const step = steps.find((each) => (each / (to - from)) * width >= 56) ?? 86_400_000;
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push(at);
  return ticks;
}

/** Puts what would overlap in rows below each other; the highest row that has room is taken. */
export function inRows<T extends { readonly left: number; readonly right: number }>(
  list: readonly T[],
): (T & { readonly line: number })[] {
  const ends: number[] = [];
  return [...list]
    .sort((one, other) => one.left - other.left)
    .map((each) => {
      const free = ends.findIndex((end) => end <= each.left);
      const line = free < 0 ? ends.length : free;
      ends[line] = each.right;
      return { ...each, line };
    });
}

/** Text as it stands in markup and between quotation marks; what no XML may hold is left out. */
export function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/g, '')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
