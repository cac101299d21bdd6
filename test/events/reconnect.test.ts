import { type EventsOptions, eventStream, type StreamTold } from 'genesys-conversation-machine';
import { describe, expect, it } from 'vitest';
import { attempt, typingCall } from '../support/guestCalls.ts';
import { createSockets } from '../support/socketScript.ts';
import { listen, page, said } from '../support/streamScript.ts';

const refused = (status: number) => `Unexpected server response: ${status}`;

describe('a stream that ends', () => {
  it.each([
    ['in good order', 1000, undefined, 1000, 2000],
    ['without a word', 1006, undefined, 0, 2000],
    ['since the server goes away', 1001, undefined, 0, 2000],
    ['for a promise that was broken', 1002, undefined, 4000, 8000],
    ['for what it was sent', 1003, undefined, 4000, 8000],
    ['for text that is none', 1007, undefined, 4000, 8000],
    ['by a policy', 1008, undefined, 4000, 8000],
    ['for what was not agreed', 1010, undefined, 4000, 8000],
    ['since everybody is sent away', 1012, undefined, 0, 30_000],
    ['since it is too busy', 1013, undefined, 4000, 8000],
    ['before a certificate is believed', 1015, undefined, 4000, 8000],
    ['with a code that nobody knows', 4999, undefined, 0, 2000],
    ['refused with 400', 1006, 400, 4000, 8000],
    ['refused with 403', 1006, 403, 4000, 8000],
    ['refused with 499', 1006, 499, 4000, 8000],
    ['refused with 429', 1006, 429, 4000, 8000],
    ['refused with 503', 1006, 503, 4000, 8000],
    ['refused with 407', 1006, 407, 0, 2000],
    ['refused with 408', 1006, 408, 0, 2000],
    ['refused with 421', 1006, 421, 0, 2000],
    ['refused with 425', 1006, 425, 0, 2000],
    ['refused with 399', 1006, 399, 0, 2000],
    ['refused with 500', 1006, 500, 0, 2000],
  ])(
    '%s is had again after a random time that fits why (W-3): %i %s',
    async (_, code, status, least, most) => {
      const waits: number[] = [];
      for (let random = 0; random < 1; random += 0.04) {
        const { lose, lost, admit, stop } = await listen(random);
        if (status === undefined) await admit();
        await lose(code, status === undefined ? undefined : refused(status));
        waits.push(...lost());
        stop();
      }
      expect(waits).toHaveLength(25);
      const slack = (most - least) / 4;
      expect(Math.min(...waits)).toBeGreaterThanOrEqual(least);
      expect(Math.min(...waits)).toBeLessThan(least + slack);
      expect(Math.max(...waits)).toBeLessThanOrEqual(most);
      expect(Math.max(...waits)).toBeGreaterThan(most - slack);
    },
  );

  it('again and again is waited for twice as long each time, up to a bound, until one has held (L-5)', async () => {
    const { clock, sockets, lose, lost, admit, last, stop } = await listen(0.9);
    for (let round = 1; round <= 12; round += 1) {
      await lose(1013);
      const bound = Math.min(30_000, 1000 * 2 ** (round + 2));
      expect(lost().at(-1)).toBeGreaterThanOrEqual(bound / 2);
      expect(lost().at(-1)).toBeLessThanOrEqual(bound);
      const made = sockets.length;
      await clock.advance((lost().at(-1) ?? 0) - 1);
      expect(sockets).toHaveLength(made);
      await clock.advance(1);
      expect(sockets).toHaveLength(made + 1);
    }
    await admit();
    await clock.advance(4999);
    await lose(1013);
    expect(lost().at(-1)).toBeGreaterThanOrEqual(15_000);
    await clock.advance(lost().at(-1) ?? 0);
    await admit();
    await clock.advance(5000);
    await lose(1013);
    expect(lost().at(-1)).toBeLessThanOrEqual(8000);
    expect(last().listeners).toBe(0);
    stop();
  });

  it('that is not admitted in time is dropped, and is no end of it', async () => {
    const { clock, sockets, last, lost, stop } = await listen();
    last().open();
    await clock.advance(14_999);
    expect(lost()).toEqual([]);
    expect(last().sent).toEqual([{ type: 'authenticate', token: 'token-1' }]);
    await clock.advance(1);
    expect(lost()).toHaveLength(1);
    expect(sockets[0]?.listeners).toBe(0);
    await clock.advance(lost()[0] ?? 0);
    expect(sockets).toHaveLength(2);
    stop();
  });

  it('for its token has another at once, and waits where that is refused as well', async () => {
    let tokens = 0;
    const { clock, sockets, last, lose, lost, stop } = await listen(0.9, {
      token: async () => {
        tokens += 1;
        return `token-${tokens}`;
      },
    });
    last().open();
    await lose(4401);
    expect(lost()).toEqual([0]);
    await clock.advance(0);
    last().open();
    expect(last().sent).toEqual([{ type: 'authenticate', token: 'token-2' }]);
    await lose(4401);
    expect(lost()[1]).toBeGreaterThan(0);
    expect(sockets).toHaveLength(2);
    stop();
  });

  it('for a token that cannot be replaced says so, and is tried again by whoever looks', async () => {
    const { clock, sockets, told, transport, last, lose, stop } = await listen();
    last().open();
    await lose(4401);
    await clock.advance(0);
    expect(told.at(-1)).toEqual({ type: 'stream.unauthorized' });
    await clock.advance(600_000);
    expect(sockets).toHaveLength(1);
    transport.notePage?.({ type: 'page.visible' });
    await clock.settle();
    expect(told.at(-1)).toEqual({ type: 'stream.unauthorized' });
    stop();
  });
});

it.each([
  ['nothing readable', '?', 21],
  ['too much', { type: 'pong' }, 2000],
])('a stream that says %s is given up for another (S11)', async (_, frame, count) => {
  const { sockets, last, admit, lost, stop } = await listen();
  await admit();
  for (let sent = 1; sent < count; sent += 1) last().receive(frame);
  expect(lost()).toEqual([]);
  last().receive(frame);
  expect(lost()).toHaveLength(1);
  expect(sockets[0]?.listeners).toBe(0);
  stop();
});

describe('the options of a stream', () => {
  it.each([
    ['events', 7],
    ['webSocket', { webSocket: 7 }],
    ['conversationId', { conversationId: 'a/b' }],
    ['random', { random: 7 }],
    ['random', { random: () => 1 }],
    ['colour', { colour: 'red' }],
    ['timing.quiet', { timing: { quiet: 0 } }],
    ['timing.quiet', { timing: { quiet: 1.5 } }],
    [
      'timing.reconnectCap must be at least timing.reconnectBase (2000 ms); got 1999.',
      { timing: { reconnectBase: 2000, reconnectCap: 1999 } },
    ],
  ])('say which is wrong: %s', (option, options) => {
    const { Socket } = createSockets();
    const given: unknown = typeof options === 'object' ? { webSocket: Socket, ...options } : options;
    const make = () => eventStream(given as EventsOptions);
    expect(make).toThrow(expect.objectContaining({ code: 'invalid-option' }));
    expect(make).toThrow(option === 'events' ? 'an object, or absent' : option);
  });

  it.each([{ timing: { minUptime: 0 } }, { timing: { reconnectBase: 2000, reconnectCap: 2000 } }, {}])(
    'may be %o',
    (options) => {
      expect(() => eventStream({ webSocket: createSockets().Socket, ...options })).not.toThrow();
    },
  );

  it('name the conversation that is asked for', async () => {
    const { Socket, sockets } = createSockets();
    const { clock, stop, transport } = await listen(0.5, {
      events: eventStream({ webSocket: Socket, conversationId: 'c7' }),
    });
    expect(transport.capabilities.readReceipts).toBe(true);
    sockets[0]?.open();
    await clock.settle();
    expect(sockets[0]?.sent).toEqual([{ type: 'authenticate', token: 'token-1', conversationId: 'c7' }]);
    stop();
  });
});

describe('a stream that is silent (W-8)', () => {
  const pings = ({ last }: Awaited<ReturnType<typeof listen>>) =>
    last().sent.filter(({ type }) => type === 'ping').length;

  it('for half a minute is asked, and kept where anything answers', async () => {
    const stream = await listen();
    const { clock, sockets, last, admit, stop } = stream;
    await admit();
    for (let round = 1; round <= 3; round += 1) {
      await clock.advance(29_999);
      expect(pings(stream)).toBe(round - 1);
      await clock.advance(1);
      expect(pings(stream)).toBe(round);
      last().receive(round === 1 ? { type: 'pong' } : 'anything');
    }
    await clock.advance(10_000);
    expect(sockets).toHaveLength(1);
    stop();
  });

  it('is one that says nothing for so long after what it said last', async () => {
    const stream = await listen();
    const { clock, last, admit, stop } = stream;
    await admit();
    await clock.advance(10_000);
    last().receive('anything');
    await clock.advance(29_999);
    expect(pings(stream)).toBe(0);
    await clock.advance(1);
    expect(pings(stream)).toBe(1);
    stop();
  });

  it('and does not answer is replaced at once', async () => {
    const stream = await listen(0.9);
    const { clock, sockets, last, admit, lost, stop } = stream;
    await admit();
    await clock.advance(33_999);
    expect(lost()).toEqual([]);
    await clock.advance(1);
    expect(lost()).toEqual([0]);
    expect(sockets[0]?.listeners).toBe(0);
    await clock.advance(0);
    expect(sockets).toHaveLength(2);
    last().end(1006);
    expect(lost()[1]).toBeGreaterThan(0);
    stop();
  });

  it('is asked with the next call, where the machine slept since', async () => {
    const stream = await listen();
    await stream.admit();
    const { clock, transport } = stream;
    const call = () => transport.sendTyping(typingCall({ conversationId: 'c1' }), attempt());
    await call();
    clock.shiftWall(30_000);
    await call();
    expect(pings(stream)).toBe(0);
    clock.shiftWall(30_001);
    await call();
    expect(pings(stream)).toBe(1);
    await call();
    expect(pings(stream)).toBe(1);
    await clock.advance(4000);
    expect(stream.lost()).toEqual([0]);
    stream.stop();
  });

  it('is asked anew, where the machine slept since it answered, and not while an answer is waited for', async () => {
    for (const isAnswered of [true, false]) {
      const stream = await listen();
      await stream.admit();
      const { clock, transport, last } = stream;
      transport.notePage?.({ type: 'page.visible' });
      if (isAnswered) last().receive({ type: 'pong' });
      await clock.advance(1000);
      clock.shiftWall(30_001);
      transport.notePage?.({ type: 'page.visible' });
      expect(pings(stream)).toBe(isAnswered ? 2 : 1);
      await clock.advance(isAnswered ? 3999 : 2999);
      expect(stream.lost()).toEqual([]);
      await clock.advance(1);
      expect(stream.lost()).toEqual([0]);
      stream.stop();
    }
  });

  it.each(['page.visible', 'network.online'] as const)('is asked at once by %s', async (type) => {
    const stream = await listen();
    await stream.admit();
    stream.transport.notePage?.({ type });
    expect(pings(stream)).toBe(1);
    await stream.clock.advance(4000);
    expect(stream.lost()).toEqual([0]);
    stream.stop();
  });
});

describe('a stream that waits for its next attempt', () => {
  /** How long it is until the next socket is made, to 10 ms. */
  const untilNext = async ({ clock, sockets }: Awaited<ReturnType<typeof listen>>): Promise<number> => {
    const [made, from] = [sockets.length, clock.now()];
    while (sockets.length === made && clock.now() - from < 60_000) await clock.advance(10);
    return clock.now() - from;
  };

  it.each(['page.visible', 'network.online'] as const)('is hastened by %s, once', async (type) => {
    for (const random of [0.1, 0.5, 0.9]) {
      const waits: number[] = [];
      for (const times of [1, 20]) {
        const stream = await listen(random);
        const { clock, transport, lose, lost, stop } = stream;
        for (let round = 0; round < 4; round += 1) {
          await lose(1013);
          if (round < 3) await clock.advance(lost().at(-1) ?? 0);
        }
        expect(lost().at(-1)).toBeGreaterThan(10_000);
        for (let count = 0; count < times; count += 1) transport.notePage?.({ type });
        waits.push(await untilNext(stream));
        stop();
      }
      expect(waits[0]).toBeGreaterThan(10);
      expect(waits[0]).toBeLessThanOrEqual(1000);
      expect(waits[1]).toBe(waits[0]);
    }
  });

  it.each([
    ['a network', 'network.offline', 'network.online'],
    ['a page', 'page.frozen', 'page.resumed'],
  ] as const)('makes none without %s, and comes soon with it, not all at once', async (_, away, back) => {
    const waits: number[] = [];
    for (let random = 0; random < 1; random += 0.1) {
      const stream = await listen(random);
      const { clock, sockets, transport, lose, admit, stop } = stream;
      await admit();
      transport.notePage?.({ type: away });
      if (away === 'network.offline') await lose(1006);
      await clock.advance(600_000);
      expect(sockets).toHaveLength(1);
      expect(clock.timers).toBe(0);
      transport.notePage?.({ type: back });
      waits.push(await untilNext(stream));
      expect(sockets).toHaveLength(2);
      stop();
    }
    expect(Math.max(...waits)).toBeLessThanOrEqual(1000);
    expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(400);
  });

  it.each([
    ['a network', 'network.offline', 'network.online'],
    ['a page', 'page.frozen', 'page.resumed'],
  ] as const)('is not made sooner because %s was away for a moment', async (_, away, back) => {
    const stream = await listen(0.9);
    const { transport, lose, lost, stop } = stream;
    await lose(1013);
    transport.notePage?.({ type: away });
    transport.notePage?.({ type: back });
    const wait = await untilNext(stream);
    expect(wait).toBeGreaterThanOrEqual(lost()[0] ?? 0);
    expect(wait).toBeGreaterThanOrEqual(4000);
    stop();
  });

  it('makes it in time on a clock that moves in steps', async () => {
    for (let random = 0; random < 1; random += 0.1) {
      const { clock, sockets, admit, lose, lost, stop } = await listen(random, {}, 64);
      await admit();
      await lose(1006);
      await clock.advance((lost()[0] ?? 0) + 64);
      expect(sockets).toHaveLength(2);
      stop();
    }
  });

  it('is the first again for whoever listens after nobody did', async () => {
    const { clock, sockets, transport, admit, lose, lost, told, stop } = await listen(0.9);
    await admit();
    for (let round = 0; round < 5; round += 1) {
      await lose(1013);
      if (round < 4) await clock.advance(lost().at(-1) ?? 0);
    }
    stop();
    await clock.advance(600_000);
    expect(sockets).toHaveLength(5);
    const anew: StreamTold[] = [];
    const leave = [
      transport.subscribe(() => {}),
      transport.on('stream.opened', (event) => anew.push(event)),
      transport.on('stream.lost', (event) => anew.push(event)),
    ];
    await clock.settle();
    await admit();
    await lose(1013);
    expect(told.filter(({ type }) => type === 'stream.opened')).toEqual([
      { type: 'stream.opened', reopened: false },
    ]);
    expect(anew).toEqual([
      { type: 'stream.opened', reopened: false },
      { type: 'stream.lost', attempt: 1, msLeft: expect.any(Number) },
    ]);
    for (const end of leave) end();
  });
});

describe('what was said while nobody listened (I-1)', () => {
  const failing = (status: number) => () => Response.json({ status, code: 'no', message: 'no' }, { status });

  it('is asked for at each opening; where it cannot be had now, three times, later each time', async () => {
    const { clock, script, asked, admit, interrupt, gaps, stop } = await listen(0.9);
    await admit();
    expect(asked).toHaveLength(1);
    await interrupt();
    script.history = failing(503);
    const opened = clock.now();
    await admit();
    await clock.advance(20_000);
    const [first = 0, second = 0, third = 0, ...more] = asked.slice(1).map((at) => at - opened);
    expect(first).toBe(0);
    expect(second).toBeGreaterThan(0);
    expect(second).toBeLessThanOrEqual(1000);
    expect(third - second).toBeGreaterThan(0);
    expect(third - second).toBeLessThanOrEqual(2000);
    expect(more).toEqual([]);
    expect(gaps()).toBe(1);
    stop();
  });

  it.each([
    ['a refusal that lasts', failing(403), 1],
    ['one that passes', failing(429), 3],
  ])('is told to be missing after %s, where something was heard before', async (_, history, times) => {
    const { clock, script, asked, admit, interrupt, gaps, stop } = await listen(0.9);
    script.history = history;
    await admit();
    await clock.advance(60_000 / 3);
    expect(asked).toHaveLength(times);
    expect(gaps()).toBe(0);
    await interrupt();
    await admit();
    await clock.advance(20_000);
    expect(asked).toHaveLength(2 * times);
    expect(gaps()).toBe(1);
    stop();
  });

  /** A history without end, or with one: the messages after `after`, forty at a time, as the contract has them. */
  const long = (count: number, afters: (string | null)[]) => (url: URL) => {
    const after = url.searchParams.get('after');
    afters.push(after);
    const from = after === null ? 1 : Number(after.slice(1)) + 1;
    const ids = Array.from(
      { length: Math.max(0, Math.min(40, count - from + 1)) },
      (_, nth) => `m${from + nth}`,
    );
    return Response.json({ ...page(...ids), reads: [{ participantId: 'agent', messageId: `m${count}` }] });
  };

  it('is asked for page by page after the last that was heard, and each is told once', async () => {
    const stream = await listen();
    const { script, admit, interrupt, transport, evidence, gaps, stop } = stream;
    const heard: string[] = [];
    const leave = transport.on('conversation:message', ({ messageId }) => heard.push(messageId));
    const afters: (string | null)[] = [];
    script.history = long(40, afters);
    await admit();
    expect(afters).toEqual([null]);
    await interrupt();
    script.history = long(125, afters);
    await admit();
    const all = Array.from({ length: 125 }, (_, nth) => `m${nth + 1}`);
    expect(afters).toEqual([null, 'm40', 'm80', 'm120']);
    expect(said(stream)).toEqual(all);
    expect(heard).toEqual(all);
    expect(evidence.at(-1)).toMatchObject({ messageId: 'm125', participantId: 'agent' });
    expect(evidence.filter(({ type }) => type !== 'message.received')).toHaveLength(2);
    expect(gaps()).toBe(0);
    leave();
    stop();
  });

  it.each([
    ['more than anybody would read through', (afters: (string | null)[]) => long(100_000, afters), 20, 1],
    [
      'a server that says the same page again',
      (afters: (string | null)[]) => (url: URL) => {
        afters.push(url.searchParams.get('after'));
        return long(40, [])(new URL('https://api.example.org/'));
      },
      1,
      0,
    ],
  ])('ends at %s', async (_, historyOf, pages, missed) => {
    const stream = await listen();
    const { clock, script, admit, interrupt, gaps, stop } = stream;
    script.history = long(40, []);
    await admit();
    await interrupt();
    const afters: (string | null)[] = [];
    script.history = historyOf(afters);
    await admit();
    for (let turn = 0; turn < 30; turn += 1) await clock.settle();
    expect(afters).toHaveLength(pages);
    expect(gaps()).toBe(missed);
    stop();
  });

  it('is told to whoever listens, until they leave; the stream is open until the last one does', async () => {
    const { transport, sockets, admit, last, clock, stop } = await listen();
    await admit();
    const heard: string[] = [];
    const leave = transport.on('conversation:message', ({ messageId }) => heard.push(messageId));
    const tell = async (messageId: string) => {
      last().receive({ type: 'conversation:message', ...page(messageId).messages[0], conversationId: 'c1' });
      await clock.settle();
    };
    await tell('m1');
    await tell('m1');
    leave();
    for (let time = 0; time < 5; time += 1) leave();
    await tell('m2');
    expect(heard).toEqual(['m1']);
    expect(sockets[0]?.closes).toEqual([]);
    stop();
    expect(sockets[0]?.closes).toEqual([1000]);
  });

  it('is told in order, before what came in meanwhile', async () => {
    const stream = await listen();
    const { script, admit, last, clock, stop } = stream;
    script.history = () => Response.json(page('m1', 'm2'));
    last().open();
    await clock.settle();
    last().receive({ type: 'authenticated', conversationId: 'c1' });
    last().receive({
      type: 'conversation:message',
      conversationId: 'c1',
      messageId: 'm3',
      participantId: 'agent',
      text: 'three',
    });
    await clock.settle();
    await admit();
    expect(said(stream)).toEqual(['m1', 'm2', 'm3']);
    stop();
  });
});
