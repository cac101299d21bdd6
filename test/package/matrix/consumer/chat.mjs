// A conversation from end to end in plain Node, against the package's own sandbox.
import { createConversation, guestRest, openGuestConversation } from 'genesys-conversation-machine';
import { startSandbox } from 'genesys-conversation-machine/sandbox';

for (const entry of [
  'browser',
  'hub',
  'inspect',
  'machines',
  'tabs',
  'testing',
  'testing/matchers',
  'trace',
]) {
  const names = Object.keys(await import(`genesys-conversation-machine/${entry}`));
  if (names.length === 0) throw new Error(`${entry} exports nothing`);
}
const sandbox = await startSandbox();
const { conversationId, guestId, guestToken } = await openGuestConversation({ orgUrl: sandbox.url });
const transport = guestRest({ orgUrl: sandbox.url, participantId: guestId, token: guestToken });
const conversation = createConversation({ transport, conversationId }).start();
conversation.keystroke();
await sandbox.waitForCall({ lane: 'typing' });
await conversation.markAsRead();
conversation.stop();
console.log(
  sandbox
    .calls()
    .map(({ lane, status }) => `${lane} ${status}`)
    .join(),
);
await sandbox.close();
