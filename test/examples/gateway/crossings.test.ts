import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStorage } from 'unstorage';
import fsDriver from 'unstorage/drivers/fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { joinGateway, openGateway, rootOf } from '../../support/gateway.ts';

/** The platform's WebSocket, with all its connections at hand, so that they can be cut. */
function cuttable() {
  const sockets = new Set<WebSocket>();
  class Cuttable extends WebSocket {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args);
      sockets.add(this);
      this.once('close', () => sockets.delete(this));
    }
  }
  return { Socket: Cuttable, cut: () => [...sockets].forEach((socket) => void socket.terminate()) };
}

describe('one guest', () => {
  it('in two tabs is told everything on both, once each, and what is read on one is read on the other', async () => {
    const { gateway, genesys, platformId, calls } = await openGateway();
    const one = await joinGateway(gateway.url);
    const two = await joinGateway(gateway.url, one);
    await Promise.all([one.listening, two.listening]);
    await one.conversation.sendMessage('Hello');
    const { messageId } = genesys.agent.say(platformId(one.guestId), 'Good day');
    await two.conversation.sendMessage('It is me');
    for (const { said } of [one, two]) await expect.poll(() => said).toHaveLength(3);
    for (const { said } of [one, two]) expect([...said].sort()).toEqual(['Good day', 'Hello', 'It is me']);
    await one.conversation.markAsRead(messageId);
    await expect.poll(() => two.conversation.unread).toBe(0);
    await expect.poll(() => calls('receipt')).toHaveLength(1);
  });

  it('who slept has missed nothing and hears nothing twice', async () => {
    const { gateway, genesys, platformId } = await openGateway();
    const { Socket, cut } = cuttable();
    const guest = await joinGateway(gateway.url, undefined, Socket);
    await guest.listening;
    await guest.conversation.sendMessage('Hello');
    await expect.poll(() => guest.said).toEqual(['Hello']);
    const woken = new Promise<void>((resolve) => guest.transport.on('stream.opened', () => resolve()));
    cut();
    for (const words of ['one', 'two', 'three']) genesys.agent.say(platformId(guest.guestId), words);
    await woken;
    genesys.agent.say(platformId(guest.guestId), 'four');
    await expect.poll(() => guest.said.at(-1)).toBe('four');
    expect([...guest.said].sort()).toEqual(['Hello', 'four', 'one', 'three', 'two']);
  });

  it('goes on after a restart of the gateway, with the same token, and with what was said meanwhile', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gateway-'));
    const signingKey = randomBytes(32);
    const storage = () => createStorage({ driver: fsDriver({ base: folder }) });
    const opened = await openGateway(
      { storage: storage(), signingKey },
      { webhookPause: 200, webhookRetries: 50 },
    );
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const { gateway, genesys, platformId, start } = opened;
    const guest = await joinGateway(gateway.url);
    await guest.listening;
    await guest.conversation.sendMessage('before');
    await expect.poll(() => guest.said).toEqual(['before']);

    await gateway.close();
    genesys.agent.say(platformId(guest.guestId), 'meanwhile');
    const again = await start({ storage: storage(), port: Number(new URL(gateway.url).port) });
    onTestFinished(() => again.close());
    await expect.poll(() => guest.said, { timeout: 15_000 }).toEqual(['before', 'meanwhile']);
    await guest.conversation.sendMessage('after');
    await expect.poll(() => guest.said).toEqual(['before', 'meanwhile', 'after']);
    const { messages } = genesys.conversation(platformId(guest.guestId));
    expect(messages.map(({ text }) => text)).toEqual(['before', 'meanwhile', 'after']);
    // What was logged out of before stays so.
    const headers = { authorization: `Bearer ${guest.guestToken}` };
    await fetch(`${rootOf(again.url)}/logout`, { method: 'POST', headers });
    await again.close();
    const third = await start({ storage: storage() });
    onTestFinished(() => third.close());
    const history = await fetch(`${rootOf(third.url)}/${guest.conversationId}/messages`, { headers });
    expect(history.status).toBe(401);
  });

  it.each([
    [0, 'another'],
    [3_600_000, 'the same'],
  ])('has one conversation with a threading window of %i ms: the platform’s is %s', async (window, which) => {
    const { gateway, genesys, platformId } = await openGateway({}, { threadingWindow: window });
    const { conversation, conversationId, guestId, guestToken, said } = await joinGateway(gateway.url);
    await conversation.sendMessage('first');
    const before = platformId(guestId);
    // Nobody listens to the platform for it yet.
    const ended = new Promise((resolve) => conversation.on('conversation.ended', resolve));
    genesys.endConversation(before);
    await ended;
    conversation.reopen();
    await conversation.sendMessage('second');
    expect(platformId(guestId) === before).toBe(which === 'the same');
    genesys.agent.say(platformId(guestId), 'third');
    await expect.poll(() => said).toEqual(['first', 'second', 'third']);
    const history = await fetch(`${rootOf(gateway.url)}/${conversationId}/messages`, {
      headers: { authorization: `Bearer ${guestToken}` },
    });
    const { messages } = (await history.json()) as { messages: { text: string }[] };
    expect(messages.map(({ text }) => text)).toEqual(['first', 'second', 'third']);
  });

  it('is told the end of a conversation that the platform does not know any more', async () => {
    const { gateway, genesys } = await openGateway();
    const { conversation } = await joinGateway(gateway.url);
    // The message, the channel and its topic as ever; then what became of the conversation is asked.
    genesys.fault({ lane: 'open-messaging', times: 3 });
    genesys.fault({ lane: 'open-messaging', status: 404 });
    const ended = new Promise((resolve) => conversation.on('conversation.ended', resolve));
    await conversation.sendMessage('Hello');
    await ended;
  });
});
