import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startSandbox } from 'genesys-conversation-machine/sandbox';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { launchBrowser, launchTime, openWindow } from '../support/browser.ts';
import { frontends, holdToSuite, type OpenChat } from '../support/chatSuite.ts';
import { countWhatIsHeld } from '../support/held.ts';

const pages = fileURLToPath(new URL('../../dist/demo', import.meta.url));
const sources = fileURLToPath(new URL('../../examples/frontends', import.meta.url));
const picture = fileURLToPath(new URL('../../examples/frontends/screenshot.png', import.meta.url));

let browser: Browser;
beforeAll(async () => {
  if (!existsSync(`${pages}/frontends/index.html`)) throw new Error('npm run build:demo makes the pages.');
  browser = await launchBrowser();
}, launchTime);
afterAll(() => browser?.close());

/** The page of the frontends: all of them, or one. */
async function openPage({ onTestFinished }: TestContext, query = '', before = () => {}) {
  const sandbox = await startSandbox({ pages });
  const { page, complaints, close } = await openWindow(browser, { viewport: { width: 1280, height: 640 } });
  onTestFinished(async () => {
    await close();
    await sandbox.close();
    expect(complaints.filter((complaint) => !/status of 400/.test(complaint))).toEqual([]);
  });
  await page.addInitScript(countWhatIsHeld);
  await page.addInitScript(before);
  await page.goto(`${sandbox.url}/frontends/index.html${query}`);
  await page.waitForFunction(() => !document.querySelector('[data-frontend]:not([data-ready])'));
  const conversationOf = async (frontend: string): Promise<string> =>
    (await page.locator(`[data-frontend=${frontend}]`).getAttribute('data-ready')) ?? '';
  return { sandbox, page, conversationOf };
}

function chatOn(page: Page): Omit<OpenChat, 'sandbox' | 'conversationId'> {
  return {
    type: (text) => page.keyboard.type(text),
    press: async (key) => {
      if (key === 'empty') await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.press(key === 'empty' ? 'Delete' : key);
    },
    evaluate: (script, argument) => page.evaluate(script as never, argument) as never,
  };
}

describe.concurrent.each(frontends)('the chat in %s', (frontend) => {
  holdToSuite(async (context) => {
    const { sandbox, page, conversationOf } = await openPage(context, `?only=${frontend}`);
    return { sandbox, conversationId: await conversationOf(frontend), ...chatOn(page) };
  });
});

test('React mounts its chat twice in StrictMode: one set of listeners, one socket, no call', async (context) => {
  const { sandbox, page } = await openPage(context, '?only=react', () => {
    const { addEventListener, removeEventListener } = window;
    const heard = { added: 0, removed: 0 };
    const isPages = (type: string): boolean => type === 'pagehide';
    Object.assign(window, {
      heard,
      addEventListener(type: string, ...others: [never, never]) {
        if (isPages(type)) heard.added += 1;
        addEventListener.call(this, type, ...others);
      },
      removeEventListener(type: string, ...others: [never, never]) {
        if (isPages(type)) heard.removed += 1;
        removeEventListener.call(this, type, ...others);
      },
    });
  });
  expect(await page.evaluate('heard')).toEqual({ added: 2, removed: 1 });
  await sandbox.waitForCall({ lane: 'history' });
  expect(sandbox.calls().map(({ lane }) => lane)).toEqual(['start', 'stream', 'history']);
});

test.each(frontends)('%s takes fewer than 80 lines of its own', (frontend) => {
  const files = readdirSync(`${sources}/${frontend}`).filter((file) => !file.endsWith('.d.ts'));
  const lines = files.flatMap((file) =>
    readFileSync(`${sources}/${frontend}/${file}`, 'utf8').trim().split('\n'),
  );
  expect(lines.length).toBeLessThan(80);
});

test('all of them stand on one page, each a guest of its own', async (context) => {
  const { sandbox, page, conversationOf } = await openPage(context);
  for (const frontend of frontends) {
    const conversationId = await conversationOf(frontend);
    const section = page.locator(`[data-frontend=${frontend}]`);
    sandbox.agent.say(conversationId, 'Hello, what can I do for you?');
    await section.getByRole('textbox').fill('My order is late.');
    await section.getByRole('textbox').press('Enter');
    await section.getByRole('listitem').nth(1).waitFor();
    sandbox.agent.typing(conversationId, true, { duration: 20_000 });
    await section.getByText('The agent is typing…').waitFor();
  }
  await expect
    .poll(() => page.locator('small').allTextContents(), { timeout: 8000 })
    .toEqual(['', '', '', '', '']);
  if (process.env.SCREENSHOTS) await page.screenshot({ path: picture });
});
