import { createConversation } from 'genesys-conversation-machine';
import { createScriptedTransport, createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it } from 'vitest';

const unavailable = { code: 'unavailable', message: 'x', status: 503 } as const;

/** Many conversations of one guest token, on one clock. */
function createMany(count: number) {
  const clock = createSteppedClock();
  const transport = createScriptedTransport({ clock });
  const conversations = Array.from({ length: count }, (_, n) => {
    const conversation = createConversation({
      transport,
      clock,
      conversationId: `c${n}`,
      random: () => (n + 0.5) / count,
    }).start();
    conversation.messageReceived({ messageId: `m${n}`, participantId: 'agent' });
    return conversation;
  });
  const attempts = () => transport.calls.map((call) => ('attempt' in call ? call.attempt : 0));
  return { clock, transport, conversations, attempts };
}

describe('the retry budget of one token', () => {
  it('lets twenty conversations with a failing server try again five times in all, not forty (R-3b)', async () => {
    const { clock, transport, conversations, attempts } = createMany(20);
    transport.always('read', unavailable);
    for (const [n, conversation] of conversations.entries()) conversation.viewed(`m${n}`);
    await clock.advance(29_000);
    expect(attempts().filter((attempt) => attempt === 1)).toHaveLength(20);
    expect(attempts().filter((attempt) => attempt > 1).length).toBeLessThanOrEqual(5);
  });

  it('never runs dry of probes: each conversation is tried once per park, and recovers (R-3b)', async () => {
    const { clock, transport, conversations } = createMany(20);
    transport.always('read', unavailable);
    for (const [n, conversation] of conversations.entries()) conversation.viewed(`m${n}`);
    await clock.advance(29_000);
    const before = transport.calls.length;
    await clock.advance(61_000);
    const probes = transport.calls.slice(before);
    expect(new Set(probes.map((call) => 'conversationId' in call && call.conversationId)).size).toBe(20);
    expect(probes.length).toBeLessThanOrEqual(40);
    expect(probes.every((call) => 'attempt' in call && call.attempt === 1)).toBe(true);
    transport.always('read', 'accept');
    await clock.advance(61_000);
    const acknowledged = conversations.map(
      ({ actor }) => actor.getSnapshot().context.receipts.ledgers[0]?.acknowledged?.messageId,
    );
    expect(acknowledged).toEqual(conversations.map((_, n) => `m${n}`));
  });

  it('is spent by calls that were accepted: retries ≤ 10 + half of the successes, over any run (R-3b)', async () => {
    const { clock, transport, conversations } = createMany(10);
    let calls = 0;
    let successes = 0;
    let retries = 0;
    const { sendRead } = transport;
    transport.sendRead = (call, options) => {
      calls += 1;
      if (call.attempt > 1) retries += 1;
      if (calls % 3 !== 0) transport.answer('read', unavailable);
      else successes += 1;
      return sendRead(call, options);
    };
    for (let round = 0; round < 30; round += 1) {
      for (const [n, conversation] of conversations.entries()) {
        conversation.messageReceived({ messageId: `m${n}-${round}`, participantId: 'agent' });
        conversation.viewed(`m${n}-${round}`);
      }
      await clock.advance(20_000);
      expect(retries).toBeLessThanOrEqual(10 + successes / 2);
    }
    expect(successes).toBeGreaterThan(50);
  });

  it('belongs to its transport: another back end is not to blame', async () => {
    const bad = createMany(20);
    bad.transport.always('read', unavailable);
    for (const [n, conversation] of bad.conversations.entries()) conversation.viewed(`m${n}`);
    await bad.clock.advance(29_000);
    const good = createMany(1);
    good.transport.always('read', unavailable);
    good.conversations[0]?.viewed('m0');
    await good.clock.advance(20_000);
    expect(good.attempts()).toEqual([1, 2, 3]);
  });

  it('counts nothing that is not the server’s trouble', async () => {
    const { clock, transport, conversations, attempts } = createMany(12);
    transport.answer('read', ...Array(10).fill({ code: 'bad-request', message: 'x', status: 400 }));
    for (const [n, conversation] of conversations.slice(0, 10).entries()) conversation.viewed(`m${n}`);
    await clock.advance(5000);
    transport.always('read', unavailable);
    conversations[11]?.viewed('m11');
    await clock.advance(20_000);
    expect(attempts().slice(10)).toEqual([1, 2, 3]);
  });
});
