import type { ScriptedTransport } from 'genesys-conversation-machine/testing';
import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';

/** What a connection of the Web Messaging kind can do. */
const socket = {
  capabilities: {
    stopTyping: false,
    readReceipts: false,
    messageReopensWindow: true,
    spacing: 5001,
    timeToLive: 5000,
  },
  conversationId: null,
} as const;

/** The connection is up: what a transport tells then. */
function up(transport: ScriptedTransport): void {
  transport.tell({ type: 'network.online' });
  transport.tell({ type: 'conversation.opened', conversationId: 's1' });
}

describe('a transport that holds a connection', () => {
  it('opens the conversation, takes it down and up again, and ends it', () => {
    const { conversation, transport, is } = createHarness(socket);
    up(transport);
    expect(conversation.actor.getSnapshot().context.conversationId).toBe('s1');
    transport.tell({ type: 'network.offline' });
    expect(is({ link: 'offline' })).toBe(true);
    up(transport);
    expect(is({ link: 'ready' })).toBe(true);
    transport.tell({ type: 'conversation.ended', conversationId: 's1' });
    expect(is({ link: 'ended' })).toBe(true);
  });

  it('gets typing more than five seconds apart, and never a stop', async () => {
    const { transport, type, at } = createHarness(socket);
    up(transport);
    await type(0, 12_000);
    await at(60_000);
    expect(transport.calls.map((call) => call.at)).toEqual([0, 5001, 10_002]);
    expect(transport.calls.every((call) => call.lane === 'typing' && call.isTyping)).toBe(true);
  });

  it('frees the typing window when the own message is accepted (T-3)', async () => {
    const { conversation, transport, trace, at } = createHarness(socket);
    up(transport);
    conversation.keystroke();
    await at(1000);
    conversation.messageSent();
    conversation.keystroke();
    await at(1200);
    expect(transport.calls).toHaveLength(1);
    expect(trace.of('typing.held')).toMatchObject([{ reason: 'spacing', msLeft: 4001 }]);
    transport.tell({ type: 'message.accepted', conversationId: 's1', messageId: 'm1' });
    expect(transport.calls.map((call) => call.at)).toEqual([0, 1200]);
  });

  it('uses up no window with a frame that provably never left (T-3)', async () => {
    const { conversation, transport, at } = createHarness(socket);
    up(transport);
    transport.answer('typing', { code: 'network', message: 'x', unsent: true });
    conversation.keystroke();
    await at(2000);
    const [, second] = transport.calls;
    expect(second?.at).toBeLessThanOrEqual(1000);
  });

  it('keeps everything silent for as long as the back end asks', async () => {
    const { conversation, transport, trace, at } = createHarness(socket);
    up(transport);
    transport.tell({ type: 'limit.announced', retryAfterMs: 3000 });
    conversation.keystroke();
    await at(2700);
    conversation.keystroke();
    await at(2999);
    expect(transport.calls).toEqual([]);
    await at(3500);
    expect(transport.calls).toHaveLength(1);
    expect(trace.of('rate.limited')).toMatchObject([{ lane: 'both', failure: { retryAfterMs: 3000 } }]);
    expect(trace.of('typing.held')).toMatchObject([{ reason: 'rate-limited' }]);
  });

  it('switches typing off where the deployment does not want it', async () => {
    const { transport, type, is } = createHarness(socket);
    up(transport);
    transport.tell({ type: 'typing.forbidden' });
    await type(0, 20_000);
    expect(transport.calls).toEqual([]);
    expect(is({ typing: 'disabled' })).toBe(true);
  });

  it('drops typing that a lost connection outlived, and sends nothing late (T-7)', async () => {
    const { conversation, transport, at } = createHarness(socket);
    up(transport);
    transport.tell({ type: 'network.offline' });
    conversation.keystroke();
    await at(4000);
    up(transport);
    await at(20_000);
    expect(transport.calls).toEqual([]);
  });

  it('gives messages their place, and takes their author off the roster in the same step', async () => {
    const { conversation, transport, trace, is } = createHarness(socket);
    up(transport);
    const typing = {
      type: 'remote.typing',
      conversationId: 's1',
      participantId: 'agent',
      isTyping: true,
    } as const;
    transport.tell({ ...typing, durationMs: 5000, sentAt: 1000 });
    expect(is({ roster: 'someoneTyping' })).toBe(true);
    transport.tell({
      type: 'message.received',
      conversationId: 's1',
      participantId: 'agent',
      messageId: 'm1',
      sentAt: 2000,
    });
    expect(is({ roster: 'quiet' })).toBe(true);
    transport.tell({ ...typing, sentAt: 1500 });
    expect(is({ roster: 'quiet' })).toBe(true);
    conversation.viewed('m1');
    await expect(conversation.markAsRead('m1')).rejects.toMatchObject({ code: 'unsupported' });
    const [ledger] = conversation.actor.getSnapshot().context.receipts.ledgers;
    expect(ledger).toMatchObject({ seen: { messageId: 'm1' }, acknowledged: null });
    expect(transport.calls).toEqual([]);
    expect(trace.of('roster.changed')).toHaveLength(2);
  });

  it('is no longer listened to after stop, and what it tells wrongly harms nobody', () => {
    const log: string[] = [];
    const { conversation, transport, is } = createHarness({
      ...socket,
      logger: ({ level }) => log.push(level),
    });
    transport.tell({ type: 'unheard of' } as never);
    transport.tell(null as never);
    transport.tell({ type: 'conversation.closed' } as never);
    transport.tell({ type: 'keystroke' } as never);
    expect(log.filter((level) => level === 'error')).toHaveLength(1); // Said once.
    expect(is({ typing: 'idle' })).toBe(true);
    conversation.stop();
    up(transport);
    expect(is({ link: 'ready' })).toBe(true);
    expect(conversation.actor.getSnapshot().context.conversationId).toBe(null);
  });
});
