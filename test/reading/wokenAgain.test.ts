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
