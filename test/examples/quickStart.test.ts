import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { startSandbox } from 'genesys-conversation-machine/sandbox';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { launchBrowser, launchTime, openWindow } from '../support/browser.ts';
import { seen } from '../support/demo.ts';
import { readmeBlocks } from './readme.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const page =
  '<!doctype html><link rel="icon" href="data:,"><title>Quick start</title><script type="module" src="/main.js"></script>';
/** A function in place of the token's text, as the lines below say that one may. */
const renewed = 'token: async () => (await fetch("/my/token?conversation=" + conversationId)).text()';

/** A folder with a page whose script is the first chat of the README, line by line, but for the address and the token. */
async function quickStartPage(): Promise<string> {
  const [first] = (await readmeBlocks()).filter(({ language }) => language === 'ts');
  const contents = (first?.code ?? '')
    .replace(`'http://127.0.0.1:4870'`, 'location.origin')
    .replace('token: guestToken', renewed);
  expect(contents).toContain(renewed);
  const folder = await mkdtemp(join(tmpdir(), 'quick-start-'));
  await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    outfile: join(folder, 'main.js'),
    ...{
      bundle: true,
      format: 'esm',
      target: 'es2022',
      conditions: ['@genesys-conversation-machine/source'],
    },
  });
  await writeFile(join(folder, 'index.html'), page);
  return folder;
}

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
}, launchTime);
afterAll(() => browser?.close());

test('the quick start of the README is a chat, whatever becomes of the stream and the token (I-1, A-1, W-4)', async () => {
  const folder = await quickStartPage();
  const sandbox = await startSandbox({ pages: folder });
  const { page, complaints, close } = await openWindow(browser);
  onTestFinished(async () => {
    await close();
    await sandbox.close();
    await rm(folder, { recursive: true });
    expect(complaints).toEqual([]);
  });
  let issued = 0;
  let conversationId = '';
  await page.route('**/my/token?*', async (route) => {
    conversationId = new URL(route.request().url()).searchParams.get('conversation') ?? '';
    issued += 1;
    await route.fulfill({ body: sandbox.issueToken(conversationId).guestToken });
  });
  await page.goto(sandbox.url);
  await sandbox.waitForCall({ lane: 'history', status: 200 }, { timeout: 5000 });
  const { agent } = sandbox;
  const messages = seen(page.locator('ul'));
  const typing = seen(page.locator('output'));
  const unread = {
    toBe: (count: number) => expect.poll(() => page.title()).toBe(count > 0 ? `(${count}) Chat` : 'Chat'),
  };
  const lastIsRead = () =>
    expect.poll(() => sandbox.conversation(conversationId).messages.at(-1)?.readBy.length, { timeout: 5000 });

  // The agent types, speaks, and is read.
  agent.typing(conversationId, true);
  await typing.toBe('The agent is typing…');
  agent.say(conversationId, 'one');
  await messages.toBe('Agent: one');
  await typing.toBe('');
  await unread.toBe(0);
  await lastIsRead().toBe(1);

  // So does the guest.
  await page.getByLabel('Message').pressSequentially('two');
  await sandbox.waitForCall({ lane: 'typing', isTyping: true, status: 204 });
  await page.locator('button').click();
  await messages.toBe('Agent: oneYou: two');
  agent.read(conversationId);
  await messages.toBe('Agent: oneYou: two ✓');
  expect(sandbox.calls({ lane: 'typing', isTyping: false })).toEqual([]);

  // The token expires, and the stream is dropped.
  sandbox.expireTokens(conversationId);
  sandbox.dropStreams(conversationId);
  agent.say(conversationId, 'three');
  await messages.toBe('Agent: oneYou: two ✓Agent: three');
  await unread.toBe(0);
  await lastIsRead().toBe(1);
  expect(issued).toBe(2);

  // The stream is half-open, which is found as the page is looked at. What the agent wrote gets no tick by their reading.
  agent.read(conversationId);
  agent.typing(conversationId, true);
  await typing.toBe('The agent is typing…');
  sandbox.stallStreams(conversationId);
  agent.say(conversationId, 'four');
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await expect
    .poll(() => page.locator('ul').textContent(), { timeout: 20_000 }) // The third break in a row backs off (W-3).
    .toBe('Agent: oneYou: two ✓Agent: threeAgent: four');
  await typing.toBe('');
  await unread.toBe(0);
  await lastIsRead().toBe(1);

  // It is over.
  sandbox.endConversation(conversationId);
  await expect.poll(() => page.locator('form').count()).toBe(0);
}, 40_000);
