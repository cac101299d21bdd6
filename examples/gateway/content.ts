/** One part of what a webhook carries besides its text. Which fields a kind has is for Genesys to say: all are asked for. */
interface Part {
  readonly contentType?: unknown;
  readonly [field: string]: unknown;
}

/** Longest text of a message in the guest contract, in UTF-16 units. */
const longestText = 4096;

/**
 * The words of a message for a guest. The guest contract carries text and nothing else, so that attachments, cards and
 * choices are written out; of what is not known its kind is named, and nothing is left out silently.
 */
export function wordsOf(text: unknown, content: unknown): string {
  const parts = Array.isArray(content) ? content.map((part: unknown) => partOf(part)) : [];
  const choices = parts.flatMap(({ choice }) => choice ?? []);
  const lines = [
    ...(typeof text === 'string' && text !== '' ? [text] : []),
    ...parts.flatMap(({ lines = [] }) => lines),
    ...(choices.length > 0 ? [`Choose by writing: ${choices.join(' / ')}`] : []),
  ];
  // A notification repeats its text in its template.
  const words = lines.filter((line, at) => lines.indexOf(line) === at).join('\n');
  return words.length > longestText ? `${words.slice(0, longestText - 1)}…` : words;
}

function partOf(value: unknown): { readonly lines?: readonly string[]; readonly choice?: string } {
  const part = recordIn(value) as Part;
  const kind = typeof part.contentType === 'string' ? part.contentType : 'something';
  const field = (name: string) => recordIn(part[name]);
  switch (kind) {
    case 'Attachment':
      return { lines: linesOf(attachmentLine(field('attachment')), kind) };
    case 'QuickReply':
    case 'Button':
    case 'ButtonResponse': {
      const { text } = field(kind.charAt(0).toLowerCase() + kind.slice(1));
      return typeof text === 'string' && text !== '' ? { choice: text } : { lines: [`[${kind}]`] };
    }
    case 'Card':
      return { lines: linesOf(cardLines(field('card')), kind) };
    case 'Carousel': {
      const { cards } = field('carousel');
      return { lines: linesOf(Array.isArray(cards) ? cards.flatMap(cardLines) : [], kind) };
    }
    case 'Notification':
    case 'Template': {
      const { header, body, footer } = { ...field('template'), ...field('notification') };
      return { lines: linesOf([header, body, footer].flatMap(textIn), kind) };
    }
    default:
      return { lines: linesOf(textIn(field(kind.charAt(0).toLowerCase() + kind.slice(1))), kind, true) };
  }
}

/** What a part says; where it says nothing, or more than is shown here, its kind as well. */
const linesOf = (lines: readonly string[], kind: string, isUnknown = false): readonly string[] =>
  lines.length === 0 || isUnknown ? [`[${kind}]`, ...lines] : lines;

function attachmentLine({ filename, text, mediaType, url }: Record<string, unknown>): readonly string[] {
  const name = [filename, text, mediaType].find((each) => typeof each === 'string' && each !== '') ?? 'File';
  return typeof url === 'string' ? [`${name}: ${url}`] : [`[${name}]`];
}

function cardLines(value: unknown): readonly string[] {
  const { title, description, image, actions, defaultAction } = recordIn(value);
  const all = [...(Array.isArray(actions) ? actions : []), ...(defaultAction ? [defaultAction] : [])];
  return [
    ...[title, description].flatMap(textIn),
    ...(typeof image === 'string' ? [image] : []),
    ...all.flatMap((action) => {
      const { text, url } = recordIn(action);
      const words = [text, url].filter((each) => typeof each === 'string' && each !== '');
      return words.length > 0 ? [`• ${words.join(': ')}`] : [];
    }),
  ];
}

/** A text, or the texts of what has some under the names that Genesys uses. */
function textIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  const { title, subtitle, text, body, url } = recordIn(value);
  return [title, subtitle, text, body, url].filter((each): each is string => typeof each === 'string');
}

function recordIn(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
