import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';
import { createMemoryStorage, createSlowStorage, ledgerKey } from '../support/memoryStorage.ts';

const stored = (ledger: object) =>
  createMemoryStorage({
    [ledgerKey]: JSON.stringify({
      version: 1,
      revision: 1,
      ledgers: [{ conversationId: 'c1', acknowledged: null, refused: null, ...ledger }],
    }),
  });
const last = ({ writes }: ReturnType<typeof createMemoryStorage>) => JSON.parse(writes.at(-1) ?? '').ledgers;

describe.each([
  ['at once', (memory: ReturnType<typeof createMemoryStorage>) => memory],
  ['later', (memory: ReturnType<typeof createMemoryStorage>) => createSlowStorage(memory)],
])('marks that a storage held, which answers %s (R-3)', (_, wrap) => {
  const open = async (memory: ReturnType<typeof createMemoryStorage>, before = () => {}) => {
    const page = createHarness({ storage: wrap(memory), participantId: 'guest' });
    page.conversation.offline();
    before();
    await page.clock.settle();
    return page;
  };

  it('stand where no message is known any more, and what comes stands above', async () => {
    const memory = stored({ participantId: 'guest', seen: { position: 4 } });
    const { conversation, told, clock } = await open(memory);
    told('m9');
    expect(conversation.unread).toBe(1);
    conversation.viewed('m9');
    await clock.settle();
    expect(last(memory)).toMatchObject([{ seen: { position: 5, messageId: 'm9' }, order: [['m9', 5]] }]);
  });

  it('make the messages known that they name', async () => {
    const memory = stored({
      ...{ participantId: 'guest', seen: { position: 4, messageId: 'm4' } },
      ...{ acknowledged: { position: 2, messageId: 'm2' }, order: [['m1', 1]] },
    });
    const { conversation, told, clock } = await open(memory);
    for (const messageId of ['m1', 'm2', 'm4']) conversation.viewed(messageId);
    told('m9');
    expect(conversation.unread).toBe(1);
    conversation.viewed('m9');
    await clock.settle();
    expect(last(memory)[0].order).toEqual([
      ['m1', 1],
      ['m2', 2],
      ['m4', 4],
      ['m9', 5],
    ]);
  });

  it('follow the place that the back end gives their message', async () => {
    const memory = stored({
      ...{ participantId: 'guest', seen: { position: 1, messageId: 'm1' }, order: [['m1', 1]] },
      peers: [{ participantId: 'agent', mark: { position: 1, messageId: 'm1' } }],
    });
    const page = createHarness({ storage: wrap(memory), participantId: 'guest' });
    const { conversation, clock } = page;
    const tell = (messageId: string, position: number) =>
      conversation.messageReceived({ messageId, participantId: 'agent', position });
    tell('m1', 100);
    tell('m2', 101);
    await clock.settle();
    conversation.viewed('m1');
    expect(conversation.unread).toBe(1);
  });

  it('keep what others have read apart, conversation by conversation', async () => {
    const memory = createMemoryStorage();
    const { conversation, clock } = await open(memory);
    const read = { type: 'conversation:read', participantId: 'agent' };
    conversation.messageSent('m1');
    conversation.receive({ ...read, conversationId: 'c1', messageId: 'm1' });
    conversation.open('c2');
    conversation.messageSent('x1');
    conversation.receive({ ...read, conversationId: 'c2', messageId: 'x1', participantId: 'supervisor' });
    await clock.settle();
    const peer = (participantId: string, messageId: string) => ({
      peers: [{ participantId, mark: { position: 1, messageId } }],
    });
    expect(last(memory)).toMatchObject([
      { conversationId: 'c1', seen: null, ...peer('agent', 'm1') },
      { conversationId: 'c2', seen: null, ...peer('supervisor', 'x1') },
    ]);
    for (const ledger of last(memory)) expect(ledger).not.toHaveProperty('over');
  });
});

it('marks that are read later stand where the back end put their message meanwhile', async () => {
  const memory = stored({ seen: { position: 1, messageId: 'm1' }, order: [['m1', 1]] });
  const { conversation, clock } = createHarness({ storage: createSlowStorage(memory) });
  for (const [messageId, position] of [
    ['m1', 100],
    ['m2', 101],
  ] as const)
    conversation.messageReceived({ messageId, participantId: 'agent', position });
  await clock.settle();
  expect(conversation.unread).toBe(1);
});
