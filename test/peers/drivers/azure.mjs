import { ChatThreadClient } from '@azure/communication-chat';

const credential = {
  getToken: async () => ({ token: 'token', expiresOnTimestamp: Number.MAX_SAFE_INTEGER }),
  dispose() {},
};

/** Azure Communication Chat: real thread clients; the operations above its HTTP pipeline are replaced. */
export async function make(world) {
  const tooMany = () => Object.assign(new Error('Too many requests'), { statusCode: 429 });
  const call = (...args) => world.call(...args).catch(() => Promise.reject(tooMany()));

  const open = async (id) => {
    const thread = new ChatThreadClient('https://azure.invalid', id, credential);
    Object.assign(thread.client.chatThread, {
      sendTypingNotification: () => call('on', undefined, id),
      sendChatReadReceipt: (_id, { chatMessageId }) => call('read', chatMessageId, id),
      sendChatMessage: async () => ({ id: 'sent' }),
    });
    return {
      key: () => thread.sendTypingNotification(),
      sent: () => thread.sendMessage({ content: 'hello' }),
      cleared() {},
      read: (chatMessageId) => thread.sendReadReceipt({ chatMessageId }),
    };
  };
  return {
    how: 'operations above its HTTP pipeline replaced (which would try a call three times)',
    // Of its React layer; the core raises a plain event.
    timeToLive: 8000,
    open,
    close() {},
  };
}
