import type { TypingVerbs } from '../conversation/types.ts';
import { invalidOption } from '../shared/errors.ts';
import type { Logger } from '../shared/log.ts';
import { checkCallbacks, checkOptions, namesOf } from '../shared/validate.ts';
import { checkElement, checkTarget, type Stoppable } from './checks.ts';
import { createScope } from './scope.ts';
import { isEmptyBox, isPersonsInput, isTypable } from './typableElement.ts';

/** What `bindTyping` tells: a `Conversation`, or anything with these of its verbs. */
export type TypingTarget = Pick<TypingVerbs, 'keystroke' | 'clearInput' | 'blurInput'> & Stoppable;

/** How `bindTyping` differs from its defaults. */
export interface BindTypingOptions {
  /** Whether nothing is written in the box. Default: no value or, in an editor, no text and no picture. */
  readonly isEmpty?: (element: HTMLElement) => boolean;
  /** Gets one line when a verb throws. Default: the console. */
  readonly logger?: Logger;
}

const optionNames = namesOf<BindTypingOptions>({ isEmpty: true, logger: true });

/**
 * Tells a conversation what a person does in its message box (T-9): an `input`, a `textarea`, something
 * `contenteditable`, or a custom element with a `value`; in a shadow root too, if the element itself is given.
 *
 * A key is what the browser calls an input of some type: keys, paste, cut, drop, undo, dictation, a spelling that
 * was picked. Values set by a script and autofill are none. An input method's composition is one episode, which
 * nothing inside it ends. A box that is empty again ends the episode, by undo as well; so does a lost focus (T-5).
 * What a script does through `document.execCommand` looks like a person's to every page, and counts.
 *
 * Sending is told by the application: `messageSent()` when the guest submits, `messageAccepted(id)` when the back end
 * took it.
 *
 * @returns what ends it: no listener and no timer is left.
 * @throws ConversationError `invalid-option` for an element that cannot be typed in, or an option that cannot be
 * right; `stopped` for a conversation that was stopped.
 * @example
 * const end = bindTyping(input, conversation);
 * end(); // as the box goes away
 */
export function bindTyping(
  element: HTMLElement,
  conversation: TypingTarget,
  options: BindTypingOptions = {},
): () => void {
  checkElement('element', element);
  if (!isTypable(element)) {
    throw invalidOption('element', 'an input of text, a textarea or contenteditable', element);
  }
  checkTarget(conversation, ['keystroke', 'clearInput', 'blurInput']);
  checkOptions(options, 'an object', optionNames);
  const { isEmpty = isEmptyBox, logger } = options;
  checkCallbacks({ isEmpty, logger });

  const scope = createScope('bindTyping', logger);
  let isComposing = false;
  let isLeaving = false;
  // A script that draws a view anew takes the focus and gives it back in one task, or takes the box away: nobody left.
  const leave = scope.safely(() => {
    if (!isLeaving) return;
    isLeaving = false;
    if (element.isConnected && !element.matches(':focus, :focus-within')) conversation.blurInput();
  });

  scope.listen(element, 'input', (event) => {
    if (!isPersonsInput(event, element)) return;
    if (!isComposing && isEmpty(element)) conversation.clearInput();
    else conversation.keystroke(event.timeStamp);
  });
  scope.listen(element, 'compositionstart', () => {
    isComposing = true;
  });
  // Choosing among what an input method offers changes nothing in the box, and is typing nevertheless.
  scope.listen(element, 'keydown', ({ isTrusted, timeStamp }) => {
    if (isTrusted && isComposing) conversation.keystroke(timeStamp);
  });
  // Whether it is trusted says nothing: Chromium's own is not where the composition left nothing.
  scope.listen(element, 'compositionend', () => {
    isComposing = false;
    if (isEmpty(element)) conversation.clearInput();
  });
  scope.listen(element, 'blur', () => {
    isLeaving = true;
    queueMicrotask(leave);
  });
  scope.onDispose(leave);
  return scope.dispose;
}
