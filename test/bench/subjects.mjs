import { createConversation } from 'genesys-conversation-machine';

/** What the Guest REST contract can do. */
const capabilities = {
  stopTyping: true,
  readReceipts: true,
  messageEndsTyping: true,
  spacing: 1000,
  timeToLive: 5000,
};

/** A transport that accepts everything at once. */
export const instantTransport = () => ({
  capabilities,
  participantId: 'guest',
  sendTyping: async () => ({}),
  sendRead: async () => ({}),
});

/** The same one holding a connection; `tell` tells who listens of an event. */
export function tellingTransport() {
  const listeners = new Set();
  return {
    ...instantTransport(),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell: (event) => {
      for (const listener of [...listeners]) listener(event);
    },
  };
}

/** A conversation that runs, with a transport of its own unless one is given. */
export function started({ transport = instantTransport(), ...options } = {}) {
  return createConversation({ transport, conversationId: 'c1', ...options }).start();
}
