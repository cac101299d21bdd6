import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startGateway } from '../../examples/gateway/gateway.ts';
import type { Sandbox, SandboxCall } from '../../src/sandbox/index.ts';
import { type Demo, rows, seen, state, useDemo } from '../support/demo.ts';

const picture = fileURLToPath(new URL('../../examples/demo/screenshot-gateway.png', import.meta.url));
const openDemo = useDemo();

const webhookSecret = 'a secret of the org';

/** Puts a gateway between the page and the sandbox, as `npm start` does. */
async function startGatewayFor(sandbox: Sandbox): Promise<void> {
  const { url, clientId, clientSecret, openMessaging } = sandbox;
  const gateway = await startGateway({
    ...{ port: 0, apiUrl: url, loginUrl: url, clientId, clientSecret, webhookSecret },
    integrationId: openMessaging.integrationId,
    signingKey: randomBytes(32),
    allowedOrigins: [url],
  });
  onTestFinished(() => gateway.close());
  openMessaging.configure({
    ...{ webhookUrl: gateway.webhookUrl, webhookSecret },
    ...{ typingInbound: true, typingOutbound: true },
  });
  sandbox.setPageGateway({ url: gateway.url });
}
const throughGateway = {
  path: '/?transport=gateway',
  before: (_page: unknown, sandbox: Sandbox) => startGatewayFor(sandbox),
};

const texts = ({ part }: Demo, side: 'guest' | 'agent') =>
  expect.poll(() => part(`${side}-log`).locator('.words').allTextContents());
const inbound = (sandbox: Sandbox, kind: string): SandboxCall[] =>
  sandbox.calls().filter(({ route }) => route.endsWith(`/inbound/open/${kind}`));

describe('the demo through a gateway', () => {
  test('carries typing, messages and their delivery, the end of a conversation and its next beginning', async () => {
    const demo = await openDemo(throughGateway);
    const { sandbox, page, guestText, agentText, part } = demo;
    await seen(part('capabilities')).toContain('at most once in 5 s, never that they stopped');
    await seen(part('capabilities')).toContain('ends at the gateway');

    await guestText.pressSequentially('Hello');
    await page.keyboard.press('Enter');
    await texts(demo, 'agent').toEqual(['Hello']);
    await seen(part('guest-log').locator('.receipt')).toBe('✓ Sent');
    expect(inbound(sandbox, 'event')).toEqual([]); // Nobody is there yet to be typed to.

    await agentText.pressSequentially('Good day');
    await seen(part('guest-typing')).toBe('Agent is typing…');
    await page.keyboard.press('Enter');
    await texts(demo, 'guest').toEqual(['Hello', 'Good day']);
    await seen(part('guest-typing')).toBe('');
    await seen(part('agent-log').locator('.receipt')).toBe('✓ Delivered');

    await guestText.focus();
    const typeOn = async () => {
      await page.keyboard.press('m');
      return part('agent-typing').textContent();
    };
    await expect.poll(typeOn, { interval: 250, timeout: 10_000 }).toBe('Guest is typing…');
    await page.keyboard.press('Enter');
    await seen(part('agent-typing')).toBe('');
    await texts(demo, 'agent').toEqual(['Hello', 'Good day', expect.stringMatching(/^m+$/)]);
    expect(inbound(sandbox, 'event').map(({ status }) => status)).toContain(200);
    expect(await rows(demo)).toEqual(
      expect.arrayContaining(['typing on 204', 'open/event 200', 'message 200', 'open/message 200']),
    );
    expect(await rows(demo)).toContain('open/receipt 200');

    sandbox.openMessaging.configure({ threadingWindow: 0 });
    await part('end-conversation').click();
    await seen(part('guest-notice')).toContain('Your next message begins it again.');
    await seen(part('agent-notice')).toContain('This conversation is over.');
    await guestText.pressSequentially('One more thing');
    await page.keyboard.press('Enter');
    await state(demo, 'link').toBe('ready');
    await texts(demo, 'agent').toEqual(['One more thing']); // For the agent it is another conversation.
    await texts(demo, 'guest').toEqual([
      ...['Hello', 'Good day', expect.stringMatching(/^m+$/), 'One more thing'],
    ]);
    await part('guest-notice').waitFor({ state: 'hidden' });
    expect(sandbox.calls().map(({ status }) => status)).not.toContain(400);
  });

  test('goes on after a reload with all that was said, and is in the switch only where there is a gateway', async () => {
    const demo = await openDemo(throughGateway);
    const { page, guestText, part } = demo;
    await guestText.pressSequentially('Hello');
    await page.keyboard.press('Enter');
    await texts(demo, 'agent').toEqual(['Hello']);
    const guest = await demo.conversationId();
    await page.reload();
    await expect.poll(demo.conversationId).toBe(guest);
    await texts(demo, 'guest').toEqual(['Hello']);
    await texts(demo, 'agent').toEqual(['Hello']);
    await part('switch').getByRole('link', { name: 'Guest REST' }).click();
    await page.locator('html[data-mode=guest-rest]').waitFor();
    const link = part('switch').getByRole('link', { name: 'Open Messaging' });
    await link.waitFor();
    demo.sandbox.setPageGateway(null);
    await page.reload();
    await link.waitFor({ state: 'hidden' });
  });

  test('a message that was accepted and refused later is marked, with the reason, and can be sent anew', async () => {
    const demo = await openDemo(throughGateway);
    const { sandbox, page, guestText, part } = demo;
    await guestText.fill('Hello');
    await page.keyboard.press('Enter');
    await texts(demo, 'agent').toEqual(['Hello']);
    const isListening = () => sandbox.calls().some(({ path }) => path.endsWith('/subscriptions'));
    await expect.poll(isListening).toBe(true);
    sandbox.fault({ lane: 'open-messaging', status: 503 }); // So that it is kept, and goes again by itself.
    sandbox.fault({ lane: 'open-messaging', status: 400 });
    await guestText.fill('It has not arrived');
    await page.keyboard.press('Enter');
    const failed = part('guest-log').locator('.message', { hasText: 'It has not arrived' });
    const reason = part('guest-log').locator('.reason');
    await expect.poll(() => reason.innerText(), { timeout: 10_000 }).toContain('Genesys Cloud');
    await seen(failed.locator('.receipt')).toBe('✗ Not delivered');
    await part('guest-unread').waitFor({ state: 'hidden' }); // The reason was seen where it stands.
    await reason.getByRole('button', { name: 'Try again' }).click();
    await texts(demo, 'agent').toEqual(['Hello', 'It has not arrived']);
    await texts(demo, 'guest').toEqual(['Hello', 'It has not arrived', 'It has not arrived']);
    expect(await reason.getByRole('button').count()).toBe(0);
    await page.reload();
    await expect.poll(() => reason.innerText()).toContain('Genesys Cloud');
    await seen(failed.locator('.receipt').first()).toBe('✗ Not delivered');
  });

  if (process.env.SCREENSHOTS === '1') {
    test('picture for the documentation', async () => {
      const demo = await openDemo({ ...throughGateway, deviceScaleFactor: 1.25 });
      const { page, guestText, agentText, part } = demo;
      await guestText.pressSequentially('Hello, my parcel has not arrived yet.', { delay: 40 });
      await page.keyboard.press('Enter');
      await texts(demo, 'agent').toHaveLength(1);
      await agentText.pressSequentially('Let me look. What is the order number?', { delay: 40 });
      await page.keyboard.press('Enter');
      await seen(part('agent-log').locator('.receipt')).toBe('✓ Delivered');
      await page.mouse.move(0, 0);
      await guestText.pressSequentially('It is 4815-1623, or', { delay: 300, timeout: 40_000 });
      await seen(part('agent-typing')).toBe('Guest is typing…');
      await agentText.pressSequentially('Thank', { delay: 60 });
      await seen(part('guest-typing')).toBe('Agent is typing…');
      await guestText.pressSequentially(' 4816', { delay: 60 });
      await page.screenshot({ path: picture, fullPage: true });
    });
  }
});
