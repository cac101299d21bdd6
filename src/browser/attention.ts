import type { Scope } from './scope.ts';

/** What has to be true of the guest for anything to count as seen. */
export interface AttentionConditions {
  readonly visible: boolean;
  readonly focused: boolean;
  readonly activeWithin: number | false;
}

const activities = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart', 'touchmove'] as const;

/**
 * Watches whether somebody looks at a page. `changed` is called when that may have changed; that activity ended is
 * nobody's event, so whoever asks, asks again.
 */
export function watchAttention(
  page: Document,
  { visible, focused, activeWithin }: AttentionConditions,
  scope: Scope,
  changed: () => void,
): () => boolean {
  let activeAt = Date.now(); // Whoever opened the page is there.
  const isActive = (): boolean => activeWithin === false || Date.now() - activeAt <= activeWithin;

  if (visible) scope.listen(page, 'visibilitychange', changed);
  const { defaultView } = page;
  if (focused && defaultView) {
    scope.listen(defaultView, 'focus', changed);
    scope.listen(defaultView, 'blur', changed);
  }
  if (activeWithin !== false) {
    const noteActivity = ({ isTrusted }: Event): void => {
      if (!isTrusted) return;
      const wasActive = isActive();
      activeAt = Date.now();
      if (!wasActive) changed();
    };
    for (const activity of activities) scope.listen(page, activity, noteActivity, true);
  }
  return () =>
    (!visible || page.visibilityState === 'visible') &&
    (!focused || page.hasFocus?.() === true) &&
    isActive();
}
