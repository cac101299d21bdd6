import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import {
  type Sandbox,
  type SandboxCall,
  type SandboxOptions,
  startSandbox,
} from '../../src/sandbox/index.ts';
import { launchBrowser, launchTime, openWindow } from './browser.ts';

const pages = fileURLToPath(new URL('../../dist/demo', import.meta.url));

/** The demo, opened in a real browser against a real sandbox. */
export interface Demo {
  sandbox: Sandbox;
  page: Page;
  guestText: Locator;
  agentText: Locator;
  part: (testId: string) => Locator;
  /** The sandbox's id of the conversation, once both sides can talk. */
  conversationId: () => Promise<string>;
  typingCalls: () => SandboxCall[];
}

/** How a demo is opened: besides the browser's own options, `before` runs when its window has no page yet. */
export interface DemoOptions extends BrowserContextOptions {
  sandboxOptions?: SandboxOptions;
  path?: string;
  before?: (page: Page, sandbox: Sandbox) => Promise<unknown>;
}

/**
 * Launches one browser for the file that calls this, and returns what opens the demo in a window of its own; when the
 * test ends, no error but an expected one may stand on its console.
 */
export function useDemo(): (options?: DemoOptions, expected?: RegExp) => Promise<Demo> {
  let browser: Browser;

  beforeAll(async () => {
    if (!existsSync(`${pages}/index.html`)) {
      throw new Error('dist/demo is missing; npm run build:demo makes it, and npm test runs that first.');
    }
    browser = await launchBrowser();
  }, launchTime);

  afterAll(() => browser?.close());

  return async ({ sandboxOptions = {}, path = '/', before, ...options } = {}, expected) => {
    const sandbox = await startSandbox({ pages, ...sandboxOptions });
    const { page, complaints, close } = await openWindow(browser, {
      viewport: { width: 1240, height: 1000 },
      // The timeline moves once a second then: drawn by software, one that flows takes a processor of its own.
      reducedMotion: 'reduce',
      ...options,
    });
    onTestFinished(async () => {
      await close();
      await sandbox.close();
      expect(complaints.filter((complaint) => !expected?.test(complaint))).toEqual([]);
    });
    await before?.(page, sandbox);
    await page.goto(sandbox.url + path);
    const part = (testId: string) => page.getByTestId(testId);
    await page.locator('html[data-ready]').waitFor();
    return {
      sandbox,
      page,
      part,
      guestText: part('guest-text'),
      agentText: part('agent-text'),
      conversationId: async () => (await page.locator('html').getAttribute('data-ready')) ?? '',
      typingCalls: () => sandbox.calls({ lane: 'typing' }),
    };
  };
}

/** Polls the text of an element. */
export const seen = (locator: Locator) => expect.poll(() => locator.textContent(), { timeout: 5000 });

/** Polls the active states that the page shows for a region, as in `typing.announcing`. */
export const state = ({ part }: Demo, region: string, timeout = 5000) =>
  expect.poll(() => part(`region-${region}`).getAttribute('data-active'), { timeout });

/** The rows of the call list as `verb status`, oldest first. */
export const rows = ({ part }: Demo): Promise<string[]> =>
  part('calls')
    .locator('tbody tr')
    .evaluateAll((found) =>
      found.map(({ dataset }) => `${dataset.verb ?? ''} ${dataset.status ?? ''}`).reverse(),
    );
