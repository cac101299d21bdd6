import { createConversation, webMessaging } from 'genesys-conversation-machine';
import { shareAcrossTabs, type TabListener } from 'genesys-conversation-machine/tabs';
import {
  createScriptedGenesys,
  createScriptedTransport,
  createSteppedClock,
  type ScriptedGenesys,
  type SteppedClock,
} from 'genesys-conversation-machine/testing';
import { expect, it } from 'vitest';
import { createMemoryStorage } from '../support/memoryStorage.ts';
import { deploymentId } from '../support/socketScript.ts';

/** Two tabs hear each other at once. */
function createChannels(clock: SteppedClock) {
  const listeners = new Map<number, TabListener>();
  return (tab: number) => () => ({
    post: (message: unknown) => {
      const copy = structuredClone(message);
      for (const [to, listener] of listeners) if (to !== tab) clock.setTimeout(() => listener.told(copy), 1);
    },
    listen: (listener: TabListener) => {
      listeners.set(tab, listener);
      return () => listeners.delete(tab);
    },
  });
}

/** A session with its messenger, and a conversation over it. */
function createSession(clock: SteppedClock, random = 0.5, tabs?: ReturnType<typeof shareAcrossTabs>) {
  const storage = createMemoryStorage();
  const genesys = createScriptedGenesys({ clock });
  const session = webMessaging({
    ...{ deploymentId, region: 'eu-west-1', config: 'skip', clock, storage, random: () => random },
    ...{ webSocket: genesys.webSocket, fetch: genesys.fetch },
  });
  const conversation = createConversation({ transport: session, clock, ...(tabs && { tabs }) }).start();
  session.connect().catch(() => {});
  const stop = (): void => {
    conversation.stop();
    session.stop();
  };
  return { genesys, session, conversation, stop };
}

const typing = ({ frames }: ScriptedGenesys): number[] =>
  frames.filter(({ action }) => action === 'typing').map(({ at }) => at);

it('two tabs in the middle of a reconnect of their sockets are one voice still (T-17, W-5)', async () => {
  const clock = createSteppedClock();
  const channelOf = createChannels(clock);
  const tabs = [0, 1].map((tab) =>
    createSession(
      clock,
      0.3 + tab / 3,
      shareAcrossTabs({ channel: channelOf(tab), random: () => tab / 8 + 0.01 }),
    ),
  );
  await clock.advance(100);
  for (const { genesys } of tabs) genesys.drop();
  for (let key = 0; key < 40; key += 1) {
    for (const { conversation } of tabs) conversation.keystroke();
    await clock.advance(200);
  }
  await clock.advance(20_000);
  expect(tabs.map(({ session }) => session.state)).toEqual(['configured', 'configured']);
  for (const { genesys } of tabs) {
    const times = typing(genesys);
    expect(times.every((at, index) => index === 0 || at - (times[index - 1] ?? 0) > 5000)).toBe(true);
  }
  expect(tabs.flatMap(({ genesys }) => typing(genesys)).length).toBeGreaterThan(0);
  for (const { stop } of tabs) stop();
  await clock.advance(1000);
  expect(clock.timers).toBe(0);
});

it('a history that is under way as the session expires is refused, and nothing of it is told (C-1)', async () => {
  const clock = createSteppedClock();
  const { genesys, session, stop } = createSession(clock);
  await clock.advance(100);
  genesys.say('one');
  await clock.advance(100);
  genesys.answer('getJwt', 'ignore');
  const history = session.history();
  genesys.expire();
  await clock.advance(100);
  expect(session.state).toBe('failed');
  await expect(history).rejects.toMatchObject({ code: expect.stringMatching(/network|conversation-ended/) });
  await clock.advance(60_000);
  stop();
  await clock.advance(1000);
  expect(clock.timers).toBe(0);
});

it('works of two handles on one transport are one episode, which the last of them ends (T-13, T-16)', async () => {
  const clock = createSteppedClock();
  const transport = createScriptedTransport({ clock });
  const handles = [0, 1].map(() => createConversation({ transport, clock, conversationId: 'c1' }).start());
  const ends: (() => void)[] = [];
  for (const [nth, handle] of handles.entries()) {
    await clock.advance(500 * nth);
    handle.typeWhile(new Promise<void>((resolve) => ends.push(resolve))).catch(() => {});
  }
  await clock.advance(20_000);
  ends[0]?.();
  await clock.advance(20_000);
  expect(transport.log.filter((line) => line.endsWith('OFF'))).toEqual([]);
  ends[1]?.();
  await clock.advance(10_000);
  expect(transport.log.filter((line) => line.endsWith('OFF'))).toHaveLength(1);
  for (const handle of handles) handle.stop();
  expect(clock.timers).toBe(0);
});

it('reads that one of several tabs keeps to itself are reported by the others, and by it once shared (R-11, R-12)', async () => {
  const clock = createSteppedClock();
  const channelOf = createChannels(clock);
  const tabs = [0, 1].map((tab) => {
    const transport = createScriptedTransport({ clock, participantId: 'me' });
    const shared = shareAcrossTabs({ channel: channelOf(tab), random: () => tab / 8 + 0.01 });
    const conversation = createConversation({ transport, clock, conversationId: 'c1', tabs: shared }).start();
    return { transport, conversation };
  });
  const [kept, other] = tabs;
  const tell = (messageId: string): void => {
    for (const { conversation } of tabs) conversation.messageReceived({ messageId, participantId: 'agent' });
  };
  await clock.advance(100);
  kept?.conversation.shareReads(false);
  tell('m1');
  kept?.conversation.viewed('m1');
  await clock.advance(5000);
  expect(tabs.flatMap(({ transport }) => transport.log)).toEqual([]);
  tell('m2');
  other?.conversation.viewed('m2');
  await clock.advance(5000);
  expect(tabs.map(({ transport }) => transport.log.map((line) => line.replace(/^\S+ /, '')))).toEqual([
    [],
    ['READ m2'],
  ]);
  kept?.conversation.shareReads(true);
  await clock.advance(5000);
  expect(kept?.transport.log).toEqual([]);
  for (const { conversation } of tabs) conversation.stop();
});
