import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';

const read = (messageId: string, conversationId = 'c1', participantId = 'agent') => ({
  type: 'conversation:read',
  conversationId,
  participantId,
  messageId,
});
const peersIn = ({ conversation }: ReturnType<typeof createHarness>) =>
  conversation.actor.getSnapshot().context.receipts.peers;

describe('how far others have read (R-5a)', () => {
  it('is known of each conversation by itself', () => {
    const { conversation, trace } = createHarness();
    for (const messageId of ['m1', 'm2', 'm3']) conversation.messageSent(messageId);
    conversation.receive(read('m3'));
    conversation.open('c2');
    conversation.messageSent('x1');
    expect(conversation.readBy('x1')).toEqual([]);
    conversation.receive(read('x1', 'c2'));
    expect(conversation.readBy('x1')).toEqual(['agent']);
    expect(trace.of('peer.read').map(({ conversationId }) => conversationId)).toEqual(['c1', 'c2']);
  });

  it('names each of them once, however often they read on', () => {
    const { conversation } = createHarness();
    for (const messageId of ['m1', 'm2', 'm3']) {
      conversation.messageSent(messageId);
      conversation.receive(read(messageId));
    }
    expect(conversation.readBy('m1')).toEqual(['agent']);
  });

  it('is remembered of 200 people: who read least recently is forgotten', () => {
    const harness = createHarness();
    const { conversation } = harness;
    const reads = (n: number, position: number) =>
      conversation.actor.send({
        type: 'peer.read',
        conversationId: 'c1',
        participantId: `p${n}`,
        mark: { position },
      });
    for (let n = 0; n < 200; n += 1) reads(n, 1);
    reads(0, 2);
    reads(200, 1);
    const ids = peersIn(harness).map(({ participantId }) => participantId);
    expect(ids).toHaveLength(200);
    expect([ids[0], ids.at(-2), ids.at(-1)]).toEqual(['p2', 'p0', 'p200']);
  });

  it.each([
    ['lower', { position: 1, messageId: 'm1' }, 'm2'],
    ['at the same place', { position: 2 }, 'm2'],
    ['further', { position: 3, messageId: 'm3' }, 'm3'],
  ])('only rises where an earlier run knew more of it or less: %s', (_, mark, furthest) => {
    const harness = createHarness();
    for (const messageId of ['m1', 'm2', 'm3']) harness.conversation.messageSent(messageId);
    harness.conversation.receive(read('m2'));
    harness.conversation.actor.send({
      type: 'ledger.loaded',
      ledgers: [],
      peers: [{ conversationId: 'c1', participantId: 'agent', mark }],
    });
    expect(peersIn(harness)).toMatchObject([{ participantId: 'agent', mark: { messageId: furthest } }]);
  });
});
