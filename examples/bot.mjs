// A bot that talks to a server of its own: npm run build && node examples/bot.mjs
import { createConversation, guestRest, openGuestConversation } from 'genesys-conversation-machine';
import { startSandbox } from 'genesys-conversation-machine/sandbox';

const sandbox = await startSandbox();
const orgUrl = sandbox.url;
const { conversationId, guestId, guestToken } = await openGuestConversation({ orgUrl });
const transport = guestRest({ orgUrl, participantId: guestId, token: guestToken });
const conversation = createConversation({ transport, conversationId }).start();

// The agent asks, and the bot reads it: one read call, which `markAsRead` waits for.
const { agentId } = sandbox.conversation(conversationId);
const { messageId } = sandbox.agent.say(conversationId, 'Where is my parcel?');
conversation.messageReceived({ messageId, participantId: agentId });
await conversation.markAsRead(messageId);

// The bot types: one call at once, however many keys. It leaves without an answer, so the typing is stopped.
for (const _letter of 'On its way') conversation.keystroke();
await sandbox.waitForCall({ lane: 'typing', isTyping: true });
await conversation.leave();

for (const { method, lane, body, status } of sandbox.calls()) {
  console.log(status, method, lane, JSON.stringify({ ...body, conversationId: undefined }));
}
await sandbox.close();
