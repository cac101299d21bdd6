import { createConversation } from 'genesys-conversation-machine';
import { createRedaction } from 'genesys-conversation-machine/inspect';
import { startSandbox } from 'genesys-conversation-machine/sandbox';
import { createScriptedTransport, createSteppedClock } from 'genesys-conversation-machine/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { overWebSocket } from '../../examples/inspect-stately/inspectors.ts';
import { serveBoth } from '../../examples/twoOrigins.mjs';
import { launchBrowser, launchTime, openWindow } from '../support/browser.ts';
import { listenForMessages } from '../support/socketMessages.ts';

const example = new URL('../../examples/inspect-stately/', import.meta.url);

/** What stands for something that was left out. */
const cut = /\[\.\.\.\]|\[Object\]|\[Array\]|\[deep\]|\[too much\]|…/;

interface Told {
  readonly type: string;
  readonly name?: string;
  readonly definition?: string;
  readonly event?: { readonly type: string };
  readonly snapshot?: { readonly value?: unknown; readonly context?: unknown };
}

/** What of a context plain data can hold, as a reader of JSON gets it. */
const whole = (context: unknown): unknown => JSON.parse(JSON.stringify(context));

describe('@statelyai/inspect by the ordinary option', () => {
  let browser: Awaited<ReturnType<typeof launchBrowser>>;
  beforeAll(async () => {
    browser = await launchBrowser();
  }, launchTime);
  afterAll(() => browser?.close());

  it('tells a page of another origin all of a conversation, nothing cut from its context, and no token', async () => {
    const { page: address, close } = await serveBoth(example, startSandbox);
    const { page, complaints, close: closeWindow } = await openWindow(browser);
    onTestFinished(async () => {
      await closeWindow();
      await close();
    });
    await page.goto(address);
    const told = async (): Promise<Told[]> =>
      (await page.frames()[1]?.evaluate(() => (globalThis as never as { told?: Told[] }).told)) ?? [];
    await page.locator('#text').focus();
    await page.keyboard.type('H');
    const values = async () => JSON.stringify((await told()).map(({ snapshot }) => snapshot?.value));
    await expect.poll(values).toContain('{"lit":"fresh"}');
    const { context, guestToken } = await page.evaluate(() => {
      const { conversation, guestToken } = globalThis as never as {
        conversation: { actor: { getSnapshot(): { context: unknown } } };
        guestToken: string;
      };
      return { context: conversation.actor.getSnapshot().context, guestToken };
    });
    const all = await told();
    const last = all.filter(({ snapshot }) => snapshot?.value !== undefined).at(-1);
    expect(last?.snapshot?.context).toEqual(createRedaction()(whole(context)));
    expect(all.map(({ event }) => event?.type)).toContain('keystroke');
    const machine = all.find(({ name }) => name === 'conversation');
    expect(JSON.parse(machine?.definition ?? '{}')).toMatchObject({ id: 'conversation', type: 'parallel' });
    const text = JSON.stringify(all);
    expect(text).not.toMatch(cut);
    expect(text).not.toContain(guestToken);
    expect(complaints).toEqual([]);
  });

  it('tells a WebSocket server in Node the same', async () => {
    const server = await listenForMessages();
    const inspector = overWebSocket(server.url);
    onTestFinished(() => inspector.stop());
    const clock = createSteppedClock();
    const transport = createScriptedTransport({ clock });
    const conversation = createConversation({
      ...{ transport, clock, conversationId: 'c1' },
      inspect: inspector.inspect,
    }).start();
    conversation.keystroke();
    await clock.advance(1);
    const all = (): Told[] => server.messages.map((text) => JSON.parse(text));
    const values = () => JSON.stringify(all().map(({ snapshot }) => snapshot?.value));
    await expect.poll(values).toContain('{"lit":"fresh"}');
    const last = all().filter(({ snapshot }) => snapshot?.value !== undefined).at(-1); // biome-ignore format: one line
    const { context } = conversation.actor.getSnapshot();
    expect(last?.snapshot?.context).toEqual(createRedaction()(whole(context)));
    expect(server.messages.join()).not.toMatch(cut);
    conversation.stop();
  });
});
