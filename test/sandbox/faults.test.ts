import { describe, expect, it } from 'vitest';
import { BASE, Client, control, plain, post, read, startStepped, typing } from '../support/sandboxGuest.ts';

describe('a fault that responds', () => {
  it('sends the status, the headers and the body it was given, once', async () => {
    const { sandbox, guest } = await startStepped();
    sandbox.fault({ status: 503, headers: { 'Retry-After': 'soon', 'X-Twice': ['a', 'b'] }, body: '<html>' });
    const response = await typing(sandbox, guest);
    expect([response.status, await response.text()]).toEqual([503, '<html>']);
    expect(response.headers.get('retry-after')).toBe('soon');
    expect(response.headers.get('x-twice')).toBe('a, b');
    expect(sandbox.conversation(guest.conversationId).typing).toEqual([]);
    expect((await typing(sandbox, guest)).status).toBe(204);
    expect(sandbox.calls().map((call) => [call.status, call.faulted])).toEqual([
      [503, true],
      [204, false],
    ]);
  });

  it('repeats a header on the wire', async () => {
    const { sandbox } = await startStepped();
    sandbox.fault({ status: 429, headers: { 'retry-after': ['2', '3'] } });
    const { text } = await plain(
      sandbox,
      `GET ${BASE}/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );
    expect(text.match(/retry-after: \d/gi)).toEqual(['retry-after: 2', 'retry-after: 3']);
  });

  it('makes up a body of the usual shape, with the hint of its own header', async () => {
    const { sandbox, guest } = await startStepped();
    sandbox.fault({ status: 429, headers: { 'Retry-After': '7' } });
    sandbox.fault({ status: 429 });
    sandbox.fault({ status: 200, body: { ok: true } });
    const hinted = (await (await typing(sandbox, guest)).json()) as { message: string };
    expect(hinted).toMatchObject({
      code: 'too.many.requests.retry.after',
      status: 429,
      details: [],
      errors: [],
    });
    expect(hinted.message).toContain('[7] seconds');
    const bare = await typing(sandbox, guest);
    expect(bare.headers.get('retry-after')).toBeNull();
    expect(((await bare.json()) as { message: string }).message).not.toMatch(/\[\d+\] seconds/);
    const json = await typing(sandbox, guest);
    expect(json.headers.get('content-type')).toContain('application/json');
    expect(await json.json()).toEqual({ ok: true });
  });

  it('comes before every other check', async () => {
    const { sandbox, guest } = await startStepped();
    sandbox.fault({ status: 502 });
    expect((await typing(sandbox, guest, { token: 'nonsense', body: '{' })).status).toBe(502);
  });

  it('keeps what a browser needs to read it', async () => {
    const { sandbox, guest } = await startStepped();
    sandbox.fault({ status: 500 });
    const headers = { origin: `http://localhost:${sandbox.port}`, 'x-genesys-request-id': 'abc' };
    const response = await typing(sandbox, guest, { headers });
    expect(response.headers.get('access-control-allow-origin')).toBe(headers.origin);
    expect(await response.json()).toMatchObject({ contextId: 'abc' });
  });
});

describe('which calls a fault means', () => {
  it('is told by lane, body and conversation', async () => {
    const { sandbox, guest } = await startStepped({ rateLimit: { calls: 9, window: 1000 } });
    const other = sandbox.startConversation();
    const { conversationId } = guest;
    sandbox.fault({ lane: 'typing', match: { isTyping: false, conversationId }, status: 500 });
    expect((await typing(sandbox, guest)).status).toBe(204);
    expect((await typing(sandbox, other, { isTyping: false })).status).toBe(204);
    expect((await read(sandbox, guest)).status).toBe(204);
    expect((await typing(sandbox, guest, { isTyping: false })).status).toBe(500);
  });

  it('is told by order: the first that matches is used up first', async () => {
    const { sandbox, guest } = await startStepped();
    sandbox.fault({ lane: 'read', status: 500 });
    sandbox.fault({ status: 501, times: 2 });
    sandbox.fault({ status: 502, times: Number.POSITIVE_INFINITY });
    const statuses = [];
    for (let i = 0; i < 5; i += 1) statuses.push((await typing(sandbox, guest)).status);
    expect(statuses).toEqual([501, 501, 502, 502, 502]);
    expect((await read(sandbox, guest)).status).toBe(500);
    sandbox.clearFaults();
    expect((await typing(sandbox, guest)).status).toBe(204);
  });

  it('ends when it is taken away', async () => {
    const { sandbox, guest } = await startStepped();
    const remove = sandbox.fault({ status: 500, times: Number.POSITIVE_INFINITY });
    expect((await typing(sandbox, guest)).status).toBe(500);
    remove();
    expect((await typing(sandbox, guest)).status).toBe(204);
  });
});

describe('the effect of a faulted call', () => {
  it('is applied when the fault says so', async () => {
    const { sandbox, guest } = await startStepped();
    const { messageId } = sandbox.agent.say(guest.conversationId, 'Hello');
    sandbox.fault({ lane: 'read', applied: true, action: 'reset' });
    await expect(read(sandbox, guest, { messageId })).rejects.toThrow();
    expect(sandbox.conversation(guest.conversationId).messages[0]?.readBy).toEqual([guest.guestId]);
  });
});

describe('a delay', () => {
  it('goes by the clock and leaves the usual answer', async () => {
    const { clock, sandbox, guest } = await startStepped();
    sandbox.fault({ delay: 700 });
    const answer = typing(sandbox, guest);
    const arrived = await sandbox.waitForCall({ lane: 'typing' }, { until: 'arrived' });
    expect(arrived.status).toBeNull();
    clock.advance(699);
    expect(sandbox.conversation(guest.conversationId).typing).toEqual([]);
    clock.advance(1);
    expect((await answer).status).toBe(204);
    expect(sandbox.calls()).toMatchObject([{ status: 204, durationMs: 700, faulted: true }]);
  });

  it('ends quietly when the client leaves', async () => {
    const { clock, sandbox, guest } = await startStepped();
    sandbox.fault({ delay: 700, status: 500 });
    const leave = new AbortController();
    const answer = typing(sandbox, guest, { signal: leave.signal });
    await sandbox.waitForCall({}, { until: 'arrived' });
    expect(clock.pending).toBe(1);
    leave.abort();
    await expect(answer).rejects.toThrow('aborted');
    expect((await sandbox.waitForCall({})).status).toBe('aborted');
    expect(clock.pending).toBe(0);
  });
});

describe('a broken connection', () => {
  it('can be reset before the answer', async () => {
    const { sandbox } = await startStepped();
    sandbox.fault({ action: 'reset' });
    const { text, error } = await plain(sandbox, `GET ${BASE}/x HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    expect([text, error]).toEqual(['', 'ECONNRESET']);
    expect(await sandbox.waitForCall()).toMatchObject({ status: 'reset', faulted: true });
  });

  it('can break after the headers', async () => {
    const { sandbox, guest } = await startStepped();
    sandbox.fault({ action: 'reset-after-headers', status: 200, body: '{"conversationId":"x"}' });
    const response = await typing(sandbox, guest);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow('terminated');
    expect(sandbox.calls()).toMatchObject([{ status: 'reset' }]);
  });

  it('can be anything at all', async () => {
    const { sandbox, guest } = await startStepped();
    sandbox.fault({
      action: 'raw',
      body: 'HTTP/1.1 299 Odd\r\nRetry-After: 😀\r\nContent-Length: 2\r\n\r\nhi',
    });
    const odd = await typing(sandbox, guest);
    expect([odd.status, await odd.text()]).toEqual([299, 'hi']);
    sandbox.fault({ action: 'raw', body: 'not HTTP at all' });
    await expect(typing(sandbox, guest)).rejects.toThrow();
  });
});

describe('a call without an answer', () => {
  it('hangs until the faults are cleared', async () => {
    const { sandbox, guest } = await startStepped();
    sandbox.fault({ action: 'hang' });
    const answer = typing(sandbox, guest);
    expect((await sandbox.waitForCall({ lane: 'typing' })).status).toBe('hang');
    expect((await read(sandbox, guest)).status).toBe(204);
    sandbox.clearFaults();
    await expect(answer).rejects.toThrow();
  });

  it('trickles by the clock and never ends', async () => {
    const { clock, sandbox, guest } = await startStepped();
    sandbox.fault({ action: 'trickle', body: 'ab', interval: 100 });
    const response = await typing(sandbox, guest);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const next = async () => new TextDecoder().decode((await reader.read()).value);
    clock.advance(100);
    expect(await next()).toBe('a');
    clock.advance(100);
    expect(await next()).toBe('b');
    clock.advance(100);
    expect(await next()).toBe(' ');
    sandbox.clearFaults();
    await expect(reader.read()).rejects.toThrow();
  });
});

describe('the event stream', () => {
  it('can be refused', async () => {
    const { sandbox } = await startStepped();
    sandbox.fault({ lane: 'stream', status: 503 });
    const client = new Client(`${sandbox.url.replace('http', 'ws')}${BASE}/events`);
    expect(await client.opened).toBe(503);
    expect(await sandbox.waitForCall({ lane: 'stream' })).toMatchObject({ status: 503 });
  });
});

describe('a fault over HTTP', () => {
  it('is the same, with null for ever', async () => {
    const { sandbox } = await startStepped();
    const added = await control(sandbox, 'POST', '/sandbox/faults', {
      lane: 'start',
      status: 500,
      times: null,
    });
    expect(await added.json()).toEqual({ faults: 1 });
    for (let i = 0; i < 3; i += 1) expect((await post(sandbox, BASE, {})).status).toBe(500);
    expect((await control(sandbox, 'DELETE', '/sandbox/faults')).status).toBe(204);
    expect((await post(sandbox, BASE, {})).status).toBe(200);
  });
});

describe('a malformed fault', () => {
  it.each([
    [{ status: 99 }, /fault.status/],
    [{ status: '500' }, /fault.status/],
    [{ lane: 'talking' }, /fault.lane/],
    [{ action: 'explode' }, /fault.action/],
    [{ action: 'raw' }, /fault.body/],
    [{ times: 0 }, /fault.times/],
    [{ delay: 2 ** 31 }, /fault.delay/],
    [{ headers: { 'x-bad': 'a\r\nb: c' } }, /Invalid character/],
    [{ headers: { 'x-bad': 5 } }, /fault.headers/],
    [{ match: { typing: true } }, /no option "typing"/],
    [{ after: 'before' }, /no option "after"/],
  ])('is refused: %j', async (spec, message) => {
    const { sandbox } = await startStepped();
    expect(() => sandbox.fault(spec as object)).toThrow(message);
    const response = await control(sandbox, 'POST', '/sandbox/faults', spec);
    expect(response.status).toBe(400);
  });
});
