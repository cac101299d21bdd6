import type { ReadVerbs } from '../reading/readVerbs.ts';
import { invalidOption } from '../shared/errors.ts';
import type { Logger } from '../shared/log.ts';
import { checkCallbacks, checkDelay, checkId, checkOptions, namesOf } from '../shared/validate.ts';
import { watchAttention } from './attention.ts';
import { checkElement, checkTarget, type Stoppable } from './checks.ts';
import { isCovered, isInView, scrollerOf, viewOf } from './inView.ts';
import { watchNearby } from './nearby.ts';
import { createScope } from './scope.ts';
import { createSightings } from './sightings.ts';

/** What `observeRead` tells: a `Conversation`, or anything with these of its verbs. */
export type ReadTarget = Pick<ReadVerbs, 'seen' | 'markAsRead' | 'unread'> & Stoppable;

/** What has to be true for a message to be seen. */
export interface SeenConditions {
  /** How long it has to be in view, ms; a message that flies by faster than one view in that time is not. Default 500. */
  readonly dwell?: number;
  /** Whether the page has to be visible. Default true. */
  readonly visible?: boolean;
  /** Whether the page has to have the focus. A chat in an iframe has it only while it is used. Default true. */
  readonly focused?: boolean;
  /** Whether nothing may lie over it, such as a dialog. Default true. */
  readonly uncovered?: boolean;
  /** How long ago the guest's last key, move or touch may be, ms; `false`: any time. Default 5 minutes. */
  readonly activeWithin?: number | false;
  /** Gets one line when `idOf` gives no id, or a verb throws. Default: the console. */
  readonly logger?: Logger;
}

/** How `observeRead` tells messages apart, and how it differs from its defaults. */
export type ObserveReadOptions = SeenConditions &
  (
    | {
        /** The message id of a child of the container; nothing, where the child is no message. Must be cheap. */
        readonly idOf: (child: HTMLElement) => string | null | undefined;
        readonly whole?: never;
      }
    | {
        /** `true` for the simple form: a container in view, scrolled to its end if it scrolls, is read whole. */
        readonly whole: true;
        readonly idOf?: never;
      }
  );

const optionNames = namesOf<Record<keyof SeenConditions | 'idOf' | 'whole', unknown>>({
  dwell: true,
  visible: true,
  focused: true,
  uncovered: true,
  activeWithin: true,
  logger: true,
  idOf: true,
  whole: true,
});

/** How near to its end a list counts as scrolled to the end, px. */
const nearEnd = 24;

/**
 * Tells a conversation which messages the guest has seen: the children of `container` that are in view for a while,
 * on a page that is visible and focused, with nothing over them and somebody there. A message of any height
 * is in view when half of it is, or half of the view is full of it. Children may come, go, move, be put before others
 * or be used again for another message. Of more than 300 of them those near the view are watched, found by their
 * places, which have to go down or up from child to child.
 *
 * A message has to be told by `messageReceived` before it has been in view for `dwell`; who is told later is told
 * again when the guest comes back to the page. Where a browser has no `IntersectionObserver` nothing is ever seen.
 *
 * @returns what ends it: no listener, no observer and no timer is left.
 * @throws ConversationError `invalid-option` for what is no element or conversation, an option that cannot be right,
 * or an `idOf` that gives what is no id for a child that is there; `stopped` for a conversation that was stopped.
 * @example
 * const end = observeRead(list, conversation, { idOf: (item) => item.dataset['messageId'] });
 * end(); // as the list goes away
 */
export function observeRead(
  container: HTMLElement,
  conversation: ReadTarget,
  options: ObserveReadOptions,
): () => void {
  checkElement('container', container);
  checkTarget(conversation, ['seen', 'markAsRead']);
  const { idOf, whole, conditions, logger } = checked(options);

  const idFor = (child: HTMLElement): string | null => {
    const id = idOf(child);
    return id === null || id === undefined || id === '' ? null : checkId('idOf(…)', id);
  };
  const children = (): HTMLElement[] => [...container.children] as HTMLElement[];
  if (!whole) children().forEach(idFor);

  const scope = createScope('observeRead', logger);
  const page = container.ownerDocument;
  const isAttentive = watchAttention(page, conditions, scope, () => sightings.attentionChanged());
  const isShown = (entry: IntersectionObserverEntry): boolean => {
    if (!isInView(entry, scrollerOf(container))) return false;
    if (whole && container.scrollHeight - container.scrollTop - container.clientHeight > nearEnd) {
      if (scrollerOf(container) === container) return false;
    }
    return !conditions.uncovered || !isCovered(entry.target, container, entry.intersectionRect);
  };

  const idSafely = (child: HTMLElement): string | null => {
    let id: string | null = null;
    scope.safely(() => {
      id = idFor(child);
    })();
    return id;
  };
  const sightings = createSightings(scope, {
    dwell: conditions.dwell,
    viewHeight: () => (scrollerOf(container) ?? page.documentElement).clientHeight,
    isAttentive,
    isShown,
    idOf: whole ? () => (conversation.unread > 0 ? 'everything' : null) : idSafely,
    seen: whole ? () => void conversation.markAsRead() : (ids) => conversation.seen(ids),
    // Nothing says when `unread` rises, nor when what lies over a message goes.
    patience: 1000,
    isEndless: whole,
  });

  if (whole) {
    sightings.watch(container);
    return scope.dispose;
  }
  const lookAround = watchNearby(container, scope, () => viewOf(scrollerOf(container), page), sightings);
  if (typeof MutationObserver !== 'undefined') {
    const take = (records: readonly MutationRecord[]): void => {
      if (records.some(({ target, type }) => target === container && type === 'childList')) lookAround();
      sightings.lookSoon();
    };
    const mutations = new MutationObserver(scope.safely(take));
    mutations.observe(container, { childList: true, subtree: true, attributes: true, characterData: true });
    scope.onDispose(() => mutations.disconnect());
  }
  return scope.dispose;
}

/** The options, complete. Throws for what cannot be right. */
function checked(options: ObserveReadOptions) {
  checkOptions(options, 'an object with idOf', optionNames);
  const { idOf, whole, logger, dwell = 500, activeWithin = 300_000 } = options;
  const { visible = true, focused = true, uncovered = true } = options;
  if (whole !== undefined && whole !== true) throw invalidOption('whole', 'true, or absent', whole);
  if (whole ? idOf !== undefined : typeof idOf !== 'function') {
    throw invalidOption(
      'idOf',
      whole ? 'absent beside whole' : 'a function from a child to its message id',
      idOf,
    );
  }
  checkDelay('dwell', dwell);
  if (activeWithin !== false) checkDelay('activeWithin', activeWithin);
  for (const [name, value] of Object.entries({ visible, focused, uncovered })) {
    if (typeof value !== 'boolean') throw invalidOption(name, 'true or false', value);
  }
  checkCallbacks({ logger });
  return {
    idOf: idOf ?? (() => null),
    whole: whole === true,
    logger,
    conditions: { dwell, activeWithin, visible, focused, uncovered },
  };
}
