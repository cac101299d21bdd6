// A conversation as a page has it, or a worker, which has no document: returns what became of it.
import { createConversation, guestRest, openGuestConversation } from 'genesys-conversation-machine';
import { bindPage, bindTyping } from 'genesys-conversation-machine/browser';

export async function play(orgUrl: string): Promise<string> {
  const { conversationId, guestId, guestToken } = await openGuestConversation({ orgUrl });
  const transport = guestRest({ orgUrl, participantId: guestId, token: guestToken });
  const conversation = createConversation({ transport, conversationId }).start();
  const announced = new Promise<void>((resolve) => {
    conversation.on('typing.announced', () => resolve());
  });
  if (typeof document === 'undefined') conversation.keystroke();
  else {
    const input = document.body.appendChild(document.createElement('input'));
    bindPage(conversation);
    bindTyping(input, conversation);
    input.focus();
    document.execCommand('insertText', false, 'a');
  }
  await Promise.all([announced, conversation.markAsRead()]);
  await conversation.leave();
  return 'announced, read, left';
}
