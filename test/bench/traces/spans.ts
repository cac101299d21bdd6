/** A time from and to, ms. */
export type Span = readonly [from: number, to: number];

/** The same time as spans that neither touch nor overlap, in order. */
export function union(spans: readonly Span[]): readonly Span[] {
  const whole: [number, number][] = [];
  for (const [from, to] of [...spans].sort(([one], [other]) => one - other)) {
    const last = whole.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else if (to > from) whole.push([from, to]);
  }
  return whole;
}

/** What is in `spans` and not in `others`; both as {@link union} makes them. */
export function difference(spans: readonly Span[], others: readonly Span[]): readonly Span[] {
  return spans.flatMap(([from, to]) => {
    const left: Span[] = [];
    let start = from;
    for (const [cutFrom, cutTo] of others) {
      if (cutTo <= start || cutFrom >= to) continue;
      if (cutFrom > start) left.push([start, cutFrom]);
      start = cutTo;
    }
    if (start < to) left.push([start, to]);
    return left;
  });
}

/** How long they are together, ms. */
export const lengthOf = (spans: readonly Span[]): number =>
  spans.reduce((sum, [from, to]) => sum + to - from, 0);

/** How long the longest one is, ms; 0 where there is none. */
export const longestOf = (spans: readonly Span[]): number =>
  Math.max(0, ...spans.map(([from, to]) => to - from));
