import { describe, expect, it } from 'vitest';
import { joinGateway, openGateway, rootOf, sendHook, signed } from '../../support/gateway.ts';

/** A guest who has written: to be answered at once, or as soon as the mistake is mended. */
async function write(orgUrl: string) {
  const guest = await joinGateway(orgUrl);
  await guest.conversation.sendMessage('Hello');
  return guest;
}

/** What `examples/gateway/README.md` says that an administrator sees without one of the things to switch on. */
describe('without', () => {
  it('the right client, messages are kept, and the log names the status', async () => {
    const { gateway, lines, genesys } = await openGateway({ clientSecret: 'of-somebody-else' });
    const guest = await write(gateway.url);
    expect(genesys.conversations()).toEqual([]);
    expect(lines.join('\n')).toMatch(/^message: .*401/m);
    const history = await fetch(`${rootOf(gateway.url)}/${guest.conversationId}/messages`, {
      headers: { authorization: `Bearer ${guest.guestToken}` },
    });
    expect(await history.json()).toMatchObject({ messages: [{ text: 'Hello' }] });
  });

  it('the permission, they are kept too, and go when the role has it', async () => {
    const { gateway, lines, genesys, calls } = await openGateway();
    genesys.fault({ lane: 'open-messaging', status: 403, times: null });
    const guest = await write(gateway.url);
    expect(lines.join('\n')).toMatch(/^message: .*403/m);
    expect(calls('message').every(({ status }) => status === 403)).toBe(true);
    genesys.clearFaults();
    await expect.poll(() => genesys.openMessaging.live(guest.guestId), { timeout: 15_000 }).toBeDefined();
  });

  it('the right integration, the log says 404', async () => {
    const { gateway, lines } = await openGateway({ integrationId: 'another' });
    await write(gateway.url);
    expect(lines.join('\n')).toMatch(/^message: .*404/m);
  });

  it('the right secret, webhooks are refused, and the log says so, once a minute', async () => {
    const { gateway, genesys, lines, platformId } = await openGateway(
      {},
      { webhookSecret: 'a secret of a stranger' },
    );
    const { guestId, said } = await write(gateway.url);
    genesys.agent.say(platformId(guestId), 'Good day');
    const ours = '{"type":"Text"}';
    expect(await sendHook(gateway.webhookUrl, ours, signed(ours, 'another one of a stranger'))).toBe(403);
    const statuses = () => genesys.openMessaging.webhooks().flatMap(({ tries }) => tries);
    await expect.poll(statuses).toContain(403);
    expect(lines).toEqual(['webhook: refused, since its signature is not by the secret of this gateway.']);
    expect(said).not.toContain('Good day');
  });

  it('typing switched on, either way, everything else works, without a word', async () => {
    const off = { typingInbound: false, typingOutbound: false };
    const { gateway, genesys, lines, platformId, calls } = await openGateway({}, off);
    const { conversation, guestId, said } = await write(gateway.url);
    const typists: number[] = [];
    conversation.on('roster.changed', ({ participantIds }) => typists.push(participantIds.length));
    conversation.keystroke();
    await expect.poll(() => calls('event').map(({ status }) => status)).toEqual([200]);
    expect(genesys.conversation(platformId(guestId)).typing).toEqual([]);
    genesys.agent.typing(platformId(guestId), true);
    genesys.agent.say(platformId(guestId), 'Good day');
    await expect.poll(() => said).toContain('Good day');
    expect([typists, lines]).toEqual([[], []]);
  });
});
