import { Validator } from '@seriousme/openapi-schema-validator';
import {
  clientCredentials,
  createConversation,
  eventStream,
  guestRest,
  openGuestConversation,
  type WebSocketConstructor,
} from 'genesys-conversation-machine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  type Sandbox,
  type SandboxLane,
  type StartedConversation,
  startSandbox,
} from '../../src/sandbox/index.ts';
import { document, matches, objections, operations, page, resolved } from '../support/contract.ts';
import { BASE, Client, openStream, post, start } from '../support/sandboxGuest.ts';

interface World {
  readonly sandbox: Sandbox;
  readonly guest: StartedConversation;
}

type Ask = (world: World) => Promise<Response>;

const participant = ({ guestId }: StartedConversation, verb: string) =>
  `${BASE}/participants/${guestId}/${verb}`;
const send =
  (verb: string, body: object, change: Partial<StartedConversation> = {}): Ask =>
  ({ sandbox, guest }) => {
    const { conversationId, ...rest } = { ...guest, ...change };
    const path = participant({ conversationId, ...rest }, verb);
    return post(sandbox, path, { conversationId, ...body }, { token: rest.guestToken });
  };
const ask =
  (query = '', change: Partial<StartedConversation> = {}): Ask =>
  ({ sandbox, guest }) => {
    const { conversationId, guestToken } = { ...guest, ...change };
    const url = `${sandbox.url}${BASE}/${conversationId}/messages${query}`;
    return fetch(url, { headers: { authorization: `Bearer ${guestToken}` } });
  };
const grant =
  (type: string, secret?: string): Ask =>
  ({ sandbox }) =>
    post(sandbox, '/api/v2/oauth/token', {
      grant_type: type,
      client_id: sandbox.clientId,
      client_secret: secret ?? sandbox.clientSecret,
    });

/** The same call in a world in which something happened before. */
const after =
  (happens: (world: World) => unknown, call: Ask): Ask =>
  async (world) => {
    await happens(world);
    return call(world);
  };
const faulted = (lane: Exclude<SandboxLane, 'session'>, status: number, call: Ask): Ask =>
  after(
    ({ sandbox }) =>
      sandbox.fault({ lane, status, ...(status === 429 && { headers: { 'Retry-After': '3' } }) }),
    call,
  );
const thrice =
  (call: Ask): Ask =>
  async (world) => {
    await call(world);
    await call(world);
    return call(world);
  };

/** What every call of a participant may be answered with besides. */
const refusals = (lane: 'typing' | 'read' | 'message', verb: string, body: object) => ({
  400: send(verb, { ...body, conversationId: 7 }),
  401: send(verb, body, { guestToken: 'nonsense' }),
  403: after(({ sandbox, guest }) => sandbox.revokeScope(guest.conversationId), send(verb, body)),
  404: send(verb, body, { guestId: 'nobody' }),
  409: after(({ sandbox, guest }) => sandbox.endConversation(guest.conversationId), send(verb, body)),
  429: lane === 'message' ? faulted(lane, 429, send(verb, body)) : thrice(send(verb, body)),
  503: faulted(lane, 503, send(verb, body)),
});

const begin =
  (body: unknown): Ask =>
  ({ sandbox }) =>
    post(sandbox, BASE, body);
const handshake: Ask = async ({ sandbox }) => {
  const opened = await new Client(`${sandbox.url.replace('http', 'ws')}${BASE}/events`).opened;
  return { status: opened === 'open' ? 101 : opened } as Response;
};

/** How each documented answer is had. */
const answers: Readonly<Record<string, Readonly<Record<string, Ask>>>> = {
  startConversation: {
    200: begin({}),
    400: begin('{'),
    429: faulted('start', 429, begin({})),
    503: faulted('start', 503, begin({})),
  },
  setTyping: { 204: send('typing', { isTyping: true }), ...refusals('typing', 'typing', { isTyping: true }) },
  setRead: { 204: send('read', {}), ...refusals('read', 'read', {}) },
  sendMessage: {
    200: send('messages', { text: 'Hello' }),
    ...refusals('message', 'messages', { text: 'Hello' }),
  },
  getHistory: {
    200: after(async ({ sandbox, guest }) => {
      sandbox.agent.say(guest.conversationId, 'Hello');
      await send('read', {})({ sandbox, guest });
    }, ask('?limit=40')),
    400: ask('?limit=none'),
    401: ask('', { guestToken: 'nonsense' }),
    404: ask('?after=nothing'),
    429: faulted('history', 429, ask()),
    503: faulted('history', 503, ask()),
  },
  openEvents: { 101: handshake, 503: faulted('stream', 503, handshake) },
  issueBotToken: {
    200: grant('client_credentials'),
    400: grant('password'),
    401: grant('client_credentials', 'guessed'),
    503: faulted('token', 503, grant('client_credentials')),
  },
};

const rows = Object.entries(answers).flatMap(([operationId, byStatus]) =>
  Object.entries(byStatus).map(([status, call]) => ({ operationId, status, call })),
);

describe('the contract', () => {
  it('is a valid OpenAPI 3.1 document', async () => {
    const result = await new Validator().validate(
      structuredClone(document) as unknown as Record<string, unknown>,
    );
    expect(result).toEqual({ valid: true });
  });

  it('is looked at answer by answer', () => {
    const documented = operations.flatMap(({ operationId, responses }) =>
      Object.keys(responses).map((status) => `${operationId} ${status}`),
    );
    expect(rows.map(({ operationId, status }) => `${operationId} ${status}`).sort()).toEqual(
      documented.sort(),
    );
  });

  it('stands on its page: every call, every status, every frame', () => {
    for (const { path, method, responses } of operations) {
      const short = path.replace(BASE, '') || '/';
      expect(page).toContain(`${method.toUpperCase()} ${path.startsWith(BASE) ? short : `{orgUrl}${path}`}`);
      for (const status of Object.keys(responses)) {
        if (status !== '200') expect(page).toMatch(new RegExp(`\\| ${status}\\b`));
      }
    }
    const types = Object.values(document.components.schemas).flatMap(
      ({ properties }) => properties?.type?.const ?? [],
    );
    expect(types).toHaveLength(8);
    for (const type of types) expect(page).toContain(`type: "${type}"`);
  });
});

describe('the sandbox answers as the contract says', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.close());

  it.each(rows)('$operationId $status', async ({ operationId, status, call }) => {
    const operation = operations.find((each) => each.operationId === operationId);
    const response = await call({ sandbox, guest: sandbox.startConversation() });
    expect(response.status).toBe(Number(status));
    if (operation === undefined || operationId === 'openEvents') return;
    const documented = resolved(operation.responses[status]);
    const { headers = {}, content } = documented;
    for (const name of Object.keys(headers)) expect(response.headers.get(name), name).not.toBe(null);
    const text = await response.text();
    if (content === undefined) return expect(text).toBe('');
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    const { $ref } = content['application/json'].schema;
    expect(objections($ref.slice(2).split('/'), JSON.parse(text))).toEqual([]);
  });
});

const frame = (name: string) => ['components', 'schemas', name];

it('the event stream says what the contract says, and all of it', async () => {
  const sandbox = await start();
  const guest = sandbox.startConversation();
  const { conversationId } = guest;
  const device = await openStream(sandbox, guest.guestToken);
  const frames = [await device.next()];
  await device.say({ type: 'ping' });
  frames.push(await device.next());
  sandbox.agent.typing(conversationId, true);
  sandbox.agent.say(conversationId, 'Hello');
  sandbox.agent.read(conversationId);
  sandbox.endConversation(conversationId);
  for (let count = 0; count < 4; count += 1) frames.push(await device.next());
  for (const each of frames) expect(objections(frame('FrameFromServer'), each)).toEqual([]);
  const { oneOf } = document.components.schemas.FrameFromServer as { oneOf: readonly { $ref: string }[] };
  expect(new Set(frames.map(({ type }) => type)).size).toBe(oneOf.length);
});

it('the SDK says what the contract says', async () => {
  const sandbox = await start();
  const { url: orgUrl, clientId, clientSecret } = sandbox;
  const said: unknown[] = [];
  class Heard extends WebSocket {
    override send(data: string): void {
      said.push(JSON.parse(data));
      super.send(data);
    }
  }
  await clientCredentials({ orgUrl, clientId, clientSecret })();
  const { conversationId, guestId, guestToken } = await openGuestConversation({ orgUrl });
  const events = eventStream({ webSocket: Heard as unknown as WebSocketConstructor });
  const transport = guestRest({ orgUrl, participantId: guestId, token: guestToken, events });
  const conversation = createConversation({ transport, conversationId }).start();
  await sandbox.waitForCall({ lane: 'history' });
  conversation.keystroke();
  await sandbox.waitForCall({ lane: 'typing' });
  await conversation.sendMessage('Hello');
  sandbox.agent.say(conversationId, 'Hello');
  await conversation.markAsRead();
  conversation.show();
  conversation.stop();

  const calls = sandbox.calls().filter(({ lane }) => lane !== 'stream');
  const asked = new Set(
    calls.map(({ path, body, requestId }) => {
      const known = operations.find((each) => matches(each.path, path.replace(/\?.*/, '')));
      const { content = {} } = known?.requestBody ?? {};
      const [media] = Object.keys(content);
      if (known === undefined) throw new Error(`Not in the contract: ${path}`);
      if (media !== undefined) {
        const place = ['paths', known.path, known.method, 'requestBody', 'content', media, 'schema'];
        expect(objections(place, body)).toEqual([]);
      }
      expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
      return known.operationId;
    }),
  );
  expect([...asked, 'openEvents'].sort()).toEqual(operations.map(({ operationId }) => operationId).sort());
  expect(said.length).toBeGreaterThanOrEqual(2);
  for (const each of said) expect(objections(frame('FrameFromClient'), each)).toEqual([]);
});
