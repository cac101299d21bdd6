import { createConversation } from 'genesys-conversation-machine';
import { shareAcrossTabs, type TabListener } from 'genesys-conversation-machine/tabs';
import { expect, it } from 'vitest';
import { createMemoryStorage } from '../support/memoryStorage.ts';
import { createMessengerWorld } from '../support/messengerWorld.ts';

it('two tabs stay one voice while their sockets are lost and come back (T-17, W-5)', async () => {
  const { clock, messenger, makeSession } = createMessengerWorld();
  const storage = createMemoryStorage();
  const listeners = new Set<TabListener>();
  const channel = () => {
    const mine = new Set<TabListener>();
    return {
      post: (message: object) => {
        for (const listener of listeners) {
          if (!mine.has(listener)) clock.setTimeout(() => listener.told(structuredClone(message)), 2);
        }
      },
      listen: (listener: TabListener) => {
        mine.add(listener);
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
  };
  const open = async (tab: number) => {
    const session = makeSession({ storage });
    const tabs = shareAcrossTabs({ channel, random: () => tab / 4 + 0.1 });
    const conversation = createConversation({ transport: session, clock, tabs, random: () => 0.5 }).start();
    void session.connect();
    await clock.advance(1000);
    return { session, conversation };
  };
  const tabs = [await open(0), await open(1)];
  expect(messenger.tokens()).toHaveLength(1);

  const typeUntil = async (ms: number) => {
    for (let turn = 0; clock.now() < ms; turn += 1) {
      tabs[turn % 2]?.conversation.keystroke();
      await clock.advance(150);
    }
  };
  await typeUntil(14_000);
  const before = messenger.typing.length;
  for (const socket of messenger.sockets.filter(({ readyState }) => readyState === 1)) socket.end(1006);
  await typeUntil(60_000);
  expect(messenger.sockets).toHaveLength(4);
  expect([before, messenger.typing.length > before + 4]).toEqual([3, true]);
  const gaps = messenger.typing.slice(1).map((at, index) => at - (messenger.typing[index] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThan(5000);
  for (const { session, conversation } of tabs) {
    conversation.stop();
    session.stop();
  }
});
