import {
  createConversation,
  type HistoryEntry,
  type HistoryOptions,
  persistLedger,
  type WebMessaging,
} from 'genesys-conversation-machine';
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

/** A page that was loaded again, after a conversation of which `texts` were the agent's. */
export async function createReloaded(texts: readonly string[] = []) {
  const pages = createPages();
  const { clock, messenger, open } = pages;
  const first = await open();
  for (const text of texts) messenger.say(text);
  await clock.advance(100);
  first.close();
  const page = await open();
  const ask = async (options?: HistoryOptions) => {
    const asked = page.session.history(options);
    asked.catch(() => {});
    await clock.advance(500);
    return asked;
  };
  return { ...pages, ...page, ask };
}

/** What each entry says, or else what it is. */
export const wordsOf = (entries: readonly HistoryEntry[]) =>
  entries.map((entry) => ('message' in entry ? entry.message.text : entry.type));
