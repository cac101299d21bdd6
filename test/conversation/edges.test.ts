import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';

const edges = ['clearInput', 'blurInput'] as const;

describe.each(edges)('%s is an edge, not a level (T-5)', (edge) => {
  it('and a key in the same task takes it back: nothing leaves, nothing goes dark', async () => {
    const { conversation, transport, trace, type, at } = createHarness();
    conversation.keystroke();
    await at(1500);
    conversation[edge]();
    conversation.keystroke();
    await type(1700, 3100);
    expect(transport.log).toEqual(['0.0 ON']);
    await type(3300, 4200);
    expect(transport.log).toEqual(['0.0 ON', '4.0 ON']);
    expect(trace.of('typing.stopped')).toEqual([]);
  });

  it('and a key within a blink takes it back, however often that happens', async () => {
    const { conversation, transport, at } = createHarness();
    conversation.keystroke();
    for (let time = 1200; time < 3900; time += 300) {
      await at(time);
      conversation[edge]();
      await at(time + 149);
      conversation.keystroke();
    }
    expect(transport.log).toEqual(['0.0 ON']);
  });

  it('and after a blink without a key the episode ends, counted from the first of several edges', async () => {
    const { conversation, transport, type, at } = createHarness();
    await type(0, 1400);
    await at(1500);
    conversation[edge]();
    await at(1600);
    conversation.clearInput();
    conversation.blurInput();
    await at(20_000);
    expect(transport.calls.map((call) => call.at)).toEqual([0, 1650]);
  });

  it('and ends nothing before its time where the announcement is still under way', async () => {
    const { conversation, transport, at } = createHarness();
    transport.answer('typing', { afterMs: 1200, answer: 'accept' });
    conversation.keystroke();
    await at(1100);
    conversation[edge]();
    await at(1200);
    conversation.keystroke();
    await at(3000);
    expect(transport.log).toEqual(['0.0 ON']);
  });

  it('and nothing is announced while the box is empty, only once a key refills it', async () => {
    const { conversation, transport, trace, at } = createHarness();
    conversation.keystroke();
    await at(100);
    conversation.messageSent();
    conversation.keystroke();
    await at(950);
    conversation[edge]();
    await at(1050);
    expect(transport.log).toEqual(['0.0 ON']);
    conversation.keystroke();
    await at(1200);
    expect(transport.calls.map((call) => call.at)).toEqual([0, 1100]);
    conversation.messageSent();
    conversation.keystroke();
    await at(2050);
    conversation[edge]();
    await at(20_000);
    expect(transport.calls).toHaveLength(2);
    expect(trace.of('typing.dropped').map(({ reason }) => reason)).toEqual(['stale']);
  });

  it('and what has to be at once does not wait for it', async () => {
    for (const now of ['hide', 'freeze', 'close', 'stopTyping'] as const) {
      const { conversation, transport, type, at } = createHarness();
      await type(0, 1400);
      await at(1500);
      conversation[edge]();
      conversation[now]();
      expect(transport.log).toEqual(['0.0 ON', '1.5 OFF']);
    }
  });

  it('and is at once where a blink is said to last no time', async () => {
    const { conversation, transport, clock, type, at } = createHarness({ timing: { blink: 0 } });
    await type(0, 1400);
    await at(1500);
    conversation[edge]();
    await clock.advance(0);
    expect(transport.log).toEqual(['0.0 ON', '1.5 OFF']);
  });
});

describe('what a sleep has ended (T-10)', () => {
  it('is not renewed, although a key came since the last call', async () => {
    const { conversation, transport, clock, at } = createHarness();
    for (const time of [0, 2000, 3200]) {
      await at(time);
      conversation.keystroke();
    }
    await at(3300);
    clock.sleep(3_600_000);
    await clock.advance(20_000);
    expect(transport.log).toEqual(['0.0 ON']);
  });

  it('is not renewed either where only the wall clock saw the sleep', async () => {
    const { conversation, transport, clock, at } = createHarness();
    for (const time of [0, 2000, 3200]) {
      await at(time);
      conversation.keystroke();
    }
    await at(3300);
    clock.shiftWall(3_600_000);
    await clock.advance(20_000);
    expect(transport.log.filter((call) => call.endsWith('ON'))).toEqual(['0.0 ON']);
  });

  it('is neither announced after spacing nor after backoff', async () => {
    for (const answer of ['accept', { code: 'unavailable', message: 'x' }] as const) {
      const { conversation, transport, clock, at } = createHarness();
      transport.answer('typing', answer);
      conversation.keystroke();
      await at(100);
      conversation.messageSent();
      conversation.keystroke();
      clock.sleep(3_600_000);
      await clock.advance(20_000);
      expect(transport.log).toEqual(['0.0 ON']);
    }
  });

  it('is not stopped: neither an announcement that was under way, nor a blink, nor a stop that waited', async () => {
    const slow = createHarness();
    slow.transport.answer('typing', { afterMs: 500, answer: 'accept' });
    slow.conversation.keystroke();
    const blinking = createHarness();
    await blinking.type(0, 0);
    await blinking.at(1500);
    blinking.conversation.clearInput();
    const waiting = createHarness();
    await waiting.type(0, 0);
    waiting.conversation.stopTyping();
    for (const { clock, transport } of [slow, blinking, waiting]) {
      clock.sleep(3_600_000);
      await clock.advance(20_000);
      expect(transport.log).toEqual(['0.0 ON']);
    }
  });
});
