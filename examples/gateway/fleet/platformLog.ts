import type { Sandbox } from 'genesys-conversation-machine/sandbox';

/** What reached the platform, as the sandbox that plays it counted. */
export interface PlatformLog {
  /** Takes in what has come since, and calls `onMessage` for each message of a guest's that was taken. */
  read(): void;
  /** Calls of the last minute. */
  ofLastMinute(): number;
  readonly totals: {
    readonly calls: number;
    readonly typing: number;
    readonly receipts: number;
    readonly refused: number;
  };
  /** When it had each message of a guest's, ms, in order. */
  readonly told: readonly number[];
  /** The most calls in any minute. */
  readonly mostOfAMinute: number;
  /** The shortest time between two typing signals of one guest, ms; undefined where no guest typed twice. */
  readonly closestTyping: number | undefined;
}

interface Body {
  readonly channel?: { readonly from?: { readonly id?: string } };
  readonly text?: string;
}

const minute = 60_000;

/** Reads a sandbox's record as it grows; it keeps only so many calls. */
export function createPlatformLog(
  genesys: Sandbox,
  onMessage: (guestId: string, text: string) => void,
): PlatformLog {
  const times: number[] = [];
  const told: number[] = [];
  const lastTyping = new Map<string, number>();
  const totals = { calls: 0, typing: 0, receipts: 0, refused: 0 };
  let [since, first, mostOfAMinute] = [0, 0, 0];
  let closestTyping: number | undefined;

  const take = (route: string, time: number, status: number | string | null, body: Body): void => {
    if (status === 429) totals.refused += 1;
    totals.calls += 1;
    times.push(time);
    while ((times[first] as number) <= time - minute) first += 1;
    mostOfAMinute = Math.max(mostOfAMinute, times.length - first);
    const guestId = body.channel?.from?.id ?? '';
    if (route.endsWith('/receipt')) totals.receipts += 1;
    if (route.endsWith('/event')) {
      totals.typing += 1;
      const before = lastTyping.get(guestId);
      lastTyping.set(guestId, time);
      if (before !== undefined)
        closestTyping = Math.min(closestTyping ?? Number.POSITIVE_INFINITY, time - before);
    }
    if (!route.endsWith('/message') || status !== 200) return;
    told.push(time);
    onMessage(guestId, body.text ?? '');
  };

  return {
    read: () => {
      for (const call of genesys.calls({ since })) {
        // One that has not ended yet is read with those behind it, when it has.
        if (call.status === null && Date.now() - call.time < 20_000) return;
        if (call.n !== since + 1)
          throw new Error('The record of the sandbox has a gap: it was read too late.');
        since = call.n;
        if (call.lane === 'open-messaging')
          take(call.route, call.time, call.status, (call.body ?? {}) as Body);
      }
    },
    ofLastMinute: () => times.length - times.findIndex((time) => time > Date.now() - minute),
    ...{ totals, told },
    get mostOfAMinute() {
      return mostOfAMinute;
    },
    get closestTyping() {
      return closestTyping;
    },
  };
}
