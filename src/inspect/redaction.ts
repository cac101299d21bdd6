import { invalidOption } from '../shared/errors.ts';
import { checkCallbacks, checkNames, checkObject, isUuid, namesOf } from '../shared/validate.ts';

/** What an inspector hides from those who look (S18). */
export interface RedactOptions {
  /** Whether the texts of messages, and the names and pictures of people, are hidden. Default: true. Tokens always are. */
  readonly texts?: boolean;
  /** Whether ids are replaced by `id-1`, `id-2` …, the same for the same id. Default: false. */
  readonly ids?: boolean;
  /** Says of a value and the name it stands under whether it is hidden too. */
  readonly also?: (key: string, value: unknown) => boolean;
}

const optionNames = namesOf<RedactOptions>({ texts: true, ids: true, also: true });

/** What is to be shown for one value. */
export interface Redactor {
  /** What the strings below a key are: to be shown, or hidden under a word that says why. */
  below(key: string, value: unknown): 'shown' | Hidden;
  /** The string itself, or what stands for it. */
  text(key: string, value: string): string;
  /** The name of a property, which may be an id. */
  key(name: string): string;
}

/** The word that stands for what is not shown. */
export type Hidden = '[token]' | '[text]' | '[hidden]';

const tokenKey = /token$|jwt|secret|password|passwd|authorization|credential|cookie|api_?key/i;
const tokenForm = /\beyJ[\w-]+\.[\w-]*\.?[\w-]*|\b(?:bearer|basic)\s+[\w.~+/=-]+/gi;
const textKey =
  /^(?:text|content|body|html|markdown|caption|nickname|title|subtitle|description|firstName|lastName|fullName|email|phone|image|avatar)$/i;
const personKey = /^participantIds?$/;
/** What a participant is called who has no name. */
const nobody = /^(?:agent|bot|guest)(?:-?\d+)?$/;
const idKey = /(?:^id|Ids?)$/;

/**
 * Makes a {@link Redactor}. What looks like a token is hidden wherever it stands, whatever the options say.
 * @throws ConversationError `invalid-option`.
 */
export function createRedactor(options: RedactOptions = {}): Redactor {
  checkObject('redact', options, 'an object such as { ids: true }');
  checkNames('redact.', options, optionNames);
  const { texts = true, ids = false, also } = options;
  checkCallbacks({ 'redact.also': also });
  for (const [name, value] of Object.entries({ texts, ids })) {
    if (typeof value !== 'boolean') throw invalidOption(`redact.${name}`, 'true or false', value);
  }
  const idNames = createNames('id');
  const personNames = createNames('person');
  return {
    below: (key, value) => {
      if (tokenKey.test(key)) return '[token]';
      if (texts && textKey.test(key)) return '[text]';
      return also?.(key, value) ? '[hidden]' : 'shown';
    },
    text: (key, value) => {
      if (ids && (idKey.test(key) || idNames.knows(value) || isUuid(value))) return idNames.of(value);
      // Over a socket a participant is told apart by the name that others see.
      if (texts && personKey.test(key) && !isUuid(value) && !nobody.test(value)) return personNames.of(value);
      return value.replace(tokenForm, '[token]');
    },
    key: (name) => {
      if (ids && (idNames.knows(name) || isUuid(name))) return idNames.of(name);
      return texts && personNames.knows(name) ? personNames.of(name) : name;
    },
  };
}

/** Gives `id-1`, `id-2` … for what is hidden, the same for the same; what was hidden before stays as it is. */
function createNames(word: string) {
  const names = new Map<string, string>();
  const isOurs = new RegExp(`^${word}-\\d+$`);
  return {
    knows: (hidden: string): boolean => names.has(hidden),
    of: (hidden: string): string => {
      if (isOurs.test(hidden)) return hidden;
      const name = names.get(hidden) ?? `${word}-${names.size + 1}`;
      names.set(hidden, name);
      return name;
    },
  };
}
