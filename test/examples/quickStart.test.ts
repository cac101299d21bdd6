import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { startSandbox } from 'genesys-conversation-machine/sandbox';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { launchBrowser, launchTime, openWindow } from '../support/browser.ts';
import { seen } from '../support/demo.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What the lines of the README leave to the application: a few elements, and what puts something into them. */
const application = `
  const [input, send, list, typing, unread, read, ended] = document.body.children;
  const show = (messageId, text) => {
    const item = Object.assign(document.createElement('li'), { textContent: text });
    item.dataset.messageId = messageId;
    list.append(item);
  };
  const showTyping = (on) => (typing.textContent = on ? 'typing' : '');
  const showUnread = (count) => (unread.textContent = String(count));
  const showRead = (messageId) => (read.textContent = list.querySelector('[data-message-id="' + messageId + '"]').textContent);
  const showEnded = () => (ended.textContent = 'ended');
  const showNotSent = (error) => console.error(error);
`;
const page = `<!doctype html><link rel="icon" href="data:,"><title>Quick start</title>
  <body><textarea></textarea><button>Send</button><ul></ul><output></output><output></output><output></output><output></output>
  <script type="module" src="/main.js"></script></body>`;

/** A folder with a page whose script is the quick start of the README, line by line, but for the address. */
async function quickStartPage(): Promise<string> {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const lines = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  expect(lines).toContain('openGuestConversation');
  const contents = application + lines.replace(`'https://api.example.com'`, 'location.origin');
  const folder = await mkdtemp(join(tmpdir(), 'quick-start-'));
  await build({
    stdin: { contents, resolveDir: root, loader: 'js' },
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
  const [typing, unread, read, ended] = [0, 1, 2, 3].map((index) => seen(page.locator('output').nth(index)));
  const lastIsRead = () =>
    expect.poll(() => sandbox.conversation(conversationId).messages.at(-1)?.readBy.length, { timeout: 5000 });

  // The agent types, speaks, and is read.
  agent.typing(conversationId, true);
  await typing?.toBe('typing');
  agent.say(conversationId, '(one)');
  await messages.toBe('(one)');
  await typing?.toBe('');
  await unread?.toBe('0');
  await lastIsRead().toBe(1);

  // So does the guest.
  await page.locator('textarea').pressSequentially('(two)');
  await sandbox.waitForCall({ lane: 'typing', isTyping: true, status: 204 });
  await page.locator('button').click();
  await messages.toBe('(one)(two)');
  agent.read(conversationId);
  await read?.toBe('(two)');
  expect(sandbox.calls({ lane: 'typing', isTyping: false })).toEqual([]);

  // The token expires, and the stream is dropped.
  sandbox.expireTokens(conversationId);
  sandbox.dropStreams(conversationId);
  agent.say(conversationId, '(three)');
  await messages.toBe('(one)(two)(three)');
  await unread?.toBe('0');
  await lastIsRead().toBe(1);
  expect(issued).toBe(2);

  // The stream is half-open, which is found as the page is looked at.
  agent.typing(conversationId, true);
  await typing?.toBe('typing');
  sandbox.stallStreams(conversationId);
  agent.say(conversationId, '(four)');
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await expect
    .poll(() => page.locator('ul').textContent(), { timeout: 20_000 }) // The third break in a row backs off (W-3).
    .toBe('(one)(two)(three)(four)');
  await typing?.toBe('');
  await unread?.toBe('0');
  await lastIsRead().toBe(1);

  // It is over.
  sandbox.endConversation(conversationId);
  await ended?.toBe('ended');
}, 40_000);
