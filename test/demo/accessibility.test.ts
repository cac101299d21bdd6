import axe from 'axe-core';
import type { Frame, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { useDemo } from '../support/demo.ts';

const openDemo = useDemo();
const soon = { timeout: 8000 };

/** What axe finds in a frame, best practices included; rules that it calls experimental are off. */
async function findings(frame: Frame): Promise<string[]> {
  await frame.evaluate(axe.source);
  return frame.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, {
      iframes: false,
      resultTypes: ['violations'],
    });
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
    );
  });
}

/** Writes down what a screen reader would say: what changes in a live region that is not switched off. */
function listenIn(): void {
  const spoken: string[] = [];
  Object.assign(window, { spoken });
  const liveness = (node: Node): string => {
    const element = node instanceof Element ? node : node.parentElement;
    const region = element?.closest('[aria-live], [role=log], [role=status], [role=alert]');
    if (!region || element?.closest('[aria-hidden=true], [hidden]')) return 'off';
    return (
      region.getAttribute('aria-live') ?? (region.getAttribute('role') === 'alert' ? 'assertive' : 'polite')
    );
  };
  new MutationObserver((records) => {
    for (const { type, target, addedNodes } of records) {
      for (const node of type === 'childList' ? addedNodes : [target]) {
        const words = node.textContent?.trim();
        if (words && liveness(node) !== 'off') spoken.push(words.replace(/[\u2068\u2069]/g, ''));
      }
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });
}
const spokenOn = (page: Page): Promise<string[]> => page.evaluate('spoken');

describe('axe finds nothing', () => {
  test.each(['guest-rest', 'web-messaging'])(
    'on the demo over %s, and in the chart’s viewer',
    async (transport) => {
      const { page, guestText, agentText } = await openDemo({ path: `/?transport=${transport}` });
      await guestText.pressSequentially('Hello');
      await guestText.press('Enter');
      await agentText.pressSequentially('Good day');
      await agentText.press('Enter');
      await guestText.pressSequentially('My order');
      await page.getByTestId('guest-log').getByText('Good day').waitFor();
      await page.locator('#live-chart summary').click();
      await page.frameLocator('#live-chart iframe').locator('#chart svg').waitFor();
      for (const frame of page.frames()) expect(await findings(frame)).toEqual([]);
    },
  );

  test('on a phone, at night, under each of its tabs', async () => {
    const { page, guestText } = await openDemo({
      viewport: { width: 390, height: 844 },
      colorScheme: 'dark',
    });
    await guestText.pressSequentially('Hello');
    await guestText.press('Enter');
    for (const tab of ['Agent', 'Why', 'Guest']) {
      await page.getByRole('tab', { name: tab }).click();
      expect(await findings(page.mainFrame())).toEqual([]);
    }
  });

  test('on the page of the five frontends', async () => {
    const { page, sandbox } = await openDemo();
    await page.goto(`${sandbox.url}/frontends/index.html`);
    await page.waitForFunction(() => !document.querySelector('[data-frontend]:not([data-ready])'));
    for (const box of await page.getByRole('textbox').all()) {
      await box.pressSequentially('Hello');
      await box.press('Enter');
    }
    await expect.poll(() => page.getByRole('listitem').count(), soon).toBe(5);
    expect(await findings(page.mainFrame())).toEqual([]);
  });
});

test('a screen reader says who types after a moment, once, and each message once, but no tick', async () => {
  const { page, sandbox, conversationId, guestText } = await openDemo();
  const id = await conversationId();
  await page.evaluate(listenIn);
  sandbox.agent.typing(id, true);
  await page.getByTestId('guest-typing').getByText('Agent is typing…').waitFor();
  expect(await spokenOn(page)).toEqual([]);
  await expect.poll(() => spokenOn(page), soon).toEqual(['Agent is typing']);
  sandbox.agent.typing(id, true); // Goes on: nothing to say.
  sandbox.agent.say(id, 'How may I help?');
  await expect.poll(() => spokenOn(page), soon).toContainEqual(expect.stringContaining('How may I help?'));
  await guestText.pressSequentially('By answering');
  await guestText.press('Enter');
  await page.getByText('✓✓ Read').first().waitFor();
  const said = (await spokenOn(page)).map((words) => words.replace(/\d\d:\d\d:\d\d/, '').trim());
  // The agent's pane stands on the same page, and takes what the guest wrote.
  expect(said.filter((words) => !/^Guest is typing$/.test(words))).toEqual([
    'Agent is typing',
    'How may I help?',
    'By answering',
  ]);
});

test('forced colours show which state is active, and whose a message is', async () => {
  const { page, guestText, part } = await openDemo();
  await guestText.pressSequentially('Hello');
  await guestText.press('Enter');
  await part('agent-log').getByText('Hello').waitFor();
  await page.emulateMedia({ forcedColors: 'active' });
  const look = await page.evaluate(() => {
    const styleOf = (selector: string) => getComputedStyle(document.querySelector(selector) as Element);
    return {
      active: styleOf('.pill[aria-current]').backgroundColor,
      inactive: styleOf('.pill:not([aria-current])').backgroundColor,
      own: styleOf('#guest .message.own .words').borderTopStyle,
      other: styleOf('#agent .message:not(.own) .words').borderTopStyle,
      here: styleOf('.switch a[aria-current]').backgroundColor,
      there: styleOf('.switch a:not([aria-current])').backgroundColor,
    };
  });
  expect(look.active).not.toBe(look.inactive);
  expect(look.here).not.toBe(look.there);
  expect([look.own, look.other]).toEqual(['dashed', 'solid']);
});
