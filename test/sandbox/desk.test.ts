import {
  createConversation,
  eventStream,
  guestRest,
  type WebSocketConstructor,
} from 'genesys-conversation-machine';
import { startSandbox } from 'genesys-conversation-machine/sandbox';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { launchBrowser, launchTime, openWindow } from '../support/browser.ts';
import { seen } from '../support/demo.ts';

describe("the agent's desk of the sandbox", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  }, launchTime);
  afterAll(() => browser?.close());

  const openDesk = async (secretOf: (secret: string) => string = (secret) => secret) => {
    const sandbox = await startSandbox();
    const { page, complaints, close } = await openWindow(browser);
    onTestFinished(async () => {
      await close();
      await sandbox.close();
    });
    await page.goto(`${sandbox.url}/agent/#${secretOf(sandbox.secret)}`);
    return { sandbox, page, complaints, state: seen(page.locator('#state')) };
  };

  it('is the other side of a conversation: typing, messages and ticks, both ways', async () => {
    const { sandbox, page, complaints, state } = await openDesk();
    await state.toBe('No guest yet: open a conversation, and it is shown here.');
    const { conversationId, guestId, guestToken } = sandbox.startConversation();
    const events = eventStream({ webSocket: WebSocket as WebSocketConstructor });
    const transport = guestRest({ orgUrl: sandbox.url, participantId: guestId, token: guestToken, events });
    const conversation = createConversation({ transport, conversationId }).start();
    onTestFinished(() => conversation.stop());
    const typists: number[] = [];
    conversation.on('roster.changed', ({ participantIds }) => typists.push(participantIds.length));
    const said: string[] = [];
    transport.on('conversation:message', ({ text }) => said.push(text));
    const reads: string[] = [];
    conversation.on('peer.read', ({ messageId }) => reads.push(messageId ?? ''));

    const desk = page.getByRole('region').or(page.locator('section'));
    await seen(desk.locator('h2')).toBe(`Conversation ${conversationId}`);
    conversation.keystroke();
    await seen(desk.locator('.typing')).toBe('The guest is typing…');
    const { messageId } = await conversation.sendMessage('Hello');
    await seen(desk.locator('.typing')).toBe('');
    await seen(desk.locator('ol')).toBe('Guest: Hello (unread)');
    await desk.getByRole('button', { name: 'Mark as read' }).click();
    await expect.poll(() => reads).toEqual([messageId]);
    await seen(desk.locator('ol')).toBe('Guest: Hello');

    const box = desk.getByRole('textbox', { name: 'Your answer' });
    await box.pressSequentially('Hi');
    await expect.poll(() => typists).toEqual([1]);
    await box.press('Enter');
    await expect.poll(() => said).toEqual(['Hello', 'Hi']);
    await expect.poll(() => typists).toEqual([1, 0]);
    await conversation.markAsRead();
    await seen(desk.locator('ol')).toBe('Guest: HelloYou: Hi ✓ read');

    sandbox.endConversation(conversationId);
    await seen(desk.locator('.typing')).toBe('This conversation is over.');
    expect(complaints).toEqual([]);
  });

  it('says so where its address lacks the secret', async () => {
    const { state } = await openDesk(() => 'guessed');
    await state.toContain('does not know this secret');
  });
});
