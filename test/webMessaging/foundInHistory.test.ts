import { describe, expect, it } from 'vitest';
import { bare, createSession } from '../support/socketScript.ts';

const time = '2026-01-01T00:00:00.000Z';
const sentAt = Date.UTC(2026, 0, 1);
const others = (count: number) =>
  Array.from({ length: count }, (_, number) => ({
    id: `other-${number}`,
    metadata: { customMessageId: `of-${number}` },
  }));

/** A message whose echo never comes, and the pages of history that it is looked up in, the newest first. */
async function createLost(pagesOf: (customMessageId: string) => readonly (readonly object[])[]) {
  const asked: number[] = [];
  const session = createSession({
    fetch: async (url) => {
      const page = Number(new URL(String(url)).searchParams.get('pageNumber'));
      asked.push(page);
      return Response.json({ entities: pagesOf(String(left()[0]?.tracingId))[page - 1] ?? [] });
    },
  });
  const socket = await session.configure();
  const left = () => socket.sent.filter(({ action }) => action === 'onMessage');
  const sent = session.messaging.sendMessage('once');
  sent.catch(() => {});
  await session.clock.advance(10_000);
  await session.receive(bare('JwtResponse', { jwt: 'j', exp: 4_000_000_000 }));
  for (let turn = 0; turn < 10; turn += 1) await session.clock.settle();
  return { ...session, asked, left, sent };
}

describe('a message whose echo does not come is looked up (W-6)', () => {
  it.each<[string, readonly number[], object, (id: string) => readonly (readonly object[])[]]>([
    [
      'by the id that it left with',
      [1],
      { messageId: 'c1', sentAt },
      (customMessageId) => [
        [...others(24), { id: 'e1', metadata: { customMessageId }, channel: { messageId: 'c1', time } }],
        others(25),
      ],
    ],
    [
      'and has the id of its entity where there is no other, and no time',
      [1],
      { messageId: 'e1' },
      (customMessageId) => [[{ id: 'e1', metadata: { customMessageId } }]],
    ],
    [
      'on a second page, where the first is full',
      [1, 2],
      { messageId: 'e1' },
      (customMessageId) => [others(25), [{ id: 'e1', metadata: { customMessageId } }]],
    ],
    [
      'and is what is newest, where there are two',
      [1],
      { messageId: 'new' },
      (customMessageId) => [
        [
          { metadata: { customMessageId } },
          { id: 'new', metadata: { customMessageId } },
          { id: 'old', metadata: { customMessageId } },
        ],
      ],
    ],
  ])('%s', async (_, pages, expected, pagesOf) => {
    const { messaging, asked, left, sent, of } = await createLost(pagesOf);
    expect(asked).toEqual(pages);
    expect(of('message.sent')).toStrictEqual([
      { type: 'message.sent', id: left()[0]?.tracingId, ...expected },
    ]);
    expect(await sent).toStrictEqual({ ...expected, conversationId: messaging.conversationId });
    expect(left()).toHaveLength(1);
    messaging.stop();
  });

  it.each<[string, readonly number[], readonly (readonly object[])[]]>([
    ['no further than its end', [1], [others(24), others(1)]],
    ['no further than two pages', [1, 2], [others(25), others(25), others(25)]],
  ])('%s, and leaves again where it is not there, as was asked twice', async (_, pages, entities) => {
    const { clock, messaging, asked, left, of } = await createLost(() => entities);
    expect(asked).toEqual(pages);
    expect(left()).toHaveLength(1);
    await clock.advance(5000);
    for (let turn = 0; turn < 10; turn += 1) await clock.settle();
    expect(asked).toEqual([...pages, ...pages]);
    expect(of('message.sent')).toEqual([]);
    expect(left()).toHaveLength(2);
    messaging.stop();
  });

  it('and is known then: its echo, and history, tell it no more', async () => {
    const { messaging, receive, of, left } = await createLost((customMessageId) => [
      [{ id: 'e1', metadata: { customMessageId }, channel: { messageId: 'c1' } }],
    ]);
    expect(of('message.sent')).toMatchObject([{ messageId: 'c1' }]);
    await receive({
      class: 'StructuredMessage',
      tracingId: left()[0]?.tracingId,
      body: { type: 'Text', text: 'once', direction: 'Inbound', id: 'e1', channel: { messageId: 'c1' } },
    });
    expect(of('message.mirrored')).toEqual([]);
    expect(of('message.sent')).toHaveLength(1);
    messaging.stop();
  });
});
