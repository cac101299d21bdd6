import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';

describe('a message that is accepted after it was submitted (T-11)', () => {
  it('is followed by another announcement where the guest types on, spacing permitting', async () => {
    const { conversation, transport, type, at } = createHarness();
    await type(0, 1400);
    await at(1990);
    conversation.messageSent();
    await type(2000, 2200, 70);
    await at(2300);
    conversation.messageAccepted('m1');
    await type(2340, 8000, 70);
    expect(transport.log).toEqual(['0.0 ON', '2.0 ON', '3.0 ON', '7.0 ON']);
  });

  it('is so without a further key, for as long as the last one counts', async () => {
    const { conversation, transport, at } = createHarness();
    conversation.keystroke();
    await at(1500);
    conversation.messageSent();
    conversation.keystroke();
    await at(3500);
    conversation.messageAccepted();
    expect(transport.log).toEqual(['0.0 ON', '1.5 ON', '3.5 ON']);
    await at(20_000);
    expect(transport.log.slice(3)).toEqual(['4.5 OFF']);
  });

  it('is so for each of several that are under way, and for one that was submitted after a silence', async () => {
    const several = createHarness();
    several.conversation.keystroke();
    for (const ms of [100, 200]) {
      await several.at(ms);
      several.conversation.messageSent();
      several.conversation.keystroke();
    }
    for (const ms of [1500, 2600]) {
      await several.at(ms);
      several.conversation.messageAccepted();
    }
    await several.at(3000);
    const silent = createHarness();
    silent.conversation.keystroke();
    await silent.at(6000);
    silent.conversation.messageSent();
    silent.conversation.keystroke();
    await silent.at(7500);
    silent.conversation.messageAccepted();
    await silent.at(8000);
    expect([several, silent].map(({ transport }) => transport.log)).toEqual([
      ['0.0 ON', '1.0 ON', '2.0 ON', '3.0 ON'],
      ['0.0 ON', '3.0 OFF', '6.0 ON', '7.5 ON'],
    ]);
  });

  it('says nothing where nobody types on', async () => {
    const { conversation, transport, type, at, is } = createHarness();
    await type(0, 1400);
    conversation.messageSent();
    await at(1700);
    conversation.messageAccepted('m1');
    await at(20_000);
    expect(transport.log).toEqual(['0.0 ON']);
    expect(is({ typing: 'idle' })).toBe(true);
  });

  it('is told of by transport and application alike, and ends nothing by that', async () => {
    const { conversation, transport, trace, type, at } = createHarness();
    await type(0, 1400);
    conversation.messageSent();
    await type(1500, 1600);
    transport.tell({ type: 'message.accepted', conversationId: 'c1', messageId: 'm1' });
    conversation.messageAccepted('m1');
    await type(1700, 6400);
    transport.tell({ type: 'message.accepted', conversationId: 'c1', messageId: 'm1' });
    await at(6500);
    expect(transport.log).toEqual(['0.0 ON', '1.5 ON', '2.5 ON', '6.5 ON']);
    expect(trace.of('typing.stopped')).toEqual([
      { type: 'typing.stopped', conversationId: 'c1', called: false },
    ]);
  });

  it('leaves in doubt an announcement that was under way, which is said again', async () => {
    const { conversation, transport, at } = createHarness();
    conversation.keystroke();
    await at(1500);
    conversation.messageSent();
    transport.answer('typing', { afterMs: 700, answer: 'accept' });
    conversation.keystroke();
    await at(1900);
    conversation.messageAccepted('m1');
    await at(2600);
    expect(transport.log).toEqual(['0.0 ON', '1.5 ON', '2.5 ON']);
  });

  it('and not submitted here, ends the indicator until another key', async () => {
    const { conversation, transport, type, at } = createHarness();
    await type(0, 1400);
    transport.tell({ type: 'message.accepted', conversationId: 'c1', messageId: 'elsewhere' });
    conversation.messageSent();
    await at(2500);
    expect(transport.log).toEqual(['0.0 ON']);
    conversation.keystroke();
    expect(transport.log).toEqual(['0.0 ON', '2.5 ON']);
  });

  it('makes a stop unnecessary that still waits', async () => {
    const { conversation, transport, at } = createHarness();
    conversation.keystroke();
    await at(200);
    conversation.stopTyping();
    conversation.messageAccepted('m1');
    await at(20_000);
    expect(transport.log).toEqual(['0.0 ON']);
  });

  it('does nothing of another conversation, of none, and where a message does not end typing', async () => {
    const none = createHarness({ conversationId: null });
    none.conversation.messageAccepted('m1');
    const other = createHarness();
    await other.type(0, 1400);
    other.transport.tell({ type: 'message.accepted', conversationId: 'c9', messageId: 'm1' });
    const goesOn = createHarness({ capabilities: { messageEndsTyping: false } });
    await goesOn.type(0, 1400);
    goesOn.conversation.messageSent();
    await goesOn.type(1500, 1600);
    goesOn.conversation.messageAccepted('m1');
    await goesOn.type(1700, 3000);
    expect([other, goesOn].map(({ transport }) => transport.log)).toEqual([
      ['0.0 ON'],
      ['0.0 ON', '1.4 OFF', '2.4 ON'],
    ]);
    expect(() => none.conversation.messageAccepted('')).toThrow(/messageId must be/);
  });
});
