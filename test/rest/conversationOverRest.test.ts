import { describe, expect, it } from 'vitest';
import { goLive } from '../support/live.ts';

const seconds = (line: string | undefined): number => Number.parseFloat(line ?? 'NaN');

describe('steady typing against the sandbox', () => {
  it('obeys its rate limit: every call is accepted', async () => {
    const { type, at, record } = await goLive();
    await type(0, 10_400);
    await at(20_000);
    expect(record()).toEqual([
      '0.000 ON 204',
      '4.000 ON 204',
      '8.000 ON 204',
      '12.000 ON 204',
      '13.250 OFF 204',
    ]);
  });
});

describe('a 429', () => {
  it('with Retry-After: 3 keeps both lanes silent for three seconds and a little, then tries again', async () => {
    const { sandbox, conversation, conversationId, type, at, record, trace } = await goLive();
    sandbox.fault({ lane: 'typing', status: 429, headers: { 'Retry-After': '3' } });
    const { messageId } = sandbox.agent.say(conversationId, 'hello');
    await type(0, 0);
    conversation.messageReceived({ messageId, participantId: 'agent' });
    conversation.viewed(messageId);
    await type(250, 6000);
    await at(20_000);
    const lines = record();
    expect(lines[0]).toBe('0.000 ON 429');
    expect(lines[1]).toMatch(/ READ 204$/);
    expect(seconds(lines[1])).toBeGreaterThanOrEqual(3);
    expect(seconds(lines[1])).toBeLessThanOrEqual(3.5);
    expect(lines[2]).toMatch(/ ON 204$/);
    expect(seconds(lines[2])).toBe(seconds(lines[1]));
    expect(lines.slice(3).map((line) => line.split(' ').slice(1).join(' '))).toEqual(['ON 204', 'OFF 204']);
    expect(trace.of('rate.limited')).toMatchObject([
      { lane: 'typing', failure: { status: 429, retryAfterMs: 3000 } },
    ]);
  });

  it('without a header goes by the hint in its body', async () => {
    const { sandbox, type, at, record } = await goLive();
    sandbox.fault({
      lane: 'typing',
      status: 429,
      body: {
        code: 'too.many.requests.retry.after',
        message: 'Rate limit exceeded. Retry the request in [2] seconds',
      },
    });
    await type(0, 4000);
    await at(4100);
    const [, second] = record();
    expect(seconds(second)).toBeGreaterThanOrEqual(2);
    expect(seconds(second)).toBeLessThanOrEqual(2.5);
  });

  it('without any hint backs off by itself: one second, two seconds, then parks', async () => {
    const { sandbox, conversation, conversationId, at, record, trace } = await goLive();
    sandbox.fault({ lane: 'read', status: 429, times: 3, body: {} });
    const { messageId } = sandbox.agent.say(conversationId, 'hello');
    conversation.messageReceived({ messageId, participantId: 'agent' });
    const reading = conversation.markAsRead(messageId);
    await at(120_000);
    await reading;
    const lines = record();
    expect(lines.map((line) => line.split(' ')[2])).toEqual(['429', '429', '429', '204']);
    const gaps = lines.slice(1).map((line, index) => seconds(line) - seconds(lines[index]));
    expect(gaps[0]).toBeGreaterThanOrEqual(1);
    expect(gaps[0]).toBeLessThanOrEqual(1.001);
    expect(gaps[1]).toBeGreaterThanOrEqual(1);
    expect(gaps[1]).toBeLessThanOrEqual(2);
    expect(gaps[2]).toBeGreaterThanOrEqual(30);
    expect(gaps[2]).toBeLessThanOrEqual(60);
    expect(trace.of('read.parked')).toHaveLength(1);
  });

  it('of the sandbox itself, provoked by another device of the guest, is obeyed too', async () => {
    const { sandbox, conversationId, guestId, guestToken, type, at, record } = await goLive();
    const post = () =>
      fetch(`${sandbox.url}/api/v2/conversations/messaging/participants/${guestId}/typing`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${guestToken}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ conversationId, isTyping: true }),
      });
    await post();
    await post();
    await type(0, 3000);
    await at(3000);
    const lines = record().slice(2);
    expect(lines[0]).toBe('0.000 ON 429');
    expect(lines[1]).toMatch(/ ON 204$/);
    expect(seconds(lines[1])).toBeGreaterThanOrEqual(1);
  });
});

describe('a 401', () => {
  it('with a provider: one refresh, one replay, and the promise resolves', async () => {
    let fetched = 0;
    const { sandbox, conversation, conversationId, record, trace, at } = await goLive({
      token: (issue) => () => {
        fetched += 1;
        return issue();
      },
    });
    const { messageId } = sandbox.agent.say(conversationId, 'hello');
    conversation.messageReceived({ messageId, participantId: 'agent' });
    await conversation.markAsRead(messageId);
    sandbox.expireTokens(conversationId);
    const next = sandbox.agent.say(conversationId, 'again');
    conversation.messageReceived({ messageId: next.messageId, participantId: 'agent' });
    const reading = conversation.markAsRead(next.messageId);
    await at(1000);
    await reading;
    expect(record().map((line) => line.split(' ').slice(1).join(' '))).toEqual([
      'READ 204',
      'READ 401',
      'READ 204',
    ]);
    expect(fetched).toBe(2);
    expect(trace.of('token.refreshed')).toEqual([{ type: 'token.refreshed', tokenGeneration: 2 }]);
  });

  it('without a provider: one call, one clear end, nothing more', async () => {
    const { sandbox, conversation, conversationId, type, at, record, trace } = await goLive();
    sandbox.expireTokens(conversationId);
    await type(0, 5000);
    await at(60_000);
    expect(record()).toEqual(['0.000 ON 401']);
    expect(conversation.actor.getSnapshot().value).toMatchObject({ link: 'unauthorized' });
    expect(trace.of('link.unauthorized')).toMatchObject([{ failure: { code: 'unauthorized', status: 401 } }]);
    await expect(conversation.markAsRead()).rejects.toMatchObject({ code: 'unauthorized' });
  });
});

describe('a 409', () => {
  it('ends the conversation: typing is dropped, the pending read is reported, nothing is called again', async () => {
    const { sandbox, conversation, conversationId, type, at, record, trace } = await goLive();
    const { messageId } = sandbox.agent.say(conversationId, 'bye');
    sandbox.endConversation(conversationId);
    conversation.messageReceived({ messageId, participantId: 'agent' });
    await expect(conversation.markAsRead(messageId)).rejects.toMatchObject({
      code: 'conversation-ended',
      status: 409,
    });
    await type(0, 5000);
    await at(60_000);
    expect(record()).toEqual(['0.000 READ 409']);
    expect(trace.of('conversation.ended')).toMatchObject([{ conversationId, failure: { status: 409 } }]);
    expect(trace.of('read.failed')).toMatchObject([{ mark: { messageId }, willRetry: false }]);
    expect(trace.of('typing.dropped').every(({ reason }) => reason === 'conversation-ended')).toBe(true);
  });

  it('is over when the conversation is reopened', async () => {
    const { sandbox, conversation, conversationId, type, record, at } = await goLive();
    sandbox.endConversation(conversationId);
    await type(0, 0);
    sandbox.reopenConversation(conversationId);
    conversation.reopen();
    await at(2000);
    await type(2000, 2000);
    expect(record()).toEqual(['0.000 ON 409', '2.000 ON 204']);
  });
});

describe('a 403 and a 404', () => {
  it('403 switches the lane off, and the other one works on', async () => {
    const { sandbox, conversation, type, at, record } = await goLive();
    sandbox.setTypingEnabled(false);
    await type(0, 5000);
    await at(10_000);
    expect(record()).toEqual(['0.000 ON 403']);
    await conversation.markAsRead();
    expect(record().at(-1)).toBe('10.000 READ 204');
  });

  it('404 gives the conversation up', async () => {
    const { conversation, type, at, record } = await goLive();
    conversation.open('0b3b1b52-9a0f-4d86-9f5a-5d1c0a5b7f00');
    await type(0, 5000);
    await at(10_000);
    expect(record()).toEqual(['0.000 ON 404']);
    expect(conversation.actor.getSnapshot().value).toMatchObject({ link: 'ended' });
  });
});
