import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';

const typing = (conversationId = 'c1') => ({
  type: 'conversation:typing',
  conversationId,
  participantId: 'agent',
  isTyping: true,
});
const over = { code: 'conversation-ended', message: 'x', status: 409 } as const;

describe('a conversation that is over (L-4)', () => {
  it('makes no call for what is seen of it first after its end', async () => {
    const { conversation, transport, told, at } = createHarness();
    conversation.end();
    told('m1');
    conversation.viewed('m1');
    await at(60_000);
    expect(transport.log).toEqual([]);
    expect(conversation.unread).toBe(1);
  });

  it('shows nobody typing who is said to type after its end', async () => {
    const { conversation, trace, is } = createHarness();
    conversation.end();
    expect(conversation.receive(typing())).toBe(true);
    expect(is({ roster: 'quiet' })).toBe(true);
    conversation.reopen();
    conversation.receive(typing());
    expect(trace.of('roster.changed')).toHaveLength(1);
  });

  it('ends typing and empties the roster at once when a read call hears of it', async () => {
    const { conversation, transport, trace, told, type, is } = createHarness();
    conversation.receive(typing());
    await type(0, 1000);
    expect(is({ typing: { typing: 'lit' } })).toBe(true);
    transport.answer('read', over);
    told('m1');
    conversation.receive(typing());
    conversation.viewed('m1');
    await type(1200, 2000);
    expect(is({ typing: 'idle' })).toBe(true);
    expect(is({ roster: 'quiet' })).toBe(true);
    expect(trace.of('typing.stopped')).toMatchObject([{ conversationId: 'c1', called: false }]);
    expect(trace.of('roster.changed').at(-1)?.participantIds).toEqual([]);
    await type(2200, 12_000);
    expect(transport.log).toEqual(['0.0 ON', '1.2 READ m1']);
  });

  it('drops a stop that waits when a read call hears of it', async () => {
    const { conversation, transport, type, at, told } = createHarness();
    transport.answer('read', { afterMs: 500, answer: over });
    await type(0, 0);
    told('m1');
    void conversation.markAsRead('m1').catch(() => {});
    await at(300);
    conversation.stopTyping();
    await at(20_000);
    expect(transport.log).toEqual(['0.0 ON', '0.0 READ m1']);
  });

  it('empties the roster when a typing call hears of it', async () => {
    const { conversation, transport, type, is } = createHarness();
    conversation.receive(typing());
    transport.answer('typing', over);
    await type(0, 0);
    expect(is({ roster: 'quiet' })).toBe(true);
  });

  it('gets no stop, although another was opened and ended since', async () => {
    const { conversation, transport, type, at } = createHarness();
    transport.answer('typing', { afterMs: 400, answer: 'accept' });
    await type(0, 0);
    conversation.end();
    conversation.open('c2');
    conversation.end();
    await at(20_000);
    expect(transport.log).toEqual(['0.0 ON']);
  });

  it('gets no stop when its end is told after another was opened', async () => {
    const { conversation, transport, type, at } = createHarness();
    await type(0, 500);
    conversation.open('c2');
    expect(conversation.receive({ type: 'conversation:ended', conversationId: 'c1' })).toBe(true);
    await at(20_000);
    expect(transport.log).toEqual(['0.0 ON']);
  });

  it('ends the episode of what was typed in it, and no other (T-5)', async () => {
    for (const [ended, calls] of [
      ['c1', ['0.0 ON']],
      ['another', ['0.0 ON', '3.1 OFF']],
    ] as const) {
      const { conversation, transport, trace, at } = createHarness();
      conversation.keystroke();
      await at(100);
      conversation.keystroke();
      await at(200);
      conversation.receive({ type: 'conversation:ended', conversationId: ended });
      await at(400);
      expect(trace.of('typing.stopped')).toHaveLength(ended === 'c1' ? 1 : 0);
      if (ended === 'c1') conversation.reopen();
      await at(1500);
      expect(transport.log).toEqual(['0.0 ON']);
      await at(20_000);
      expect(transport.log).toEqual(calls);
    }
  });

  it('ends the episode of what could not be told before it', async () => {
    const { conversation, transport, at } = createHarness();
    conversation.keystroke();
    await at(100);
    conversation.stopTyping();
    await at(1100);
    conversation.keystroke();
    conversation.end();
    conversation.reopen();
    await at(20_000);
    expect(transport.log).toEqual(['0.0 ON', '1.0 OFF']);
  });

  it('by a reply is no less over for a read that outlives it (R-8, A-0)', async () => {
    const { conversation, transport, trace, told, at, is } = createHarness({
      capabilities: { readsOutliveEnd: true },
    });
    transport.answer('typing', over);
    conversation.keystroke();
    await at(100);
    told('m1');
    conversation.viewed('m1');
    await at(5000);
    expect(trace.of('read.acknowledged')).toHaveLength(1);
    expect(trace.of('conversation.resumed')).toEqual([]);
    expect(is({ link: 'ended' })).toBe(true);
  });

  it('says with its end that a mark can be delivered no more, and why', async () => {
    const { conversation, trace, told, at } = createHarness();
    conversation.offline();
    told('m1');
    conversation.viewed('m1');
    conversation.end();
    await at(1000);
    expect(trace.of('read.failed')).toMatchObject([
      {
        mark: { messageId: 'm1' },
        willRetry: false,
        failure: { code: 'conversation-ended', message: expect.stringContaining('open another or reopen') },
      },
    ]);
  });

  it('by a reply goes on where an announcement is accepted after it that has to be said again (A-0, T-11)', async () => {
    const { conversation, transport, trace, told, at, is } = createHarness();
    transport.answer('typing', { afterMs: 900, answer: 'accept' });
    transport.answer('read', { afterMs: 500, answer: over });
    conversation.messageSent();
    conversation.keystroke();
    conversation.messageAccepted();
    told('m1');
    conversation.markAsRead('m1').catch(() => {});
    await at(800);
    expect(is({ link: 'ended' })).toBe(true);
    await at(950);
    expect(trace.of('conversation.resumed')).toEqual([
      { type: 'conversation.resumed', conversationId: 'c1' },
    ]);
    expect(is({ link: 'ready' })).toBe(true);
    await at(2000);
    expect(transport.log.slice(0, 2)).toEqual(['0.0 ON', '0.0 READ m1']);
  });

  it('by the word of the application stays over, whatever is refused and accepted after it (A-0)', async () => {
    const { conversation, transport, trace, told, at, is } = createHarness();
    transport.answer('typing', { afterMs: 900, answer: 'accept' });
    transport.answer('read', { afterMs: 500, answer: over });
    conversation.keystroke();
    told('m1');
    void conversation.markAsRead('m1').catch(() => {});
    await at(100);
    conversation.end();
    await at(5000);
    expect(transport.log).toEqual(['0.0 ON', '0.0 READ m1']);
    expect(trace.of('conversation.resumed')).toEqual([]);
    expect(is({ link: 'ended' })).toBe(true);
  });

  it('loses the marks of a receiver that outlives it only when that receiver says so (R-8)', async () => {
    for (const by of ['call', 'flush']) {
      const { conversation, transport, trace, told, at } = createHarness({
        capabilities: { readsOutliveEnd: true },
      });
      transport.answer('read', over);
      told('m1');
      conversation.viewed('m1');
      if (by === 'flush') conversation.flush();
      await at(1000);
      expect(trace.of('read.failed')).toMatchObject([{ mark: { messageId: 'm1' }, willRetry: false }]);
      await at(600_000);
      expect(transport.log).toHaveLength(1);
    }
  });

  it('stays over when the end of an earlier one is told', async () => {
    const { conversation, transport, trace, type, is } = createHarness();
    conversation.open('c2');
    conversation.end();
    conversation.receive({ type: 'conversation:ended', conversationId: 'c1' });
    await type(0, 2000);
    expect(is({ link: 'ended' })).toBe(true);
    expect(transport.log).toEqual([]);
    expect(trace.of('conversation.ended').map(({ conversationId }) => conversationId)).toEqual(['c2', 'c1']);
  });

  it('is ended by a frame of the stream, as text or as an object, once', () => {
    const { conversation, trace, is } = createHarness();
    const frame = { type: 'conversation:ended', conversationId: 'c1' };
    expect(conversation.receive(JSON.stringify(frame))).toBe(true);
    expect(conversation.receive(frame)).toBe(true);
    expect(is({ link: 'ended' })).toBe(true);
    expect(trace.of('conversation.ended')).toHaveLength(1);
    expect(conversation.receive({ ...frame, conversationId: 7 })).toBe(false);
  });
});
