import { type Backing, type Lease, listenForGood } from './backing/backing.ts';
import { type Channel, openChannel } from './channel.ts';
import type { Live } from './conversations.ts';
import { isUnknownToPlatform, type Platform } from './platform.ts';

/** What hears of ends. */
interface Parts {
  readonly backing: Backing;
  readonly platform: Platform;
  /** A conversation has ended, or had ended when it was asked about. */
  readonly onEnd: (ended: Live) => Promise<void>;
  readonly log: (line: string) => void;
}

/** What a process publishes that has begun, or gone on with, a conversation. */
const liveTopic = 'live';
/** Where it is kept which conversations are live. */
const liveRoot = 'live';

/** How long one process listens before it has to ask again, ms, and how often it asks, or another one does. */
const [leaseTime, leasePause] = [10_000, 3000];
/** How long apart the calls are that subscribe to what has begun meanwhile, ms. */
const gathering = 5000;
const mostTopics = 1000;

/** Hears of the end of conversations, which no webhook tells of: one process for all, and another one when that is gone. */
export function createEnds({ backing, platform, onEnd, log }: Parts) {
  const watched = new Map<string, Live>();
  const waiting = new Set<string>();
  const unsure = new Set<string>();
  const channels: Channel[] = [];
  let lease: Lease | undefined;
  let subscribing: ReturnType<typeof setTimeout> | undefined;
  let lastSubscription = 0;
  let [isAsking, isClosed] = [false, false];

  const ended = (platformId: string): void => {
    const live = watched.get(platformId);
    if (live === undefined || !watched.delete(platformId)) return;
    waiting.delete(platformId);
    const note = async (): Promise<void> => {
      await onEnd(live);
      await backing.storage.removeItem(`${liveRoot}:${platformId}`);
    };
    note().catch(() => {
      log('end: could not be noted; asked again later.');
      watched.set(platformId, live);
      ask([platformId]);
    });
  };

  const watch = (live: Live): void => {
    if (lease === undefined || watched.has(live.platformId)) return;
    watched.set(live.platformId, live);
    waiting.add(live.platformId);
    subscribing ??= setTimeout(
      () => {
        subscribing = undefined;
        subscribe().catch(() => log('ends: could not be subscribed to; tried again.'));
      },
      Math.max(0, lastSubscription + gathering - Date.now()),
    );
  };

  const subscribe = async (): Promise<void> => {
    lastSubscription = Date.now();
    try {
      while (waiting.size > 0 && lease !== undefined) {
        let channel = channels.find(({ size }) => size < mostTopics);
        if (channel === undefined) {
          channel = await openChannel(platform, ended, (lost) => lose(lost));
          channels.push(channel);
        }
        const some = [...waiting].slice(0, mostTopics - channel.size);
        await channel.subscribe(some);
        for (const platformId of some) waiting.delete(platformId);
        // An end is told to those who listen, and these had begun before.
        ask(some);
      }
    } catch (error) {
      subscribing ??= setTimeout(() => {
        subscribing = undefined;
        subscribe().catch(() => {});
      }, gathering);
      throw error;
    }
  };

  /** A channel is lost, and with it what it told meanwhile. */
  const lose = (channel: Channel): void => {
    channels.splice(channels.indexOf(channel), 1);
    if (isClosed || lease === undefined) return;
    for (const platformId of channel.topics) {
      const live = watched.get(platformId);
      watched.delete(platformId);
      if (live !== undefined) watch(live);
    }
  };

  /** Asks about conversations one after the other, when there is plenty of budget. */
  const ask = (platformIds: readonly string[]): void => {
    for (const platformId of platformIds) unsure.add(platformId);
    if (isAsking) return;
    isAsking = true;
    void askOn().finally(() => {
      isAsking = false;
    });
  };
  const askOn = async (): Promise<void> => {
    for (const platformId of unsure) {
      if (lease === undefined || isClosed) return;
      try {
        const isOver = await isOverThere(platform, platformId);
        unsure.delete(platformId);
        if (isOver) ended(platformId);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, gathering));
        // It comes to its turn again behind the others.
        if (unsure.delete(platformId)) unsure.add(platformId);
      }
    }
  };

  const watchAll = async (): Promise<void> => {
    const keys = await backing.storage.getKeys(liveRoot);
    const items = await backing.storage.getItems<Live>(keys);
    const known = items.flatMap(({ value }) => (value === null ? [] : [value]));
    for (const live of known) watch(live);
  };

  const lead = async (): Promise<void> => {
    if (lease !== undefined && (await lease.extend())) return;
    stop();
    lease = await backing.lease('ends', leaseTime);
    if (lease !== undefined) await watchAll();
  };
  const stop = (): void => {
    lease = undefined;
    watched.clear();
    waiting.clear();
    unsure.clear();
    for (const channel of channels.splice(0)) channel.close();
  };
  const leadOn = (): void => {
    lead()
      .catch(() => log('ends: the store cannot be reached.'))
      .finally(() => {
        if (!isClosed) timer = setTimeout(leadOn, leasePause);
      });
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  leadOn();
  const endListening = listenForGood(backing, liveTopic, watch);
  backing.onReturn(() => {
    if (lease !== undefined) watchAll().catch(() => log('ends: the store cannot be reached.'));
  });

  return {
    /** A conversation is live from now on: it is kept, and told to whoever listens for ends. */
    begun: async (live: Live): Promise<void> => {
      await backing.storage.setItem(`${liveRoot}:${live.platformId}`, live);
      await backing.publish(liveTopic, live);
    },
    close: async (): Promise<void> => {
      isClosed = true;
      clearTimeout(timer);
      clearTimeout(subscribing);
      const own = lease;
      stop();
      await own?.release().catch(() => {});
      endListening();
    },
  };
}

/** Whether nobody is in a conversation but the guest, or the platform does not know it any more. */
async function isOverThere(platform: Platform, platformId: string): Promise<boolean> {
  try {
    const path = `/api/v2/conversations/messages/${platformId}`;
    const { participants = [] } = await platform.call<{ participants?: readonly Participant[] }>(
      'check',
      path,
      { method: 'GET' },
    );
    const others = participants.filter(({ purpose }) => purpose !== 'customer');
    return others.length > 0 && others.every(({ state }) => state === 'disconnected');
  } catch (error) {
    if (isUnknownToPlatform(error)) return true;
    throw error;
  }
}

interface Participant {
  readonly purpose?: string;
  readonly state?: string;
}
