import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { stories } from '../../examples/demo/stories/stories.ts';
import type { SandboxCall } from '../../src/sandbox/index.ts';
import { rows, seen, state, useDemo } from '../support/demo.ts';

const picture = fileURLToPath(new URL('../../examples/demo/screenshot.png', import.meta.url));

const openDemo = useDemo();

const isOn = ({ body }: SandboxCall) => (body as { isTyping: boolean }).isTyping;

declare global {
  interface Window {
    order: string[];
  }
}

/** Runs in the page: what follows a first key, in which order. The timer is set before anybody else hears of the key. */
function noteOrder(): void {
  window.order = [];
  const { fetch } = window;
  window.fetch = (...given) => {
    if (String(given[0]).endsWith('/typing')) window.order.push('call');
    return fetch(...given);
  };
  const noteKey = () => {
    window.order.push('key');
    setTimeout(() => window.order.push('timer'));
  };
  addEventListener('input', noteKey, { capture: true, once: true });
}

describe('typing', () => {
  test('the first key makes one call before any timer that it could set, and the agent sees it', async () => {
    const { page, guestText, part, typingCalls } = await openDemo({
      before: (opened) => opened.addInitScript(noteOrder),
    });
    await guestText.focus();
    expect(typingCalls()).toEqual([]);

    await page.keyboard.press('H');
    await expect.poll(() => page.evaluate(() => window.order)).toEqual(['key', 'call', 'timer']);
    await seen(part('agent-typing')).toBe('Guest is typing…');
    expect(typingCalls()).toHaveLength(1);
  });

  test('ten seconds of typing are renewed and never stopped; three seconds of silence make one stop', async () => {
    const demo = await openDemo();
    const { sandbox, guestText, part, typingCalls } = demo;
    await guestText.pressSequentially('x'.repeat(80), { delay: 125, timeout: 40_000 });
    const silentSince = Date.now();

    const steady = typingCalls();
    expect(steady.every(isOn)).toBe(true);
    expect(steady.every(({ status }) => status === 204)).toBe(true);
    expect(steady.length).toBeGreaterThanOrEqual(3);
    for (const [index, { time }] of steady.slice(1).entries()) {
      expect(time - (steady[index]?.time ?? 0)).toBeGreaterThanOrEqual(1000);
    }
    expect(await part('agent-typing').textContent()).toBe('Guest is typing…');

    const stop = await sandbox.waitForCall({ lane: 'typing', isTyping: false }, { timeout: 5000 });
    expect(Math.abs(stop.time - silentSince - 3000)).toBeLessThan(500);
    await state(demo, 'typing').toBe('idle');
    await seen(part('agent-typing')).toBe('');
    expect(typingCalls().filter((call) => !isOn(call))).toHaveLength(1);
  }, 60_000);

  test('a sent message arrives and takes the indicator with it, without a stop call', async () => {
    const demo = await openDemo();
    const { guestText, part, page, typingCalls } = demo;
    await guestText.pressSequentially('Hello');
    await seen(part('agent-typing')).toBe('Guest is typing…');
    await page.keyboard.press('Enter');

    await seen(part('agent-log').locator('.words')).toBe('Hello');
    await seen(part('agent-typing')).toBe('');
    await seen(part('guest-log').locator('.receipt')).toContain('Read');
    expect(await guestText.inputValue()).toBe('');
    await state(demo, 'typing').toBe('idle');
    expect(typingCalls().map(isOn)).toEqual([true]);
  });

  test('the agent’s typing shows on the guest’s side, and a click on Send ends it without a stop', async () => {
    const { agentText, part } = await openDemo();
    await agentText.pressSequentially('One moment');
    await seen(part('guest-typing')).toBe('Agent is typing…');
    await part('agent-send').click();
    await seen(part('guest-log').locator('.words')).toBe('One moment');
    await seen(part('guest-typing')).toBe('');
  });
});

describe('reading', () => {
  test('an answer scrolled into view makes one read call, and a tick on the agent’s side', async () => {
    const demo = await openDemo();
    const { sandbox, page, agentText, part } = demo;
    const log = part('guest-log');
    const id = await demo.conversationId();
    const earlier = Array.from({ length: 12 }, (_, n) => sandbox.agent.say(id, `Line ${n + 1}`).messageId);
    const isLast = ({ body }: SandboxCall) =>
      (body as { messageId?: string } | undefined)?.messageId === earlier.at(-1);
    await sandbox.waitForCall((call) => call.lane === 'read' && isLast(call), { timeout: 5000 });
    await state(demo, 'receipts').toBe('upToDate');
    await log.hover();
    const scrolledUp = async () => {
      await page.mouse.wheel(0, -5000);
      return log.evaluate((box) => box.scrollTop);
    };
    await expect.poll(scrolledUp).toBe(0);
    sandbox.clearCalls();

    await agentText.pressSequentially('It has left our warehouse.');
    await page.keyboard.press('Enter');
    await part('guest').getByRole('button', { name: 'New message below' }).waitFor();
    const ticks = part('agent-log').locator('.receipt').last();
    await seen(ticks).toContain('Sent');
    expect(sandbox.calls({ lane: 'read' })).toEqual([]);

    await log.hover();
    await page.mouse.wheel(0, 5000);
    await seen(ticks).toContain('Read');
    await state(demo, 'receipts').toBe('upToDate');
    const answer = sandbox.conversation(id).messages.at(-1)?.messageId;
    expect(sandbox.calls({ lane: 'read' }).map(({ body }) => body)).toEqual([
      { conversationId: id, messageId: answer },
    ]);
  });
});

describe('a reload', () => {
  test('while the sandbox fails loses no read mark: it is acknowledged once, when the sandbox is well again', async () => {
    const demo = await openDemo({}, /status of 503/);
    const { sandbox, page, part } = demo;
    const id = await demo.conversationId();
    sandbox.fault({ lane: 'read', status: 503, times: 1000 });
    const { messageId } = sandbox.agent.say(id, 'Your parcel is on its way.');
    await sandbox.waitForCall({ lane: 'read', status: 503 });
    expect(sandbox.conversation(id).messages.at(-1)?.readBy).toEqual([]);

    await page.reload();
    await page.locator('html[data-ready]').waitFor();
    expect(await demo.conversationId()).toBe(id);
    await seen(part('guest-log').locator('.words')).toBe('Your parcel is on its way.');
    sandbox.clearFaults();
    await sandbox.waitForCall({ lane: 'read', status: 204 }, { timeout: 15_000 });
    await state(demo, 'receipts').toBe('upToDate');
    await seen(part('agent-log').locator('.receipt')).toContain('Read');

    await page.reload();
    await seen(part('guest-log').locator('.words')).toBe('Your parcel is on its way.');
    await state(demo, 'receipts').toBe('upToDate');
    const next = sandbox.agent.say(id, 'It arrives tomorrow.');
    const isNext = ({ body }: SandboxCall) => (body as { messageId?: string }).messageId === next.messageId;
    await sandbox.waitForCall((call) => call.lane === 'read' && isNext(call), { timeout: 5000 });
    const accepted = sandbox.calls({ lane: 'read' }).filter(({ status }) => status === 204);
    expect(accepted.map(({ body }) => body)).toEqual([
      { conversationId: id, messageId },
      { conversationId: id, messageId: next.messageId },
    ]);
  });
});

describe('trouble', () => {
  test('a 429 is waited out, and typing that is still true is told then', async () => {
    const demo = await openDemo({}, /status of 429/);
    const { sandbox, guestText, part, typingCalls } = demo;
    await part('fault-429').click();
    await seen(part('armed')).toBe('Armed: 429 for the next typing call.');

    const typing = guestText.pressSequentially('x'.repeat(36), { delay: 125, timeout: 16_000 });
    const limited = await sandbox.waitForCall({ lane: 'typing', status: 429 });
    await state(demo, 'typing').toMatch(/^rateLimited/);
    await seen(part('decisions').locator('[data-event="rate.limited"]').first()).toContain('nothing leaves');
    const recovered = await sandbox.waitForCall({ lane: 'typing', status: 204 }, { timeout: 6000 });
    await typing;

    expect(recovered.time - limited.time).toBeGreaterThanOrEqual(3000);
    expect(typingCalls().filter(({ time }) => time <= recovered.time)).toHaveLength(2);
    await seen(part('agent-typing')).toBe('Guest is typing…');
    expect((await rows(demo)).filter((row) => row.startsWith('typing')).slice(0, 2)).toEqual([
      'typing on 429',
      'typing on 204',
    ]);
    await seen(part('armed')).toBe('No faults armed.');
  });

  test('a 401 is followed by a fresh token and the call again', async () => {
    const demo = await openDemo({}, /status of 401/);
    const { sandbox, guestText, part } = demo;
    await part('fault-401').click();
    await seen(part('armed')).toContain('401');
    await guestText.pressSequentially('x'.repeat(12), { delay: 125 });
    await sandbox.waitForCall({ lane: 'typing', status: 204 });
    await state(demo, 'link').toBe('ready');
    await expect
      .poll(async () => (await rows(demo)).slice(-3))
      .toEqual(['typing on 401', 'token 200', 'typing on 204']);
    await seen(part('agent-typing')).toBe('Guest is typing…');
  });

  test('a 409 ends the conversation, and reopening it brings typing back', async () => {
    const demo = await openDemo({}, /status of 409/);
    const { sandbox, page, guestText, part } = demo;
    await part('fault-409').click();
    await seen(part('armed')).toContain('409');
    await guestText.pressSequentially('x');
    await state(demo, 'link').toBe('ended');
    await seen(part('guest-notice')).toContain('This conversation is over.');

    await part('guest-recover').click();
    await state(demo, 'link').toBe('ready');
    await guestText.focus();
    await page.keyboard.press('y');
    await sandbox.waitForCall({ lane: 'typing', status: 204 });
    await part('guest-notice').waitFor({ state: 'hidden' });
  });

  test('a call without an answer waits, “Clear faults” cuts it off, and typing goes on', async () => {
    const demo = await openDemo({}, /net::ERR_/);
    const { sandbox, guestText, part } = demo;
    await part('fault-hang').click();
    await seen(part('armed')).toContain('silence');
    await guestText.pressSequentially('x');
    await sandbox.waitForCall({ lane: 'typing', status: 'hang' });
    await state(demo, 'typing').toBe('typing.announcing');

    await part('clear-faults').click();
    await guestText.pressSequentially('x'.repeat(16), { delay: 125 });
    await sandbox.waitForCall({ lane: 'typing', status: 204 });
    await seen(part('agent-typing')).toBe('Guest is typing…');
  });

  test('a new conversation starts afresh', async () => {
    const demo = await openDemo();
    const { sandbox, page, guestText, part } = demo;
    const first = await demo.conversationId();
    await guestText.pressSequentially('Hello');
    await page.keyboard.press('Enter');
    await seen(part('agent-log').locator('.words')).toBe('Hello');

    await part('new-conversation').click();
    await expect.poll(demo.conversationId).not.toBe(first);
    expect(await part('agent-log').locator('.words').count()).toBe(0);
    await guestText.pressSequentially('y');
    const conversationId = await demo.conversationId();
    await sandbox.waitForCall({ lane: 'typing', status: 204, conversationId });
  });
});

describe('looks', () => {
  test.each(['light', 'dark'] as const)('fits a phone, %s', async (colorScheme) => {
    const demo = await openDemo({ viewport: { width: 360, height: 740 }, colorScheme });
    const { guestText, page, part } = demo;
    await guestText.fill('Longestwordthereis'.repeat(8));
    await part('guest-send').click();
    await seen(part('agent-log').locator('.words')).toContain('Longestword');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    const isLight = await page.evaluate(() => {
      const [red = 0] = getComputedStyle(document.body).backgroundColor.match(/\d+/g)?.map(Number) ?? [];
      return red > 128;
    });
    expect(isLight).toBe(colorScheme === 'light');
  });

  test.each([
    { width: 1280, height: 800 },
    { width: 390, height: 844 },
  ])('shows all of the timeline at once, $width × $height, whatever is said above it', async (viewport) => {
    const { page, part } = await openDemo({ viewport });
    const longest = stories.reduce((one, other) => (other.watch.length > one.watch.length ? other : one));
    await page.evaluate((text) => {
      const find = (id: string) => document.querySelector(`[data-testid=${id}]`) as HTMLElement;
      find('watch').textContent = text;
      find('counter').textContent = '1234 keys → 56 calls; the agent saw a false light for 12.3 s';
    }, longest.watch);
    const bottom = await part('timeline').evaluate((box) => box.getBoundingClientRect().bottom);
    expect(bottom).toBeGreaterThan(viewport.height - 150);
    expect(bottom).toBeLessThanOrEqual(viewport.height);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(viewport.width);
  });

  if (process.env.SCREENSHOTS === '1') {
    test('picture for the documentation', async () => {
      const { page, part } = await openDemo({
        viewport: { width: 1280, height: 800 },
        deviceScaleFactor: 1.25,
      });
      await part('story-long-answer').click();
      await expect.poll(() => part('score-debounce').textContent(), { timeout: 30_000 }).toMatch(/ 9\.\d s$/);
      await page.mouse.move(0, 0);
      await page.screenshot({ path: picture, timeout: 60_000 });
    });
  }
});
