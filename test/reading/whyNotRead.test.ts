import { createConversation } from 'genesys-conversation-machine';
import { createScriptedTransport, createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it } from 'vitest';
import { createHarness, type HarnessOptions } from '../support/harness.ts';

type Page = ReturnType<typeof createHarness>;

const over = 'The conversation is over; open another, or call reopen().';
const forbidden =
  'The back end forbids read receipts here: grant the scope webmessaging:conversation:write, then call reauthorize().';
const unknown = 'never told: call messageReceived({ messageId, participantId }) before it is read.';

/** Has the back end answer the call for `m1` in some way. */
async function fail(
  { transport, conversation, at }: Page,
  code: 'forbidden' | 'bad-request' | 'unauthorized',
) {
  transport.answer('read', { code, message: `the back end said ${code}`, tokenGeneration: 1 });
  conversation.viewed('m1');
  await at(1000);
}

describe('markAsRead says why not, and what to do (R-4)', () => {
  it.each<[string, string, string, (page: Page) => unknown, HarnessOptions?]>([
    [
      'nothing is open',
      'no-conversation',
      'No conversation is open; call open(conversationId) first.',
      ({ conversation }) => conversation.close(),
    ],
    [
      'it was stopped',
      'stopped',
      'The conversation was stopped; create another one.',
      ({ conversation }) => conversation.stop(),
    ],
    [
      'it was stopped with nothing open',
      'stopped',
      'The conversation was stopped; create another one.',
      ({ conversation }) => {
        conversation.close();
        conversation.stop();
      },
    ],
    ['the conversation is over', 'conversation-ended', over, ({ conversation }) => conversation.end()],
    ['reads are forbidden', 'forbidden', forbidden, (page) => fail(page, 'forbidden')],
    [
      'reads were forbidden before its end',
      'conversation-ended',
      over,
      async (page) => {
        await fail(page, 'forbidden');
        page.conversation.end();
      },
    ],
    [
      'the token is rejected',
      'unauthorized',
      'the back end said unauthorized',
      (page) => fail(page, 'unauthorized'),
      { canRefresh: false },
    ],
    [
      'the mark was refused',
      'bad-request',
      'The back end refused this read mark before; only a newer message can be reported.',
      (page) => fail(page, 'bad-request'),
    ],
    [
      'reads are not shared',
      'not-shared',
      'Reads are not shared: the mark is kept here, and told once shareReads(true) is called.',
      () => {},
      { shareReads: false },
    ],
    [
      'there are no receipts',
      'unsupported',
      'This transport has no read receipts.',
      () => {},
      { capabilities: { readReceipts: false } },
    ],
    [
      'there are no receipts, and it is over',
      'unsupported',
      'This transport has no read receipts.',
      ({ conversation }) => conversation.end(),
      { capabilities: { readReceipts: false } },
    ],
  ])('where %s', async (_, code, message, hinder, options) => {
    const page = createHarness(options);
    page.told('m1');
    await hinder(page);
    await expect(page.conversation.markAsRead('m1')).rejects.toMatchObject({ code, message });
  });

  it('where it was not started, and reports the mark once it is', async () => {
    const clock = createSteppedClock();
    const transport = createScriptedTransport({ clock });
    const conversation = createConversation({ transport, clock, conversationId: 'c1' });
    conversation.messageReceived({ messageId: 'm1', participantId: 'agent' });
    await expect(conversation.markAsRead('m1')).rejects.toMatchObject({
      code: 'not-started',
      message: 'The conversation was not started yet: the mark is kept until start(), so call that first.',
    });
    conversation.start();
    await clock.advance(1000);
    expect(transport.log).toEqual(['0.0 READ m1']);
    conversation.stop();
  });

  it('but not after an end that the receiver of marks outlives (R-8)', async () => {
    const { conversation, transport, told, at } = createHarness({ capabilities: { readsOutliveEnd: true } });
    told('m1');
    conversation.end();
    const reading = conversation.markAsRead('m1');
    await at(1000);
    await reading;
    expect(transport.log).toEqual(['0.0 READ m1']);
  });

  const refused = (message: string) => ({ code: 'unknown-message', message });
  it('where the message was never told', async () => {
    const { conversation } = createHarness();
    const never = refused(`This message id was ${unknown}`);
    for (const known of [false, true]) {
      if (known) conversation.messageSent('m0');
      await expect(conversation.markAsRead('m1')).rejects.toMatchObject(never);
      for (const verb of ['viewed', 'markAsUnread', 'readBy'] as const)
        expect(() => conversation[verb]('m1')).toThrow(expect.objectContaining(never));
    }
  });

  it('where the message is forgotten', async () => {
    const { conversation, told } = createHarness();
    for (let index = 1; index <= 5001; index += 1) told(`m${index}`);
    await expect(conversation.markAsRead('m1')).rejects.toMatchObject(
      refused(`This message id was told too long ago and is forgotten, or was ${unknown}`),
    );
  });

  it.each<[unknown, string]>([
    ['', 'an empty string'],
    [7, '7'],
    [null, 'null'],
  ])(
    'where %j is given for an id: that is a mistake of the program, and not to go unseen',
    async (id, came) => {
      const { conversation } = createHarness();
      const message = `messageId must be a string of 1 to 2048 well-formed characters; got ${came}.`;
      for (const verb of ['viewed', 'markAsUnread', 'readBy'] as const)
        expect(() => conversation[verb](id as string)).toThrow(message);
      const others = process.listeners('unhandledRejection');
      process.removeAllListeners('unhandledRejection');
      const unseen: unknown[] = [];
      process.on('unhandledRejection', (error) => unseen.push(error));
      void conversation.markAsRead(id as string);
      void conversation.markAsRead('never told');
      await new Promise((resolve) => setImmediate(resolve));
      process.removeAllListeners('unhandledRejection');
      for (const other of others) process.on('unhandledRejection', other);
      expect(unseen).toMatchObject([{ code: 'invalid-option', option: 'messageId', message }]);
    },
  );
});

it('seen says what it takes', () => {
  const { conversation } = createHarness();
  for (const [wrong, came] of [
    ['m1', 'a string of length 2'],
    [7, '7'],
    [['m1', 7], 'an array'],
  ] as const)
    expect(() => conversation.seen(wrong as never)).toThrow(
      `messageIds must be a list of message ids, each a string; got ${came}.`,
    );
});
