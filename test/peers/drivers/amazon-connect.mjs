import { createRequire } from 'node:module';
import { pretendPage } from '../page.mjs';

const require = createRequire(import.meta.url);

/** The bundle puts its name on the page. */
function loadSessions() {
  pretendPage();
  require('amazon-connect-chatjs');
  return globalThis.connect.ChatSession;
}

const typing = 'application/vnd.amazonaws.connect.event.typing';
const read = 'application/vnd.amazonaws.connect.event.message.read';
const delivered = 'application/vnd.amazonaws.connect.event.message.delivered';

/** Amazon Connect: real sessions, said to be connected; the `send` of the AWS client is replaced. */
export async function make(world) {
  const sessions = loadSessions();
  sessions.setGlobalConfig({ loggerConfig: {}, region: 'us-west-2' });
  const kinds = { [typing]: 'on', [read]: 'read', [delivered]: 'delivered' };
  const send = async ({ input }) => {
    const kind = kinds[input.ContentType];
    // A message is not what is measured.
    if (!kind) return { Id: 'sent' };
    const { messageId } = JSON.parse(input.Content ?? '{}');
    try {
      await world.call(kind, messageId, input.ConnectionToken);
    } catch {
      throw Object.assign(new Error('Rate exceeded'), {
        name: 'ThrottlingException',
        $metadata: { httpStatusCode: 429 },
      });
    }
    return { Id: 'sent' };
  };

  const open = async (id) => {
    const session = sessions.create({
      type: 'CUSTOMER',
      disableCSM: true,
      chatDetails: { contactId: id, participantId: `guest-${id}`, participantToken: 'token' },
      options: { region: 'us-west-2' },
    });
    session.controller.connectionHelper = { getConnectionToken: () => id, getStatus: () => 'Connected' };
    session.controller.chatClient.chatClient.send = send;
    const event = (contentType, messageId) =>
      session.sendEvent({ contentType, ...(messageId && { content: JSON.stringify({ messageId }) }) });
    return {
      key: () => event(typing),
      sent: () => session.sendMessage({ contentType: 'text/plain', message: 'hello' }),
      cleared() {},
      read: (messageId) => event(read, messageId),
      delivered: (messageId) => event(delivered, messageId),
    };
  };
  return {
    how: 'send of the AWS client replaced (above its three tries), sessions said to be connected',
    // Of its reference user interface: the package itself keeps no typing state.
    timeToLive: 12_000,
    open,
    close() {},
  };
}
