import { createConversation, guestRest, isConversationError } from 'genesys-conversation-machine';
import { startSandbox } from 'genesys-conversation-machine/sandbox';
import { createScriptedTransport, createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it, onTestFinished } from 'vitest';

async function openGuest(isProvided = false) {
  const clock = createSteppedClock();
  const sandbox = await startSandbox({ clock: { ...clock, now: clock.wallNow } });
  const { conversationId, guestId, guestToken } = sandbox.startConversation();
  let issued = 0;
  const issue = () => {
    issued += 1;
    return sandbox.issueToken(conversationId).guestToken;
  };
  const transport = guestRest({
    orgUrl: sandbox.url,
    participantId: guestId,
    token: isProvided ? issue : guestToken,
    clock,
  });
  const conversation = createConversation({ transport, conversationId, clock }).start();
  onTestFinished(async () => {
    conversation.stop();
    await sandbox.close();
  });
  return { clock, sandbox, conversation, conversationId, guestId, transport, issued: () => issued };
}

const outcome = (work: Promise<unknown>) =>
  work.then(
    () => 'resolved',
    (thrown: unknown) => (isConversationError(thrown) ? thrown : 'something else'),
  );

describe('sendMessage', () => {
  it('resolves when it was accepted, and is the end of typing without a call that says so (T-5)', async () => {
    const { sandbox, conversation, conversationId, guestId } = await openGuest();
    conversation.keystroke();
    await sandbox.waitForCall({ lane: 'typing', status: 204 });
    const { messageId } = await conversation.sendMessage('Where is my parcel?');
    const view = sandbox.conversation(conversationId);
    expect(view.messages).toMatchObject([{ messageId, text: 'Where is my parcel?', participantId: guestId }]);
    expect(view.typing).toEqual([]);
    expect(sandbox.calls({ lane: 'typing' })).toHaveLength(1);
    expect(conversation.unread).toBe(0);
  });

  it('gets a fresh token where its own expired, once, and is said once (A-1)', async () => {
    const { sandbox, conversation, conversationId, issued } = await openGuest(true);
    await conversation.sendMessage('one');
    sandbox.expireTokens(conversationId);
    await conversation.sendMessage('two');
    expect(issued()).toBe(2);
    expect(sandbox.conversation(conversationId).messages.map(({ text }) => text)).toEqual(['one', 'two']);
  });

  it('says whether a message that failed may have been accepted', async () => {
    const { sandbox, conversation, conversationId } = await openGuest();
    sandbox.fault({ lane: 'message', status: 503, applied: true });
    expect(await outcome(conversation.sendMessage('one'))).toMatchObject({
      code: 'unavailable',
      unsure: true,
    });
    sandbox.endConversation(conversationId);
    const late = await outcome(conversation.sendMessage('two'));
    expect(late).toMatchObject({ code: 'conversation-ended', status: 409 });
    expect(late).not.toHaveProperty('unsure');
  });

  it('is given up when the conversation is stopped (C-1)', async () => {
    const { sandbox, conversation, clock } = await openGuest();
    sandbox.fault({ lane: 'message', action: 'hang' });
    const sent = outcome(conversation.sendMessage('one'));
    await sandbox.waitForCall({ lane: 'message' });
    conversation.stop();
    expect(await sent).toMatchObject({ code: 'stopped' });
    await clock.settle();
    expect(clock.timers).toBe(0);
  });

  it('refuses what cannot be sent, at once, with typing as it was', async () => {
    const { conversation, transport } = await openGuest();
    for (const text of ['', 'x'.repeat(4097), '\ud800', 5 as unknown as string]) {
      expect(() => conversation.sendMessage(text)).toThrow(/^text must be/);
    }
    expect(() => transport.sendMessage('x', {})).toThrow(/^conversationId must be/);
    conversation.close();
    expect(() => conversation.sendMessage('x')).toThrow(expect.objectContaining({ code: 'no-conversation' }));
  });

  it('says so where the transport sends none', () => {
    const clock = createSteppedClock();
    const { sendMessage: _, ...transport } = createScriptedTransport({ clock });
    const conversation = createConversation({ transport, clock, conversationId: 'c1' }).start();
    expect(() => conversation.sendMessage('x')).toThrow(expect.objectContaining({ code: 'unsupported' }));
    conversation.stop();
  });
});
