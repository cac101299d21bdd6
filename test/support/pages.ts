import { createConversation, persistLedger, type WebMessaging } from 'genesys-conversation-machine';
import { createMemoryStorage } from './memoryStorage.ts';
import { createMessengerWorld } from './messengerWorld.ts';

/** A guest at a messenger in memory whose page can be loaded again: what the session and the conversation store stays. */
export function createPages() {
  const { clock, messenger, makeSession } = createMessengerWorld();
  const storage = createMemoryStorage();
  const marks = createMemoryStorage();
  const open = async (wait = 2000) => {
    const session = makeSession({ storage });
    const conversation = createConversation({
      transport: session,
      clock,
      storage: persistLedger(marks),
    }).start();
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
