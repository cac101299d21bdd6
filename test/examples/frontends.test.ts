import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startSandbox } from 'genesys-conversation-machine/sandbox';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { launchBrowser, launchTime, openWindow } from '../support/browser.ts';
import { frontends, holdToSuite, type OpenChat, ofGuests } from '../support/chatSuite.ts';
import { countWhatIsHeld } from '../support/held.ts';

const pages = fileURLToPath(new URL('../../dist/demo', import.meta.url));
const sources = fileURLToPath(new URL('../../examples/frontends', import.meta.url));
const picture = fileURLToPath(new URL('../../examples/frontends/screenshot.png', import.meta.url));

const all = '/frontends/index.html';
const partsOfTheDemo = {
  box: '#guest textarea',
  list: '#guest .words',
  unread: '#guest [data-part=unread]',
  typing: '#guest [data-part=typing]',
  spoken: '#guest [data-part=spoken]',
  problem: '#guest [data-part=send-error]',
};

/** Only a whole browser fills forms in, and takes its time: the short run does that with one of the chats. */
const isFilledIn = (chat: string): boolean => process.env.LONG !== undefined || chat === 'react';

let browser: Browser;
let whole: Browser;
beforeAll(async () => {
  if (!existsSync(`${pages}/frontends/index.html`)) throw new Error('npm run build:demo makes the pages.');
  browser = await launchBrowser();
  whole = await launchBrowser({ isWhole: true });
}, launchTime);
afterAll(async () => {
  await browser?.close();
  await whole?.close();
});

/** The page of the frontends, of all or one of them, or the demo's. */
async function openPage({ onTestFinished }: TestContext, path: string, before = () => {}, inside = browser) {
  const sandbox = await startSandbox({ pages });
  const { page, complaints, close } = await openWindow(inside, { viewport: { width: 1280, height: 640 } });
  onTestFinished(async () => {
    await close();
    await sandbox.close();
    expect(complaints.filter((complaint) => !/status of 400/.test(complaint))).toEqual([]);
  });
  await page.addInitScript(countWhatIsHeld);
  await page.addInitScript(before);
  await page.goto(`${sandbox.url}${path}`, { timeout: 30_000 }); // Many pages load at once.
  await page.waitForFunction(() => !document.querySelector('[data-frontend]:not([data-ready])'));
  const conversationOf = async (frontend: string): Promise<string> =>
    (await page.locator(`[data-frontend=${frontend}]`).getAttribute('data-ready')) ?? '';
  return { sandbox, page, conversationOf };
}

const keys = {
  Enter: ['Enter'],
  empty: ['ControlOrMeta+a', 'Delete'],
  cut: ['ControlOrMeta+a', 'ControlOrMeta+x'],
  paste: ['ControlOrMeta+v'],
  undo: ['ControlOrMeta+z'],
} as const;

async function handsOn(page: Page, fillsIn: boolean): Promise<Omit<OpenChat, 'sandbox' | 'conversationId'>> {
  const cdp = await page.context().newCDPSession(page);
  const autofill = async (box: string, value: string): Promise<void> => {
    // What nobody would offer an address for is not filled in.
    await page.locator(box).evaluate((element) => element.setAttribute('autocomplete', 'street-address'));
    const { root } = await cdp.send('DOM.getDocument', { depth: -1 });
    const { nodeId } = await cdp.send('DOM.querySelector', { nodeId: root.nodeId, selector: box });
    const { node } = await cdp.send('DOM.describeNode', { nodeId });
    const address = { fields: [{ name: 'ADDRESS_HOME_STREET_ADDRESS', value }] };
    await cdp.send('Autofill.trigger', { fieldId: node.backendNodeId, address } as never);
  };
  return {
    type: (text) => page.keyboard.type(text),
    press: async (name) => {
      for (const key of keys[name]) await page.keyboard.press(key);
    },
    compose: (text, isDone = false) =>
      isDone
        ? cdp.send('Input.insertText', { text })
        : cdp.send('Input.imeSetComposition', {
            ...{ text, selectionStart: text.length, selectionEnd: text.length },
          }),
    ...(fillsIn && { autofill }),
    evaluate: (script, argument) => page.evaluate(script as never, argument) as never,
  };
}

describe.concurrent.each(frontends)('the chat in %s', (frontend) => {
  holdToSuite(async (context) => {
    const fillsIn = isFilledIn(frontend);
    const only = `${all}?only=${frontend}`;
    const { sandbox, page, conversationOf } = await openPage(
      context,
      only,
      undefined,
      fillsIn ? whole : browser,
    );
    return { sandbox, conversationId: await conversationOf(frontend), ...(await handsOn(page, fillsIn)) };
  });
});

describe.concurrent('the chat of the demo', () => {
  holdToSuite(async (context) => {
    const fillsIn = isFilledIn('demo');
    const { sandbox, page } = await openPage(context, '/', undefined, fillsIn ? whole : browser);
    await page.locator('html[data-ready]').waitFor();
    const conversationId = (await page.locator('html').getAttribute('data-ready')) ?? '';
    return { sandbox, conversationId, parts: partsOfTheDemo, ...(await handsOn(page, fillsIn)) };
  }, ofGuests);
});

test.concurrent('React mounts its chat twice in StrictMode: one set of listeners, one socket, no call', async (context) => {
  const { sandbox, page } = await openPage(context, `${all}?only=react`, () => {
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

test.concurrent('all of them stand on one page, each a guest of its own', async (context) => {
  const { sandbox, page, conversationOf } = await openPage(context, all);
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
