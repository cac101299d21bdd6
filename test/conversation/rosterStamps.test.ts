import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';

const second = Date.UTC(2026, 0, 1) - 60_000;
const typing = (participantId = 'agent', more: object = {}) =>
  ({ type: 'remote.typing', conversationId: 'c1', participantId, isTyping: true, ...more }) as const;
const message = (sentAt?: number, participantId = 'agent', conversationId = 'c1') => ({
  ...({ type: 'message.received', conversationId, participantId } as const),
  ...(sentAt !== undefined && { sentAt }),
});

/** Whom a page shows as typing, after each change, that is told one thing after another. */
function shownAfter(...told: readonly (ReturnType<typeof typing> | ReturnType<typeof message>)[]) {
  const harness = createHarness();
  for (const [n, each] of told.entries()) {
    harness.transport.tell(each.type === 'message.received' ? { ...each, messageId: `m${n}` } : each);
  }
  return harness.trace.of('roster.changed').map(({ participantIds }) => participantIds.join());
}

describe('by the stamps of the server (R-7)', () => {
  it.each([
    [
      'is not late within the second that it says',
      [message(second + 500), typing('agent', { sentAt: second })],
      ['agent'],
    ],
    ['is late a second on', [message(second + 1000), typing('agent', { sentAt: second })], []],
    [
      'is late by the newest message, whichever is told last',
      [message(second + 2005), message(second + 501), typing('agent', { sentAt: second + 1501 })],
      [],
    ],
    [
      'is late by a message with a stamp, although one without any came after it',
      [message(second + 2005), message(), typing('agent', { sentAt: second + 1501 })],
      [],
    ],
    [
      'is not late by a message of another conversation',
      [message(second + 2005, 'agent', 'c2'), typing('agent', { sentAt: second + 1501 })],
      ['agent'],
    ],
    [
      'is ended by their own message, whenever another began',
      [
        typing('bot', { sentAt: second + 9001 }),
        typing('agent', { sentAt: second + 1001 }),
        message(second + 5001),
      ],
      ['bot', 'bot,agent', 'bot'],
    ],
    ['is not ended by the message of another', [typing(), message(second, 'bot')], ['agent']],
    [
      'is ended by a stop, however old',
      [typing('agent', { sentAt: second + 5001 }), typing('agent', { isTyping: false, sentAt: second + 1 })],
      ['agent', ''],
    ],
    [
      'is ended by a stop that comes before what was said to last is over',
      [typing('agent', { durationMs: 8000 }), typing('agent', { isTyping: false })],
      ['agent', ''],
    ],
    [
      'of one who types on is nobody else’s',
      [typing(), typing('bot'), typing(), typing('bot', { isTyping: false })],
      ['agent', 'agent,bot', 'agent'],
    ],
  ])('typing %s', (_, told, shown) => {
    expect(shownAfter(...told)).toEqual(shown);
  });
});

describe('said aloud (T-15)', () => {
  const announced = ({ trace }: ReturnType<typeof createHarness>) =>
    trace.entries
      .filter(({ event }) => event.type === 'roster.announced')
      .map(({ at, event }) => [at, 'participantIds' in event && event.participantIds.join()]);

  it('is who types, once, a second after the first of them, however long they and others go on', async () => {
    const harness = createHarness();
    const { transport, at } = harness;
    for (let time = 0; time < 24_000; time += 2000) {
      await at(time);
      transport.tell(typing());
      await at(time + 500);
      transport.tell(typing('bot', { isTyping: time % 6000 === 0 }));
    }
    expect(announced(harness)).toEqual([[1000, 'agent,bot']]);
  });

  it('is nobody before it is time, although their word was to be over before that', async () => {
    const harness = createHarness({ timing: { announceAfter: 3000 } });
    const { transport, at } = harness;
    transport.tell(typing('agent', { durationMs: 1000 }));
    await at(500);
    transport.tell(typing());
    await at(9000);
    expect(announced(harness)).toEqual([[3000, 'agent']]);
  });

  it('is nobody who fell silent while the machine slept, but who types on (T-18)', async () => {
    for (const [durationMs, said] of [
      [5000, []],
      [30_000, [[20_000, 'agent']]],
    ] as const) {
      const harness = createHarness();
      const { transport, clock, at } = harness;
      transport.tell(typing('bot'));
      transport.tell(typing('agent', { durationMs }));
      clock.sleep(20_000);
      await at(20_000);
      expect(announced(harness)).toEqual(said);
    }
  });

  it('and shown is nobody whose word ends as another begins', () => {
    const harness = createHarness();
    const { transport, clock, trace } = harness;
    transport.tell(typing('bot'));
    clock.sleep(5000);
    transport.tell(typing());
    expect(trace.of('roster.changed').map(({ participantIds }) => participantIds.join())).toEqual([
      'bot',
      'agent',
    ]);
  });
});
