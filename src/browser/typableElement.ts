const textTypes: ReadonlySet<string> = new Set([
  'text',
  'search',
  'url',
  'tel',
  'email',
  'number',
  'password',
]);

/** What an element may have if it can be typed in; a custom element too. */
type Typable = HTMLElement & { readonly type?: unknown; readonly value?: unknown };

/** Whether a person can write in an element. */
export function isTypable(element: Typable): boolean {
  const { localName, contentEditable } = element;
  if (localName === 'textarea') return true;
  if (localName === 'input') return textTypes.has(String(element.type));
  // Before an element is part of a page, only its own attribute speaks.
  if (element.isContentEditable || contentEditable === 'true' || contentEditable === 'plaintext-only')
    return true;
  return localName.includes('-') && typeof element.value === 'string';
}

/** Whether nothing is written in an element. Editors keep an empty line or an invisible character in an empty one. */
export function isEmptyBox(element: Typable): boolean {
  if (typeof element.value === 'string') return element.value === '';
  const text = element.textContent.replace(/[\u200B\uFEFF]/g, '');
  return text === '' && element.querySelector('img, picture, svg, video') === null;
}

/**
 * Whether a person caused an `input` event. Chromium's autofill sends one without a type that is trusted all the
 * same; Firefox's calls itself a replacement, as a spelling does that was picked: that one is picked where one writes.
 */
export function isPersonsInput(event: Event, element: HTMLElement): boolean {
  const { isTrusted, inputType } = event as InputEvent;
  if (!isTrusted || typeof inputType !== 'string' || inputType === '') return false;
  return inputType !== 'insertReplacementText' || element.matches(':focus, :focus-within');
}
