import { describe, expect, it } from 'vitest';
import { Journal } from '../../src/sandbox/journal/journal.ts';
import {
  BASE,
  control,
  openFeed,
  post,
  SteppedClock,
  startStepped,
  typing,
} from '../support/sandboxGuest.ts';

describe('the record', () => {
  it('holds what was called, and how it was answered', async () => {
    const { clock, sandbox, guest } = await startStepped();
    clock.advance(1500);
    const headers = { 'x-genesys-request-id': 'abc-1', origin: `http://localhost:${sandbox.port}` };
    await typing(sandbox, guest, { headers });
    expect(sandbox.calls()).toEqual([
      {
        n: 1,
        time: clock.now(),
        at: '2026-01-01T00:00:01.500Z',
        method: 'POST',
        route: `${BASE}/participants/:participantId/typing`,
        path: `${BASE}/participants/${guest.guestId}/typing`,
        lane: 'typing',
        participantId: guest.guestId,
        conversationId: guest.conversationId,
        body: { conversationId: guest.conversationId, isTyping: true },
        requestId: 'abc-1',
        transport: 'http',
        action: null,
        tooSoon: false,
        headers: { authorization: true, origin: true },
        faulted: false,
        status: 204,
        durationMs: 0,
      },
    ]);
  });

  it('holds refused calls too, and leaves preflights out', async () => {
    const { sandbox, guest } = await startStepped();
    await typing(sandbox, guest, { token: 'nonsense' });
    await typing(sandbox, guest, { body: '{' });
    await fetch(sandbox.url + BASE, { method: 'OPTIONS', headers: { origin: sandbox.url } });
    await fetch(sandbox.url + BASE, { method: 'POST', body: 'text' });
    expect(sandbox.calls().map(({ status, body }) => [status, body])).toEqual([
      [401, { conversationId: guest.conversationId, isTyping: true }],
      [400, '[malformed]'],
      [415, null],
    ]);
  });

  it('never holds a token or a secret', async () => {
    const { sandbox, guest } = await startStepped();
    const real = `eyJ${'a'.repeat(40)}.${'b'.repeat(40)}.${'c'.repeat(40)}`;
    await post(sandbox, '/api/v2/oauth/token', {
      grant_type: 'client_credentials',
      client_id: sandbox.clientId,
      client_secret: sandbox.clientSecret,
    });
    await typing(sandbox, guest, {
      body: { conversationId: guest.guestToken, isTyping: true, token: 'abc' },
    });
    await fetch(`${sandbox.url}${BASE}/${guest.conversationId}/messages?access_token=${guest.guestToken}`);
    const refused = await typing(sandbox, guest, {
      token: real,
      body: { conversationId: real, isTyping: true },
    });
    expect([refused.status, await refused.text()]).toEqual([401, expect.stringContaining('real token')]);
    const record = JSON.stringify(sandbox.calls());
    expect(sandbox.calls()).toHaveLength(4);
    for (const secret of [sandbox.clientSecret, guest.guestToken, 'eyJ', '"abc"'])
      expect(record).not.toContain(secret);
  });

  it.each(['eyJhbGciOiJIUzI1NiJ9', 'aa.bb.cc', 'k'.repeat(86)])(
    'refuses what looks like a real token: %s',
    async (token) => {
      const { sandbox, guest } = await startStepped();
      const response = await typing(sandbox, guest, { token });
      expect([response.status, await response.text()]).toEqual([
        401,
        expect.stringContaining('Never send one here'),
      ]);
      expect(JSON.stringify(sandbox.calls())).not.toContain(token);
    },
  );

  it('can be filtered and cleared', async () => {
    const { sandbox, guest } = await startStepped();
    await typing(sandbox, guest);
    await typing(sandbox, guest, { isTyping: false });
    await typing(sandbox, guest);
    const numbers = (matcher: Parameters<typeof sandbox.calls>[0]) =>
      sandbox.calls(matcher).map(({ n }) => n);
    expect(numbers({})).toEqual([1, 2, 3]);
    expect(numbers({ isTyping: false })).toEqual([2]);
    expect(numbers({ status: 429 })).toEqual([3]);
    expect(numbers({ lane: 'read' })).toEqual([]);
    expect(numbers({ since: 1, lane: 'typing' })).toEqual([2, 3]);
    expect(numbers((call) => call.n === 2)).toEqual([2]);
    expect(() => numbers({ typing: true } as object)).toThrow('no option "typing"');
    sandbox.clearCalls();
    await typing(sandbox, guest);
    expect(numbers({})).toEqual([4]);
  });

  it('hands out copies', async () => {
    const { sandbox, guest } = await startStepped();
    await typing(sandbox, guest);
    for (const call of sandbox.calls()) call.status = 500;
    expect(sandbox.calls()[0]?.status).toBe(204);
  });

  it('keeps the newest 5000', () => {
    const journal = new Journal(new SteppedClock(), () => {});
    const headers = { authorization: false, origin: false };
    const seen = {
      method: 'POST',
      route: BASE,
      path: BASE,
      lane: 'start',
      requestId: null,
      headers,
    } as const;
    for (let i = 0; i < 5100; i += 1) journal.open(seen);
    const calls = journal.list();
    expect([calls.length, calls[0]?.n, calls.at(-1)?.n]).toEqual([5000, 101, 5100]);
  });
});

describe('waiting for a call', () => {
  it('resolves with a call to come, and with one that came', async () => {
    const { sandbox, guest } = await startStepped();
    const coming = sandbox.waitForCall({ lane: 'typing', isTyping: false });
    await typing(sandbox, guest);
    await typing(sandbox, guest, { isTyping: false });
    expect((await coming).n).toBe(2);
    expect((await sandbox.waitForCall({ lane: 'typing' })).n).toBe(1);
  });

  it('rejects in time and tells what came', async () => {
    const { sandbox, guest } = await startStepped();
    await expect(sandbox.waitForCall({}, { timeout: 1 })).rejects.toThrow('no calls at all');
    await typing(sandbox, guest);
    const waiting = sandbox.waitForCall({ lane: 'read' }, { timeout: 1 });
    await expect(waiting).rejects.toThrow(/within 1 ms.*#1 POST \S+\/typing → 204/);
  });

  it('rejects with the error of a predicate that throws', async () => {
    const { sandbox, guest } = await startStepped();
    const waiting = sandbox.waitForCall(() => {
      throw new Error('odd predicate');
    });
    await Promise.all([typing(sandbox, guest), expect(waiting).rejects.toThrow('odd predicate')]);
  });

  it('rejects when the sandbox closes', async () => {
    const { sandbox } = await startStepped();
    const waiting = sandbox.waitForCall();
    await Promise.all([expect(waiting).rejects.toThrow('closed'), sandbox.close()]);
    await expect(sandbox.waitForCall()).rejects.toThrow('closed');
  });
});

describe('the record over HTTP', () => {
  it('is listed from a number on, and cleared', async () => {
    const { sandbox, guest } = await startStepped();
    await typing(sandbox, guest);
    await typing(sandbox, guest);
    const list = async (query = '') => {
      const { calls } = (await (await control(sandbox, 'GET', `/sandbox/calls${query}`)).json()) as {
        calls: { n: number }[];
      };
      return calls.map(({ n }) => n);
    };
    expect(await list()).toEqual([1, 2]);
    expect(await list('?since=1')).toEqual([2]);
    expect((await control(sandbox, 'GET', '/sandbox/calls?since=x')).status).toBe(400);
    expect((await control(sandbox, 'DELETE', '/sandbox/calls')).status).toBe(204);
    expect(await list()).toEqual([]);
  });

  it('is streamed by the feed: each call at its arrival and at its end', async () => {
    const { sandbox, guest } = await startStepped();
    const feed = await openFeed(sandbox);
    expect(await feed.next()).toEqual({ type: 'authenticated' });
    await typing(sandbox, guest);
    expect(await feed.next()).toMatchObject({
      type: 'call',
      call: { n: 1, lane: 'typing', status: null, body: { isTyping: true } },
    });
    expect(await feed.next()).toMatchObject({ type: 'conversation:typing', isTyping: true });
    expect(await feed.next()).toMatchObject({ type: 'call', call: { n: 1, status: 204 } });
  });
});
