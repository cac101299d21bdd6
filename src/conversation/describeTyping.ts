/** Words for {@link describeTyping}; each gets the names. What is left out stays English. */
export interface TypingPhrases {
  readonly one?: (names: readonly string[]) => string;
  readonly few?: (names: readonly string[]) => string;
  readonly many?: (names: readonly string[]) => string;
}

/** From how many people on nobody is named. */
const many = 4;

/**
 * What to say of people who are typing: "Alex is typing", "Alex and Sam are typing", "Several people are
 * typing"; nothing for nobody. For a live region, say it when `roster.announced` comes, and leave the region
 * silent when typing ends.
 */
export function describeTyping(names: readonly string[], phrases: TypingPhrases = {}): string {
  if (names.length === 0) return '';
  if (names.length === 1) return (phrases.one ?? (([name]) => `${name} is typing`))(names);
  if (names.length < many) return (phrases.few ?? ((some) => `${listed(some)} are typing`))(names);
  return (phrases.many ?? (() => 'Several people are typing'))(names);
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
