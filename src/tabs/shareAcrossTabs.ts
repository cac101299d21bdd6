import { invalidOption } from '../shared/errors.ts';
import { createLog } from '../shared/log.ts';
import { drawSeed } from '../shared/seed.ts';
import type { Tabs } from '../shared/tabs.ts';
import { checkCallbacks, checkDelay, checkOptions, namesOf } from '../shared/validate.ts';
import { platformChannel, type TabChannel } from './channel.ts';
import { createLink } from './link.ts';
import { createMemory, platformStorage, type TabStorage } from './memory.ts';

/** How `shareAcrossTabs` differs from its defaults. */
export interface ShareAcrossTabsOptions {
  /** Opens the way to the other tabs. Default: `BroadcastChannel`, else storage events; without either, silence. */
  readonly channel?: () => TabChannel;
  /** How long another tab's answer is waited for before a call, ms. Default: 150. */
  readonly patience?: number;
  /**
   * Says where a tab keeps what it did last, for when it is loaded again: ids and times, never a token or a text; asked each
   * time, and what it throws is as if there were none. Default: the page's `sessionStorage`; without one, nothing is kept.
   */
  readonly storage?: () => TabStorage | null | undefined;
  /** Called twice for each conversation, for its name among the tabs; returns a number in [0, 1). Default: `Math.random`. */
  readonly random?: () => number;
}

const optionNames = namesOf<ShareAcrossTabsOptions>({
  channel: true,
  patience: true,
  storage: true,
  random: true,
});

/**
 * Makes one voice of all tabs of one guest (T-17): `createConversation({ tabs: shareAcrossTabs(), … })` in each of them.
 * They keep the spacing together, one indicator is one, only the last tab that types says that it stopped, what
 * one tab has reported as read the others do not, and a 429 in one silences all of them (L-1). The same guest is who has the transport's `participantId` or,
 * in a session of `webMessaging`, whose token names the same conversation: a tab that was duplicated has both.
 *
 * Does nothing before a conversation starts. Where tabs cannot hear each other, each speaks for itself, as without it.
 *
 * @throws ConversationError `invalid-option` when an option cannot be right.
 * @example
 * const conversation = createConversation({
 *   transport,
 *   conversationId,
 *   storage: persistLedger(localStorage),
 *   tabs: shareAcrossTabs(),
 * }).start();
 */
export function shareAcrossTabs(options: ShareAcrossTabsOptions = {}): Tabs {
  checkOptions(options, 'an object', optionNames);
  const { channel = platformChannel, patience = 150, storage = platformStorage, random } = options;
  checkCallbacks({ channel, storage, random });
  checkDelay('patience', patience, 1);
  const part = (): string => (drawSeed(random) >>> 0).toString(36);
  return Object.freeze({
    connect: (host) =>
      createLink({
        host,
        channel: harmless(channel),
        memory: createMemory(storage),
        id: `${part()}-${part()}`,
        patience,
      }),
  } satisfies Tabs);
}

/** A channel of the application's own may throw: each first time is told, and then the tab speaks for itself. */
function harmless(open: () => TabChannel): TabChannel {
  const log = createLog(undefined);
  const tell = (what: string, error: unknown): void =>
    log.report(`The channel to other tabs could not be ${what}; this tab speaks for itself.`, error);
  let channel: TabChannel | null = null;
  try {
    channel = checkChannel(open());
  } catch (error) {
    tell('opened', error);
  }
  return {
    post: log.guard('channel.post', (message: object) => channel?.post(message)),
    listen: (listener) => {
      try {
        const end = channel?.listen(listener);
        return log.guard('channel.listen', () => end?.()) as () => void;
      } catch (error) {
        tell('listened to', error);
        return () => {};
      }
    },
  };
}

function checkChannel(channel: unknown): TabChannel {
  const { post, listen } = (channel ?? {}) as Partial<TabChannel>;
  if (typeof post !== 'function' || typeof listen !== 'function') {
    throw invalidOption('channel', 'a function that returns an object with post() and listen()', channel);
  }
  return channel as TabChannel;
}
