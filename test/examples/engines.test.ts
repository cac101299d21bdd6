import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startSandbox } from 'genesys-conversation-machine/sandbox';
import puppeteer from 'puppeteer-core';
import { Builder, Key, type WebDriver } from 'selenium-webdriver';
import { afterAll, beforeAll, describe, type TestContext, vi } from 'vitest';
import { installWithApt, launchTime, mayInstallWithApt } from '../support/browser.ts';
import { frontends, holdToSuite, type OpenChat, ofFrontends, onOnePage } from '../support/chatSuite.ts';
import { countWhatIsHeld } from '../support/held.ts';

const pages = fileURLToPath(new URL('../../dist/demo', import.meta.url));
const webKitDriver = '/usr/bin/WebKitWebDriver';
type Hands = Omit<OpenChat, 'sandbox' | 'conversationId'>;

const all = { key: 'a', withControl: true } as const;
const strokes = {
  Enter: [{ key: 'Enter', withControl: false }],
  empty: [all, { key: 'Delete', withControl: false }],
  cut: [all, { key: 'x', withControl: true }],
  paste: [{ key: 'v', withControl: true }],
  undo: [{ key: 'z', withControl: true }],
} as const;

/** A browser that is not Chromium: opens a page, and is a person's hands on it. */
interface Engine {
  open(url: string): Promise<{ hands: Hands; close(): Promise<unknown> }>;
  close(): Promise<unknown>;
}

/** Firefox, over WebDriver BiDi. */
async function launchFirefox(): Promise<Engine> {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: '/usr/bin/firefox-esr',
    headless: true,
  });
  return {
    open: async (url) => {
      const page = await browser.newPage();
      await page.evaluateOnNewDocument(countWhatIsHeld);
      await page.goto(url);
      const hands: Hands = {
        type: (text) => page.keyboard.type(text),
        press: async (name) => {
          for (const { key, withControl } of strokes[name]) {
            if (withControl) await page.keyboard.down('Control');
            await page.keyboard.press(key);
            if (withControl) await page.keyboard.up('Control');
          }
        },
        evaluate: (script, argument) => page.evaluate(script as never, argument as never) as never,
      };
      return { hands, close: () => page.close() };
    },
    close: () => browser.close(),
  };
}

/** WebKit, as Debian builds it for GTK, over WebDriver. It shows a window, on a screen that nobody sees. */
async function launchWebKit(): Promise<Engine> {
  const screen = spawn('/usr/bin/Xvfb', ['-displayfd', '1', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [display] = (await once(screen.stdout, 'data')) as [Buffer];
  const port = 20_000 + (process.pid % 10_000);
  const env = { ...process.env, DISPLAY: `:${String(display).trim()}` };
  const driver = spawn(webKitDriver, [`--port=${port}`], { stdio: 'ignore', env });
  const server = `http://127.0.0.1:${port}`;
  await vi.waitFor(() => fetch(`${server}/status`), { timeout: 30_000 });
  return {
    open: async (url) => {
      const session = await new Builder()
        .usingServer(server)
        .withCapabilities({ browserName: 'MiniBrowser' })
        .build();
      await session.get(url);
      return { hands: handsOf(session), close: () => session.quit() };
    },
    close: async () => {
      driver.kill();
      screen.kill();
    },
  };
}

function handsOf(session: WebDriver): Hands {
  const keys = (...all: string[]) =>
    session
      .switchTo()
      .activeElement()
      .sendKeys(...all);
  return {
    type: (text) => keys(text),
    press: async (name): Promise<void> => {
      // No key of this browser undoes anything.
      if (name === 'undo') return session.executeScript('document.execCommand("undo")');
      for (const { key, withControl } of strokes[name]) {
        await keys(withControl ? Key.chord(Key.CONTROL, key) : key === 'Enter' ? Key.ENTER : Key.DELETE);
      }
    },
    evaluate: (script, argument) => session.executeScript(`return (${script})(arguments[0])`, argument),
  };
}

const engines = [
  {
    name: 'Firefox',
    file: '/usr/bin/firefox-esr',
    packages: ['firefox-esr'],
    launch: launchFirefox,
    suite: ofFrontends,
  },
  {
    name: 'WebKit',
    file: webKitDriver,
    packages: ['webkit2gtk-driver', 'xvfb', 'xauth'],
    launch: launchWebKit,
    suite: onOnePage,
  },
] as const;

describe.runIf(process.env.LONG === '1').each(engines)(
  'in $name',
  ({ name, file, packages, launch, suite }) => {
    let engine: Engine;
    const isThere = existsSync(file) || mayInstallWithApt();
    if (!isThere) console.warn(`${name} is skipped: ${file} is missing, and apt-get may not install it.`);
    beforeAll(async () => {
      if (!isThere) return;
      if (!existsSync(file)) await installWithApt(...packages);
      engine = await launch();
    }, launchTime);
    afterAll(() => engine?.close());

    describe.runIf(isThere).each(frontends)('the chat in %s', (frontend) => {
      holdToSuite(async ({ onTestFinished }: TestContext) => {
        const sandbox = await startSandbox({ pages });
        const { hands, close } = await engine.open(`${sandbox.url}/frontends/index.html?only=${frontend}`);
        onTestFinished(async () => {
          await close();
          await sandbox.close();
        });
        let conversationId = '';
        while (conversationId === '') {
          conversationId = await hands.evaluate(
            () => document.querySelector<HTMLElement>('[data-ready]')?.dataset.ready ?? '',
            null,
          );
        }
        return { sandbox, conversationId, ...hands };
      }, suite);
    });
  },
);
