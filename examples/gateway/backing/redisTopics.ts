import type { Redis } from 'ioredis';
import { Unavailable } from './backing.ts';

type Hear = (notice: never) => void;

/** Topics by Redis' publish and subscribe; what a process does not listen to is not sent to it. */
export function createRedisTopics(
  subscriber: Redis,
  {
    prefix,
    answerTime,
    publish,
  }: {
    readonly prefix: string;
    /** How long it is waited for that a topic is listened to, ms. */
    readonly answerTime: number;
    readonly publish: (channel: string, text: string) => Promise<unknown>;
  },
) {
  const hearers = new Map<string, Set<Hear>>();
  const returns: (() => void)[] = [];
  const channelOf = (topic: string): string => `${prefix}:topic:${topic}`;
  let wasReady = false;

  subscriber.on('message', (channel, text) => {
    const notice = JSON.parse(text) as never;
    for (const hear of hearers.get(channel) ?? []) hear(notice);
  });
  subscriber.on('ready', () => {
    const isReturn = wasReady;
    wasReady = true;
    // Answered behind the subscriptions, which the connection makes anew by itself.
    if (isReturn)
      subscriber.ping().then(
        () => {
          for (const act of returns) act();
        },
        () => {},
      );
  });

  const stop = (channel: string, hear: Hear): void => {
    const theirs = hearers.get(channel);
    if (!theirs?.delete(hear) || theirs.size > 0) return;
    hearers.delete(channel);
    subscriber.unsubscribe(channel).catch(() => {});
  };
  return {
    publish: async (topic: string, notice: object): Promise<void> => {
      await publish(channelOf(topic), JSON.stringify(notice));
    },
    listen: async <Notice extends object>(
      topic: string,
      hear: (notice: Notice) => void,
    ): Promise<() => void> => {
      const channel = channelOf(topic);
      const theirs = hearers.get(channel) ?? new Set();
      hearers.set(channel, theirs.add(hear));
      let timer: ReturnType<typeof setTimeout> | undefined;
      const tooLong = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new Unavailable()), answerTime);
      });
      try {
        await Promise.race([subscriber.subscribe(channel), tooLong]);
        return () => stop(channel, hear);
      } catch (error) {
        stop(channel, hear);
        throw error instanceof Unavailable ? error : new Unavailable(error);
      } finally {
        clearTimeout(timer);
      }
    },
    onReturn: (act: () => void): void => {
      returns.push(act);
    },
    onTrouble: (act: () => void): void => {
      subscriber.on('error', act);
    },
    close: (): void => subscriber.disconnect(),
  };
}
