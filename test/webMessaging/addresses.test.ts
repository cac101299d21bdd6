import { webMessaging } from 'genesys-conversation-machine';
import { createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it } from 'vitest';
import { bare, createSockets, deploymentId, sessionResponse } from '../support/socketScript.ts';

const regions = {
  'us-east-1': 'mypurecloud.com',
  'us-west-2': 'usw2.pure.cloud',
  'us-east-2': 'use2.us-gov-pure.cloud',
  'ca-central-1': 'cac1.pure.cloud',
  'mx-central-1': 'mxc1.pure.cloud',
  'eu-west-1': 'mypurecloud.ie',
  'eu-west-2': 'euw2.pure.cloud',
  'eu-central-1': 'mypurecloud.de',
  'eu-central-2': 'euc2.pure.cloud',
  'sa-east-1': 'sae1.pure.cloud',
  'me-central-1': 'mec1.pure.cloud',
  'ap-southeast-2': 'mypurecloud.com.au',
  'ap-northeast-1': 'mypurecloud.jp',
  'ap-northeast-2': 'apne2.pure.cloud',
  'ap-northeast-3': 'apne3.pure.cloud',
  'ap-south-1': 'aps1.pure.cloud',
  'ap-southeast-1': 'apse1.pure.cloud',
  'eusc-de-east-1': 'edee1.eusc-pure.cloud',
};

/** Every address that a session asks for, up to the first page of its history. */
async function addressesOf(where: object): Promise<readonly string[]> {
  const clock = createSteppedClock();
  const { sockets, Socket } = createSockets();
  const fetched: string[] = [];
  const messaging = webMessaging({
    deploymentId,
    webSocket: Socket,
    clock,
    application: '',
    fetch: async (url) => {
      fetched.push(String(url));
      return Response.json({ status: 'Active', entities: [] });
    },
    ...where,
  });
  messaging.connect().catch(() => {});
  for (let turn = 0; turn < 5; turn += 1) await clock.settle();
  const [socket] = sockets;
  socket?.open();
  await clock.settle();
  socket?.receive(sessionResponse({ newSession: false }));
  socket?.receive(bare('JwtResponse', { jwt: 'j', exp: 4_000_000_000 }));
  for (let turn = 0; turn < 5; turn += 1) await clock.settle();
  messaging.stop();
  return [socket?.url ?? '', ...fetched];
}

const config = `/webdeployments/v1/deployments/${deploymentId}/config.json`;
const history = '/api/v2/webmessaging/messages?pageNumber=1&pageSize=25';
const socket = `/v1?deploymentId=${deploymentId}`;

describe('the three addresses', () => {
  it.each(Object.entries(regions))('of %s, by its name or as %s', async (name, domain) => {
    for (const region of [name, domain])
      expect(await addressesOf({ region })).toEqual([
        `wss://webmessaging.${domain}${socket}`,
        `https://api-cdn.${domain}${config}`,
        `https://api.${domain}${history}`,
      ]);
  });

  it.each([
    ['http://127.0.0.1:4870', '127.0.0.1:4870', ''],
    ['WS://LOCALHOST:4870/V1', 'localhost:4870', ''],
    ['WSS://chat.example.org', 'chat.example.org', 's'],
    ['https://news.example.org', 'news.example.org', 's'],
    [`wss://ws.example.org/v1?deploymentId=${deploymentId.toUpperCase()}`, 'ws.example.org', 's'],
  ])('of one origin, %s', async (endpoint, host, secure) => {
    expect(await addressesOf({ endpoint })).toEqual([
      `ws${secure}://${host}${socket}`,
      `http${secure}://${host}${config}`,
      `http${secure}://${host}${history}`,
    ]);
  });

  it('of one deployment, however its id is written', async () => {
    const deploymentId = 'ABCDEFab-0000-4000-8000-00000000000c';
    for (const named of [deploymentId.toLowerCase(), deploymentId.toUpperCase()]) {
      const endpoint = `wss://chat.example.org/v1?deploymentId=${named}`;
      const [address] = await addressesOf({ deploymentId, endpoint });
      expect(address).toBe(`wss://chat.example.org/v1?deploymentId=${deploymentId}`);
    }
  });

  it('of no other region: all of them are named', () => {
    const list = Object.entries(regions).map(([name, domain]) => `${name} (${domain})`);
    expect(() => webMessaging({ deploymentId, region: 'mars-1', webSocket: createSockets().Socket })).toThrow(
      `region must be one of ${list.join(', ')}; got a string of length 6.`,
    );
  });
});
