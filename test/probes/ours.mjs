import { readFile } from 'node:fs/promises';
import { createConversation, guestRest } from 'genesys-conversation-machine';

const accepted = () => new Response(null, { status: 204 });
const tooMany = () =>
  new Response(JSON.stringify({ status: 429, code: 'too.many.requests' }), {
    status: 429,
    headers: { 'content-type': 'application/json' },
  });

/** The platform's, which is faked, and exact: it would be taken for a coarse one, since it stands still between two steps. */
const exactClock = {
  resolution: 0,
  now: () => performance.now(),
  wallNow: () => Date.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (id) => clearTimeout(id),
};

/** This package, driven as its peers are: `fetch` is replaced, all else is what ships. Verbs as test/peers/README.md says. */
export async function make(world, clock = exactClock) {
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  const transport = guestRest({
    clock,
    orgUrl: 'https://api.example.com',
    participantId: 'guest',
    token: 'token',
    async fetch(url, { body }) {
      const { conversationId, isTyping, messageId } = JSON.parse(body);
      const kind = String(url).endsWith('/read') ? 'read' : isTyping ? 'on' : 'off';
      return world.call(kind, messageId, conversationId).then(accepted, tooMany);
    },
  });
  const opened = [];
  const open = async (conversationId) => {
    const conversation = createConversation({
      clock,
      transport,
      conversationId,
      random: () => 0.5,
    }).start();
    for (const messageId of ['m1', 'm2', 'm3']) {
      conversation.messageReceived({ messageId, participantId: 'agent' });
    }
    opened.push(conversation);
    return {
      key: () => conversation.keystroke(),
      sent() {
        conversation.messageSent();
        conversation.messageAccepted();
      },
      cleared: () => conversation.clearInput(),
      read: (messageId) => conversation.markAsRead(messageId),
    };
  };
  return {
    version,
    how: 'fetch replaced; a Guest REST transport and its conversations as they ship',
    timeToLive: 5000,
    open,
    close() {
      for (const conversation of opened) conversation.stop();
    },
    ...(await open('c1')),
  };
}
