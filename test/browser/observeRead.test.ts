import { describe, expect, test } from 'vitest';
import { type BindingPage, useBindingPage } from '../support/bindingPage.ts';

const openPage = useBindingPage();
const soon = { timeout: 6000 };

const list = `<style>
    #log { height: 200px; width: 300px; overflow-y: auto; }
    #log p { margin: 0; height: 50px; }
  </style><div id=log></div><button id=elsewhere>Elsewhere</button>`;

declare global {
  interface Window {
    /** Adds a message of somebody else to the list, this many px high, and tells the conversation of it. */
    say(id: string, options?: { height?: number; first?: boolean; from?: string; untold?: boolean }): void;
    /** Observes the list; unless it is real, the conversation hears nothing of it. */
    observe(options?: object): void;
    /**
     * Resolves when another observer with these options, which begins now, has seen the element, or the newest child
     * of the list: whoever could see the same under conditions of their own has had the time.
     */
    seenByAnother(options?: object, element?: Element): Promise<void>;
  }
}

/** A page with an empty list, of 200 px, that nobody observes yet. */
const openList = (body = list): Promise<BindingPage> =>
  openPage({
    body,
    script: () => {
      const log = document.querySelector('#log') as HTMLElement;
      window.say = (id, { height = 50, first = false, from = 'agent', untold = false } = {}) => {
        const message = document.createElement('p');
        message.dataset.id = id;
        message.textContent = id;
        message.style.height = `${height}px`;
        if (!untold) window.conversation.messageReceived({ messageId: id, participantId: from });
        log[first ? 'prepend' : 'append'](message);
      };
      window.observe = (options = {}) => {
        const { real, ...others } = { real: false, ...options };
        const { conversation, told } = window;
        const onlyTold = {
          seen: (ids: Iterable<string>) => void told.push(`seen ${JSON.stringify(ids)}`),
          markAsRead: async () => void told.push('markAsRead'),
          get unread() {
            return conversation.unread;
          },
        };
        window.end = window.sdk.observeRead(log, real ? window.recorded : onlyTold, {
          idOf: ({ dataset }) => dataset.id,
          dwell: 200,
          ...others,
        });
      };
      window.seenByAnother = (options = {}, element = log.lastElementChild as Element) =>
        new Promise((resolve) => {
          const end = window.sdk.observeRead(
            element.parentElement as HTMLElement,
            {
              seen: () => {
                end();
                resolve();
              },
              markAsRead: async () => {},
              unread: 0,
            },
            { idOf: (child) => (child === element ? 'another' : null), dwell: 400, ...options },
          );
        });
    },
  });

const scroll = (page: BindingPage['page'], top: number) =>
  page.evaluate((to) => {
    (document.querySelector('#log') as HTMLElement).scrollTop = to;
  }, top);

/** Shows a last message that is sure to be seen, and waits for it: what was not seen by then was not seen. */
async function seenInTheEnd({ page, told }: BindingPage): Promise<string[]> {
  await page.evaluate(() => {
    window.say('last');
    const log = document.querySelector('#log') as HTMLElement;
    log.scrollTop = log.scrollHeight;
  });
  await expect.poll(told, soon).toContainEqual(expect.stringContaining('"last"'));
  return (await told()).flatMap((verb) => JSON.parse(verb.replace('seen ', '')) as string[]);
}

describe('observeRead reports what the guest saw (R-5)', () => {
  test('messages in view, once, in one call with the newest', async () => {
    const { page, told, reads, sandbox, conversationId } = await openList();
    const ids = ['one', 'two', 'three'].map((text) => sandbox.agent.say(conversationId, text).messageId);
    await page.evaluate((each) => {
      for (const id of each) window.say(id);
      window.observe({ real: true });
    }, ids);
    await sandbox.waitForCall({ lane: 'read', status: 204 }, { timeout: 6000 });
    expect(await told()).toEqual([`seen ${JSON.stringify(ids)}`]);
    expect(reads()).toEqual([ids[2]]);
  });

  test('not what is scrolled out of view, until it is scrolled in', async () => {
    const opened = await openList();
    await opened.page.evaluate(() => {
      for (const id of ['m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7']) window.say(id);
      window.observe();
    });
    await expect.poll(opened.told, soon).toEqual(['seen ["m1","m2","m3","m4"]']);
    await scroll(opened.page, 60);
    await expect.poll(opened.told, soon).toContain('seen ["m5"]');
    expect((await seenInTheEnd(opened)).includes('m6')).toBe(true);
  });

  test.each([1, 3, 100])('a message %i windows tall', async (windows) => {
    const { page, told } = await openList();
    await page.evaluate((height) => {
      window.say('before', { height: 190 });
      window.say('tall', { height });
      window.observe();
    }, windows * 200);
    await expect.poll(told, soon).toEqual(['seen ["before"]']);
    for (let top = 20; top <= 160; top += 20) await scroll(page, top);
    await expect.poll(told, soon).toEqual(['seen ["before"]', 'seen ["tall"]']);
  });

  test('not a message that was flung past, however tall', async () => {
    const opened = await openList();
    await opened.page.evaluate(async () => {
      window.say('before', { height: 200 });
      window.say('flung', { height: 20_000 });
      window.say('gap', { height: 200 });
      window.observe({ dwell: 400 });
    });
    await expect.poll(opened.told, soon).toEqual(['seen ["before"]']);
    await opened.page.evaluate(async () => {
      const log = document.querySelector('#log') as HTMLElement;
      // Some 30 windows a second, for as long as it lasts.
      const begun = performance.now();
      await new Promise<void>((resolve) => {
        const step = () => {
          log.scrollTop = (performance.now() - begun) * 15;
          if (log.scrollTop < 20_200) requestAnimationFrame(step);
          else resolve();
        };
        step();
      });
    });
    const seen = await seenInTheEnd(opened);
    expect(seen.filter((id) => id !== 'gap')).toEqual(['before', 'last']);
  });

  test('where children are put before, moved, and used again for another message', async () => {
    const { page, told } = await openList();
    await page.evaluate(() => {
      window.say('m5', { height: 200 });
      window.observe();
    });
    await expect.poll(told, soon).toEqual(['seen ["m5"]']);
    await page.evaluate(() => {
      const log = document.querySelector('#log') as HTMLElement;
      log.style.overflowAnchor = 'none';
      window.say('m4', { height: 200, first: true });
    });
    await expect.poll(told, soon).toEqual(['seen ["m5"]', 'seen ["m4"]']);
    await page.evaluate(() => {
      const log = document.querySelector('#log') as HTMLElement;
      log.append(log.firstElementChild as Element); // m5 is first again: nothing new.
      (log.firstElementChild as HTMLElement).dataset.id = 'm6';
    });
    await expect.poll(told, soon).toEqual(['seen ["m5"]', 'seen ["m4"]', 'seen ["m6"]']);
  });

  test('the whole container in its simple form, at its end if it scrolls', async () => {
    const { page, told, sandbox, conversationId } = await openList();
    const ids = [1, 2, 3, 4, 5, 6].map((n) => sandbox.agent.say(conversationId, `${n}`).messageId);
    await page.evaluate(async (each) => {
      for (const id of each) window.say(id);
      window.observe({ idOf: undefined, whole: true, real: true });
      const [first] = (document.querySelector('#log') as HTMLElement).children;
      await window.seenByAnother({ dwell: 1200 }, first); // Looks once a second, then every quarter of its dwell.
    }, ids);
    expect(await told()).toEqual([]);
    await scroll(page, 1000);
    await sandbox.waitForCall({ lane: 'read', status: 204 }, { timeout: 6000 });
    expect(await told()).toEqual(['markAsRead']);
  });
});

describe('observeRead waits for every condition (R-5), and goes on without another event once it holds', () => {
  const withheld: Record<
    string,
    { without: () => void; with: () => void; switchedOff?: object; elsewhere?: true }
  > = {
    'the page is hidden': {
      without: () => {
        Object.defineProperty(document, 'visibilityState', { configurable: true, value: 'hidden' });
        document.dispatchEvent(new Event('visibilitychange'));
      },
      with: () => {
        Object.defineProperty(document, 'visibilityState', { configurable: true, value: 'visible' });
        document.dispatchEvent(new Event('visibilitychange'));
      },
      switchedOff: { visible: false },
    },
    'the window has no focus': {
      without: () => {
        document.hasFocus = () => false;
        window.dispatchEvent(new Event('blur'));
      },
      with: () => {
        document.hasFocus = () => true;
        window.dispatchEvent(new Event('focus'));
      },
      switchedOff: { focused: false },
    },
    'a modal dialog lies over it': {
      without: () => {
        const dialog = document.createElement('dialog');
        document.body.append(dialog);
        dialog.showModal();
      },
      with: () => document.querySelector('dialog')?.close(),
      switchedOff: { uncovered: false },
    },
    'a layer of the application lies over it': {
      without: () => {
        const layer = document.createElement('div');
        layer.id = 'layer';
        layer.style.cssText = 'position: fixed; inset: 0';
        document.body.append(layer);
      },
      with: () => document.querySelector('#layer')?.remove(),
      switchedOff: { uncovered: false },
    },
    'its panel is closed': {
      without: () => document.querySelector('#log')?.setAttribute('style', 'display: none'),
      with: () => document.querySelector('#log')?.removeAttribute('style'),
      elsewhere: true,
    },
    'a sliver of its panel is open': {
      without: () => document.querySelector('#log')?.setAttribute('style', 'height: 8px'),
      with: () => document.querySelector('#log')?.removeAttribute('style'),
      elsewhere: true,
    },
  };

  test(`not while ${Object.keys(withheld).join(', while ')}`, async () => {
    const { page, told } = await openList();
    await page.evaluate(() => window.observe());
    const reasons = Object.entries(withheld);
    for (const [reason, { without, with: restore, switchedOff = {}, elsewhere = false }] of reasons) {
      await page.evaluate(without);
      await page.evaluate((id) => {
        (document.querySelector('#log') as HTMLElement).replaceChildren();
        window.say(id);
      }, reason);
      await page.evaluate(
        ([options, isElsewhere]) =>
          window.seenByAnother(options, (isElsewhere && document.querySelector('#elsewhere')) || undefined),
        [switchedOff, elsewhere] as const,
      );
      expect(await told()).toEqual([]);
      await page.evaluate(restore);
      await expect.poll(told, soon).toEqual([`seen ${JSON.stringify([reason])}`]);
      await page.evaluate(() => {
        window.told.length = 0;
      });
    }
  });

  test('not for less than the dwell time', async () => {
    const opened = await openList();
    await opened.page.evaluate(async () => {
      window.say('glanced at', { height: 200 });
      window.observe({ dwell: 1500 });
      await window.seenByAnother({ dwell: 100 });
      window.say('gap', { height: 200 });
      window.say('after', { height: 200 });
      (document.querySelector('#log') as HTMLElement).scrollTop = 400;
    });
    await expect.poll(opened.told, soon).toEqual(['seen ["after"]']);
  });

  test('not for a guest who has not stirred, until they do', async () => {
    const { page, told } = await openList();
    await page.evaluate(async () => {
      const now = Date.now;
      window.observe();
      Date.now = () => now() + 301_000;
      window.say('m1');
      await window.seenByAnother({ activeWithin: false });
    });
    expect(await told()).toEqual([]);
    const stir = async () => {
      await page.mouse.move(500, 100 + Math.random() * 100);
      return told();
    };
    await expect.poll(stir, soon).toEqual(['seen ["m1"]']);
  });
});

test('where the browser lacks what it needs, nothing is seen, and nothing throws', async () => {
  const { page, told } = await openList();
  const thrown: string[] = [];
  page.on('pageerror', ({ message }) => thrown.push(message));
  await page.evaluate(async () => {
    const { MutationObserver, ResizeObserver, IntersectionObserver } = window;
    const lacking = (names: readonly string[]) => {
      for (const name of names) Reflect.deleteProperty(window, name);
      window.say(`without ${names}`);
      window.observe();
      window.end();
    };
    lacking(['MutationObserver']);
    lacking(['ResizeObserver']);
    lacking(['IntersectionObserver']);
    window.observe();
    Object.assign(window, { MutationObserver, ResizeObserver });
    document.hasFocus = undefined as never;
    window.observe();
    window.dispatchEvent(new Event('focus'));
    Object.assign(window, { IntersectionObserver });
    Object.defineProperty(document, 'visibilityState', { configurable: true, value: 'prerender' });
    window.observe();
    await window.seenByAnother({ visible: false, focused: false });
  });
  expect(await told()).toEqual([]);
  expect(thrown).toEqual([]);
});

describe('observeRead with messages that are nobody’s to read', () => {
  test('makes no call for own and unknown ones, and finds out when the guest comes back', async () => {
    const { page, told, reads, sandbox, conversationId, guestId } = await openList();
    const { messageId } = sandbox.agent.say(conversationId, 'later');
    await page.evaluate(
      ([later, guest]) => {
        window.say('own', { from: guest });
        window.say(later, { untold: true });
        window.observe({ real: true });
      },
      [messageId, guestId] as const,
    );
    const first = `seen ${JSON.stringify(['own', messageId])}`;
    await expect.poll(told, soon).toEqual([first]);
    expect(reads()).toEqual([]);
    await page.evaluate((later) => {
      window.conversation.messageReceived({ messageId: later, participantId: 'agent' });
      document.hasFocus = () => false;
      window.dispatchEvent(new Event('blur'));
      document.hasFocus = () => true;
      window.dispatchEvent(new Event('focus'));
    }, messageId);
    await sandbox.waitForCall({ lane: 'read', status: 204 }, { timeout: 6000 });
    expect(reads()).toEqual([messageId]);
    expect(await told()).toEqual([first, first]);
  });

  test('tells a developer once of what is no id, and passes it over', async () => {
    const { page, told } = await openList();
    await page.evaluate(() => {
      Object.assign(window, { lines: [] });
      window.observe({
        logger: ({ message }: { message: string }) =>
          (window as never as { lines: string[] }).lines.push(message),
      });
      window.say('a', {});
      (document.querySelector('p') as HTMLElement).dataset.id = 'no/id';
      window.say('b');
    });
    await expect.poll(told, soon).toEqual(['seen ["b"]']);
    expect(await page.evaluate('window.lines')).toHaveLength(1);
  });
});

describe('observeRead with a long list', () => {
  const isLong = process.env.LONG === '1';
  const length = isLong ? 10_000 : 1000;
  const replaced = isLong ? 100 : 10;

  test.each(['column', 'column-reverse'])(
    'sees what its panel shows, once it is opened and wherever it is, as a %s',
    async (direction) => {
      const { page, told } = await openList();
      await page.evaluate((flow) => {
        const log = document.querySelector('#log') as HTMLElement;
        for (let each = 0; each < 1000; each += 1) {
          const item = document.createElement('p');
          item.dataset.id = `m${each}`;
          item.style.flex = 'none';
          item.hidden = each % 10 === 9;
          log.append(item);
        }
        log.style.display = 'none';
        window.observe();
        Object.assign(log.style, { display: 'flex', flexDirection: flow });
      }, direction);
      await expect.poll(told, soon).toEqual(['seen ["m0","m1","m2","m3"]']);
      await scroll(page, direction === 'column' ? 22_500 : -22_500);
      await expect.poll(told, soon).toContain('seen ["m500","m501","m502","m503"]');
      expect(await told()).toHaveLength(2);
    },
  );

  test(`holds up no scroll of ${length} messages, and keeps nothing of ${replaced} lists that were replaced`, async () => {
    const { page, cdp, told } = await openList();
    await page.evaluate((count) => {
      const fill = () => {
        const items = Array.from({ length: count }, (_, each) => {
          const item = document.createElement('p');
          item.dataset.id = `m${each}`;
          item.textContent = `Message ${each}`;
          return item;
        });
        document.querySelector('#log')?.replaceChildren(...items);
      };
      Object.assign(window, { fill });
      fill();
      window.observe();
    }, length);
    await expect.poll(told, soon).toHaveLength(1);
    const scrolled = await page.evaluate(async () => {
      const log = document.querySelector('#log') as HTMLElement;
      const tasks: number[] = [];
      const watching = new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) tasks.push(Math.round(duration));
      });
      watching.observe({ type: 'longtask' });
      for (let frame = 0; frame < 120; frame += 1) {
        log.scrollTop += 150;
        await new Promise(requestAnimationFrame);
      }
      watching.disconnect();
      return tasks;
    });
    // Other tests share the processors of the short run, and a frame that waited for one is long too.
    if (isLong) expect(scrolled).toEqual([]);
    else expect(scrolled.length).toBeLessThan(12);

    const replace = async (times: number) => {
      await page.evaluate(async (count) => {
        for (let each = 0; each < count; each += 1) {
          (window as unknown as { fill(): void }).fill();
          await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        }
      }, times);
      await cdp.send('HeapProfiler.collectGarbage');
      const { usedSize } = await cdp.send('Runtime.getHeapUsage');
      const { nodes } = await cdp.send('Memory.getDOMCounters');
      return { usedSize, nodes };
    };
    const before = await replace(5);
    const after = await replace(replaced);
    expect(after.nodes).toBeLessThan(before.nodes + length);
    expect(after.usedSize).toBeLessThan(before.usedSize * 1.25);
  });
});

describe('observeRead ends', () => {
  test('with no listener, no observer and no timer left (C-1)', async () => {
    const { page, told } = await openList();
    const counted = await page.evaluate(async () => {
      window.conversation.stop();
      const log = document.querySelector('#log') as HTMLElement;
      log.innerHTML = '<p data-id=m1></p><p data-id=m2></p>';
      const target = { markAsRead: async () => {}, unread: 1, seen: () => window.told.push('seen') };
      const before = window.held();
      const idOf = ({ dataset }: HTMLElement) => dataset.id;
      const ends = [
        window.sdk.observeRead(log, target, { idOf, dwell: 5000 }),
        window.sdk.observeRead(log, target, { whole: true, dwell: 5000 }),
      ];
      while (window.held().timers <= before.timers) await new Promise(requestAnimationFrame);
      const between = window.held();
      for (const end of [...ends, ...ends]) end();
      log.innerHTML = '<p data-id=m3></p>';
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      return { before, between, after: window.held() };
    });
    expect(counted.after).toEqual(counted.before);
    expect(counted.between.observers).toBeGreaterThan(counted.before.observers);
    expect(counted.between.timers).toBeGreaterThan(counted.before.timers);
    expect(await told()).toEqual([]);
  });

  test('and refuses at the call what it cannot observe, by name', async () => {
    const { page } = await openList();
    const refusals = await page.evaluate(() => {
      const { conversation } = window;
      const log = document.querySelector('#log') as HTMLElement;
      const idOf = ({ dataset }: HTMLElement) => dataset.id;
      const attempt = (...values: unknown[]): string => {
        try {
          (window.sdk.observeRead as (...each: unknown[]) => () => void)(...values)();
          return 'observed';
        } catch (thrown) {
          return window.sdk.isConversationError(thrown)
            ? `${thrown.code} ${thrown.option ?? ''}`.trim()
            : 'foreign';
        }
      };
      window.say('m1');
      const all = [
        attempt(document, conversation, { idOf }),
        attempt(log, {}, { idOf }),
        attempt(log, conversation),
        attempt(log, conversation, {}),
        attempt(log, conversation, { idOf: () => 7 }),
        attempt(log, conversation, { idOf: () => 'a/b' }),
        attempt(log, conversation, { idOf, dwell: 0.5 }),
        attempt(log, conversation, { idOf, activeWithin: true }),
        attempt(log, conversation, { idOf, focused: 'yes' }),
        attempt(log, conversation, { idOf, whole: true }),
        attempt(log, conversation, { whole: 1 }),
        attempt(log, conversation, { idOf, dwel: 1 }),
        attempt(log, conversation, { idOf }),
        attempt(log, conversation, { whole: true }),
      ];
      conversation.stop();
      return [...all, attempt(log, conversation, { idOf })];
    });
    expect(refusals).toEqual([
      ...['container', 'conversation', 'options', 'idOf', 'idOf(…)', 'idOf(…)'].map(
        (each) => `invalid-option ${each}`,
      ),
      ...['dwell', 'activeWithin', 'focused', 'idOf', 'whole', 'dwel'].map(
        (each) => `invalid-option ${each}`,
      ),
      ...['observed', 'observed', 'stopped'],
    ]);
  });
});
