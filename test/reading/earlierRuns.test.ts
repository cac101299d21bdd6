import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';
import { createMemoryStorage, createSlowStorage, ledgerKey } from '../support/memoryStorage.ts';

const stored = (change: object) =>
  createMemoryStorage({
    [ledgerKey]: JSON.stringify({
      version: 1,
      revision: 1,
      ledgers: [
        {
          conversationId: 'c1',
          seen: { position: 2, messageId: 'm2' },
          acknowledged: { position: 1, messageId: 'm1' },
          refused: null,
          ...change,
        },
      ],
    }),
  });

describe.each([
  ['at once', (inner: ReturnType<typeof createMemoryStorage>) => inner],
  ['later', createSlowStorage],
])('a mark of an earlier run, from a storage that answers %s,', (_, storageOf) => {
  it.each([
    ['leaves', 'c2', false, ['READ m2']],
    ['of a conversation that was over stays', 'c2', true, []],
    ['leaves where that conversation is the one that is opened', 'c1', true, ['READ m2']],
  ])('%s', async (__, conversationId, over, calls) => {
    const { conversation, transport, at } = createHarness({
      conversationId,
      storage: storageOf(stored({ over })),
    });
    await at(9000);
    expect(transport.log.map((call) => call.slice(4))).toEqual(calls);
    expect(
      conversation.actor
        .getSnapshot()
        .context.receipts.ledgers.find((ledger) => ledger.conversationId === 'c1'),
    ).toMatchObject({ over: calls.length === 0 });
  });

  it('leaves at a place of zero or below, like any other', async () => {
    const seen = { position: -3, messageId: 'm2' };
    const { transport, at } = createHarness({ storage: storageOf(stored({ seen, acknowledged: null })) });
    await at(9000);
    expect(transport.log.map((call) => call.slice(4))).toEqual(['READ m2']);
  });
});

describe('what was refused for good', () => {
  it('is known without anything that was seen, too', async () => {
    const storage = stored({ seen: null, acknowledged: null, refused: 3 });
    const { conversation, told } = createHarness({ storage });
    told('m1');
    conversation.messageReceived({ messageId: 'm9', participantId: 'agent', position: 9 });
    expect(conversation.unread).toBe(2);
    conversation.viewed('m9');
    expect(conversation.unread).toBe(0);
  });

  const createRefused = async () => {
    const harness = createHarness();
    const { conversation, transport, told } = harness;
    transport.answer('read', { code: 'bad-request', message: 'x', status: 400 });
    told('m1', 'm2', 'm3', 'm4');
    await conversation.markAsRead('m2').catch(() => {});
    const load = (refused: number | null) =>
      conversation.actor.send({
        type: 'ledger.loaded',
        ledgers: [{ conversationId: 'c1', seen: null, acknowledged: null, refused, over: false }],
      });
    const known = () => conversation.actor.getSnapshot().context.receipts.ledgers[0]?.refused;
    return { load, known };
  };

  it.each([
    ['less', 1, 2],
    ['nothing', null, 2],
    ['more', 3, 3],
  ])('here is not forgotten for what an earlier run knew: %s (R-1)', async (_, theirs, both) => {
    const { load, known } = await createRefused();
    load(theirs);
    expect(known()).toBe(both);
  });
});

it.each([
  ['below what was seen', 'm2', 3],
  ['as far as it was seen', 'm3', 3],
  ['further', 'm4', 0],
])(
  'what was marked as unread stays so until another device reads something newer: %s',
  (_, messageId, count) => {
    const { conversation, transport, told } = createHarness({ participantId: 'guest' });
    conversation.offline();
    told('m1', 'm2', 'm3', 'm4');
    conversation.viewed('m3');
    conversation.markAsUnread('m2');
    expect(conversation.unread).toBe(3);
    transport.tell({ type: 'message.read', conversationId: 'c1', participantId: 'guest', messageId });
    expect(conversation.unread).toBe(count);
  },
);
