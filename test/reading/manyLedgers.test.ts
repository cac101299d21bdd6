import { expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';

const most = 200;
const mark = { position: 1, messageId: 'm1' };

/** A page without a network that saw something in 200 conversations, and could tell it in some of them. */
function createFull(...settled: readonly number[]) {
  const { conversation } = createHarness({ conversationId: null });
  conversation.offline();
  conversation.actor.send({
    type: 'ledger.loaded',
    ledgers: Array.from({ length: most }, (_, n) => ({
      conversationId: `c${n}`,
      seen: mark,
      acknowledged: settled.includes(n) ? mark : null,
      refused: null,
      over: false,
    })),
  });
  const see = (conversationId: string) =>
    conversation.actor.send({ type: 'message.viewed', conversationId, mark });
  const ids = () =>
    conversation.actor.getSnapshot().context.receipts.ledgers.map(({ conversationId }) => conversationId);
  return { see, ids };
}

it('of too many conversations the oldest with nothing to report is forgotten, one for each that comes', () => {
  const { see, ids } = createFull(3, 7);
  expect(ids()).toHaveLength(most);
  see('c200');
  expect(ids()).toHaveLength(most);
  expect(ids().slice(0, 4)).toEqual(['c0', 'c1', 'c2', 'c4']);
  see('c201');
  expect(ids().slice(0, 7)).toEqual(['c0', 'c1', 'c2', 'c4', 'c5', 'c6', 'c8']);
  expect(ids().slice(-2)).toEqual(['c200', 'c201']);
});

it('none is forgotten that has something to report, however many there are', () => {
  const { see, ids } = createFull();
  see('c200');
  expect(ids()).toHaveLength(most + 1);
  expect(ids()[0]).toBe('c0');
});
