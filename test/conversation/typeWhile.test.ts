import { createConversation, type TransportCapabilities } from 'genesys-conversation-machine';
import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';
import { createSession, echoOf } from '../support/socketScript.ts';

/** A bot with works of a given length. */
function createBot(capabilities: Partial<TransportCapabilities> = {}, conversationId: string | null = 'c1') {
  const harness = createHarness({ capabilities, conversationId });
  const { clock } = harness;
  const pause = (ms: number) => new Promise<void>((resolve) => clock.setTimeout(resolve, ms));
  const think = async <T>(ms: number, answer: T): Promise<T> => {
    await pause(ms);
    return answer;
  };
  /** Brings a chunk after each pause, and ends after the last pause. */
  async function* write(...pauses: readonly number[]) {
    for (const [index, ms] of pauses.entries()) {
      await pause(ms);
      if (index < pauses.length - 1) yield index;
    }
  }
  const read = async (chunks: AsyncIterable<number>): Promise<number[]> => {
    const all: number[] = [];
    for await (const chunk of chunks) all.push(chunk);
    return all;
  };
  return { ...harness, pause, think, write, read };
}

const socket = { stopTyping: false, readReceipts: false, spacing: 5350 };
const backEnds = [
  ['with a stop', {}, ['0.0 ON', '4.0 ON', '8.0 ON'], ['12.1 OFF']],
  ['without one', socket, ['0.0 ON', '5.3 ON', '10.7 ON'], []],
] as const;

describe.each(backEnds)('typeWhile, over a back end %s (T-16)', (_, capabilities, shown, stopped) => {
  it('shows typing while a promise is pending, and ends with its answer', async () => {
    const { conversation, transport, think, at } = createBot(capabilities);
    const answered = conversation
      .typeWhile(() => think(11_900, 'on its way'))
      .then((answer) => {
        conversation.messageSent();
        return answer;
      });
    await at(60_000);
    expect(await answered).toBe('on its way');
    expect(transport.log).toEqual(shown);
  });

  it('stops a blink after the end where no answer comes', async () => {
    const { conversation, transport, trace, think, is, at } = createBot(capabilities);
    void conversation.typeWhile(think(11_900, ''));
    await at(60_000);
    expect(transport.log).toEqual([...shown, ...stopped]);
    expect(trace.of('typing.stopped')).toHaveLength(1);
    expect(is({ typing: 'idle' })).toBe(true);
  });

  it('shows typing from the first chunk that is asked for to the last, whatever the silence between', async () => {
    const { conversation, transport, write, read, at } = createBot(capabilities);
    const chunks = conversation.typeWhile(write(3900, 100, 100, 7800));
    expect(transport.log).toEqual([]);
    const all = read(chunks);
    await at(60_000);
    expect(await all).toEqual([0, 1, 2]);
    expect(transport.log).toEqual([...shown, ...stopped]);
  });

  it('takes overlapping and nested works for one episode', async () => {
    const { conversation, transport, think, write, read, at } = createBot(capabilities);
    void conversation.typeWhile(think(3000, ''));
    await at(1000);
    void conversation.typeWhile(async () => {
      await conversation.typeWhile(think(6000, ''));
      await read(conversation.typeWhile(write(100, 4800)));
    });
    await at(60_000);
    expect(transport.log).toEqual([...shown, ...stopped]);
  });

  it('is one episode with the keys of a person, who may go on', async () => {
    const { conversation, transport, think, type, at } = createBot(capabilities);
    void conversation.typeWhile(think(3000, ''));
    await type(2000, 9750, 250);
    await at(60_000);
    expect(transport.log).toEqual([...shown, ...stopped.map(() => '12.8 OFF')]);
  });

  it('goes out with a message in the middle, until the next chunk', async () => {
    const { conversation, transport, write, read, at } = createBot(capabilities);
    void read(conversation.typeWhile(write(1000, 9000, 500)));
    await at(2000);
    conversation.messageSent();
    await at(9900);
    expect(transport.log).toEqual(['0.0 ON']);
    await at(60_000);
    expect(transport.log).toEqual(['0.0 ON', '10.0 ON', ...(stopped.length > 0 ? ['11.0 OFF'] : [])]);
  });

  it('goes out with a message in the middle of a promise, until another work begins', async () => {
    const { conversation, transport, think, at } = createBot(capabilities);
    void conversation.typeWhile(think(30_000, ''));
    await at(2000);
    conversation.messageSent();
    await at(9000);
    expect(transport.log).toEqual(['0.0 ON']);
    void conversation.typeWhile(think(1000, ''));
    await at(60_000);
    expect(transport.log.slice(1, 2)).toEqual(['9.0 ON']);
    expect(transport.calls).toHaveLength(2 + stopped.length);
  });

  it('is said again after a message that is accepted late, spacing permitting (T-11)', async () => {
    const { conversation, transport, write, read, at } = createBot(capabilities);
    void read(conversation.typeWhile(write(1000, 1000, 20_000)));
    await at(1500);
    conversation.messageSent();
    await at(8000);
    conversation.messageAccepted('m1');
    await at(8001);
    expect(transport.log.at(-1)).toBe(stopped.length > 0 ? '8.0 ON' : '5.3 ON');
    await at(11_000);
    expect(transport.log.at(-1)).toBe(stopped.length > 0 ? '8.0 ON' : '10.7 ON');
  });

  it('heals by itself after a call that failed', async () => {
    for (const failing of [0, 1]) {
      const { conversation, transport, think, at } = createBot(capabilities);
      if (failing === 1) transport.answer('typing', 'accept');
      transport.answer('typing', { code: 'unavailable', message: 'x', status: 503 });
      void conversation.typeWhile(think(30_000, ''));
      await at(12_000);
      const [, second, third] = transport.calls.map(({ at: time }) => time);
      if (failing === 0) expect(second).toBeLessThanOrEqual(5350);
      else expect((third ?? 0) - (second ?? 0)).toBeLessThanOrEqual(5350);
    }
  });

  it('ends at an error and at an abort, which reach the caller as they are', async () => {
    const { conversation, transport, pause, write, read, at, is } = createBot(capabilities);
    const broken = new Error('no model');
    const failed = conversation
      .typeWhile(async () => {
        await pause(500);
        throw broken;
      })
      .catch((thrown: unknown) => thrown);
    await at(1000);
    expect(await failed).toBe(broken);
    const controller = new AbortController();
    const { signal } = controller;
    const endless = conversation.typeWhile(new Promise(() => {}), { signal });
    const reading = read(conversation.typeWhile(write(500, 100_000, 1), { signal }));
    const outcomes = Promise.allSettled([endless, reading]);
    await at(7000);
    expect(is({ typing: 'typing' })).toBe(true);
    controller.abort(broken);
    expect(await outcomes).toEqual([
      { status: 'rejected', reason: broken },
      { status: 'rejected', reason: broken },
    ]);
    await at(9000);
    expect(is({ typing: 'idle' }) || is({ typing: 'cooldown' })).toBe(true);
    const calls = transport.calls.length;
    await at(60_000);
    expect(transport.calls).toHaveLength(calls);
  });
});

describe('typeWhile', () => {
  it('is renewed although another conversation on the same transport has just called (T-13)', async () => {
    const { conversation, transport, think, at, clock } = createBot();
    const other = createConversation({ transport, clock, conversationId: 'c2' }).start();
    void conversation.typeWhile(think(60_000, ''));
    await at(3900);
    other.keystroke();
    await at(6000);
    expect(transport.log).toEqual(['0.0 ON', '3.9 ON', '4.9 ON']);
  });

  it('makes no event for a chunk of a work that is shown anyway', async () => {
    const { conversation, at } = createBot();
    async function* fast() {
      for (let token = 0; token < 1000; token += 1) yield token;
    }
    let transitions = 0;
    const chunks = conversation.typeWhile(fast);
    await chunks.next();
    await at(10);
    conversation.actor.subscribe({ next: () => (transitions += 1), error: () => {} });
    for await (const token of chunks) if (token === 900) break;
    expect(transitions).toBe(1);
    conversation.stop();
  });

  it('notes a work once, however often it writes', () => {
    const { conversation } = createBot();
    for (const work of [1, 2, 1]) conversation.actor.send({ type: 'work.writes', work });
    expect(conversation.actor.getSnapshot().context.typing.writing).toEqual([1, 2]);
  });

  it('closes what is not read to its end', async () => {
    const { conversation, transport, at } = createBot();
    const closed: string[] = [];
    async function* write(name: string) {
      try {
        yield 1;
        yield 2;
      } finally {
        closed.push(name);
      }
    }
    for await (const _ of conversation.typeWhile(write('break'))) break;
    await expect(
      (async () => {
        for await (const _ of conversation.typeWhile(write('throw'))) throw new Error('by the reader');
      })(),
    ).rejects.toThrow('by the reader');
    const controller = new AbortController();
    const chunks = conversation.typeWhile(write('abort'), { signal: controller.signal });
    await chunks.next();
    await at(2000);
    controller.abort();
    await at(2200);
    expect(transport.log).toEqual(['0.0 ON', '2.1 OFF']);
    await expect(chunks.next()).rejects.toMatchObject({ name: 'AbortError' });
    expect(closed).toEqual(['break', 'throw', 'abort']);
  });

  it('shows nothing with a signal that has aborted, and still tells the work’s own shape', async () => {
    const { conversation, transport, at } = createBot();
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(conversation.typeWhile(Promise.reject(new Error('unseen')), { signal })).rejects.toThrow(
      'too late',
    );
    async function* write() {
      yield 1;
    }
    await expect(conversation.typeWhile(write, { signal }).next()).rejects.toThrow('too late');
    await at(10_000);
    expect(transport.log).toEqual([]);
  });

  it('leaves no listener on a signal that outlives it', async () => {
    const { conversation, think, write, read, at } = createBot();
    const controller = new AbortController();
    const listeners = new Set<unknown>();
    const counted = new Proxy(controller.signal, {
      get: (signal, name) => {
        if (name === 'addEventListener') return (_: string, listener: unknown) => listeners.add(listener);
        if (name === 'removeEventListener')
          return (_: string, listener: unknown) => listeners.delete(listener);
        const value = Reflect.get(signal, name, signal);
        return typeof value === 'function' ? value.bind(signal) : value;
      },
    });
    conversation.typeWhile(write(100), { signal: counted }); // Nobody reads it.
    void conversation.typeWhile(think(100, ''), { signal: counted });
    void read(conversation.typeWhile(write(100, 100, 100), { signal: counted }));
    expect(listeners.size).toBe(4);
    await at(1000);
    expect(listeners.size).toBe(0);
  });

  it('shows a work in no other conversation than its own', async () => {
    const { conversation, transport, write, read, at } = createBot();
    void read(conversation.typeWhile(write(1000, 1000, 1000, 4000, 1000)));
    await at(1500);
    conversation.open('c2');
    await at(5000);
    expect(transport.log).toEqual(['0.0 ON', '1.5 OFF']);
    conversation.open('c1');
    await at(7500);
    expect(transport.log).toEqual(['0.0 ON', '1.5 OFF', '7.0 ON']);
  });

  it('is for the conversation that is opened first, where none was open as it began', async () => {
    const { conversation, transport, think, type, at } = createBot({}, null);
    void conversation.typeWhile(think(6000, ''));
    await type(0, 1000);
    await at(1500);
    conversation.open('c1');
    await at(3000);
    conversation.open('c2');
    await at(60_000);
    expect(transport.log).toEqual(['1.5 ON', '3.0 OFF']);
  });

  it('is not told while typing is not shared, and after that from the next chunk on (T-14)', async () => {
    const { conversation, transport, think, write, read, at } = createBot();
    conversation.shareTyping(false);
    void conversation.typeWhile(think(20_000, ''));
    void read(conversation.typeWhile(write(1000, 8000, 5000)));
    await at(4000);
    conversation.shareTyping(true);
    await at(8900);
    expect(transport.log).toEqual([]);
    await at(9100);
    expect(transport.log).toEqual(['9.0 ON']);
    conversation.shareTyping(false);
    await at(60_000);
    expect(transport.log).toEqual(['9.0 ON', '10.0 OFF']);
  });

  it('goes out when it is over, left or stopped, and takes up after that with a chunk only', async () => {
    for (const ends of ['stopTyping', 'hide', 'end'] as const) {
      const { conversation, transport, write, read, at } = createBot();
      void read(conversation.typeWhile(write(500, 8000, 5000)));
      await at(2000);
      conversation[ends]();
      await at(8400);
      expect(transport.log).toEqual(ends === 'end' ? ['0.0 ON'] : ['0.0 ON', '2.0 OFF']);
      await at(9000);
      expect(transport.log.at(-1)).toBe(ends === 'end' ? '0.0 ON' : '8.5 ON');
    }
  });

  it('stays true through a sleep, since the work is still under way (T-10)', async () => {
    const { conversation, transport, think, clock, at } = createBot();
    void conversation.typeWhile(think(7_300_000, ''));
    await at(1000);
    clock.sleep(3_600_000);
    await at(clock.now() + 6000);
    expect(transport.calls.length).toBeGreaterThan(1);
    expect(transport.log.some((call) => call.endsWith('OFF'))).toBe(false);
  });

  it('refuses by name what is no work and no signal', () => {
    const { conversation } = createBot();
    const typeWhile = conversation.typeWhile as (work: unknown, options?: unknown) => unknown;
    for (const work of [undefined, null, 'text', 5, {}, ['chunk'], () => 'text', new Set()]) {
      expect(() => typeWhile(work)).toThrow(/^work must be a promise, an async iterable/);
    }
    const done = Promise.resolve();
    expect(() => typeWhile(done, { signal: {} })).toThrow(/^signal must be an AbortSignal/);
    expect(() => typeWhile(done, { signal: null })).toThrow(/^signal must be an AbortSignal/);
    expect(() => typeWhile(done, { sginal: undefined })).not.toThrow();
    expect(() => typeWhile(done, { sginal: 1 })).toThrow(/did you mean signal/);
    expect(() => typeWhile(done, 5)).toThrow(/^options must be an object, or absent/);
    expect(() =>
      conversation.typeWhile((): Promise<void> => {
        throw new Error('of the function');
      }),
    ).toThrow('of the function');
  });

  it('lets the work through once the conversation has stopped, and shows nothing (C-1)', async () => {
    const { conversation, transport, clock, think, write, read, at } = createBot();
    const begun = conversation.typeWhile(think(3000, 'begun'));
    await at(1000);
    conversation.stop();
    const after = conversation.typeWhile(think(1000, 'after'));
    const chunks = read(conversation.typeWhile(write(100, 100)));
    await at(60_000);
    expect(await Promise.all([begun, after, chunks])).toEqual(['begun', 'after', [0]]);
    expect(transport.log).toEqual(['0.0 ON']);
    expect(clock.timers).toBe(0);
  });
});

it('types over a session of the socket, more than five seconds apart (T-16, W-5)', async () => {
  const session = createSession();
  const { clock, messaging } = session;
  const conversation = createConversation({ transport: messaging, clock, random: () => 0.5 }).start();
  await session.configure();
  const from = clock.now();
  const times: number[] = [];
  conversation.on('typing.acknowledged', () => times.push(clock.now() - from));
  const answered = conversation
    .typeWhile(new Promise((resolve) => clock.setTimeout(() => resolve('on its way'), 12_000)))
    .then((answer) => conversation.sendMessage(String(answer)));
  await clock.advance(12_500);
  await session.receive(echoOf(session.socket().sent.at(-1) as never, 'cm1'));
  expect(await answered).toMatchObject({ messageId: expect.any(String) });
  expect(times).toHaveLength(3);
  for (const [index, time] of times.entries())
    expect(time - (times[index - 1] ?? -5001)).toBeGreaterThan(5000);
  await clock.advance(60_000);
  expect(times).toHaveLength(3);
  conversation.stop();
  messaging.stop();
});
