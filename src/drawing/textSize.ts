const size = 11;
const lineHeight = 14;

/** Characters that are much narrower or wider than most, in a sans serif face. */
const narrow = /[fijlrt.,:;'|!()[\]\s]/;
const wide = /[mwMW@…⟳]/;

/** How wide a line of text is, px, close enough to draw around; the same on every machine. */
export function widthOf(text: string, scale = 1): number {
  let width = 0;
  for (const character of text) width += wide.test(character) ? 9.4 : narrow.test(character) ? 3.9 : 6.5;
  return Math.ceil(width * scale * (size / 11));
}

/** How high so many lines are, px. */
export const heightOfLines = (lines: number): number => lines * lineHeight;
