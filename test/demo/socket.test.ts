import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import type { Sandbox, SandboxCall } from '../../src/sandbox/index.ts';
import { type Demo, rows, seen, state, useDemo } from '../support/demo.ts';

const picture = fileURLToPath(new URL('../../examples/demo/screenshot-socket.png', import.meta.url));
const openDemo = useDemo();
const overSocket = { path: '/?transport=web-messaging' };

interface Look {
  typing: boolean;
  messages: number;
}

/** Notes, at every change of the guest's pane and in every animation frame, what is to be seen there. */
const watchPane = (page: Page) =>
  page.evaluate(() => {
    const looks: Look[] = [];
    const pane = document.querySelector('#guest') as HTMLElement;
    const look = () => {
      const typing = pane.querySelector('[data-part=typing]')?.textContent !== '';
      looks.push({ typing, messages: pane.querySelectorAll('.words').length });
    };
    const inEveryFrame = () => {
      look();
      requestAnimationFrame(inEveryFrame);
    };
    inEveryFrame();
    new MutationObserver(look).observe(pane, { childList: true, characterData: true, subtree: true });
    Object.assign(window, { looks });
  });
const looks = (page: Page) => page.evaluate(() => (window as unknown as { looks: Look[] }).looks);

const words = ({ part }: Demo, side: 'guest' | 'agent') => part(`${side}-log`).locator('.words');
const texts = (demo: Demo, side: 'guest' | 'agent') =>
  expect.poll(() => words(demo, side).allTextContents(), { timeout: 6000 });
const isOff = ({ body }: SandboxCall) => /"type":"off"/i.test(JSON.stringify(body));
const connections = (sandbox: Sandbox) =>
  sandbox.webMessaging.sessions().reduce((sum, session) => sum + session.connections, 0);

describe('typing', () => {
  test('eleven seconds of it reach the agent, more than 5 s apart, and never an end', async () => {
    const demo = await openDemo(overSocket);
    const { sandbox, page, guestText, part, typingCalls } = demo;
    await seen(part('capabilities')).toContain('never that they stopped');
    await seen(part('capabilities')).toContain('no read receipts');
    await guestText.pressSequentially('First');
    await page.keyboard.press('Enter');
    await seen(part('guest-log').locator('.receipt')).toBe('✓ Sent');
    expect((await rows(demo)).slice(0, 3)).toEqual(['connect 101', 'configureSession 200', 'typing on 200']);
    sandbox.clearCalls();

    await page.keyboard.press('H');
    await seen(part('agent-typing')).toBe('Guest is typing…');
    const until = Date.now() + 11_000;
    await page.evaluate(() => {
      const line = document.querySelector('#agent [data-part=typing]') as HTMLElement;
      new MutationObserver(() => line.setAttribute('data-changed', '')).observe(line, { childList: true });
    });
    while (Date.now() < until) await page.keyboard.type('ello ', { delay: 80 });

    const frames = typingCalls();
    expect(frames).toHaveLength(3);
    expect(frames.map(({ transport, action, status }) => [transport, action, status])).toEqual(
      frames.map(() => ['socket', 'onMessage', 200]),
    );
    for (const [index, { time }] of frames.slice(1).entries()) {
      expect(time - (frames[index]?.time ?? 0)).toBeGreaterThan(5000);
    }
    expect(sandbox.calls({ transport: 'socket' }).some((call) => call.tooSoon || isOff(call))).toBe(false);
    expect(await part('agent-typing').getAttribute('data-changed')).toBe(null);

    await expect.poll(() => part('agent-typing').textContent(), { timeout: 8000 }).toBe('');
    await state(demo, 'typing').toBe('idle');
    expect(typingCalls()).toHaveLength(3);
  }, 30_000);

  test('the agent’s goes with their message: no frame shows both', async () => {
    const demo = await openDemo(overSocket);
    const { page, agentText, part } = demo;
    await watchPane(page);
    for (const text of ['One moment', 'There you are']) {
      await agentText.pressSequentially(text, { delay: 30 });
      await seen(part('guest-typing')).toBe('Agent is typing…');
      await page.keyboard.press('Enter');
      await seen(words(demo, 'guest').last()).toBe(text);
    }
    expect(await part('guest-typing').textContent()).toBe('');

    const told = (await looks(page)).map(({ typing, messages }) => `${messages}${typing ? ' typing' : ''}`);
    const steps = told.filter((each, index) => each !== told[index - 1]);
    expect(steps).toEqual(['0', '0 typing', '1', '1 typing', '2']);
  });
});

describe('messages', () => {
  test('one arrives once, is marked sent, and takes the indicator with it', async () => {
    const demo = await openDemo(overSocket);
    const { sandbox, page, guestText, part } = demo;
    await guestText.pressSequentially('Hello');
    await seen(part('agent-typing')).toBe('Guest is typing…');
    await page.keyboard.press('Enter');

    await texts(demo, 'agent').toEqual(['Hello']);
    await seen(part('guest-log').locator('.receipt')).toBe('✓ Sent');
    await seen(part('agent-typing')).toBe('');
    expect(await guestText.inputValue()).toBe('');
    expect(await words(demo, 'guest').allTextContents()).toEqual(['Hello']);
    expect(sandbox.calls({ lane: 'message' })).toMatchObject([{ status: 200, action: 'onMessage' }]);
    expect(sandbox.conversation(await demo.conversationId()).messages).toHaveLength(1);
    await guestText.pressSequentially('x');
    await expect.poll(() => demo.typingCalls().length).toBe(2);
    expect(sandbox.calls().some(({ tooSoon }) => tooSoon)).toBe(false);
  });

  test('a lost connection is had again, and what was said meanwhile is there', async () => {
    const demo = await openDemo(overSocket, /WebSocket connection|net::ERR/);
    const { sandbox, page, guestText, agentText, part } = demo;
    const id = await demo.conversationId();
    await guestText.pressSequentially('before');
    await page.keyboard.press('Enter');
    await texts(demo, 'agent').toEqual(['before']);

    sandbox.webMessaging.fault({ on: 'connect', action: 'delay', delay: 1000 });
    await part('trouble-drop').click();
    await seen(part('armed')).toBe('The connection was cut.');
    await state(demo, 'session').toMatch(/^(reconnecting|connecting)/);
    await seen(part('guest-notice')).toContain('no connection');
    sandbox.agent.say(id, 'said meanwhile');
    await guestText.fill('written meanwhile');
    await page.keyboard.press('Enter');
    await seen(part('guest-log').locator('.receipt').last()).toBe('Sending…');

    await state(demo, 'session', 8000).toMatch(/^configured/);
    await texts(demo, 'agent').toEqual(['before', 'said meanwhile', 'written meanwhile']);
    await texts(demo, 'guest').toEqual(['before', 'said meanwhile', 'written meanwhile']);
    await expect
      .poll(() => part('guest-log').locator('.receipt').allTextContents())
      .toEqual(['✓ Sent', '✓ Sent']);
    await agentText.pressSequentially('after');
    await seen(part('guest-typing')).toBe('Agent is typing…');
    await page.keyboard.press('Enter');
    await seen(words(demo, 'guest').last()).toBe('after');
    await part('guest-notice').waitFor({ state: 'hidden' });
    expect([await demo.conversationId(), connections(sandbox)]).toEqual([id, 1]);
  });

  test('a reload is the same guest in the same conversation', async () => {
    const demo = await openDemo(overSocket);
    const { sandbox, page, guestText } = demo;
    const id = await demo.conversationId();
    sandbox.agent.say(id, 'Welcome');
    await texts(demo, 'guest').toEqual(['Welcome']);
    await guestText.fill('Hello');
    await page.keyboard.press('Enter');
    await texts(demo, 'agent').toEqual(['Welcome', 'Hello']);

    await page.reload();
    await page.locator('html[data-ready]').waitFor();
    await texts(demo, 'guest').toEqual(['Welcome', 'Hello']);
    await texts(demo, 'agent').toEqual(['Welcome', 'Hello']);
    expect(await demo.conversationId()).toBe(id);
    await demo.part('new-conversation').click();
    await expect.poll(demo.conversationId).not.toBe(id);
    await texts(demo, 'guest').toEqual([]);
    await texts(demo, 'agent').toEqual([]);
  });
});

describe('trouble', () => {
  test('a 403 switches typing off, and messages go on', async () => {
    const demo = await openDemo(overSocket);
    const { page, guestText, part } = demo;
    await part('trouble-403').click();
    await seen(part('armed')).toContain('Armed: 403');
    await guestText.pressSequentially('Hello');
    await state(demo, 'typing').toBe('disabled');
    await seen(part('guest-notice')).toContain('switched off');
    await page.keyboard.press('Enter');
    await texts(demo, 'agent').toEqual(['Hello']);
    expect((await rows(demo)).filter((row) => row.startsWith('typing'))).toEqual(['typing on 403']);
  });

  test('garbage does no harm; an expired session can be had anew', async () => {
    const demo = await openDemo(overSocket);
    const { page, guestText, part } = demo;
    const first = await demo.conversationId();
    await part('trouble-garbage').click();
    await seen(part('armed')).toContain('no JSON');
    await guestText.fill('Still here');
    await page.keyboard.press('Enter');
    await texts(demo, 'agent').toEqual(['Still here']);

    await part('trouble-expired').click();
    await state(demo, 'session').toBe('failed');
    await seen(part('guest-notice')).toContain('expired');
    await guestText.fill('Too late');
    await page.keyboard.press('Enter');
    await seen(part('guest-log').locator('.receipt').last()).toContain('Not sent');
    await part('guest-recover').click();
    await expect.poll(demo.conversationId).not.toBe(first);
    await state(demo, 'session').toMatch(/^configured/);
  });

  test('a read-only session takes nothing, and an ended one offers another', async () => {
    const demo = await openDemo(overSocket);
    const { page, guestText, part } = demo;
    const first = await demo.conversationId();
    await part('trouble-read-only').click();
    await seen(part('armed')).toContain('read-only');
    await guestText.fill('Hello');
    await page.keyboard.press('Enter');
    await seen(part('guest-log').locator('.receipt')).toContain('Not sent');

    await part('end-conversation').click();
    await state(demo, 'session').toBe('readOnly');
    await part('guest-recover').click();
    await expect.poll(demo.conversationId).not.toBe(first);
    await guestText.fill('Hello again');
    await page.keyboard.press('Enter');
    await texts(demo, 'agent').toEqual(['Hello again']);
  });

  test('a server that asks for silence gets it', async () => {
    const demo = await openDemo(overSocket);
    const { sandbox, page, guestText, part } = demo;
    await part('trouble-4029').click();
    await state(demo, 'session').toMatch(/pace limited/);
    const asked = Date.now();
    await guestText.pressSequentially('Patience');
    await page.keyboard.press('Enter');
    const message = await sandbox.waitForCall({ lane: 'message' }, { timeout: 6000 });
    expect(message.time - asked).toBeGreaterThan(2500);
    expect(demo.typingCalls()).toEqual([]);
    await texts(demo, 'agent').toEqual(['Patience']);
  });
});

describe('the switch', () => {
  test('goes from one transport to the other and back, by the address', async () => {
    const demo = await openDemo({ sandboxOptions: { transport: 'web-messaging' } });
    const { page, part } = demo;
    await part('region-session').waitFor();
    const current = part('switch').locator('[aria-current]');
    await seen(current).toContain('Web Messaging');
    expect(await part('fault-lane').isVisible()).toBe(false);

    await part('switch').getByRole('link', { name: 'Guest REST' }).click();
    await page.waitForURL('**/?transport=guest-rest');
    await page.locator('html[data-ready]').waitFor();
    await seen(current).toContain('Guest REST');
    expect(await part('region-session').count()).toBe(0);
    expect(await part('trouble-drop').isVisible()).toBe(false);
    expect(await part('fault-lane').isVisible()).toBe(true);
    await seen(part('capabilities')).toContain('passes on what was read');
  });
});

describe('a real org', () => {
  /** Lets a sandbox of its own answer under the names of a region's hosts. */
  const playRegion = (deploymentId: string, asked: string[]) => async (page: Page, sandbox: Sandbox) => {
    await page.route('https://api-cdn.mypurecloud.ie/**', async (route) => {
      asked.push(route.request().url());
      const { pathname } = new URL(route.request().url());
      const config = await fetch(sandbox.url + pathname);
      const headers = { 'access-control-allow-origin': '*', 'content-type': 'application/json' };
      await route.fulfill({ status: config.status, headers, body: await config.text() });
    });
    await page.routeWebSocket(/^wss:/, (socket) => {
      const url = new URL(socket.url());
      asked.push(url.origin + url.pathname);
      const server = new WebSocket(`${sandbox.webMessaging.endpoint}?deploymentId=${deploymentId}`);
      const opened = new Promise((resolve) => server.once('open', resolve));
      socket.onMessage((data) => void opened.then(() => server.send(data)));
      server.on('message', (data) => socket.send(String(data)));
      socket.onClose(() => server.close());
      server.on('close', () => void socket.close());
    });
  };

  test('is talked to under its own addresses, with a note in the agent’s place', async () => {
    const deploymentId = randomUUID();
    const asked: string[] = [];
    const demo = await openDemo({
      sandboxOptions: { org: { region: 'eu-west-1', deploymentId }, deployments: [deploymentId] },
      before: playRegion(deploymentId, asked),
    });
    const { sandbox, page, guestText, part } = demo;
    expect(asked).toEqual([
      `https://api-cdn.mypurecloud.ie/webdeployments/v1/deployments/${deploymentId}/config.json`,
      'wss://webmessaging.mypurecloud.ie/v1',
    ]);
    await seen(part('org-note')).toContain(deploymentId);
    expect([await part('agent').isVisible(), await part('trouble-drop').isVisible()]).toEqual([false, false]);
    expect(await page.content()).not.toContain(sandbox.secret);

    await guestText.pressSequentially('Hello');
    await page.keyboard.press('Enter');
    await seen(part('guest-log').locator('.receipt')).toBe('✓ Sent');
    const [session] = sandbox.webMessaging.sessions();
    sandbox.agent.say(session?.conversationId ?? '', 'Good morning');
    await texts(demo, 'guest').toEqual(['Hello', 'Good morning']);
    await expect
      .poll(() => rows(demo))
      .toEqual(['connect 101', 'configureSession 200', 'typing on 200', 'message 200']);

    await part('new-org-conversation').click();
    await texts(demo, 'guest').toEqual([]);
    await state(demo, 'session').toMatch(/^configured/);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1240);
  });
});

describe('looks', () => {
  test('fits a phone', async () => {
    const demo = await openDemo({ ...overSocket, viewport: { width: 360, height: 740 } });
    const { guestText, page, part } = demo;
    await guestText.fill('Longestwordthereis'.repeat(8));
    await part('guest-send').click();
    await texts(demo, 'agent').toHaveLength(1);
    await page.getByRole('tab', { name: 'Why' }).click();
    await part('end-conversation').click();
    await state(demo, 'session').toBe('readOnly');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  });

  if (process.env.SCREENSHOTS === '1') {
    test('picture for the documentation', async () => {
      const demo = await openDemo({ ...overSocket, deviceScaleFactor: 1 }, /WebSocket connection|net::ERR/);
      const { page, guestText, agentText, part } = demo;
      await guestText.pressSequentially('Hello, my parcel has not arrived yet.', { delay: 40 });
      await page.keyboard.press('Enter');
      await texts(demo, 'agent').toHaveLength(1);
      await part('trouble-drop').click();
      await part('decisions').locator('[data-event="session.reconnecting"]').waitFor();
      await state(demo, 'session', 8000).toMatch(/^configured/);
      await guestText.pressSequentially('It is 4815-1623, ordered on Monday.', { delay: 160 });
      await page.keyboard.press('Enter');
      await texts(demo, 'agent').toHaveLength(2);
      await agentText.pressSequentially('Thank you. Let me look.', { delay: 40 });
      await page.keyboard.press('Enter');
      await texts(demo, 'guest').toHaveLength(3);
      await agentText.pressSequentially('It left', { delay: 80 });
      await guestText.pressSequentially('Take your time, I', { delay: 80 });
      await page.mouse.move(0, 0);
      await seen(part('agent-typing')).toBe('Guest is typing…');
      await seen(part('guest-typing')).toBe('Agent is typing…');
      await page.screenshot({ path: picture, fullPage: true });
    });
  }
});
