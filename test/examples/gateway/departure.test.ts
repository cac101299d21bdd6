import { expect, it } from 'vitest';
import { inProcess } from '../../../examples/gateway/backing/inProcess.ts';
import { createBudget } from '../../../examples/gateway/budget.ts';
import { createOpenMessaging } from '../../../examples/gateway/openMessaging.ts';
import type { GatewayOptions } from '../../../examples/gateway/options.ts';
import { createPlatform, Late } from '../../../examples/gateway/platform.ts';
import { joinGateway, openGateway } from '../../support/gateway.ts';

it('a call that is not its sender’s any more when the connection is there does not leave', async () => {
  const { genesys, calls } = await openGateway();
  const { url, clientId, clientSecret, openMessaging } = genesys;
  const options = { apiUrl: url, loginUrl: url, clientId, clientSecret } as GatewayOptions;
  const platform = createPlatform(options, createBudget(inProcess(), 300));
  const { message } = createOpenMessaging(platform, openMessaging.integrationId);
  // The lease was there when the call was begun, and is not when it has connected.
  let asked = 0;
  const mayLeave = (): boolean => {
    asked += 1;
    return asked === 1;
  };
  await expect(message('guest', 'm1', 'too late', { mayLeave })).rejects.toThrow(Late);
  await message('guest', 'm2', 'in time', { mayLeave: () => true });
  expect(calls('message').map(({ body }) => (body as { text: string }).text)).toEqual(['in time']);
});

it('a message whose answer was lost is looked for until the platform says, however that is refused meanwhile', async () => {
  const { genesys, gateway, platformId, calls } = await openGateway();
  const { conversation, guestId } = await joinGateway(gateway.url);
  await conversation.sendMessage('Hello');
  const isAsked = () =>
    genesys
      .calls()
      .some(({ route, status }) => route.endsWith('/messages/:conversationId') && status === 200);
  await expect.poll(isAsked).toBe(true);
  genesys.fault({ lane: 'open-messaging', action: 'reset', applied: true });
  genesys.fault({ lane: 'open-messaging', status: 403 });
  await conversation.sendMessage('once');
  await conversation.sendMessage('behind it');
  const told = () => genesys.conversation(platformId(guestId)).messages.map(({ text }) => text);
  await expect.poll(told, { timeout: 15_000 }).toEqual(['Hello', 'once', 'behind it']);
  expect(calls('message')).toHaveLength(3);
});
