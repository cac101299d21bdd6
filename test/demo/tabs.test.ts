import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { useDemo } from '../support/demo.ts';
import { sample } from '../support/sample.ts';

const openDemo = useDemo();

test.runIf(sample(false, true)).each(['/', '/?transport=web-messaging'])(
  'a duplicated tab of %s is the same guest, and one voice with the first (T-17)',
  async (path) => {
    const { page, sandbox } = await openDemo({ path });
    const [duplicate] = await Promise.all([
      page.context().waitForEvent('page'),
      page.evaluate(() => {
        window.open(location.href);
      }),
    ]);
    await duplicate.locator('html[data-ready]').waitFor();
    const type = (tab: Page) =>
      tab.getByTestId('guest-text').pressSequentially('x'.repeat(80), { delay: 80, timeout: 30_000 });
    await Promise.all([type(page), type(duplicate)]);
    const calls = sandbox.calls({ lane: 'typing' });
    const spacing = path === '/' ? 1000 : 5000;
    expect(new Set(calls.map(({ conversationId }) => conversationId)).size).toBe(1);
    expect(calls.length).toBeGreaterThan(1);
    expect(calls.filter(({ status }) => status === 429)).toEqual([]);
    for (const [index, { time }] of calls.slice(1).entries()) {
      expect(time - (calls[index]?.time ?? 0)).toBeGreaterThanOrEqual(spacing);
    }
  },
  60_000,
);
