import { fileURLToPath } from 'node:url';
import { startSandbox } from 'genesys-conversation-machine/sandbox';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { launchBrowser, launchTime, openWindow } from '../support/browser.ts';
import { seen } from '../support/demo.ts';

const root = new URL('../../', import.meta.url);
const pathOf = (name: string): string => fileURLToPath(new URL(name, root));

describe('examples/minimal.html', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  }, launchTime);
  afterAll(() => browser?.close());

  const openExample = async () => {
    const sandbox = await startSandbox({ pages: pathOf('dist/demo') });
    const { page, complaints, close } = await openWindow(browser);
    onTestFinished(async () => {
      await close();
      await sandbox.close();
      expect(complaints).toEqual([]);
    });
    await page.goto(`${sandbox.url}/minimal.html`);
    const machine = page.getByRole('status');
    await seen(machine).toContain('"typing":"idle"');
    return { sandbox, page, text: page.getByRole('textbox'), machine };
  };

  test('tells that somebody types, and that they stopped when the box is empty again', async () => {
    const { sandbox, text, machine } = await openExample();
    await text.pressSequentially('Hello');
    await sandbox.waitForCall({ lane: 'typing', isTyping: true, status: 204 });
    await seen(machine).toContain('"lit"');

    await text.press('ControlOrMeta+a');
    await text.press('Backspace');
    await sandbox.waitForCall({ lane: 'typing', isTyping: false, status: 204 });
    await seen(machine).toContain('"typing":"idle"');
    expect(sandbox.calls({ lane: 'typing' })).toHaveLength(2);
  });

  test('tells at a click that everything was read', async () => {
    const { sandbox, page } = await openExample();
    await page.getByRole('button').click();
    const { body, conversationId } = await sandbox.waitForCall({ lane: 'read', status: 204 });
    expect(body).toEqual({ conversationId });
    expect(sandbox.calls({ lane: 'read' })).toHaveLength(1);
  });
});
