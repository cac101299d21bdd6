/** One thing that changed at the other side. */
export type RemoteChange =
  | { readonly at: number; readonly conversationId: string; readonly isTyping: boolean }
  | {
      readonly at: number;
      readonly conversationId: string;
      /** The message, or `null` for everything there was. */
      readonly readUpTo: string | null;
    };

/**
 * What the other side sees of the guest. Where a conversation is not named, the only one there is is meant.
 * Times are monotonic ms of the clock that the back end was made with.
 */
export interface RemoteView {
  /**
   * Whether the indicator is lit.
   * @example
   * expect(transport.remote.isTyping()).toBe(false);
   */
  isTyping(conversationId?: string): boolean;
  /**
   * Since when it is lit; `null` while it is dark.
   * @example
   * expect(transport.remote.typingSince()).toBe(null);
   */
  typingSince(conversationId?: string): number | null;
  /**
   * The message that the guest has read up to; `null` for everything there was; `undefined` while nothing was said.
   * @example
   * await conversation.markAsRead(messageId);
   * expect(transport.remote.readUpTo()).toBe(messageId);
   */
  readUpTo(conversationId?: string): string | null | undefined;
  /** Everything that changed, in order; an indicator that nobody renewed goes out by itself. */
  readonly changes: readonly RemoteChange[];
  /** The same as short text: `0.0 typing`, `5.0 not typing`, `5.2 read m1`; times in seconds. */
  readonly log: readonly string[];
}

/** A {@link RemoteView}, and what a scripted back end tells it. */
export interface RemoteRecord {
  readonly view: RemoteView;
  /** A typing signal arrived. */
  typing(conversationId: string, isTyping: boolean): void;
  /** A read mark arrived. */
  read(conversationId: string, messageId: string | undefined): void;
  /** A message of the guest's arrived. */
  message(conversationId: string): void;
}

interface Seen {
  litSince: number | null;
  litUntil: number;
  readUpTo: string | null | undefined;
}

/** Makes a {@link RemoteRecord}; an indicator lasts `timeToLive` ms, and a message may end it. */
export function createRemoteRecord(
  now: () => number,
  { timeToLive, messageEndsTyping }: { readonly timeToLive: number; readonly messageEndsTyping: boolean },
): RemoteRecord {
  const seen = new Map<string, Seen>();
  const changes: RemoteChange[] = [];

  const of = (conversationId: string): Seen => {
    const known = seen.get(conversationId) ?? { litSince: null, litUntil: 0, readUpTo: undefined };
    seen.set(conversationId, known);
    return known;
  };
  const expire = (): void => {
    const lapsed = [...seen].filter(([, { litSince, litUntil }]) => litSince !== null && litUntil <= now());
    for (const [conversationId, each] of lapsed.sort(([, one], [, other]) => one.litUntil - other.litUntil)) {
      each.litSince = null;
      changes.push({ at: each.litUntil, conversationId, isTyping: false });
    }
  };
  const put = (conversationId: string, isTyping: boolean): void => {
    expire();
    const each = of(conversationId);
    const wasLit = each.litSince !== null;
    if (isTyping) each.litUntil = now() + timeToLive;
    if (isTyping === wasLit) return;
    each.litSince = isTyping ? now() : null;
    changes.push({ at: now(), conversationId, isTyping });
  };
  const meant = (conversationId: string | undefined): Seen | undefined => {
    expire();
    if (conversationId !== undefined) return seen.get(conversationId);
    if (seen.size > 1) throw new Error(`Say which conversation: there are ${[...seen.keys()].join(', ')}.`);
    return [...seen.values()][0];
  };

  const view: RemoteView = {
    isTyping: (conversationId) => (meant(conversationId)?.litSince ?? null) !== null,
    typingSince: (conversationId) => meant(conversationId)?.litSince ?? null,
    readUpTo: (conversationId) => meant(conversationId)?.readUpTo,
    get changes() {
      expire();
      return changes;
    },
    get log() {
      expire();
      return changes.map(describe);
    },
  };
  return {
    view,
    typing: put,
    read: (conversationId, messageId) => {
      expire();
      of(conversationId).readUpTo = messageId ?? null;
      changes.push({ at: now(), conversationId, readUpTo: messageId ?? null });
    },
    message: (conversationId) => {
      if (messageEndsTyping) put(conversationId, false);
    },
  };
}

function describe(change: RemoteChange): string {
  const seconds = (change.at / 1000).toFixed(1);
  if ('isTyping' in change) return `${seconds} ${change.isTyping ? 'typing' : 'not typing'}`;
  return `${seconds} read ${change.readUpTo ?? 'all'}`;
}
