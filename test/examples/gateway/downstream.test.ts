import { describe, expect, it } from 'vitest';
import { joinGateway, openGateway, post, rootOf, sendHook } from '../../support/gateway.ts';

/** A live conversation, and what sends webhooks of it. */
async function talk(options: Parameters<typeof openGateway>[0] = {}) {
  const opened = await openGateway(options);
  const { gateway, genesys, platformId } = opened;
  const guest = await joinGateway(gateway.url);
  await guest.conversation.sendMessage('Hello');
  const { messages } = genesys.conversation(platformId(guest.guestId));
  const hook = (body: { readonly id: string; readonly [field: string]: unknown }, time = new Date()) => {
    const to = { id: guest.guestId, idType: 'Opaque' };
    const channel = { platform: 'Open', type: 'Private', messageId: body.id, to, time: time.toISOString() };
    const conversationId = platformId(guest.guestId);
    return sendHook(
      gateway.webhookUrl,
      JSON.stringify({ direction: 'Outbound', ...body, channel, conversationId }),
    );
  };
  return { ...opened, ...guest, hook, platformMessageId: messages[0]?.messageId ?? '' };
}

type Talk = Awaited<ReturnType<typeof talk>>;

describe('what the guest contract has no field for is written out', () => {
  const cases: readonly (readonly [string, object, string])[] = [
    [
      'an attachment',
      {
        text: 'Your label',
        content: [
          {
            contentType: 'Attachment',
            attachment: { mediaType: 'File', filename: 'label.pdf', url: 'https://files.example/1' },
          },
        ],
      },
      'Your label\nlabel.pdf: https://files.example/1',
    ],
    [
      'an attachment without an address',
      { content: [{ contentType: 'Attachment', attachment: { mediaType: 'Image' } }] },
      '[Image]',
    ],
    [
      'quick replies',
      {
        text: 'Shall I?',
        content: ['Yes', 'No'].map((text) => ({
          contentType: 'QuickReply',
          quickReply: { text, payload: text },
        })),
      },
      'Shall I?\nChoose by writing: Yes / No',
    ],
    [
      'a card',
      {
        content: [
          {
            contentType: 'Card',
            card: {
              title: 'Parcel',
              description: 'On its way',
              image: 'https://files.example/2',
              actions: [
                { type: 'Link', text: 'Follow it', url: 'https://parcel.example' },
                { type: 'Postback', text: 'Send it back', payload: 'back' },
              ],
            },
          },
        ],
      },
      'Parcel\nOn its way\nhttps://files.example/2\n• Follow it: https://parcel.example\n• Send it back',
    ],
    [
      'a carousel',
      { content: [{ contentType: 'Carousel', carousel: { cards: [{ title: 'One' }, { title: 'Two' }] } }] },
      'One\nTwo',
    ],
    [
      'a notification, whose text stands in it twice',
      {
        text: 'It has left.',
        content: [{ contentType: 'Notification', template: { body: { text: 'It has left.' } } }],
      },
      'It has left.',
    ],
    [
      'a picker, and what is not known at all',
      {
        content: [
          { contentType: 'DatePicker', datePicker: { title: 'When?' } },
          { contentType: 'Hologram', hologram: { depth: 3 } },
          null,
        ],
      },
      '[DatePicker]\nWhen?\n[Hologram]\n[something]',
    ],
  ];
  it.each(cases)('%s', async (_what, body, words) => {
    const { hook, said } = await talk();
    expect(await hook({ id: 'structured', type: 'Structured', ...body })).toBe(200);
    await expect.poll(() => said).toEqual(['Hello', words]);
  });

  it('and is cut at the longest text that the contract has', async () => {
    const { hook, said } = await talk();
    await hook({ id: 'long', type: 'Text', text: 'x'.repeat(5000) });
    await expect.poll(() => said.at(-1)).toBe(`${'x'.repeat(4095)}…`);
  });
});

describe('what becomes of a message of the guest’s', () => {
  const failed = {
    ...{ type: 'Receipt', direction: 'Inbound', status: 'Failed', isFinalReceipt: true },
    reasons: [{ code: 'MessageExpired', message: 'Nobody took it.' }],
  };
  const notice = 'Not delivered: “Hello” (MessageExpired: Nobody took it.)';

  it('that it failed reaches the guest once, with its reason, and who comes later as well', async () => {
    const talked = await talk();
    const { hook, said, genesys, platformId, platformMessageId, calls } = talked;
    expect(await hook({ id: platformMessageId, ...failed })).toBe(200);
    expect(await hook({ id: platformMessageId, ...failed })).toBe(200);
    await expect.poll(() => said).toEqual(['Hello', notice]);
    const other = await joinGateway(talked.gateway.url, talked);
    await expect.poll(() => other.said).toEqual(['Hello', notice]);
    genesys.agent.say(platformId(talked.guestId), 'Good day');
    await expect.poll(() => said).toEqual(['Hello', notice, 'Good day']);
    // The agent is told of their own message only.
    await expect.poll(() => calls('receipt').map(({ status }) => status)).toEqual([200]);
  });

  it('the notice names the message by its own id', async () => {
    const { hook, transport, platformMessageId, guestToken, gateway, conversationId } = await talk();
    const heard: unknown[] = [];
    transport.on('conversation:message', (frame) => {
      if (frame.participantId === 'gateway') heard.push(frame);
    });
    await hook({ id: platformMessageId, ...failed });
    await expect.poll(() => heard.length).toBe(1);
    const history = await fetch(`${rootOf(gateway.url)}/${conversationId}/messages`, {
      headers: { authorization: `Bearer ${guestToken}` },
    });
    const { messages } = (await history.json()) as { messages: { messageId: string; text: string }[] };
    const own = messages.find(({ text }) => text === 'Hello');
    expect(heard).toMatchObject([{ messageId: `not-delivered:${own?.messageId}` }]);
    expect(Object.keys(own ?? {}).sort()).toEqual(['messageId', 'participantId', 'sentAt', 'text']);
  });

  it('that it was published is no news', async () => {
    const { hook, said, genesys, platformId, guestId, platformMessageId } = await talk();
    await hook({ id: platformMessageId, ...failed, status: 'Published' });
    genesys.agent.say(platformId(guestId), 'Good day');
    await expect.poll(() => said).toEqual(['Hello', 'Good day']);
  });

  it('that the agent has read it is told, should the platform ever say so', async () => {
    const { hook, conversation, platformMessageId } = await talk();
    const read = new Promise((resolve) => conversation.on('peer.read', resolve));
    await hook({ id: platformMessageId, ...failed, status: 'Read' });
    expect(await read).toMatchObject({ participantId: 'agent' });
  });

  it('one that was kept and is given up fails, with the reason: refused, or nobody can say whether it arrived', async () => {
    // After an answer that says nothing it is looked for first, by two questions.
    const lose: Parameters<Talk['genesys']['fault']>[0][] = [
      { action: 'reset', applied: true },
      { status: 404, times: null },
    ];
    const cases = [
      [
        [{ status: 503 }, { times: 2 }, { status: 400 }],
        /^Not delivered: “too late” \(Genesys Cloud refused/,
      ],
      [lose, /^Not delivered: “too late” \(Genesys Cloud does not say what became of it/],
    ] as const;
    const play = async ([faults, notice]: (typeof cases)[number]): Promise<void> => {
      const { genesys, conversation, said, calls } = await talk();
      const isAsked = () =>
        genesys
          .calls()
          .some(({ route, status }) => route.endsWith('/messages/:conversationId') && status === 200);
      await expect.poll(isAsked).toBe(true);
      for (const fault of faults) genesys.fault({ lane: 'open-messaging', ...fault });
      await conversation.sendMessage('too late');
      await expect
        .poll(() => said, { timeout: 10_000 })
        .toEqual(['Hello', 'too late', expect.stringMatching(notice)]);
      genesys.clearFaults();
      await conversation.sendMessage('and on');
      // What may stand there already is not told again.
      expect(calls('message')).toHaveLength(faults === lose ? 3 : 4);
    };
    await Promise.all(cases.map(play));
  });

  it('one that cannot be told for too long is refused, and so is the same one again', async () => {
    const { genesys, gateway, conversationId, guestId, guestToken } = await talk({ deliveryTime: 1 });
    genesys.fault({ lane: 'open-messaging', status: 503, delay: 10, times: null });
    const headers = { authorization: `Bearer ${guestToken}`, 'idempotency-key': 'a key of the page' };
    const url = `${rootOf(gateway.url)}/participants/${guestId}/messages`;
    const send = () => post(url, { conversationId, text: 'never' }, headers);
    const first = await send();
    expect([first.status, await first.json()]).toMatchObject([422, { code: 'message.undelivered' }]);
    genesys.clearFaults();
    expect((await send()).status).toBe(422);
    const history = await fetch(`${rootOf(gateway.url)}/${conversationId}/messages`, { headers });
    expect(await history.json()).toMatchObject({ messages: [{ text: 'Hello' }] });
  });
});

it('a webhook older than all that a conversation remembers is taken for a replay, and said to be', async () => {
  const { hook, said, lines, calls } = await talk();
  const old = new Date(Date.now() - 3_600_000);
  const say = (id: string, time?: Date) => hook({ id, type: 'Text', text: id }, time);
  await say('long ago', old);
  await expect.poll(() => said).toEqual(['Hello', 'long ago']);
  for (let at = 0; at < 500; at += 20)
    await Promise.all(Array.from({ length: 20 }, (_, n) => say(`n${at + n}`)));
  await expect.poll(() => said.length).toBe(502);
  await say('long ago', old);
  await say('a little late', new Date(Date.now() - 60_000));
  await expect.poll(() => said.at(-1)).toBe('a little late');
  expect(said).toHaveLength(503);
  expect(lines.filter((line) => line.startsWith('webhook'))).toEqual([
    'webhook: older than all that is remembered; taken for a replay.',
  ]);
  // The sandbox knows nothing of these messages, and is not told again that they were delivered.
  const told = () => calls('receipt').map(({ body }) => (body as { id: string }).id);
  await expect.poll(() => told().length).toBeGreaterThan(10);
  expect(new Set(told()).size).toBe(told().length);
});
