const safariComposing = 229;

/** Whether a key press is the Enter that sends, and not one that ends a line or picks what an input method offers. */
export function sendsOnEnter(event: KeyboardEvent): boolean {
  const { key, shiftKey, isComposing, keyCode } = event;
  return key === 'Enter' && !shiftKey && !isComposing && keyCode !== safariComposing;
}
