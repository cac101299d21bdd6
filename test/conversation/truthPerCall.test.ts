import { createConversation, defaultTiming, faithful, thrifty } from 'genesys-conversation-machine';
import { createScriptedTransport, createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';

const failed = { code: 'unavailable', message: 'x', status: 503 } as const;

describe('a renewal asks what is left of the truth (T-4)', () => {
  it('leaves where somebody is known to type for longer than the indicator lasts', async () => {
    const { transport, type, at } = createHarness();
    await type(0, 2400);
    await at(60_000);
    // Typing ends at 5.4 s, the indicator would at 5.0.
    expect(transport.log).toEqual(['0.0 ON', '4.0 ON', '5.4 OFF']);
  });

  it('does not leave for a truth that is over as the indicator goes out', async () => {
    const { transport, trace, type, at } = createHarness();
    await type(0, 2200);
    await at(60_000);
    expect(transport.log).toEqual(['0.0 ON']);
    expect(trace.of('typing.stopped')).toEqual([
      { type: 'typing.stopped', conversationId: 'c1', called: false },
    ]);
    expect(trace.of('typing.dropped')).toEqual([]);
  });

  const onOnly = { stopTyping: false, spacing: 5001, timeToLive: 5000 };

  it('does not leave for little truth where no stop can take it back', async () => {
    const { transport, type, at } = createHarness({ capabilities: onOnly });
    await type(0, 4000);
    await at(60_000);
    // 1.999 s would have been left at 5.001 s, and shown for 5.
    expect(transport.log).toEqual(['0.0 ON']);
  });

  it('leaves with the next key there, and by itself for more', async () => {
    const { transport, type, at } = createHarness({ capabilities: onOnly });
    await type(0, 4000);
    await type(6000, 8000);
    await at(60_000);
    expect(transport.log).toEqual(['0.0 ON', '6.0 ON']);
    const more = createHarness({ capabilities: onOnly });
    await more.type(0, 4200);
    await more.at(60_000);
    expect(more.transport.log).toEqual(['0.0 ON', '5.0 ON']);
  });

  it('nor does an announcement that waited, for which the next key has to come', async () => {
    const { conversation, transport, trace, type, at } = createHarness({ capabilities: onOnly });
    await type(0, 200);
    conversation.messageSent();
    await type(3000, 3200);
    await at(5500);
    expect(transport.log).toEqual(['0.0 ON']);
    expect(trace.of('typing.dropped').map(({ reason }) => reason)).toEqual(['stale']);
    conversation.keystroke();
    expect(transport.log).toEqual(['0.0 ON', '5.5 ON']);
    await at(60_000);
  });

  it('is not due any more after a sleep, by whichever clock (T-10)', async () => {
    for (const hands of [{ now: 3_600_000 }, { wall: 3_600_000 }, { now: 3_600_000, timers: 4000 }]) {
      const { transport, clock, type, at } = createHarness();
      await type(0, 3800);
      clock.jump(hands);
      await clock.advance(120_000);
      expect(transport.log.filter((line) => line.endsWith('ON'))).toEqual(['0.0 ON']);
      await at(clock.now());
    }
  });

  it('follows the time-to-live, whoever sets it', async () => {
    const renewalAt = async (capabilities: object, timing: object): Promise<number | undefined> => {
      const { transport, type } = createHarness({ capabilities, timing });
      await type(0, 30_000);
      return transport.calls[1]?.at;
    };
    expect(await renewalAt({ timeToLive: 12_000 }, {})).toBe(11_000);
    expect(await renewalAt({}, { timeToLive: 12_000 })).toBe(11_000);
    expect(await renewalAt({ timeToLive: 3000 }, {})).toBe(2400);
    expect(await renewalAt({ timeToLive: 1200 }, {})).toBe(1000);
    expect(await renewalAt({ spacing: 5001 }, {})).toBe(5001);
    expect(await renewalAt({ timeToLive: 12_000 }, { renewal: 10_000 })).toBe(10_000);
  });
});

describe('a failed announcement', () => {
  it('is tried again at the spacing while somebody types, however many fail in a row (T-3)', async () => {
    const { transport, type } = createHarness();
    transport.answer('typing', failed, failed, failed, failed);
    await type(0, 4800);
    expect(transport.log).toEqual(['0.0 ON', '1.0 ON', '2.0 ON', '3.0 ON', '4.0 ON']);
  });

  it('is not tried again once it is no longer true (T-7)', async () => {
    const { transport, type, at } = createHarness();
    transport.always('typing', failed);
    await type(0, 200);
    await at(60_000);
    expect(transport.log).toEqual(['0.0 ON', '1.0 ON', '2.0 ON', '3.0 ON']);
  });

  it('never leaves in a hot loop, where no spacing is asked for', async () => {
    const { transport, type } = createHarness({ capabilities: { spacing: 0 } });
    transport.always('typing', failed);
    await type(0, 2000);
    expect(transport.calls.length).toBeLessThanOrEqual(5);
  });

  it('is parked only where the back end fails everybody: an outage is hammered by nobody (R-3b)', async () => {
    const clock = createSteppedClock();
    const transport = createScriptedTransport({ clock });
    transport.always('typing', failed);
    const handles = ['c1', 'c2', 'c3'].map((conversationId) =>
      createConversation({ transport, clock, conversationId, random: () => 0.5, logger: () => {} }).start(),
    );
    for (let time = 0; time < 600_000; time += 500) {
      for (const handle of handles) handle.keystroke();
      await clock.advance(500);
    }
    // A budget of five second tries for all, the first of each, and one in 30 to 60 s.
    expect(transport.calls.length).toBeLessThanOrEqual(5 + 3 + (3 * 600) / 30);
    const lastMinute = transport.calls.filter(({ at }) => at > 540_000);
    expect(lastMinute.length).toBeLessThanOrEqual(6);
    transport.always('typing', 'accept');
    for (let time = 0; time < 90_000; time += 500) {
      for (const handle of handles) handle.keystroke();
      await clock.advance(500);
    }
    const later = transport.calls.filter(({ at }) => at > 600_000);
    expect(new Set(later.map((call) => 'conversationId' in call && call.conversationId)).size).toBe(3);
    for (const handle of handles) handle.stop();
  });
});

describe('a typing call that hangs (T-12)', () => {
  it('is given up after 3 s and said again at once, if it is still true', async () => {
    const { transport, type } = createHarness();
    transport.answer('typing', 'hang');
    await type(0, 4000);
    expect(transport.log).toEqual(['0.0 ON', '3.0 ON']);
    expect(transport.remote.log).toEqual(['3.0 typing']);
  });

  it('may have arrived: its indicator owes a stop', async () => {
    const { conversation, transport, at } = createHarness();
    transport.answer('typing', { answer: 'hang', arrives: true });
    conversation.keystroke();
    await at(60_000);
    expect(transport.log).toEqual(['0.0 ON', '3.0 OFF']);
    expect(transport.remote.log).toEqual(['0.0 typing', '3.0 not typing']);
  });

  it('says how long it was waited for', async () => {
    const { conversation, transport, trace, at } = createHarness({ timing: { typingDeadline: 2000 } });
    transport.answer('typing', 'hang');
    conversation.keystroke();
    await at(2500);
    expect(trace.of('typing.failed')[0]?.failure).toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('2000 ms'),
    });
  });

  it('is given up before what it says is over, whatever lasts how long', () => {
    const deadlineFor = (capabilities: object, timing: object = {}): number => {
      const { conversation } = createHarness({ capabilities, timing });
      return conversation.actor.getSnapshot().context.timing.typingDeadline;
    };
    expect(deadlineFor({})).toBe(defaultTiming.typingDeadline);
    expect(deadlineFor({ timeToLive: 2000 })).toBe(1200);
    expect(deadlineFor({ timeToLive: 20_000 })).toBe(3000);
    expect(deadlineFor({}, { deadline: 500 })).toBe(500);
    expect(deadlineFor({}, { typingDeadline: 4999 })).toBe(4999);
    expect(() => deadlineFor({}, { typingDeadline: 5000 })).toThrow(/timing\.typingDeadline/);
  });
});

describe('an indicator that is left to go out by itself (T-5)', () => {
  const fading = async () => {
    const harness = createHarness({ timing: thrifty });
    await harness.type(0, 800);
    await harness.at(3900);
    expect(harness.states()).toMatchObject({ typing: { stopping: 'fading' } });
    return harness;
  };

  it('makes no call, and says so as it goes out', async () => {
    const { transport, trace, at } = await fading();
    expect(trace.of('typing.stopped')).toEqual([]);
    await at(60_000);
    expect(transport.log).toEqual(['0.0 ON']);
    expect(trace.entries.find(({ event }) => event.type === 'typing.stopped')?.at).toBe(5000);
  });

  it('stays lit for who goes on, who makes no call for that', async () => {
    const { conversation, transport, at, is } = await fading();
    conversation.keystroke();
    expect(is({ typing: { typing: 'lit' } })).toBe(true);
    await at(4500);
    expect(transport.log).toEqual(['0.0 ON']);
    await at(60_000);
  });

  it.each([
    [
      'switches to another conversation',
      (handle: ReturnType<typeof createHarness>['conversation']) => handle.open('c2'),
    ],
    ['closes it', (handle: ReturnType<typeof createHarness>['conversation']) => handle.close()],
    [
      'no longer shares typing',
      (handle: ReturnType<typeof createHarness>['conversation']) => handle.shareTyping(false),
    ],
    ['hides the page', (handle: ReturnType<typeof createHarness>['conversation']) => handle.hide()],
  ])('is stopped at once where the guest %s', async (_, leave) => {
    const { conversation, transport, at } = await fading();
    leave(conversation);
    await at(60_000);
    expect(transport.log).toEqual(['0.0 ON', '3.9 OFF']);
  });

  it('is out with a message, and with the end of its conversation', async () => {
    const sent = await fading();
    sent.conversation.messageSent();
    expect(sent.is({ typing: { cooldown: 'quiet' } }) || sent.is({ typing: 'idle' })).toBe(true);
    const over = await fading();
    over.conversation.end();
    await over.at(60_000);
    expect([...sent.transport.log, ...over.transport.log]).toEqual(['0.0 ON', '0.0 ON']);
  });

  it('is rare by default: 200 ms before it goes out', async () => {
    const { transport, type, at } = createHarness({ timing: faithful });
    await type(0, 1600);
    await at(60_000);
    expect(transport.log).toEqual(['0.0 ON', '4.6 OFF']);
    const late = createHarness();
    await late.type(0, 1800);
    await late.at(60_000);
    expect(late.transport.log).toEqual(['0.0 ON']);
  });
});
