import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type * as core from 'genesys-conversation-machine';
import type { Conversation } from 'genesys-conversation-machine';
import type * as bindings from 'genesys-conversation-machine/browser';
import { type Sandbox, type SandboxOptions, startSandbox } from 'genesys-conversation-machine/sandbox';
import type * as tabs from 'genesys-conversation-machine/tabs';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { launchBrowser, launchTime, openWindow } from './browser.ts';
import { countWhatIsHeld } from './held.ts';

declare global {
  interface Window {
    sdk: typeof core & typeof bindings & typeof tabs;
    /** The guest's conversation, started. */
    conversation: Conversation;
    /** The same, but what it is told is written down. */
    recorded: Conversation;
    told: string[];
    /** What ends the bindings of a test. */
    end: () => void;
  }
}

/** A page of its own origin with a guest of a sandbox in it. */
export interface BindingPage {
  readonly page: Page;
  readonly sandbox: Sandbox;
  readonly conversationId: string;
  readonly guestId: string;
  readonly cdp: CDPSession;
  /** Opens another tab of the same guest, which has the same page in it. */
  openTab(): Promise<Page>;
  /** The verbs that the bindings called, oldest first. */
  told(): Promise<string[]>;
  /** The typing calls that the sandbox got. */
  typing(): string[];
  /** The message ids of the read calls that the sandbox got. */
  reads(): unknown[];
}

/** What a page for bindings is made of. */
export interface BindingPageOptions {
  /** What stands in its body. */
  readonly body: string;
  /** Runs in the page once its conversation is there. */
  readonly script?: () => void;
  readonly sandbox?: SandboxOptions;
  /** Whether the guest's tabs are one voice. */
  readonly sharesTabs?: boolean;
}

/** Runs in the page once the SDK is there. */
function beginConversation(guest: {
  orgUrl: string;
  conversationId: string;
  guestId: string;
  guestToken: string;
  sharesTabs: boolean;
}) {
  const { orgUrl, conversationId, guestId, guestToken } = guest;
  const transport = window.sdk.guestRest({ orgUrl, participantId: guestId, token: guestToken });
  const tabs = guest.sharesTabs ? { tabs: window.sdk.shareAcrossTabs() } : {};
  window.conversation = window.sdk.createConversation({ transport, conversationId, ...tabs }).start();
  window.told = [];
  window.recorded = new Proxy(window.conversation, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...values: unknown[]) => {
        const said = name === 'keystroke' ? [] : values.map((each) => JSON.stringify(each));
        window.told.push([String(name), ...said].join(' '));
        return value(...values);
      };
    },
  });
}

const root = fileURLToPath(new URL('../..', import.meta.url));

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: ['.', 'browser', 'tabs']
        .map((entry) => `export * from './src/${entry}/index.ts';`)
        .join('\n'),
      resolveDir: root,
    },
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'sdk',
    target: 'es2022',
  });
  return outputFiles[0]?.text ?? '';
}

/** Serves one page and its script, to be kept by whoever wants to. Its origin is not the sandbox's. */
async function servePage(html: () => string, script: string) {
  const server = createServer(({ url }, response) => {
    const isScript = url === '/sdk.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8');
    response.end(isScript ? script : url === '/elsewhere' ? '<title>Elsewhere</title>' : html());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/**
 * Launches one browser for the file that calls this, and returns what opens a page with a guest of a fresh sandbox.
 * When the test ends, nothing may stand on the page's console but what `expected` allows.
 */
export function useBindingPage(
  launch: () => Promise<Browser> = launchBrowser,
): (options: BindingPageOptions, expected?: RegExp) => Promise<BindingPage> {
  let browser: Browser;
  let script: string;
  beforeAll(async () => {
    [browser, script] = await Promise.all([launch(), bundle()]);
  }, launchTime);
  afterAll(() => browser?.close());

  return async (options, expected) => {
    let guest: string;
    const server = await servePage(
      () => `<!doctype html><meta charset=utf-8><title>Guest</title><link rel=icon href="data:,">
        <script src="/sdk.js"></script><body>${options.body}<script>(${beginConversation})(${guest});
        (${options.script ?? (() => {})})();</script>`,
      script,
    );
    const sandbox = await startSandbox({ allowedOrigins: [server.url], ...options.sandbox });
    const opened = sandbox.startConversation();
    guest = JSON.stringify({ orgUrl: sandbox.url, ...opened, sharesTabs: options.sharesTabs === true });
    const { page, complaints, open, close } = await openWindow(browser, {
      viewport: { width: 800, height: 600 },
    });
    onTestFinished(async () => {
      await close();
      server.close();
      await sandbox.close();
      expect(complaints.filter((complaint) => !expected?.test(complaint))).toEqual([]);
    });
    await page.context().addInitScript(countWhatIsHeld);
    await page.goto(server.url);
    const openTab = async (): Promise<Page> => {
      const tab = await open();
      await tab.goto(server.url);
      return tab;
    };
    return {
      page,
      sandbox,
      conversationId: opened.conversationId,
      guestId: opened.guestId,
      cdp: await page.context().newCDPSession(page),
      openTab,
      told: () => page.evaluate(() => window.told),
      typing: () =>
        sandbox
          .calls({ lane: 'typing' })
          .map(({ body, status }) => `${(body as { isTyping: boolean }).isTyping ? 'ON' : 'OFF'} ${status}`),
      reads: () =>
        sandbox.calls({ lane: 'read' }).map(({ body }) => (body as { messageId?: string }).messageId),
    };
  };
}
