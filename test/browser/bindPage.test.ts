import { bindPage } from 'genesys-conversation-machine/browser';
import { describe, expect, test } from 'vitest';
import { useBindingPage } from '../support/bindingPage.ts';
import { launchBrowser } from '../support/browser.ts';

// Playwright switches off what keeps a page for the way back.
const openPage = useBindingPage(() =>
  launchBrowser({ isWhole: true, without: ['--disable-back-forward-cache'] }),
);
const soon = { timeout: 6000 };

const openBound = () =>
  openPage({
    body: '<textarea id=box></textarea><div id=list></div>',
    script: () => {
      const box = document.querySelector('#box') as HTMLTextAreaElement;
      const list = document.querySelector('#list') as HTMLElement;
      const ends = [
        window.sdk.bindPage(window.recorded),
        window.sdk.bindTyping(box, window.conversation),
        window.sdk.observeRead(list, window.conversation, { idOf: ({ id }) => id, dwell: 0 }),
      ];
      window.end = () => ends.forEach((end) => void end());
      box.focus();
    },
  });

describe('bindPage tells what becomes of the page', () => {
  // Headless Chromium hides no page: the property stands in for it.
  test('hidden and visible: the episode ends at once (T-5)', async () => {
    const { page, told, typing, sandbox } = await openBound();
    await page.keyboard.type('a');
    await sandbox.waitForCall({ lane: 'typing', isTyping: true, status: 204 });
    for (const state of ['hidden', 'visible']) {
      await page.evaluate((value) => {
        Object.defineProperty(document, 'visibilityState', { configurable: true, value });
        document.dispatchEvent(new Event('visibilitychange'));
      }, state);
    }
    await sandbox.waitForCall({ lane: 'typing', isTyping: false, status: 204 });
    expect(typing()).toEqual(['ON 204', 'OFF 204']);
    expect(await told()).toEqual(['hide', 'show']);
  });

  test('the network gone and back', async () => {
    const { page, told } = await openBound();
    await page.context().setOffline(true);
    await expect.poll(told, soon).toEqual(['offline']);
    expect(await page.evaluate(() => window.conversation.actor.getSnapshot().value.link)).toBe('offline');
    await page.context().setOffline(false);
    await expect.poll(told, soon).toEqual(['offline', 'online']);
  });

  test('how it is when it begins', async () => {
    const { page, told } = await openPage({ body: '' });
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, value: 'hidden' });
      Object.defineProperty(navigator, 'onLine', { configurable: true, value: false });
      window.sdk.bindPage(window.recorded);
    });
    expect(await told()).toEqual(['hide', 'offline']);
  });

  test('a sleep of the machine, of which no event speaks (T-10)', async () => {
    const { page, told } = await openPage({ body: '' });
    await page.clock.install();
    await page.evaluate(() => {
      window.end = window.sdk.bindPage(window.recorded);
    });
    await page.clock.runFor(60_000);
    expect(await told()).toEqual([]);
    await page.clock.fastForward(60_000);
    await expect.poll(told, soon).toEqual(['freeze', 'resume', 'show']);
  });

  test('put away for the way back, and taken out again: the next key announces', async () => {
    const { page, told, typing, sandbox } = await openBound();
    await page.keyboard.type('a');
    await sandbox.waitForCall({ lane: 'typing', isTyping: true, status: 204 });
    await page.evaluate(() => location.assign('/elsewhere'));
    await sandbox.waitForCall({ lane: 'typing', isTyping: false, status: 204 }, soon);
    await expect.poll(() => page.title(), soon).toBe('Elsewhere');
    await page.evaluate(() => history.back());
    await expect.poll(() => page.title(), soon).toBe('Guest');
    await expect.poll(told, soon).toContain('resume');
    expect((await told())[0]).toBe('freeze');
    expect((await told()).at(-1)).toBe('show');
    await page.focus('#box');
    await page.keyboard.type('b');
    // A stop whose answer the freeze cut off is said again, and three seconds of silence end the episode.
    const edges = () => typing().filter((call, index, calls) => call !== calls[index - 1]);
    await expect.poll(() => edges().slice(0, 3), soon).toEqual(['ON 204', 'OFF 204', 'ON 204']);
  });
});

describe('bindPage has the last word', () => {
  test.each(['closed', 'left'])(
    'a page %s at once after a message was seen reports it, once (R-5b)',
    async (how) => {
      const { page, sandbox, conversationId, reads } = await openBound();
      const { messageId } = sandbox.agent.say(conversationId, 'Hello');
      await page.evaluate(
        ([id, leave]) => {
          const message = document.createElement('p');
          message.id = id;
          message.textContent = 'Hello';
          window.conversation.messageReceived({ messageId: id, participantId: 'agent' });
          const { actor } = window.conversation;
          const watching = actor.subscribe(({ value }) => {
            if (JSON.stringify(value.receipts) !== '"collecting"') return;
            watching.unsubscribe();
            if (leave) location.assign('/elsewhere');
            document.title = 'Seen';
          });
          document.querySelector('#list')?.append(message);
        },
        [messageId, how === 'left'] as const,
      );
      if (how === 'closed') {
        await page.waitForFunction(() => document.title === 'Seen');
        await page.close({ runBeforeUnload: true });
      }
      await sandbox.waitForCall({ lane: 'read', status: 204 }, soon);
      expect(reads()).toEqual([messageId]);
    },
  );
});

describe('bindPage ends', () => {
  test('with no listener and no timer left (C-1), and refuses what is no conversation', async () => {
    const { page, told } = await openPage({ body: '' });
    const result = await page.evaluate(() => {
      const { conversation, sdk } = window;
      conversation.stop();
      const attempt = (...values: unknown[]): string => {
        try {
          (sdk.bindPage as (...each: unknown[]) => () => void)(...values)();
          return 'bound';
        } catch (thrown) {
          return sdk.isConversationError(thrown) ? `${thrown.code} ${thrown.option ?? ''}`.trim() : 'foreign';
        }
      };
      const fewest = {
        hide: () => window.told.push('hide'),
        show: () => {},
        offline: () => {},
        online: () => {},
      };
      const before = window.held();
      const ends = [sdk.bindPage(fewest), sdk.bindPage(fewest)];
      const between = window.held();
      window.dispatchEvent(new Event('pagehide'));
      for (const end of [...ends, ...ends]) end();
      window.dispatchEvent(new Event('pagehide'));
      const refusals = [
        attempt(),
        attempt({}),
        attempt(fewest, 3),
        attempt(fewest, { loger: null }),
        attempt(fewest),
        attempt(conversation),
      ];
      return { before, between, after: window.held(), refusals };
    });
    expect(result.after).toEqual(result.before);
    expect(result.between.listeners).toBeGreaterThan(result.before.listeners);
    expect(result.between.timers).toBe(result.before.timers + 2);
    expect(await told()).toEqual(['hide', 'hide']);
    expect(result.refusals).toEqual([
      ...['conversation', 'conversation', 'options', 'loger'].map((each) => `invalid-option ${each}`),
      ...['bound', 'stopped'],
    ]);
  });

  test('and does nothing where there is no page, as in Node (C-2)', () => {
    const fail = () => {
      throw new Error('There is no page to speak of.');
    };
    const end = bindPage({ hide: fail, show: fail, offline: fail, online: fail });
    expect(end).not.toThrow();
  });
});
