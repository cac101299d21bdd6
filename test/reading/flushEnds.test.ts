import { createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';

const failed = { code: 'unavailable', message: 'x', status: 503 } as const;

describe('a flush', () => {
  it('is an interval apart from the next call, by a step more on a clock that moves in steps (I-2)', async () => {
    const clock = createSteppedClock();
    const { conversation, transport, told, at } = createHarness({ clock: { ...clock, resolution: 64 } });
    told('m1', 'm2');
    conversation.viewed('m1');
    conversation.flush();
    await at(100);
    conversation.viewed('m2');
    await at(5000);
    expect(transport.calls.map((call) => call.at)).toEqual([0, 1064]);
  });

  it('is over with its last answer: what is seen next waits for nothing but the interval', async () => {
    const { conversation, transport, told, at, is } = createHarness();
    told('m1', 'm2');
    conversation.viewed('m1');
    conversation.flush();
    await at(100);
    expect(is({ receipts: 'upToDate' })).toBe(true);
    conversation.viewed('m2');
    await at(5000);
    expect(transport.log).toEqual(['0.0 READ m1', '1.0 READ m2']);
  });

  it('names no message where none was told (R-9)', async () => {
    const { conversation, transport, at } = createHarness();
    transport.answer('read', 'hang');
    void conversation.markAsRead().catch(() => {});
    conversation.flush();
    await at(100);
    expect(transport.log).toEqual(['0.0 READ all', '0.0 READ all']);
    expect(transport.calls[1]).not.toHaveProperty('messageId');
    conversation.stop();
  });

  it('that failed is made again once the interval is over, however often the page goes', async () => {
    const { conversation, transport, told, at } = createHarness({ timing: { backoffBase: 20_000 } });
    transport.always('read', failed);
    told('m1');
    conversation.viewed('m1');
    for (const time of [0, 500, 999, 1000, 1500, 2500]) {
      await at(time);
      conversation.flush();
    }
    expect(transport.log).toEqual(['0.0 READ m1', '1.0 READ m1', '2.5 READ m1']);
  });

  it('that nobody answered is one that failed, says so, and shortens no interval', async () => {
    const { conversation, transport, trace, told, at } = createHarness({
      timing: { readInterval: 20_000, deadline: 10_000 },
    });
    transport.always('read', 'hang');
    told('m1');
    conversation.viewed('m1');
    for (const time of [0, 15_000, 20_000]) {
      await at(time);
      conversation.flush();
    }
    expect(transport.log).toEqual(['0.0 READ m1', '20.0 READ m1']);
    expect(trace.of('read.failed')).toMatchObject([
      {
        willRetry: true,
        failure: {
          code: 'timeout',
          message: 'No complete reply within 10000 ms; the attempt was given up.',
        },
      },
    ]);
    conversation.stop();
  });
});
