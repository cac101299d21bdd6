import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createStorage, type Driver } from 'unstorage';
import memoryDriver from 'unstorage/drivers/memory';
import { expect, it, onTestFinished } from 'vitest';
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

it('a call that finds no connection has surely not arrived, and one that gets no answer may have', async () => {
  const { genesys } = await openGateway();
  const { url, clientId, clientSecret, openMessaging } = genesys;
  const at = (apiUrl: string) => {
    const options = { apiUrl, loginUrl: url, clientId, clientSecret } as GatewayOptions;
    const platform = createPlatform(options, createBudget(inProcess(), 300));
    return createOpenMessaging(platform, openMessaging.integrationId);
  };
  await expect(at('http://127.0.0.1:1').message('guest', 'm1', 'Hello')).rejects.toMatchObject({
    ...{ status: 503, isUnsure: false },
  });
  genesys.fault({ lane: 'open-messaging', action: 'reset' });
  await expect(at(url).message('guest', 'm1', 'Hello')).rejects.toMatchObject({
    ...{ status: 503, isUnsure: true },
  });
});

it('a first message that was not sent after all, since its turn got old meanwhile, waits for no receipt', async () => {
  const memory = memoryDriver();
  const told: string[] = [];
  // What is written of it: that it is kept, in hand, and about to leave. That takes so long that its place in the budget gets old,
  // and then its lease too short.
  const slow: Driver = {
    ...memory,
    setItem: async (key, value, options) => {
      if (key.startsWith('conversation:') && value.includes('slow')) told.push(key);
      if (told.length >= 3 && told.length <= 5) await new Promise((resolve) => setTimeout(resolve, 1100));
      await memory.setItem?.(key, value, options);
    },
  };
  const { gateway, calls } = await openGateway({ storage: createStorage({ driver: slow }) });
  const { conversation } = await joinGateway(gateway.url);
  await conversation.sendMessage('slow');
  await expect.poll(() => calls('message').length, { timeout: 15_000 }).toBe(1);
  expect(told.length).toBeGreaterThan(5);
});

/** A way to a server on which the first call that says `text` is held for `ms`, and arrives whether or not it is waited for. */
async function openSlowWay(target: string, text: string, ms: number) {
  let isHeld = false;
  let arrive = (): void => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const isTheOne = !isHeld && body.includes(text);
    if (isTheOne) {
      isHeld = true;
      await new Promise((resolve) => setTimeout(resolve, ms));
    }
    const { authorization = '' } = request.headers;
    const answer = await fetch(`${target}${request.url}`, {
      method: request.method ?? 'GET',
      headers: { authorization, 'content-type': 'application/json' },
      ...(body.length > 0 && { body }),
    });
    if (isTheOne) arrive();
    const headers = { 'content-type': answer.headers.get('content-type') ?? 'text/plain' };
    response.writeHead(answer.status, headers).end(Buffer.from(await answer.arrayBuffer()));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, arrived };
}

it('a message that is still on its way when its answer is not waited for any more is told once', async () => {
  const { genesys, platformId, calls, start } = await openGateway();
  // Longer than an answer is waited for.
  const way = await openSlowWay(genesys.url, 'late', 8000);
  const gateway = await start({ apiUrl: way.url });
  onTestFinished(() => gateway.close());
  const { conversation, guestId } = await joinGateway(gateway.url);
  await conversation.sendMessage('Hello');
  await conversation.sendMessage('late');
  await conversation.sendMessage('behind it');
  await way.arrived;
  await expect.poll(() => calls('message').length, { timeout: 18_000 }).toBeGreaterThanOrEqual(3);
  const told = genesys.conversation(platformId(guestId)).messages.map(({ text }) => text);
  expect(told).toEqual(['Hello', 'late', 'behind it']);
}, 30_000);
