import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';

type Harness = ReturnType<typeof createHarness>;

const unavailable = { code: 'unavailable', message: 'x', status: 503 } as const;

describe('collecting', () => {
  it('folds messages that are seen together into one call with the newest (R-2)', async () => {
    const { conversation, transport, told, at } = createHarness();
    told('m1', 'm2', 'm3');
    conversation.viewed('m1');
    conversation.viewed('m3');
    conversation.viewed('m2');
    await at(10_000);
    expect(transport.log).toEqual(['0.2 READ m3']);
  });

  it('keeps one call in flight, and folds what is seen meanwhile into the next (R-2)', async () => {
    const { conversation, transport, told, at } = createHarness();
    transport.answer('read', { afterMs: 3000, answer: 'accept' });
    told('m1', 'm2', 'm3');
    conversation.viewed('m1');
    await at(1000);
    conversation.viewed('m2');
    conversation.viewed('m3');
    await at(3100);
    expect(transport.log).toEqual(['0.2 READ m1']);
    await at(10_000);
    expect(transport.log).toEqual(['0.2 READ m1', '3.2 READ m3']);
  });

  it('makes at most one call per interval, however many messages are seen', async () => {
    const { conversation, transport, told, at } = createHarness();
    for (let time = 0; time < 10_000; time += 100) {
      await at(time);
      told(`m${time}`);
      conversation.viewed(`m${time}`);
    }
    await at(20_000);
    expect(transport.calls.length).toBeLessThanOrEqual(11);
    expect(transport.calls.at(-1)).toMatchObject({ messageId: 'm9900' });
  });

  it('never goes backwards, and never repeats what is acknowledged (R-1)', async () => {
    const { conversation, transport, told, at } = createHarness();
    told('m1', 'm2');
    await at(100);
    await conversation.markAsRead('m2');
    conversation.viewed('m1');
    conversation.viewed('m2');
    await conversation.markAsRead('m1');
    await conversation.markAsRead();
    await at(10_000);
    expect(transport.log).toEqual(['0.1 READ m2']);
  });

  it('goes by the position that the application gives, not by arrival', async () => {
    const { conversation, transport, at } = createHarness();
    conversation.messageReceived({ messageId: 'late', participantId: 'agent', position: 20 });
    conversation.messageReceived({ messageId: 'early', participantId: 'agent', position: 10 });
    conversation.viewed('late');
    conversation.viewed('early');
    await at(10_000);
    expect(transport.log).toEqual(['0.2 READ late']);
  });
});

describe('markAsRead', () => {
  it('goes as soon as the interval allows, not when the neighbours of what was seen are in', async () => {
    const { conversation, transport, told, at } = createHarness();
    told('m1', 'm2');
    await conversation.markAsRead('m1');
    await at(850);
    conversation.viewed('m2');
    await at(860);
    void conversation.markAsRead('m2');
    await at(999);
    expect(transport.log).toEqual(['0.0 READ m1']);
    await at(1000);
    expect(transport.log).toEqual(['0.0 READ m1', '1.0 READ m2']);
  });

  it.each([
    ['accepted', 'refused'],
    ['refused', 'accepted'],
  ])('is settled by its own conversation alone: one %s, the other %s', async (first, second) => {
    const { conversation, transport, told, at } = createHarness();
    const badly = { code: 'bad-request', message: 'x', status: 400 } as const;
    const answer = (how: string) => (how === 'accepted' ? 'accept' : badly);
    transport.answer(
      'read',
      { afterMs: 500, answer: answer(first) },
      { afterMs: 500, answer: answer(second) },
    );
    told('m1', 'm2');
    const settled: string[] = [];
    const note = (name: string, read: Promise<void>) =>
      void read.then(
        () => settled.push(`${name} accepted`),
        () => settled.push(`${name} refused`),
      );
    note('c1', conversation.markAsRead('m2'));
    conversation.open('c2');
    told('x1');
    note('c2', conversation.markAsRead('x1'));
    await at(600);
    expect(settled).toEqual([`c1 ${first}`]);
    await at(10_000);
    expect(settled).toEqual([`c1 ${first}`, `c2 ${second}`]);
  });

  it.each<[string, (harness: Harness) => unknown, string, RegExp]>([
    ['without a conversation', ({ conversation }) => conversation.close(), 'no-conversation', /open/],
    [
      'after its end',
      ({ conversation }) => conversation.end(),
      'conversation-ended',
      /open another, or call reopen\(\)/,
    ],
    [
      'in private',
      ({ conversation }) => conversation.shareReads(false),
      'not-shared',
      /told once shareReads\(true\) is called/,
    ],
    ['after a stop', ({ conversation }) => conversation.stop(), 'stopped', /./],
    [
      'where the back end forbids it',
      async ({ conversation, transport, told, at }) => {
        transport.answer('read', { code: 'forbidden', message: 'x', status: 403 });
        told('m0');
        conversation.viewed('m0');
        await at(1000);
      },
      'forbidden',
      /grant the scope webmessaging:conversation:write, then call reauthorize\(\)/,
    ],
  ])('%s says why not, and what to do (R-4)', async (_, hinder, code, message) => {
    const harness = createHarness();
    harness.told('m1');
    await hinder(harness);
    const failed = { code, message: expect.stringMatching(message) };
    await expect(harness.conversation.markAsRead('m1')).rejects.toMatchObject(failed);
  });

  it('whose call fails is told with the mark that it was made for, whatever was seen meanwhile', async () => {
    const { conversation, transport, trace, told, at } = createHarness();
    transport.answer('read', { afterMs: 500, answer: unavailable });
    told('m1', 'm2');
    void conversation.markAsRead('m1');
    await at(100);
    conversation.viewed('m2');
    await at(600);
    expect(trace.of('read.failed')).toMatchObject([{ mark: { messageId: 'm1' }, acknowledged: null }]);
  });

  it('without an id names the newest message that was told, and goes at once (R-4, R-9)', async () => {
    const { conversation, transport, told } = createHarness();
    told('m1', 'm2');
    await conversation.markAsRead();
    expect(transport.log).toEqual(['0.0 READ m2']);
    expect(transport.calls).toMatchObject([{ lane: 'read', conversationId: 'c1', messageId: 'm2' }]);
  });

  it('without an id calls each time where the application tells of no messages', async () => {
    const { conversation, transport, at } = createHarness();
    await conversation.markAsRead();
    await at(5000);
    await conversation.markAsRead();
    expect(transport.log).toEqual(['0.0 READ all', '5.0 READ all']);
  });

  it('resolves only when a call that covers it was accepted (R-4)', async () => {
    const { conversation, transport, told, at } = createHarness();
    transport.answer('read', { afterMs: 3000, answer: 'accept' });
    told('m1', 'm2');
    const settled: string[] = [];
    const first = conversation.markAsRead('m1').then(() => settled.push('m1'));
    const second = conversation.markAsRead('m2').then(() => settled.push('m2'));
    await at(2999);
    expect(settled).toEqual([]);
    await at(3000);
    expect(settled).toEqual(['m1', 'm2'].slice(0, settled.length));
    await at(10_000);
    await Promise.all([first, second]);
    expect(settled).toEqual(['m1', 'm2']);
  });

  it('rejects with the typed error when the back end refuses for good, and never repeats that mark', async () => {
    const { conversation, transport, told, at } = createHarness();
    transport.answer('read', { code: 'bad-request', message: 'x', status: 400, requestId: 'r1' });
    told('m1', 'm2');
    await expect(conversation.markAsRead('m1')).rejects.toMatchObject({
      code: 'bad-request',
      requestId: 'r1',
    });
    await at(60_000);
    expect(transport.log).toEqual(['0.0 READ m1']);
    await expect(conversation.markAsRead('m1')).rejects.toMatchObject({ code: 'bad-request' });
    await conversation.markAsRead('m2');
    expect(transport.log).toEqual(['0.0 READ m1', '60.0 READ m2']);
  });

  it('may be left unawaited: a refusal is no unhandled rejection', async () => {
    const { conversation, transport, clock } = createHarness();
    transport.answer('read', { code: 'forbidden', message: 'x', status: 403 });
    void conversation.markAsRead();
    await clock.settle();
    expect(transport.calls).toHaveLength(1);
  });

  it('refuses without a conversation, after its end, and for a message nobody told of', async () => {
    const { conversation, transport } = createHarness({ conversationId: null });
    await expect(conversation.markAsRead()).rejects.toMatchObject({ code: 'no-conversation' });
    conversation.open('c1');
    await expect(conversation.markAsRead('m1')).rejects.toMatchObject({ code: 'unknown-message' });
    expect(() => conversation.viewed('m1')).toThrow(expect.objectContaining({ code: 'unknown-message' }));
    conversation.end();
    await expect(conversation.markAsRead()).rejects.toMatchObject({ code: 'conversation-ended' });
    expect(transport.calls).toEqual([]);
  });
});

describe('failing', () => {
  it('tries three times with growing waits, then parks with the mark kept', async () => {
    const { conversation, transport, trace, told, at, states } = createHarness();
    transport.always('read', unavailable);
    told('m1');
    conversation.viewed('m1');
    await at(20_000);
    const times = transport.calls.map((call) => call.at);
    expect(times).toHaveLength(3);
    expect(times[0]).toBe(200);
    expect(times[1]).toBe(1200);
    expect((times[2] ?? 0) - (times[1] ?? 0)).toBeGreaterThanOrEqual(1000);
    expect((times[2] ?? 0) - (times[1] ?? 0)).toBeLessThanOrEqual(2000);
    expect(states()).toMatchObject({ receipts: 'parked' });
    expect(trace.of('read.parked')).toMatchObject([{ conversationId: 'c1', mark: { messageId: 'm1' } }]);
    expect(trace.of('read.failed').map(({ willRetry }) => willRetry)).toEqual([true, true, true]);
    transport.always('read', 'accept');
    await at(70_000);
    expect(trace.of('read.acknowledged')).toMatchObject([{ mark: { messageId: 'm1' } }]);
  });

  for (const [what, wake] of [
    [
      'a newer mark',
      ({ told, conversation }: Harness) => {
        told('m2');
        conversation.viewed('m2');
      },
    ],
    ['a further request', ({ conversation }: Harness) => void conversation.markAsRead('m1')],
    ['the network', ({ conversation }: Harness) => conversation.online()],
    ['the page', ({ conversation }: Harness) => conversation.show()],
    ['a fresh token', ({ conversation }: Harness) => conversation.reauthorize()],
  ] as const) {
    it(`is woken by ${what}`, async () => {
      const harness = createHarness();
      const { conversation, transport, trace, told, at } = harness;
      transport.answer('read', unavailable, unavailable, unavailable);
      told('m1');
      conversation.viewed('m1');
      await at(10_000);
      expect(transport.calls).toHaveLength(3);
      wake(harness);
      await at(12_000);
      expect(transport.calls).toHaveLength(4);
      expect(trace.of('read.acknowledged')).toHaveLength(1);
    });
  }

  it('is not hammered by a flapping network', async () => {
    const { conversation, transport, told, at } = createHarness();
    transport.always('read', unavailable);
    told('m1');
    conversation.viewed('m1');
    for (let time = 0; time < 30_000; time += 100) {
      await at(time);
      conversation.offline();
      conversation.online();
    }
    const times = transport.calls.map((call) => call.at);
    for (const [index, time] of times.entries()) {
      if (index > 0) expect(time - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(1000);
    }
  });

  it('reports a mark as undeliverable when the conversation is over, once', async () => {
    const { conversation, transport, trace, told, at } = createHarness();
    transport.answer('read', { code: 'conversation-ended', message: 'x', status: 409 });
    told('m1');
    await expect(conversation.markAsRead('m1')).rejects.toMatchObject({
      code: 'conversation-ended',
      status: 409,
    });
    await at(60_000);
    expect(transport.log).toEqual(['0.0 READ m1']);
    expect(trace.of('read.failed')).toMatchObject([{ mark: { messageId: 'm1' }, willRetry: false }]);
    expect(trace.of('conversation.ended')).toHaveLength(1);
  });

  it('delivers the mark after all when the conversation is reopened', async () => {
    const { conversation, trace, told, at } = createHarness();
    told('m1');
    conversation.viewed('m1');
    conversation.end();
    await at(5000);
    expect(trace.of('read.acknowledged')).toEqual([]);
    conversation.reopen();
    await at(10_000);
    expect(trace.of('read.acknowledged')).toMatchObject([{ mark: { messageId: 'm1' } }]);
  });

  it('loses only the marks of the conversation that is gone', async () => {
    const { conversation, transport, told, at } = createHarness();
    told('a1');
    conversation.viewed('a1');
    conversation.open('c2');
    told('b1');
    conversation.viewed('b1');
    transport.answer('read', { code: 'not-found', message: 'x', status: 404 });
    await at(10_000);
    expect(transport.calls.map((call) => 'conversationId' in call && call.conversationId)).toEqual([
      'c2',
      'c1',
    ]);
  });

  it('switches reads off after a 403, and typing stays', async () => {
    const { conversation, transport, states, told, at } = createHarness();
    transport.answer('read', { code: 'forbidden', message: 'x', status: 403 });
    told('m1');
    await expect(conversation.markAsRead('m1')).rejects.toMatchObject({ code: 'forbidden' });
    expect(states()).toMatchObject({ receipts: 'disabled', link: 'ready' });
    conversation.keystroke();
    await at(1000);
    expect(transport.log).toEqual(['0.0 READ m1', '0.0 ON']);
    await expect(conversation.markAsRead('m1')).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('together with typing', () => {
  it('the read leaves first when both are due (R-6)', async () => {
    const { conversation, transport, told, at } = createHarness();
    conversation.offline();
    told('m1');
    conversation.viewed('m1');
    await at(1000);
    conversation.keystroke();
    conversation.online();
    expect(transport.log).toEqual(['1.0 READ m1', '1.0 ON']);
  });

  it('a rate limit holds both, and its end is tried with one call alone (L-1)', async () => {
    const { conversation, transport, told, at } = createHarness();
    transport.answer('typing', { code: 'rate-limited', message: 'x', retryAfterMs: 2000 });
    transport.answer('read', { afterMs: 300, answer: 'accept' });
    conversation.keystroke();
    await at(500);
    told('m1');
    conversation.viewed('m1');
    await at(1500);
    conversation.keystroke();
    await at(1999);
    expect(transport.log).toEqual(['0.0 ON']);
    await at(5000);
    const [, read, typing] = transport.calls;
    expect(read).toMatchObject({ lane: 'read' });
    expect(read?.at).toBeGreaterThanOrEqual(2000);
    expect(typing).toMatchObject({ lane: 'typing', isTyping: true });
    expect(typing?.at).toBeGreaterThanOrEqual((read?.at ?? 0) + 300);
  });

  it('several rate limits end with the last of them (L-1)', async () => {
    const { conversation, transport, told, at } = createHarness();
    transport.answer('typing', { code: 'rate-limited', message: 'x', retryAfterMs: 1000 });
    transport.answer('read', { code: 'rate-limited', message: 'x', retryAfterMs: 5000 });
    told('m1');
    void conversation.markAsRead('m1');
    conversation.keystroke();
    await at(4999);
    expect(transport.calls).toHaveLength(2);
    await at(6000);
    expect(transport.calls[2]).toMatchObject({ lane: 'read' });
  });
});
