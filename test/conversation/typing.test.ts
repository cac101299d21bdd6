import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';

const limited = (retryAfterMs?: number) =>
  ({ code: 'rate-limited', message: 'x', ...(retryAfterMs !== undefined && { retryAfterMs }) }) as const;
const failed = { code: 'unavailable', message: 'x', status: 503 } as const;

describe('announcing', () => {
  it('announces on the first key, at once (T-1)', async () => {
    const { conversation, transport, clock, trace, states } = createHarness();
    conversation.keystroke();
    expect(transport.log).toEqual(['0.0 ON']);
    expect(states()).toMatchObject({ typing: { typing: 'announcing' } });
    await clock.settle();
    expect(states()).toMatchObject({ typing: { typing: { lit: 'fresh' } } });
    expect(trace.entries.map(({ event }) => event.type)).toEqual(['typing.acknowledged', 'typing.announced']);
  });

  it('says that it renews when it renews (T-4)', async () => {
    const { trace, type } = createHarness();
    await type(0, 9000);
    expect(trace.of('typing.announced')).toHaveLength(1);
    expect(trace.of('typing.renewed')).toHaveLength(2);
  });

  it('sends the same calls whether keys come through the handle or through the actor', async () => {
    const [byHandle, byActor] = [createHarness(), createHarness()];
    for (let time = 0; time <= 12_000; time += 150) {
      await byHandle.at(time);
      byHandle.conversation.keystroke();
      await byActor.at(time);
      byActor.conversation.actor.send({ type: 'keystroke' });
    }
    await byHandle.at(30_000);
    await byActor.at(30_000);
    expect(byActor.transport.log).toEqual(byHandle.transport.log);
    expect(byActor.trace.toString()).toBe(byHandle.trace.toString());
  });

  it('makes no transition for a key that would change nothing', async () => {
    const { conversation, clock } = createHarness();
    conversation.keystroke();
    await clock.settle();
    let transitions = 0;
    conversation.actor.subscribe({ next: () => (transitions += 1), error: () => {} });
    for (let key = 0; key < 1000; key += 1) conversation.keystroke();
    expect(transitions).toBe(0);
  });
});

describe('a key that nobody can be told of', () => {
  it.each([
    ['a wait', { typing: { cooldown: 'quiet' } }, 100, 'end'],
    ['a renewal that is due', { typing: { typing: { lit: 'due' } } }, 4500, 'offline'],
  ] as const)('makes no transition after the first during %s', async (_, state, time, mutes) => {
    const { conversation, at, is } = createHarness({ timing: { idle: 6000 } });
    conversation.keystroke();
    await at(time);
    conversation[mutes]();
    conversation.keystroke();
    let transitions = 0;
    conversation.actor.subscribe({ next: () => (transitions += 1), error: () => {} });
    for (let key = 0; key < 1000; key += 1) conversation.keystroke();
    expect(is(state)).toBe(true);
    expect(transitions).toBe(0);
  });
});

describe('stopping', () => {
  for (const [what, act] of [
    ['hidden', 'hide'],
    ['put away', 'freeze'],
    ['closed', 'close'],
    ['ended by the application', 'stopTyping'],
  ] as const) {
    it(`stops at once when ${what} (T-5)`, async () => {
      const { conversation, transport, type, at } = createHarness();
      await type(0, 1400);
      await at(1500);
      conversation[act]();
      await at(20_000);
      expect(transport.log).toEqual(['0.0 ON', '1.5 OFF']);
    });
  }

  it('waits for spacing, and takes the stop back when typing goes on meanwhile (T-2)', async () => {
    const { conversation, transport, type, at } = createHarness();
    conversation.keystroke();
    await at(300);
    conversation.clearInput();
    await at(500);
    await type(600, 1600);
    expect(transport.log).toEqual(['0.0 ON']);
    await at(10_000);
    expect(transport.log).toEqual(['0.0 ON', '4.6 OFF']);
  });

  it('does not wait for spacing when the page goes, and asks for the call to outlive it', async () => {
    const { conversation, transport, at } = createHarness();
    conversation.keystroke();
    await at(300);
    conversation.hide();
    expect(transport.log).toEqual(['0.0 ON', '0.3 OFF']);
    expect(transport.calls[1]).toMatchObject({ keepalive: true });
  });

  it('does not wait for spacing either when the page goes while the announcement is under way', async () => {
    const { conversation, transport, at } = createHarness();
    transport.answer('typing', { afterMs: 200, answer: 'accept' });
    conversation.keystroke();
    await at(100);
    conversation.hide();
    await at(200);
    expect(transport.log).toEqual(['0.0 ON', '0.2 OFF']);
    expect(transport.calls[1]).toMatchObject({ keepalive: true });
  });

  it('waits for spacing again where the page went and came back while the announcement was under way (T-2)', async () => {
    const { conversation, transport, at } = createHarness();
    transport.answer('typing', { afterMs: 200, answer: 'accept' });
    conversation.keystroke();
    await at(100);
    conversation.hide();
    conversation.show();
    conversation.keystroke();
    await at(300);
    conversation.clearInput();
    await at(5000);
    expect(transport.log).toEqual(['0.0 ON', '1.0 OFF']);
    expect(transport.calls[1]).toMatchObject({ keepalive: false });
  });

  it('waits for spacing again where the page came back before its stop could leave (T-2)', async () => {
    const { conversation, transport, at } = createHarness();
    conversation.keystroke();
    await at(200);
    conversation.offline();
    conversation.hide();
    conversation.show();
    conversation.keystroke();
    conversation.online();
    await at(300);
    conversation.clearInput();
    await at(5000);
    expect(transport.log).toEqual(['0.0 ON', '1.0 OFF']);
    expect(transport.calls[1]).toMatchObject({ keepalive: false });
  });

  it('sends stop to the conversation that was typed in, before the start of the next (T-8)', async () => {
    const { conversation, transport, at } = createHarness();
    conversation.keystroke();
    await at(400);
    conversation.open('c2');
    conversation.keystroke();
    await at(10_000);
    expect(transport.calls.map((call) => [call.at, 'conversationId' in call && call.conversationId])).toEqual(
      [
        [0, 'c1'],
        [1000, 'c1'],
        [2000, 'c2'],
        [3400, 'c2'],
      ],
    );
  });

  it('owes that stop still where a message is sent in the next conversation (T-8)', async () => {
    const { transport, conversation, at } = createHarness();
    conversation.keystroke();
    await at(200);
    conversation.open('c2');
    await at(500);
    conversation.messageSent();
    await at(10_000);
    expect(
      transport.calls.map((call) => 'isTyping' in call && [call.at, call.conversationId, call.isTyping]),
    ).toEqual([
      [0, 'c1', true],
      [1000, 'c1', false],
    ]);
  });

  it('waits for the announcement under way, then stops if typing ended meanwhile (T-8)', async () => {
    const { conversation, transport, at } = createHarness();
    transport.answer('typing', { afterMs: 2500, answer: 'accept' });
    conversation.keystroke();
    await at(500);
    conversation.messageSent();
    await at(20_000);
    expect(transport.log).toEqual(['0.0 ON', '2.5 OFF']);
  });

  it('says nothing where the back end has no stop', async () => {
    const { conversation, transport, trace, at } = createHarness({ capabilities: { stopTyping: false } });
    conversation.keystroke();
    await at(20_000);
    expect(transport.log).toEqual(['0.0 ON']);
    expect(trace.of('typing.stopped')).toEqual([
      { type: 'typing.stopped', conversationId: 'c1', called: false },
    ]);
  });
});

describe('waiting', () => {
  it('says why a key is held and for how long, then announces if it is still true (T-7)', async () => {
    const { conversation, transport, trace, at } = createHarness();
    conversation.keystroke();
    await at(100);
    conversation.messageSent();
    await at(300);
    conversation.keystroke();
    conversation.keystroke();
    expect(trace.of('typing.held')).toEqual([
      { type: 'typing.held', conversationId: 'c1', reason: 'spacing', msLeft: 700 },
    ]);
    await at(1000);
    expect(transport.log).toEqual(['0.0 ON', '1.0 ON']);
  });

  it('drops what stopped being true while it waited (T-7)', async () => {
    const { conversation, transport, trace, at } = createHarness();
    conversation.keystroke();
    await at(100);
    conversation.messageSent();
    conversation.keystroke();
    conversation.clearInput();
    await at(20_000);
    expect(transport.log).toEqual(['0.0 ON']);
    expect(trace.of('typing.dropped')).toEqual([
      { type: 'typing.dropped', conversationId: 'c1', reason: 'stale' },
    ]);
  });

  it('drops a key that a rate limit outlives', async () => {
    const { conversation, transport, trace, at } = createHarness();
    transport.answer('typing', limited(30_000));
    conversation.keystroke();
    await at(120_000);
    expect(transport.log).toEqual(['0.0 ON']);
    expect(trace.of('typing.dropped').map(({ reason }) => reason)).toEqual(['stale']);
  });

  it('tries again at the spacing while the budget lasts, then parks (T-3, R-3b)', async () => {
    const { transport, type } = createHarness();
    transport.always('typing', failed);
    await type(0, 120_000, 500);
    const gaps = transport.calls.slice(1).map((call, index) => call.at - (transport.calls[index]?.at ?? 0));
    expect(gaps.slice(0, 5)).toEqual([1000, 1000, 1000, 1000, 1000]);
    expect(gaps.length).toBeGreaterThan(5);
    for (const gap of gaps.slice(5)) expect(gap).toBeGreaterThanOrEqual(30_000);
  });

  it('tells the failure to the developer, and not to the user', async () => {
    const { conversation, transport, trace, clock } = createHarness();
    transport.answer('typing', { ...failed, requestId: 'r1' });
    conversation.keystroke();
    await clock.settle();
    expect(trace.of('typing.failed')).toEqual([
      {
        type: 'typing.failed',
        conversationId: 'c1',
        isTyping: true,
        failure: { code: 'unavailable', message: 'x', status: 503, requestId: 'r1', attempt: 1 },
      },
    ]);
  });

  it('gives an attempt up after its deadline, aborts it, and ignores its late answer', async () => {
    const { conversation, transport, trace, at } = createHarness();
    transport.answer('typing', { afterMs: 15_000, answer: 'accept' });
    conversation.keystroke();
    await at(2999);
    expect(transport.calls[0]?.signal.aborted).toBe(false);
    await at(3000);
    expect(transport.calls[0]?.signal.aborted).toBe(true);
    expect(trace.of('typing.failed')[0]?.failure.code).toBe('timeout');
    await at(60_000);
    expect(trace.of('typing.announced')).toEqual([]);
  });

  it('announces after a sleep only what is still true (T-7, T-10)', async () => {
    const { conversation, transport, clock, at } = createHarness();
    conversation.keystroke();
    await clock.settle();
    clock.sleep(8 * 3_600_000);
    await clock.advance(10_000);
    expect(transport.log).toEqual(['0.0 ON']);
    conversation.keystroke();
    expect(transport.calls).toHaveLength(2);
    await at(clock.now() + 1);
  });

  it('takes a key for old after a sleep that the monotonic clock did not see', async () => {
    const { conversation, transport, clock, at } = createHarness();
    conversation.keystroke();
    await at(1000);
    clock.shiftWall(8 * 3_600_000);
    await at(5000);
    expect(transport.log).toEqual(['0.0 ON', '3.0 OFF']);
  });
});

describe('refusing', () => {
  it('drops keys while nothing is open, and says so', async () => {
    const { conversation, transport, trace, at } = createHarness({ conversationId: null });
    conversation.keystroke();
    await at(100);
    conversation.open('c1');
    await at(10_000);
    expect(transport.log).toEqual([]);
    expect(trace.of('typing.dropped')).toEqual([
      { type: 'typing.dropped', conversationId: null, reason: 'no-conversation' },
    ]);
  });

  it('drops keys in a conversation that is over, until it is reopened', async () => {
    const { conversation, transport, trace, at } = createHarness();
    conversation.end();
    conversation.keystroke();
    await at(5000);
    expect(transport.log).toEqual([]);
    expect(trace.of('typing.dropped').map(({ reason }) => reason)).toEqual(['conversation-ended']);
    conversation.reopen();
    conversation.keystroke();
    expect(transport.log).toEqual(['5.0 ON']);
  });

  it('holds keys while offline, and announces when back online if somebody still types', async () => {
    const { conversation, transport, trace, at } = createHarness();
    conversation.offline();
    conversation.keystroke();
    await at(1000);
    conversation.keystroke();
    expect(trace.of('typing.held').map(({ reason }) => reason)).toEqual(['offline']);
    await at(2000);
    conversation.online();
    expect(transport.log).toEqual(['2.0 ON']);
  });

  it('switches typing off after a 403, without asking for a token, until something changed', async () => {
    const { conversation, transport, trace, type, at, states } = createHarness();
    transport.answer('typing', { code: 'forbidden', message: 'x', status: 403 });
    await type(0, 10_000);
    expect(transport.log).toEqual(['0.0 ON']);
    expect(states()).toMatchObject({ typing: 'disabled', link: 'ready' });
    expect(trace.of('typing.dropped').map(({ reason }) => reason)).toEqual(['disabled']);
    conversation.open('c2');
    await at(20_000);
    conversation.keystroke();
    expect(transport.log).toEqual(['0.0 ON', '20.0 ON']);
  });

  it('never repeats a call that was malformed', async () => {
    const { transport, type } = createHarness();
    transport.answer('typing', { code: 'bad-request', message: 'x', status: 400 });
    await type(0, 29_000);
    expect(transport.log).toEqual(['0.0 ON']);
  });

  it('drops typing when the back end says that the conversation is over', async () => {
    const { transport, trace, type, states } = createHarness();
    transport.answer('typing', { code: 'conversation-ended', message: 'x', status: 409 });
    await type(0, 10_000);
    expect(transport.log).toEqual(['0.0 ON']);
    expect(states()).toMatchObject({ typing: 'idle', link: 'ended' });
    expect(trace.of('conversation.ended')).toMatchObject([
      { conversationId: 'c1', failure: { status: 409 } },
    ]);
  });
});

describe('two conversations', () => {
  it('do not know of each other', async () => {
    const [one, other] = [createHarness({ conversationId: 'c1' }), createHarness({ conversationId: 'c2' })];
    one.conversation.keystroke();
    other.conversation.keystroke();
    expect(one.transport.log).toEqual(['0.0 ON']);
    expect(other.transport.log).toEqual(['0.0 ON']);
  });
});
