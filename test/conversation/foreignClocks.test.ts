import {
  type Clock,
  createConversation,
  guestRest,
  openGuestConversation,
} from 'genesys-conversation-machine';
import { createScriptedTransport, createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it } from 'vitest';
import { createSession } from '../support/socketScript.ts';

/** A clock that moves in steps, as browsers let it against fingerprinting; its timers are exact. */
function coarse(real: Clock, step: number): Clock {
  const floor = (ms: number) => Math.floor(ms / step) * step;
  return {
    now: () => floor(real.now()),
    wallNow: () => floor(real.wallNow()),
    setTimeout: real.setTimeout,
    clearTimeout: real.clearTimeout,
  };
}

/** Numbers in [0, 1) that look random and are the same in each run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const gapsOf = (times: readonly number[]): number[] =>
  times.slice(1).map((time, i) => time - (times[i] ?? 0));

describe('on a clock that moves in steps no gap is shorter than it should be (I-2, T-2)', () => {
  it.each([1, 1.37, 16.67, 1000 / 60, 33.4, 100])('of %d ms', async (step) => {
    for (const capabilities of [{ spacing: 1000 }, { spacing: 5001, stopTyping: false }]) {
      const real = createSteppedClock();
      const transport = createScriptedTransport({ clock: real, participantId: 'me', capabilities });
      const clock = coarse(real, step);
      const conversation = createConversation({ transport, clock, conversationId: 'c1', random: () => 0.5 });
      conversation.start();
      const random = numbers(7);
      for (let turn = 0; turn < 800; turn += 1) {
        if (random() < 0.1) conversation.messageSent();
        else if (random() < 0.05) conversation.clearInput();
        else conversation.keystroke();
        await real.advance(Math.floor(20 + random() * 400));
      }
      const gaps = gapsOf(transport.calls.map(({ at }) => at));
      expect(gaps.length).toBeGreaterThan(30);
      expect(gaps.filter((gap) => gap < capabilities.spacing)).toEqual([]);
      conversation.stop();
    }
  });

  it('nor a silence that the server asked for, nor the interval of read calls (L-1)', async () => {
    const real = createSteppedClock();
    const transport = createScriptedTransport({ clock: real });
    const clock = coarse(real, 100);
    const conversation = createConversation({ transport, clock, conversationId: 'c1', random: () => 0 });
    conversation.start();
    const random = numbers(11);
    for (let turn = 0; turn < 40; turn += 1) {
      await real.advance(Math.floor(1 + random() * 99));
      const messageId = `m${turn}`;
      conversation.messageReceived({ messageId, participantId: 'agent' });
      if (turn % 4 === 0) {
        transport.answer('read', { code: 'rate-limited', message: 'x', retryAfterMs: 3000 });
      }
      void conversation.markAsRead(messageId);
      await real.advance(4500);
    }
    const gaps = gapsOf(transport.calls.map(({ at }) => at));
    expect(gaps.filter((gap) => gap < 1000)).toEqual([]);
    const limited = transport.calls.filter((_, index) => index % 5 === 0);
    expect(limited.length).toBeGreaterThan(5);
    conversation.stop();
  });

  it('nor the interval of reads that follow one another, nor that after a burst that failed', async () => {
    for (const tries of [1, 3]) {
      const real = createSteppedClock();
      const transport = createScriptedTransport({ clock: real });
      const clock = coarse(real, 100);
      const conversation = createConversation({
        transport,
        clock,
        conversationId: 'c1',
        timing: { tries, collect: 0 },
      }).start();
      const random = numbers(5);
      for (let turn = 0; turn < 300; turn += 1) {
        await real.advance(Math.floor(1 + random() * 99));
        if (tries === 1) transport.answer('read', { code: 'unavailable', message: 'x', status: 503 });
        const messageId = `m${turn}`;
        conversation.messageReceived({ messageId, participantId: 'agent' });
        conversation.viewed(messageId);
      }
      const gaps = gapsOf(transport.calls.map(({ at }) => at));
      expect(gaps.length).toBeGreaterThan(5);
      expect(gaps.filter((gap) => gap < 1000)).toEqual([]);
      conversation.stop();
    }
  });

  it('and a first key waits for nothing (T-1)', async () => {
    const real = createSteppedClock();
    const transport = createScriptedTransport({ clock: real });
    const clock = coarse(real, 100);
    createConversation({ transport, clock, conversationId: 'c1' }).start().keystroke();
    await real.settle();
    expect(transport.log).toEqual(['0.0 ON']);
  });

  it('and a clock that shows to be fine needs no margin', async () => {
    const real = createSteppedClock();
    const transport = createScriptedTransport({ clock: real });
    const clock = coarse(real, 0.001);
    const conversation = createConversation({ transport, clock, conversationId: 'c1' }).start();
    await real.advance(7);
    conversation.keystroke();
    await real.advance(4);
    conversation.clearInput();
    await real.advance(3000);
    expect(gapsOf(transport.calls.map(({ at }) => at)).every((gap) => gap <= 1010)).toBe(true);
    conversation.stop();
  });

  it.each([16.67, 100])('at the socket, in steps of %d ms (W-5)', async (step) => {
    const real = createSteppedClock();
    const session = createSession({ clock: coarse(real, step) });
    const connecting = session.messaging.connect();
    for (let turn = 0; turn < 5; turn += 1) await real.settle();
    session.socket().open();
    session.socket().receive({
      class: 'SessionResponse',
      code: 200,
      body: { connected: true, newSession: true, readOnly: false },
    });
    await connecting;
    const conversationId = session.messaging.conversationId as string;
    const random = numbers(3);
    const left: number[] = [];
    for (let turn = 0; turn < 1200; turn += 1) {
      await session.messaging
        .sendTyping(
          { conversationId, isTyping: true, attempt: 1, keepalive: false },
          { signal: new AbortController().signal },
        )
        .then(
          () => left.push(real.now()),
          () => {},
        );
      await real.advance(Math.floor(1 + random() * 120));
    }
    expect(left.length).toBeGreaterThan(8);
    expect(gapsOf(left).filter((gap) => gap <= 5000)).toEqual([]);
    session.messaging.stop();
  });
});

describe('a date of a sender whose clock nobody knows (I-2)', () => {
  it.each([0, -600_000, 600_000])('this device off by %d ms: the wait is short, and is one', async (skew) => {
    const clock = createSteppedClock();
    const calls: number[] = [];
    const fetch = (async () => {
      calls.push(clock.now());
      if (calls.length > 1) return new Response(null, { status: 204 });
      const until = new Date(clock.wallNow() + 5000).toUTCString();
      return Response.json({}, { status: 429, headers: { 'retry-after': until } });
    }) as typeof globalThis.fetch;
    const skewed = { ...clock, now: clock.now, wallNow: () => clock.wallNow() + skew };
    const transport = guestRest({
      orgUrl: 'https://api.example.org',
      participantId: 'me',
      token: 't',
      fetch,
      clock: skewed,
    });
    const conversation = createConversation({ transport, conversationId: 'c1', clock, random: () => 0.5 });
    conversation.start();
    for (let turn = 0; turn < 100; turn += 1) {
      conversation.keystroke();
      await clock.advance(500);
    }
    const [first = 0, second = 0] = calls;
    expect(second - first).toBeGreaterThanOrEqual(skew > 0 ? 750 : 5000);
    expect(second - first).toBeLessThanOrEqual(skew < 0 ? 31_000 : 6000);
    conversation.stop();
  });

  it('an expiry that is past by this device is none: the token was given just now', async () => {
    const opened = {
      conversationId: 'c1',
      guestId: 'g1',
      guestToken: 'abc',
      expiresAt: '2020-01-01T00:00:00Z',
    };
    const open = (headers: Record<string, string>) =>
      openGuestConversation({
        orgUrl: 'https://api.example.org',
        fetch: async () => Response.json(opened, { headers }),
      });
    expect(await open({})).not.toHaveProperty('expiresInMs');
    expect((await open({ date: 'Tue, 31 Dec 2019 23:00:00 GMT' })).expiresInMs).toBe(3_600_000);
  });
});
