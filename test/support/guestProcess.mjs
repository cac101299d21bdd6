import { createStorage } from 'unstorage';
import fsDriver from 'unstorage/drivers/fs';
import { ConversationError, createConversation, persistLedger } from '../../dist/src/index.js';

const files = createStorage({ driver: fsDriver({ base: process.argv[2] }) });
const tell = (message) => process.send(message);
const answers = new Map();
let lastCall = 0;

const storage = {
  getItem: (key) => files.getItem(key),
  removeItem: (key) => files.removeItem(key),
  setItem: async (key, text) => {
    tell({ type: 'writing' });
    await files.setItem(key, text);
    if (key.endsWith('.aside')) return;
    const [{ seen, acknowledged }] = JSON.parse(text).ledgers;
    tell({ type: 'stored', seen: seen.messageId, acknowledged: acknowledged?.messageId ?? null });
  },
};

const transport = {
  capabilities: {
    stopTyping: true,
    readReceipts: true,
    messageEndsTyping: true,
    spacing: 1000,
    timeToLive: 5000,
  },
  sendTyping: async () => ({}),
  sendRead: ({ messageId }) =>
    new Promise((resolve, reject) => {
      lastCall += 1;
      answers.set(lastCall, (isAccepted) => {
        if (isAccepted) resolve({});
        else
          reject(new ConversationError({ code: 'unavailable', message: 'The server is down.', status: 503 }));
      });
      tell({ type: 'call', n: lastCall, messageId });
    }),
};

function run({ from, to, isLast }) {
  const conversation = createConversation({
    transport,
    storage: persistLedger(storage),
    conversationId: 'c1',
    timing: { collect: 1, readInterval: 2, backoffBase: 1, backoffCap: 4, park: 5 },
  });
  conversation.on('storage.failed', (event) =>
    tell({ type: 'trouble', reason: event.reason, degraded: event.degraded }),
  );
  conversation.start();
  const show = (n) => conversation.messageReceived({ messageId: `m${n}`, participantId: 'agent' });
  for (let n = from; n <= to; n += 1) show(n);
  if (isLast) return;
  let newest = to;
  setInterval(() => {
    newest += 1;
    tell({ type: 'told', n: newest });
    show(newest);
    conversation.viewed(`m${newest}`);
  }, 1);
}

process.on('message', (message) => {
  if (message.type === 'go') run(message);
  else answers.get(message.n)?.(message.isAccepted);
});
tell({ type: 'ready' });
