import { describe, expect, test } from 'vitest';
import { seen, useDemo } from '../support/demo.ts';
import { sample } from '../support/sample.ts';

const openDemo = useDemo();

describe('a story', () => {
  test('plays by itself, shows what the server refused, and can be stopped', async () => {
    const { sandbox, part, guestText } = await openDemo({}, /status of 429/);
    const button = part('story-429');
    await button.click();
    await seen(part('watch')).toContain('asks for 4 s of silence');
    await sandbox.waitForCall({ lane: 'typing', status: 429 }, { timeout: 8000 });
    await part('timeline').getByText('on ✗ 429').waitFor();
    await part('timeline').getByText('rate limit').waitFor();
    await seen(part('counter')).toMatch(/^\d+ keys → \d calls?; the agent never saw a false light$/);
    expect(await button.getAttribute('aria-pressed')).toBe('true');

    await button.click();
    await seen(part('watch')).toMatch(/^Stopped\. \d+ keys; here \d calls?, wrong for/);
    expect([await button.getAttribute('aria-pressed'), await guestText.inputValue()]).toEqual(['false', '']);
    expect(sandbox.calls({ lane: 'message' })).toEqual([]);
  });

  test('is gone to by the address, where another way to the back end is spoken', async () => {
    const { page, part } = await openDemo({ path: '/?transport=web-messaging&story=long-answer' });
    await seen(part('watch')).toContain('One call with the first key');
    await part('story-two-tabs').click();
    await page.waitForURL('**/?transport=guest-rest&story=two-tabs');
    await seen(part('watch')).toContain('The guest begins in one tab');
    await part('second-tab').waitFor();
  });

  test.runIf(sample(false, true)).each(['long-answer', 'bursts', '429', 'offline', 'two-tabs', 'half-open'])(
    '“%s” comes to its end',
    async (id) => {
      const { part, typingCalls } = await openDemo({}, /status of 429|WebSocket|net::ERR/);
      await part(`story-${id}`).click();
      await expect
        .poll(() => part('watch').textContent(), { timeout: 90_000 })
        .toMatch(/^Over\. \d+ keys; here \d+ calls?/);
      expect(typingCalls().length).toBeGreaterThan(0);
      expect(typingCalls().some(({ tooSoon }) => tooSoon)).toBe(false);
    },
    120_000,
  );
});

test('the counter and the timeline’s figures follow what is typed', async () => {
  const { page, guestText, part } = await openDemo();
  await seen(part('counter')).toBe('0 keys → 0 calls; the agent never saw a false light');
  await guestText.pressSequentially('Hello');
  await seen(part('counter')).toMatch(/^5 keys → 1 call;/);
  await seen(part('score-everyKey')).toMatch(/^5 · /);
  expect(await part('timeline').locator('.key').count()).toBeGreaterThan(0);
  await page.keyboard.press('Enter');
  await part('timeline').getByText('✓✓ read').waitFor();
  await part('new-conversation').click();
  await seen(part('counter')).toMatch(/^0 keys → 0 calls/);
  await expect.poll(() => part('timeline').locator('.mark').count()).toBe(0);
});

test('where motion is not wanted the timeline moves once a second', async () => {
  const { page, guestText, part } = await openDemo({ reducedMotion: 'reduce' });
  await guestText.pressSequentially('Hello');
  await part('timeline').locator('.key').first().waitFor();
  const easings = await page.evaluate(() =>
    document.getAnimations().map(({ effect }) => [effect?.getTiming().easing, effect?.getTiming().duration]),
  );
  expect(easings).toEqual([[expect.stringContaining('steps(86400'), 86_400_000]]);
});

test('a phone shows one side at a time, by tabs that say what is unread there', async () => {
  const { page, sandbox, guestText, part, conversationId } = await openDemo({
    viewport: { width: 390, height: 844 },
  });
  const tab = (name: string) => page.getByRole('tab', { name });
  expect([await part('guest').isVisible(), await part('agent').isVisible()]).toEqual([true, false]);
  await guestText.fill('Hello');
  await guestText.press('Enter');
  await expect.poll(() => tab('Agent').textContent()).toContain('1 unread');
  await tab('Guest').focus();
  await page.keyboard.press('ArrowRight');
  expect([await part('guest').isVisible(), await part('agent').isVisible()]).toEqual([false, true]);
  expect(await tab('Agent').getAttribute('aria-selected')).toBe('true');
  await expect.poll(() => tab('Agent').textContent()).not.toContain('unread');
  sandbox.agent.say(await conversationId(), 'Good morning');
  await expect.poll(() => tab('Guest').textContent()).toContain('1 unread');
  await tab('Why').click();
  expect([await part('calls').isVisible(), await part('agent').isVisible()]).toEqual([true, false]);
});
