import { describe, expect, it } from 'vitest';
import { joinGateway, openGateway } from '../../support/gateway.ts';

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const uuid = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);

describe('what reaches Open Messaging is what its schemas say, field by field', () => {
  it('a message: who, when, our id, the words; and its conversation is asked for', async () => {
    const { gateway, calls, platformId } = await openGateway();
    const { conversation, guestId } = await joinGateway(gateway.url);
    const { messageId } = await conversation.sendMessage('Grüße 👋');
    const [call] = calls('message');
    expect(call).toMatchObject({ method: 'POST', status: 200, headers: { authorization: true } });
    expect(call?.body).toEqual({
      channel: { from: { id: guestId, idType: 'Opaque' }, time, messageId },
      text: 'Grüße 👋',
    });
    expect(platformId(guestId)).toEqual(uuid); // Known, so that it was told: only `prefetchConversationId` does.
  });

  it('typing: who, when, and the one event that there is', async () => {
    const { gateway, calls } = await openGateway();
    const { conversation, guestId } = await joinGateway(gateway.url);
    await conversation.sendMessage('Hello');
    conversation.keystroke();
    await expect.poll(() => calls('event').map(({ status }) => status)).toEqual([200]);
    expect(calls('event')[0]?.body).toEqual({
      channel: { from: { id: guestId, idType: 'Opaque' }, time },
      events: [{ eventType: 'Typing' }],
    });
  });

  it('a receipt: which message of the platform’s, to whom, when, delivered for good; never Read', async () => {
    const { gateway, genesys, calls, platformId } = await openGateway();
    const { conversation, guestId, said, listening } = await joinGateway(gateway.url);
    // What comes before is read from the history, and nobody knows whether it has arrived.
    await listening;
    await conversation.sendMessage('Hello');
    const { messageId } = genesys.agent.say(platformId(guestId), 'Good day');
    await expect.poll(() => said).toContain('Good day');
    await conversation.markAsRead();
    await expect.poll(() => calls('receipt').map(({ status }) => status)).toEqual([200]);
    expect(calls('receipt')[0]?.body).toEqual({
      id: messageId,
      channel: { to: { id: guestId, idType: 'Opaque' }, time },
      status: 'Delivered',
      isFinalReceipt: true,
    });
  });

  it('202 is as good as 200', async () => {
    const { gateway, calls, lines } = await openGateway({}, { acceptedStatus: 202 });
    const { conversation } = await joinGateway(gateway.url);
    await conversation.sendMessage('Hello');
    conversation.keystroke();
    await expect.poll(() => calls('event').map(({ status }) => status)).toEqual([202]);
    expect(calls('message').map(({ status }) => status)).toEqual([202]);
    expect(lines).toEqual([]);
  });
});
