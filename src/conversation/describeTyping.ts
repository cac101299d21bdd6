/** Words for {@link describeTyping}; each gets the names, isolated. What is left out stays English. */
export interface TypingPhrases {
  /** For one who types. */
  readonly one?: (names: readonly string[]) => string;
  /** For two or three. */
  readonly few?: (names: readonly string[]) => string;
  /** For more. */
  readonly many?: (names: readonly string[]) => string;
}

/** From how many people on nobody is named. */
const many = 4;

/**
 * What to say of people who are typing: "Alex is typing", "Alex and Sam are typing", "Several people are
 * typing"; nothing for nobody. Each name is isolated (U+2068, U+2069), so that one in Arabic or Hebrew letters does
 * not turn the words around it. For a live region, say it when `roster.announced` comes, and leave the region
 * silent when typing ends.
 * @example
 * conversation.on('roster.announced', ({ participantIds }) => {
 *   liveRegion.textContent = describeTyping(participantIds.map(nameOf));
 * });
 */
export function describeTyping(names: readonly string[], phrases: TypingPhrases = {}): string {
  if (names.length === 0) return '';
  if (names.length >= many) return (phrases.many ?? (() => 'Several people are typing'))(names.map(isolated));
  const some = names.map(isolated);
  if (some.length === 1) return (phrases.one ?? (([name]) => `${name} is typing`))(some);
  return (phrases.few ?? ((all) => `${listed(all)} are typing`))(some);
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** What changes the direction of text that follows; in a name it would end its isolation. */
const directions = /[\u202a-\u202e\u2066-\u2069]/g;

const isolated = (name: string): string => `\u2068${name.replaceAll(directions, '')}\u2069`;
