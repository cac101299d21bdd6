import { createConversation, type WebMessaging, webMessaging } from 'genesys-conversation-machine';
import { createSteppedClock } from 'genesys-conversation-machine/testing';
import { createMemoryStorage } from './memoryStorage.ts';
import { deploymentId } from './socketScript.ts';
import { createMessenger } from './socketServer.ts';

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A guest at a messenger in memory whose page can be loaded again: what the session and the conversation store stays. */
export function createPages() {
  const clock = createSteppedClock({ settle: () => turns(4) });
  const messenger = createMessenger(clock);
  const storage = createMemoryStorage();
  const marks = createMemoryStorage();
  const open = async (wait = 2000) => {
    const session = webMessaging({
      deploymentId,
      endpoint: 'http://127.0.0.1:4870',
      config: 'skip',
      webSocket: messenger.Socket,
      fetch: messenger.fetch,
      storage,
      clock,
      random: () => 0.5,
    });
    const conversation = createConversation({ transport: session, clock, storage: marks }).start();
    session.connect().catch(() => {});
    await clock.advance(wait);
    const close = () => {
      conversation.stop();
      session.stop();
    };
    return { session, conversation, close };
  };
  const say = async (session: WebMessaging, text: string): Promise<string> => {
    const sent = session.sendMessage(text);
    await clock.advance(500);
    return (await sent).messageId;
  };
  return { clock, messenger, open, say };
}
