import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';

type Conversation = ReturnType<typeof createHarness>['conversation'];

const typing = (participantId = 'agent', more: object = {}) =>
  ({ type: 'remote.typing', conversationId: 'c1', participantId, isTyping: true, ...more }) as const;
const message = (messageId: string, sentAt: number, participantId = 'agent') => ({
  messageId,
  participantId,
  sentAt,
});
const shown = ({ trace }: ReturnType<typeof createHarness>) =>
  trace.of('roster.changed').map(({ participantIds }) => participantIds.join());

describe('who types is shown no longer, said once,', () => {
  it.each<[string, (conversation: Conversation) => void, (conversation: Conversation) => void]>([
    ['closed', ({ close }) => close(), ({ open }) => open('c1')],
    ['left for another', ({ open }) => open('c2'), ({ open }) => open('c1')],
    ['over', ({ end }) => end(), ({ reopen }) => reopen()],
    ['without a network', ({ offline }) => offline(), ({ online }) => online()],
  ])('where their conversation is %s, and anew when they type after that', async (_, leave, comeBack) => {
    const harness = createHarness();
    const { conversation, transport, clock, at, is } = harness;
    conversation.messageReceived(message('m1', clock.wallNow() + 5));
    await at(100);
    transport.tell(typing());
    transport.tell(typing('bot'));
    leave(conversation);
    expect(is({ roster: 'quiet' })).toBe(true);
    const { roster } = conversation.actor.getSnapshot().context;
    expect(roster).toMatchObject({ typists: [], lastMessages: [] });
    await at(20_000);
    comeBack(conversation);
    // Late by the message of before, which counts no more.
    transport.tell(typing('agent', { sentAt: clock.wallNow() - 20_001 }));
    expect(shown(harness)).toEqual(['agent', 'agent,bot', '', 'agent']);
    await at(22_000);
    expect(harness.trace.of('roster.announced')).toMatchObject([{ participantIds: ['agent'] }]);
    await at(25_000);
    expect(shown(harness).at(-1)).toBe('');
  });

  it('where the conversation is stopped', () => {
    const harness = createHarness();
    harness.transport.tell(typing());
    harness.conversation.stop();
    expect(shown(harness)).toEqual(['agent', '']);
  });

  it('when they fall silent, each by themselves, before it was said aloud and after', async () => {
    const harness = createHarness({ timing: { announceAfter: 3000 } });
    const { transport, trace, at } = harness;
    transport.tell(typing('a', { durationMs: 1000 }));
    transport.tell(typing('b', { durationMs: 2000 }));
    transport.tell(typing('c', { durationMs: 6000 }));
    transport.tell(typing('d', { durationMs: 8000 }));
    await at(1999);
    expect(shown(harness).at(-1)).toBe('b,c,d');
    await at(2000);
    expect(shown(harness).at(-1)).toBe('c,d');
    await at(3000);
    expect(trace.of('roster.announced')).toMatchObject([{ participantIds: ['c', 'd'] }]);
    await at(6000);
    expect(shown(harness).at(-1)).toBe('d');
    await at(8000);
    expect(shown(harness).slice(-2)).toEqual(['d', '']);
  });
});

describe('typing that is older than a message of its author', () => {
  it('is late for half a minute, and no longer (R-7)', async () => {
    for (const [ms, is] of [
      [29_999, []],
      [30_000, ['agent']],
    ] as const) {
      const harness = createHarness();
      const { conversation, transport, clock, at } = harness;
      const sentAt = clock.wallNow() - 5;
      conversation.messageReceived(message('m1', sentAt));
      await at(ms);
      transport.tell(typing('agent', { sentAt: sentAt - 10 }));
      expect(shown(harness)).toEqual(is);
    }
  });

  it.each([
    [600_000, 'quiet'],
    [600_001, 'someoneTyping'],
  ] as const)(
    'is ended by a message that is %d ms old, where nobody knows when it began: %s',
    (age, state) => {
      const { conversation, transport, clock, is } = createHarness();
      transport.tell(typing());
      conversation.messageReceived(message('m1', clock.wallNow() - age));
      expect(is({ roster: state })).toBe(true);
    },
  );

  it('of the last fifty authors is known to be late, each by their own message', () => {
    const harness = createHarness();
    const { conversation, transport, clock } = harness;
    const sentAt = clock.wallNow() - 5;
    for (let n = 0; n < 51; n += 1) conversation.messageReceived(message(`m${n}`, sentAt, `p${n}`));
    conversation.messageReceived(message('m51', sentAt, 'p10'));
    conversation.messageReceived(message('m52', sentAt, 'p51'));
    for (const n of [0, 1, 2, 10, 51]) transport.tell(typing(`p${n}`, { sentAt: sentAt - 10 }));
    expect(shown(harness)).toEqual(['p0', 'p0,p1']);
    expect(conversation.actor.getSnapshot().context.roster.lastMessages).toHaveLength(50);
  });
});
