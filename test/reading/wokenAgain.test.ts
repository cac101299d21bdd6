import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';

type Harness = ReturnType<typeof createHarness>;

const unavailable = { code: 'unavailable', message: 'x', status: 503 } as const;
const forbidden = { code: 'forbidden', message: 'x', status: 403 } as const;

/** A typing call whose token is rejected, so that a fresh one is fetched. */
const refresh = ({ conversation, transport }: Harness): void => {
  transport.answer('typing', { code: 'unauthorized', message: 'x', status: 401 });
  conversation.keystroke();
};
const readsIn = ({ transport }: Harness) =>
  transport.calls.flatMap((call) => (call.lane === 'read' ? [{ at: call.at, id: call.messageId }] : []));

describe('a lane that may not report reads', () => {
  it.each<[string, (harness: Harness) => void]>([
    ['another conversation is opened', ({ conversation }) => conversation.open('c2')],
    ['the guest signs in again', ({ conversation }) => conversation.reauthorize()],
    ['a fresh token is fetched', refresh],
  ])('tries again, and counts what was seen as read again, as soon as %s', async (_, wake) => {
    const harness = createHarness();
    const { conversation, transport, trace, told, at, is } = harness;
    transport.answer('read', forbidden, { afterMs: 500, answer: 'accept' });
    told('m1');
    conversation.viewed('m1');
    await at(3000);
    conversation.flush();
    expect(is({ receipts: 'disabled' })).toBe(true);
    expect(conversation.unread).toBe(1);
    wake(harness);
    await at(3100);
    expect(readsIn(harness)).toEqual([
      { at: 200, id: 'm1' },
      { at: 3000, id: 'm1' },
    ]);
    expect(trace.of('unread.changed').map(({ count }) => count)).toEqual([1, 0, 1, 0]);
    expect(trace.of('read.acknowledged')).toEqual([]);
    await at(4000);
    expect(trace.of('read.acknowledged')).toHaveLength(1);
  });
});

describe('a lane that rests after a burst', () => {
  it('tries again when a fresh token is fetched, a little later, with a whole burst', async () => {
    const harness = createHarness();
    const { conversation, transport, told, at } = harness;
    transport.always('read', unavailable);
    told('m1');
    conversation.viewed('m1');
    await at(10_000);
    expect(readsIn(harness)).toHaveLength(3);
    refresh(harness);
    await at(30_000);
    const times = readsIn(harness).map(({ at }) => at);
    expect(times).toHaveLength(6);
    expect(times[3]).toBeGreaterThan(10_000);
    expect(times[3]).toBeLessThanOrEqual(10_500);
  });
});

describe('a wait of the lane', () => {
  it.each([
    ['after a failure', unavailable, {}],
    ['after a burst', unavailable, { tries: 1, park: 1500 }],
    [
      'that a back end asked for',
      { code: 'rate-limited', message: 'x', status: 429, retryAfterMs: 1000 },
      {},
    ],
  ] as const)(
    '%s lasts longer where a longer silence is asked for meanwhile (L-1)',
    async (_, failure, timing) => {
      const harness = createHarness({ timing });
      const { conversation, transport, told, at } = harness;
      transport.answer('read', failure);
      told('m1');
      conversation.viewed('m1');
      await at(300);
      transport.tell({ type: 'limit.announced', retryAfterMs: 5000 });
      await at(9000);
      const times = readsIn(harness).map(({ at }) => at);
      expect(times).toHaveLength(2);
      expect(times[1]).toBeGreaterThanOrEqual(5300);
    },
  );

  it('for an answer ends with the deadline, each time, and the burst with it (R-3)', async () => {
    const harness = createHarness({ timing: { deadline: 2000, tries: 2 } });
    const { conversation, transport, trace, told, at } = harness;
    transport.always('read', 'hang');
    told('m1');
    conversation.viewed('m1');
    await at(2199);
    expect(trace.of('read.failed')).toEqual([]);
    await at(9000);
    const failure = {
      code: 'timeout',
      message: 'No complete reply within 2000 ms; the attempt was given up.',
    };
    expect(trace.of('read.failed')).toMatchObject([{ failure }, { failure }]);
    expect(trace.of('read.parked')).toHaveLength(1);
    conversation.stop();
  });

  it('for an answer is given up by a page that comes back, where it could not flush as it went', async () => {
    const harness = createHarness();
    const { conversation, transport, clock, trace, told, at } = harness;
    transport.answer('read', unavailable, 'hang');
    told('m1');
    conversation.viewed('m1');
    while (readsIn(harness).length < 2) await clock.advance(50);
    conversation.freeze();
    expect(readsIn(harness)).toHaveLength(2);
    await at(clock.now() + 4000);
    conversation.resume();
    await clock.advance(50);
    expect(readsIn(harness)).toHaveLength(3);
    expect(trace.of('read.acknowledged')).toHaveLength(1);
  });
});
