import type { PageVerbs } from '../conversation/types.ts';
import type { Logger } from '../shared/log.ts';
import { checkCallbacks, checkOptions } from '../shared/validate.ts';
import { checkTarget, type Stoppable } from './checks.ts';
import { createScope } from './scope.ts';

/** What `bindPage` tells: a `Conversation`, a session of `webMessaging`, or anything with these of their verbs. */
export type PageTarget = Pick<PageVerbs, 'hide' | 'show' | 'offline' | 'online'> & {
  /** The page is put away whole. Default: `hide`. */
  freeze?(): void;
  /** The page was taken out again. Default: nothing. */
  resume?(): void;
} & Stoppable;

/** How `bindPage` differs from its defaults. */
export interface BindPageOptions {
  /** Gets one line when a verb throws. Default: the console. */
  readonly logger?: Logger;
}

/** How often it is asked whether the machine slept, and how much longer than that a sleep must take, ms. */
const tick = 10_000;
const slept = 30_000;

/**
 * Tells a conversation what becomes of its page: out of sight and back, put away for the way back and taken out
 * again (`pagehide`, `freeze`; `pageshow`, `resume`), the network gone and back, and a sleep of the machine, of which
 * no event speaks. Starts with how things stand. Out of sight the episode ends at once (T-5), and pending marks leave
 * in calls that outlive the page (R-5b).
 *
 * The conversation passes all of it on to its transport: a session of `webMessaging` below it needs no binding of
 * its own. Where there is no page, as in Node or a worker, it does nothing.
 *
 * @returns what ends it: no listener and no timer is left.
 * @throws ConversationError `invalid-option` for what is no conversation; `stopped` for one that was stopped.
 * @example
 * const end = bindPage(conversation);
 * end(); // as the view goes away
 */
export function bindPage(conversation: PageTarget, options: BindPageOptions = {}): () => void {
  checkTarget(conversation, ['hide', 'show', 'offline', 'online']);
  checkOptions(options, 'an object', ['logger']);
  const { logger } = options;
  checkCallbacks({ logger });

  const scope = createScope('bindPage', logger);
  if (typeof window === 'undefined' || typeof document === 'undefined') return scope.dispose;

  const freeze = (): void => (conversation.freeze ? conversation.freeze() : conversation.hide());
  const resume = (): void => conversation.resume?.();
  let watch: ReturnType<typeof setInterval> | undefined;
  const watchSleep = (): void => {
    clearInterval(watch);
    let last = Date.now();
    const look = (): void => {
      const passed = Date.now() - last;
      last += passed;
      if (passed <= tick + slept) return;
      freeze();
      resume();
      conversation.show();
    };
    watch = setInterval(scope.safely(look), tick);
  };
  const tellSight = (): void => {
    if (document.visibilityState === 'hidden') {
      clearInterval(watch); // A page out of sight hears of it when it is back.
      conversation.hide();
    } else {
      watchSleep();
      conversation.show();
    }
  };
  const comeBack = (): void => {
    resume();
    tellSight();
  };

  scope.onDispose(() => clearInterval(watch));
  scope.listen(document, 'visibilitychange', tellSight);
  scope.listen(document, 'freeze', freeze);
  scope.listen(document, 'resume', comeBack);
  scope.listen(window, 'pagehide', freeze);
  // The first one belongs to the page's own beginning.
  scope.listen<PageTransitionEvent>(window, 'pageshow', ({ persisted }) => persisted && comeBack());
  scope.listen(window, 'offline', () => conversation.offline());
  scope.listen(window, 'online', () => conversation.online());

  if (document.visibilityState === 'hidden') conversation.hide();
  else watchSleep();
  if (navigator.onLine === false) conversation.offline();
  return scope.dispose;
}
