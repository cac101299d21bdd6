// A bot that answers a guest: npm run build && npm run build:demo && node examples/bot.mjs, then write to it in a browser.
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { clientCredentials, createConversation, eventStream, guestRest } from 'genesys-conversation-machine';
import { startSandbox } from 'genesys-conversation-machine/sandbox';
import { WebSocket } from 'ws'; // Node 20 has none of its own

const thinking = Number(process.argv[2] ?? 12_000); // how long an answer takes, ms
const sandbox = await startSandbox({ pages: fileURLToPath(new URL('../dist/demo', import.meta.url)) });
const { url: orgUrl, clientId, clientSecret } = sandbox;
const token = clientCredentials({ orgUrl, clientId, clientSecret });

/** As a language model does: silence for a while, then word by word. */
async function* answer(question) {
  await sleep(thinking / 2);
  for (const word of [`You asked "${question}". `, 'I have looked it up: ', 'it is on its way.']) {
    await sleep(thinking / 6);
    yield word;
  }
}

/** Takes part in a conversation in the place of its agent. */
function join({ conversationId, agentId }) {
  const events = eventStream({ conversationId, webSocket: WebSocket });
  const transport = guestRest({ orgUrl, participantId: agentId, token, events });
  const conversation = createConversation({ transport, conversationId }).start();
  const respond = async ({ messageId, text }) => {
    await conversation.markAsRead(messageId);
    let reply = '';
    for await (const word of conversation.typeWhile(answer(text))) reply += word;
    await conversation.sendMessage(reply); // ends the typing by itself: no call says that it stopped
  };
  transport.on('conversation:message', (message) => {
    if (message.participantId !== agentId) respond(message).catch(console.error);
  });
}

// The sandbox's own feed says which conversations start; your back end has its own way to know.
const feed = new WebSocket(`${orgUrl.replace('http', 'ws')}/sandbox/feed`);
feed.onopen = () => feed.send(JSON.stringify({ type: 'authenticate', secret: sandbox.secret }));
feed.onmessage = ({ data }) => {
  const event = JSON.parse(data);
  if (event.type === 'authenticated') console.log(`Write to the bot: ${orgUrl}/`);
  if (event.type === 'conversation:started') join(event);
};
