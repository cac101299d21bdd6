import type { Conversation } from 'genesys-conversation-machine';

/** A small chat as an application has one: what is in the box, what is shown, and the SDK beneath. */
export function createChat(conversation: Conversation) {
  conversation.start();
  const messages: { id: string; text: string; mine: boolean }[] = [];
  let typists: readonly string[] = [];
  conversation.on('roster.changed', ({ participantIds }) => {
    typists = participantIds;
  });
  return {
    messages,
    get someoneTypes() {
      return typists.length > 0;
    },
    get badge() {
      return conversation.unread;
    },
    press: () => conversation.keystroke(),
    clear: () => conversation.clearInput(),
    async send(text: string) {
      conversation.messageSent();
      const { messageId } = await conversation.sendMessage(text);
      messages.push({ id: messageId, text, mine: true });
    },
    arrives(id: string, text: string) {
      messages.push({ id, text, mine: false });
      conversation.messageReceived({ messageId: id, participantId: 'agent' });
    },
    show: (id: string) => conversation.viewed(id),
    leave: () => conversation.leave(),
    stop: () => conversation.stop(),
  };
}
