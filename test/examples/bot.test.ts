import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import {
  createConversation,
  eventStream,
  guestRest,
  openGuestConversation,
  type WebSocketConstructor,
} from 'genesys-conversation-machine';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { sample } from '../support/sample.ts';

/** How long an answer takes, ms: long enough to be renewed in the long run. */
const thinking = sample(600, 12_000);

/** Starts the bot, and a guest who writes to it. */
async function openTalk() {
  const bot = spawn(process.execPath, [
    fileURLToPath(new URL('../../examples/bot.mjs', import.meta.url)),
    String(thinking),
  ]);
  const complaints: string[] = [];
  bot.stderr.on('data', (text) => complaints.push(String(text)));
  const [line] = await once(createInterface(bot.stdout), 'line');
  const orgUrl = new URL(/http:\S+/.exec(String(line))?.[0] ?? '').origin;
  const { conversationId, guestId, guestToken } = await openGuestConversation({ orgUrl });
  const events = eventStream({ webSocket: WebSocket as WebSocketConstructor });
  const transport = guestRest({ orgUrl, participantId: guestId, token: guestToken, events });
  const conversation = createConversation({ transport, conversationId });
  onTestFinished(async () => {
    conversation.stop();
    bot.kill();
    await once(bot, 'exit');
    expect(complaints).toEqual([]);
  });
  return { conversation, transport, guestId };
}

test('the bot types while its work is under way, and its answer ends that (T-16)', async () => {
  const { conversation, transport, guestId } = await openTalk();
  const typings: boolean[] = [];
  transport.on('conversation:typing', ({ isTyping }) => typings.push(isTyping));
  const answered = new Promise<string>((resolve) => {
    transport.on('conversation:message', ({ participantId, text }) => {
      if (participantId !== guestId) resolve(text);
    });
  });
  const shown: { readonly at: number; readonly typists: number }[] = [];
  conversation.on('roster.changed', ({ participantIds }) =>
    shown.push({ at: performance.now(), typists: participantIds.length }),
  );
  const opened = new Promise((resolve) => transport.on('stream.opened', resolve));
  const read = new Promise((resolve) => conversation.on('peer.read', resolve));
  conversation.start();
  await opened;

  await conversation.sendMessage('Where is my parcel?');
  await read;
  expect(await answered).toMatch(/^You asked "Where is my parcel\?"/);
  expect(shown.map(({ typists }) => typists)).toEqual([1, 0]);
  const [from, to] = shown.map(({ at }) => at);
  expect((to ?? 0) - (from ?? 0)).toBeGreaterThan(thinking * 0.8);
  expect((to ?? 0) - (from ?? 0)).toBeLessThan(thinking + 1500);
  expect(typings.length).toBeGreaterThanOrEqual(1 + Math.floor((thinking - 1) / 4000));
  expect(typings).not.toContain(false);
}, 30_000);
