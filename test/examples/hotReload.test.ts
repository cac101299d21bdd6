import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Sandbox, startSandbox } from 'genesys-conversation-machine/sandbox';
import type { Browser } from 'playwright-core';
import { createServer, type ViteDevServer } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, launchTime, openWindow } from '../support/browser.ts';
import { countWhatIsHeld } from '../support/held.ts';

const soon = { timeout: 15_000 };
const sources = fileURLToPath(new URL('../../examples/frontends', import.meta.url));
/** A copy to be written in. Not under `node_modules`, where nobody watches. */
const copy = fileURLToPath(new URL(`../../dist/hot-${process.pid}`, import.meta.url));

/** A chat without a framework: what it keeps over a reload, and what it undoes, it says itself. */
const plain = `
  import { openGuest } from './shared/guest.ts';
  import { join } from './shared/join.ts';
  const guest = (import.meta.hot.data.guest ??= await openGuest());
  const section = document.querySelector('[data-frontend=element]');
  section.innerHTML = '<h2>Plain</h2><ol></ol><p></p><textarea></textarea>';
  const [list, spoken, box] = ['ol', 'p', 'textarea'].map((part) => section.querySelector(part));
  const leave = join(guest, guest.converse(), { list, spoken, box, show() {} });
  section.dataset.ready = guest.conversationId;
  import.meta.hot.dispose(leave);
  import.meta.hot.accept();`;

const modules = [
  { name: 'vue', file: 'vue/Chat.vue', heading: 'Vue' },
  { name: 'svelte', file: 'svelte/Chat.svelte', heading: 'Svelte' },
  { name: 'solid', file: 'solid/Chat.tsx', heading: 'Solid' },
  { name: 'element', file: 'plain.ts', heading: 'Plain' },
] as const;

describe.runIf(process.env.LONG === '1')('a module that Vite replaces in a running page', () => {
  let browser: Browser;
  let sandbox: Sandbox;
  let vite: ViteDevServer;
  let url: string;

  beforeAll(async () => {
    cpSync(sources, copy, { recursive: true });
    writeFileSync(`${copy}/plain.ts`, plain);
    const page = readFileSync(`${copy}/index.html`, 'utf8');
    writeFileSync(`${copy}/plain.html`, page.replace('./main.ts', './plain.ts'));
    sandbox = await startSandbox();
    vite = await createServer({
      configFile: `${copy}/vite.config.ts`,
      cacheDir: `${copy}/.vite`,
      logLevel: 'silent',
      server: {
        port: 0,
        proxy: { '/api': { target: sandbox.url, ws: true, headers: { origin: sandbox.url } } },
      },
    });
    await vite.listen();
    url = vite.resolvedUrls?.local[0] ?? '';
    browser = await launchBrowser();
  }, launchTime);
  afterAll(async () => {
    await browser?.close();
    await vite?.close();
    await sandbox?.close();
    rmSync(copy, { recursive: true, force: true });
  });

  test.each(modules)('$file: one set of listeners, one socket, the calls of one mount', async (module) => {
    const { name, file, heading } = module;
    const { page, complaints, close } = await openWindow(browser);
    await page.addInitScript(countWhatIsHeld);
    const open = async () => {
      await page.goto(`${url}${name === 'element' ? 'plain' : 'index'}.html?only=${name}`, {
        timeout: 60_000,
      });
      const section = page.locator(`[data-frontend=${name}][data-ready]`);
      await section.waitFor(soon);
      return (await section.getAttribute('data-ready')) ?? '';
    };
    await open();
    await page.waitForLoadState('networkidle'); // Vite loads a page again when it has found what to bundle.
    const conversationId = await open();
    const typing = () =>
      sandbox
        .calls({ lane: 'typing', conversationId })
        .map(({ body }) => ((body as { isTyping: boolean }).isTyping ? 'ON' : 'OFF'));
    const streams = () => sandbox.calls({ lane: 'stream' }).filter(({ status }) => status === 101).length;
    const held = () => page.evaluate(() => window.held(true).listeners);
    const typeOn = async (text: string) => {
      await page.locator('textarea').focus();
      await page.keyboard.type(text);
    };

    await typeOn('a');
    await expect.poll(typing, soon).toEqual(['ON']);
    const [listeners, sockets] = [await held(), streams()];
    await page.evaluate(() => Object.assign(window, { isSamePage: true }));
    for (const more of ['again', 'and again']) {
      const before = readFileSync(`${copy}/${file}`, 'utf8');
      writeFileSync(
        `${copy}/${file}`,
        before
          .replace(`<h2>${heading}`, `<h2>${heading}, ${more}`)
          .replace(/(<h2>\s+)(Solid)/, `$1$2, ${more}`),
      );
      await page.getByRole('heading', { name: more }).waitFor(soon);
      await typeOn('b');
    }
    expect(await page.evaluate('isSamePage')).toBe(true);
    await expect.poll(held, soon).toBe(listeners);
    await page.locator('textarea').blur();
    await expect.poll(typing, soon).toEqual(['ON', 'OFF']);
    expect(streams()).toBe(sockets);
    expect(complaints).toEqual([]);
    await close();
  });
});
