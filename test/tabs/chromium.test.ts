import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { type BindingPage, useBindingPage } from '../support/bindingPage.ts';
import { launchBrowser } from '../support/browser.ts';
import { sample } from '../support/sample.ts';

const openPage = useBindingPage();
/** A browser that keeps pages for the way back. */
const openKeptPage = useBindingPage(() =>
  launchBrowser({ isWhole: true, without: ['--disable-back-forward-cache'] }),
);
const soon = { timeout: 8000 };

const body = '<input id=box><div id=list></div>';

/** Two or three tabs of one guest, typed in for real. */
async function openTabs(count: number, before?: () => void) {
  const first = await openPage({
    ...{ body, sharesTabs: true, sandbox: { rateLimit: { calls: 1, window: 1000 } } },
    script: () => {
      window.sdk.bindTyping(document.querySelector('#box') as HTMLInputElement, window.conversation);
    },
  });
  const { page } = first;
  if (before) {
    await page.context().addInitScript(before);
    await page.reload();
  }
  const tabs = [page];
  while (tabs.length < count) tabs.push(await first.openTab());
  for (const tab of tabs) await tab.focus('#box');
  return { ...first, tabs };
}

const typingCalls = ({ sandbox }: BindingPage) =>
  sandbox.calls({ lane: 'typing' }).map(({ time, status, body: said }) => ({
    time,
    status,
    isTyping: (said as { isTyping: boolean }).isTyping,
  }));

/** The calls that the server got, none nearer to another than the spacing, none refused. */
function keptSpacing(scene: BindingPage): string[] {
  const calls = typingCalls(scene);
  for (const [index, { time, status }] of calls.entries()) {
    expect(status).toBe(204);
    const before = calls[index - 1];
    if (before) expect(time - before.time).toBeGreaterThanOrEqual(1000);
  }
  return calls.map(({ isTyping }) => (isTyping ? 'ON' : 'OFF'));
}

const typeIn = (tabs: readonly Page[], keys: number) =>
  Promise.all(tabs.map((tab) => tab.keyboard.type('x'.repeat(keys), { delay: 80 })));

/**
 * Types until the server was just told so again: a silence that follows is told as well, however slowly this machine types. Of one
 * that is nearly at the end of its time the indicator goes out by itself.
 */
async function typeUntilTold(scene: BindingPage, tab: Page): Promise<void> {
  const { length } = typingCalls(scene);
  while (typingCalls(scene).length === length) await typeIn([tab], 1);
}

/** Shows a message in every tab, and all of them see it in the same moment. */
async function seeEverywhere(
  { sandbox, conversationId }: BindingPage,
  tabs: readonly Page[],
): Promise<string> {
  const { messageId } = sandbox.agent.say(conversationId, 'Hello');
  await Promise.all(
    tabs.map((tab) =>
      tab.evaluate((id) => {
        window.conversation.messageReceived({ messageId: id, participantId: 'agent' });
        window.conversation.viewed(id);
      }, messageId),
    ),
  );
  return messageId;
}

/** Typed in, read, stopped, crashed and of another version: the server sees one guest. */
async function overRest(): Promise<void> {
  const scene = await openTabs(3);
  const { tabs, sandbox } = scene;
  const [one, two, three] = tabs as [Page, Page, Page];
  await one.evaluate(() => {
    const stranger = new BroadcastChannel('genesys-conversation-machine/tabs');
    const sdk = 'genesys-conversation-machine/tabs';
    stranger.postMessage({ sdk, version: 0, guest: 'x', from: 'old', claims: true });
    stranger.postMessage({ sdk, version: 2, from: 'new', asks: 'yes', facts: [] });
    stranger.postMessage('hello');
  });
  await typeIn(tabs, 12);
  const messageId = await seeEverywhere(scene, tabs);
  await typeIn([two], 1);
  await one.evaluate(() => window.conversation.stopTyping());
  await typeIn([two, three], 8);
  expect(new Set(keptSpacing(scene))).toEqual(new Set(['ON']));
  await sandbox.waitForCall({ lane: 'read' }, soon);
  expect(scene.reads()).toEqual([messageId]);

  const crash = await one.context().newCDPSession(three);
  await typeIn([three], 2);
  crash.send('Page.crash').catch(() => {});
  await typeIn([two], 8);
  await typeUntilTold(scene, two);
  await sandbox.waitForCall({ lane: 'typing', isTyping: false }, soon);
  const calls = keptSpacing(scene);
  expect(calls.filter((call) => call === 'OFF')).toHaveLength(1);
  expect(calls.at(-1)).toBe('OFF');
  expect(scene.reads()).toEqual([messageId]);
}

/** Without `BroadcastChannel`: they tell each other by storage events, and leave nothing there. */
async function byStorageEvents(): Promise<void> {
  const scene = await openTabs(2, () => {
    Reflect.deleteProperty(window, 'BroadcastChannel');
  });
  await typeIn(scene.tabs, 12);
  await seeEverywhere(scene, scene.tabs);
  await scene.sandbox.waitForCall({ lane: 'read' }, soon);
  expect(new Set(keptSpacing(scene))).toEqual(new Set(['ON']));
  expect(scene.reads()).toHaveLength(1);
  expect(await scene.page.evaluate(() => localStorage.length)).toBe(0);
}

/** One tab keeps typing and reading to itself (T-14, R-11): the calls are those of the other, which stops once. */
async function oneInPrivate(): Promise<void> {
  const scene = await openTabs(2);
  const [shy, open] = scene.tabs as [Page, Page];
  await shy.evaluate(() => {
    window.conversation.shareTyping(false);
    window.conversation.shareReads(false);
  });
  await typeIn([shy], 3);
  expect(typingCalls(scene)).toEqual([]);
  await typeIn(scene.tabs, 12);
  const messageId = await seeEverywhere(scene, scene.tabs);
  await scene.sandbox.waitForCall({ lane: 'read' }, soon);
  await typeUntilTold(scene, open);
  await scene.sandbox.waitForCall({ lane: 'typing', isTyping: false }, soon);
  const calls = keptSpacing(scene);
  expect([calls[0], calls.indexOf('OFF')]).toEqual(['ON', calls.length - 1]);
  expect(scene.reads()).toEqual([messageId]);
  await open.close();
}

/** A tab that is loaded again while it is typed in, with no other to ask: its spacing holds, and it stops once. */
async function loadedAgain(): Promise<void> {
  const scene = await openTabs(1);
  const [tab] = scene.tabs as [Page];
  for (let round = 0; round < 3; round += 1) {
    await typeIn([tab], 3);
    await tab.reload();
    await tab.focus('#box');
  }
  await typeUntilTold(scene, tab);
  await scene.sandbox.waitForCall({ lane: 'typing', isTyping: false }, soon);
  const calls = keptSpacing(scene);
  expect([calls[0], calls.indexOf('OFF')]).toEqual(['ON', calls.length - 1]);
}

/** A session in each tab, of a token that came along when the tab was duplicated. */
async function openSessions() {
  const scene = await openPage({ body });
  const { page, sandbox } = scene;
  const { deploymentId, endpoint } = sandbox.webMessaging;
  const connect = (tab: Page) =>
    tab.evaluate(
      async ([id, origin]) => {
        const { sdk } = window;
        window.conversation.stop();
        const session = sdk.webMessaging({ deploymentId: id, endpoint: origin, storage: sessionStorage });
        const tabs = sdk.shareAcrossTabs();
        window.conversation = sdk.createConversation({ transport: session, tabs }).start();
        await session.connect();
        sdk.bindTyping(document.querySelector('#box') as HTMLInputElement, window.conversation);
      },
      [deploymentId, new URL(endpoint).origin] as const,
    );
  await connect(page);
  const [duplicate] = await Promise.all([
    page.context().waitForEvent('page'),
    page.evaluate(() => {
      window.open(location.href);
    }),
  ]);
  await duplicate.waitForLoadState();
  await connect(duplicate);
  const tabs = [page, duplicate];
  for (const tab of tabs) await tab.focus('#box');
  const frames = () =>
    sandbox
      .calls({ lane: 'typing' })
      .filter(({ transport }) => transport === 'socket')
      .map(({ time }) => time);
  return { tabs, frames, sandbox };
}

/** Two sockets of one session: typing frames more than 5 s apart, whichever tab is typed in. */
async function overSockets(): Promise<void> {
  const { tabs, frames, sandbox } = await openSessions();
  expect(sandbox.webMessaging.sessions()).toHaveLength(1);
  await typeIn(tabs, sample(66, 200));
  const times = frames();
  expect(times.length).toBeGreaterThanOrEqual(sample(2, 4));
  for (const [index, time] of times.slice(1).entries()) {
    expect(time - (times[index] ?? 0)).toBeGreaterThan(5000);
  }
}

describe('tabs of one guest in a browser (T-17, R-12)', () => {
  test('are one guest to the server, over REST and over sockets, by either channel, one of them in private, one loaded again', async () => {
    await Promise.all([overRest(), overSockets(), byStorageEvents(), oneInPrivate(), loadedAgain()]);
  }, 60_000);

  test.runIf(sample(false, true))('type for a quarter of a minute: the calls of one', async () => {
    const scene = await openTabs(3);
    await typeIn(scene.tabs, 180);
    await typeUntilTold(scene, scene.page);
    await scene.sandbox.waitForCall({ lane: 'typing', isTyping: false }, soon);
    const calls = keptSpacing(scene);
    expect(calls.filter((call) => call === 'OFF')).toHaveLength(1);
    // Two more than a single tab may make: they type on until one more has left, and a machine under load is slower at typing.
    expect(calls.length).toBeLessThanOrEqual(8);
  });

  test.runIf(sample(false, true))(
    'closed one after the other while they type, leave one stop at the end',
    async () => {
      const scene = await openTabs(3);
      const [one, two, three] = scene.tabs as [Page, Page, Page];
      await typeIn([one], 5);
      await typeIn([two], 5);
      await one.close();
      await typeIn([two, three], 10);
      await two.close();
      await typeIn([three], 40);
      await typeUntilTold(scene, three);
      await scene.sandbox.waitForCall({ lane: 'typing', isTyping: false }, soon);
      expect(keptSpacing(scene).filter((call) => call === 'OFF')).toHaveLength(1);
    },
  );

  test.runIf(sample(false, true))(
    'put away for the way back and taken out again, a tab is one of them as before',
    async () => {
      const scene = await openKeptPage({
        ...{ body, sharesTabs: true },
        script: () => {
          window.sdk.bindPage(window.conversation);
          window.sdk.bindTyping(document.querySelector('#box') as HTMLInputElement, window.conversation);
          window.addEventListener('pageshow', ({ persisted }) => {
            document.title = persisted ? 'Back' : 'Guest';
          });
        },
      });
      const other = await scene.openTab();
      await scene.page.evaluate(() => location.assign('/elsewhere'));
      await expect.poll(() => scene.page.title(), soon).toBe('Elsewhere');
      await other.focus('#box');
      await typeIn([other], 3);
      await scene.page.evaluate(() => history.back());
      await expect.poll(() => scene.page.title(), soon).toBe('Back');
      await scene.page.focus('#box');
      await typeIn([scene.page, other], 20);
      expect(new Set(keptSpacing(scene))).toEqual(new Set(['ON']));
      expect(typingCalls(scene).length).toBeLessThanOrEqual(2);
    },
  );
});
