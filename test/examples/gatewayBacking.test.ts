import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Backing, Later } from '../../examples/gateway/backing/backing.ts';
import { inProcess } from '../../examples/gateway/backing/inProcess.ts';
import { onRedis } from '../../examples/gateway/backing/onRedis.ts';
import { noRedis, openRedis } from '../support/redis.ts';

/** Work comes to its turn later on a busy machine. */
const patiently = { timeout: 15_000 };

async function backingOn(url: string): Promise<Backing> {
  const backing = await onRedis({ url });
  onTestFinished(() => backing.close());
  return backing;
}

/** Two backings that share everything: of two processes over one Redis, or twice the same one of one process. */
async function shared(kind: 'inProcess' | 'onRedis'): Promise<readonly [Backing, Backing]> {
  if (kind === 'onRedis') {
    const { url } = await openRedis();
    return [await backingOn(url), await backingOn(url)];
  }
  const backing = inProcess();
  onTestFinished(() => backing.close());
  return [backing, backing];
}

describe.each(['inProcess', 'onRedis'] as const)('a backing %s', (kind) => {
  const test = it.skipIf(kind === 'onRedis' && noRedis !== undefined);
  const title = (text: string) => (kind === 'onRedis' && noRedis ? `${text} (skipped: ${noRedis})` : text);

  test(title('replaces a value only where it is still the one that was read'), async () => {
    const [one, other] = await shared(kind);
    expect(await one.replace('thing', { version: 1 })).toBe(true);
    expect(await other.replace('thing', { version: 1 })).toBe(false);
    const raced = await Promise.all([one, other].map((each) => each.replace('thing', { version: 2 })));
    expect([...raced].sort()).toEqual([false, true]);
    expect(await other.storage.getItem('thing')).toEqual({ version: 2 });
  });

  test(title('gives a lease to one at a time, with a higher fence each time'), async () => {
    const [one, other] = await shared(kind);
    const first = await one.lease('voice', 60_000);
    expect(await other.lease('voice', 60_000)).toBeUndefined();
    expect(first?.left()).toBeGreaterThan(59_000);
    expect(await first?.extend()).toBe(true);
    await first?.release();
    expect(first?.left()).toBe(0);
    expect(await first?.extend()).toBe(false);
    const second = await other.lease('voice', 60_000);
    expect(second?.fence).toBeGreaterThan(first?.fence ?? Number.NaN);
  });

  test(title('does work until it is done, once for an id, and what is not due later'), async () => {
    const [one, other] = await shared(kind);
    const done: string[] = [];
    let failures = 2;
    const act = async ({ name }: { name: string }): Promise<void> => {
      if (name === 'difficult' && failures-- > 0) throw new Error('not yet');
      await pause(20);
      done.push(name);
    };
    const queue = one.queue('work', act);
    if (other !== one) other.queue('work', act);
    await queue.add('late', { name: 'late' }, 60_000);
    await queue.add('taken-back', { name: 'taken back' }, 300);
    await Promise.all([queue.add('once', { name: 'once' }), queue.add('once', { name: 'once' })]);
    await queue.add('difficult', { name: 'difficult' });
    await queue.remove('taken-back');
    await expect.poll(() => done, patiently).toEqual(['once', 'difficult']);
    expect(await queue.waiting()).toBe(1);
  });

  test(title('lets all work of a queue wait where one piece says so'), async () => {
    const [one] = await shared(kind);
    const done: string[] = [];
    let refusedAt = 0;
    const queue = one.queue('budget', async ({ name }: { name: string }) => {
      if (refusedAt === 0) {
        refusedAt = performance.now();
        throw new Later(600, { isForAll: true });
      }
      done.push(name);
      expect(performance.now() - refusedAt).toBeGreaterThan(550);
    });
    await queue.add('first', { name: 'first' });
    await expect.poll(() => refusedAt).toBeGreaterThan(0);
    await queue.add('second', { name: 'second' });
    await expect.poll(() => [...done].sort()).toEqual(['first', 'second']);
  });

  test(title('tells a topic to all who listen, and to nobody who does not any more'), async () => {
    const [one, other] = await shared(kind);
    const heard: unknown[] = [];
    const stop = await other.listen('topic', (notice) => heard.push(notice));
    await one.publish('topic', { n: 1 });
    await one.publish('another topic', { n: 2 });
    await expect.poll(() => heard).toEqual([{ n: 1 }]);
    stop();
    await one.publish('topic', { n: 3 });
    await pause(50);
    expect(heard).toEqual([{ n: 1 }]);
  });
});

it.skipIf(noRedis !== undefined)('a lease over Redis is somebody else’s when its time is over', async () => {
  const [one, other] = await shared('onRedis');
  const first = await one.lease('voice', 100);
  await pause(150);
  expect(first?.left()).toBe(0);
  const second = await other.lease('voice', 60_000);
  expect(second?.fence).toBeGreaterThan(first?.fence ?? Number.NaN);
  expect(await first?.extend()).toBe(false);
  await first?.release();
  expect(await one.lease('voice', 100)).toBeUndefined();
});
