import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { joinGateway, openGateway, post, sendHook, signed } from '../../support/gateway.ts';

/** A live conversation, and one webhook of the agent's that has been taken. */
async function talk() {
  const opened = await openGateway();
  const { gateway, genesys, platformId } = opened;
  const guest = await joinGateway(gateway.url);
  await guest.conversation.sendMessage('Hello');
  const { messageId } = genesys.agent.say(platformId(guest.guestId), 'Good day');
  await expect.poll(() => guest.said).toEqual(['Hello', 'Good day']);
  const hook = genesys.openMessaging.webhooks().find(({ id }) => id === messageId)?.body ?? {};
  const hooked = (changes: object) => JSON.stringify({ ...hook, ...changes });
  /** Everything that was sent before has been worked on when this message has come. */
  const settle = async () => {
    const words = `behind it ${guest.said.length}`;
    genesys.agent.say(platformId(guest.guestId), words);
    await expect.poll(() => guest.said.at(-1)).toBe(words);
    return guest.said.filter((each) => !each.startsWith('behind it'));
  };
  return { ...opened, ...guest, hook, hooked, settle };
}

type Talk = Awaited<ReturnType<typeof talk>>;
const forged = ({ hooked }: Talk) => hooked({ id: 'another', text: 'forged' });

describe('a webhook is refused, and changes nothing,', () => {
  const cases: readonly (readonly [string, (talked: Talk) => readonly [string, string | undefined]])[] = [
    ['whose body was changed under its signature', (to) => [forged(to), signed(to.hooked({}))]],
    ['whose body was parsed and written again', (to) => [spaced(forged(to)), signed(forged(to))]],
    ['whose signature is in hex', (to) => [forged(to), signed(forged(to), undefined, 'hex')]],
    ['that was signed with another secret', (to) => [forged(to), signed(forged(to), 'somebody else’s')]],
    ['whose signature lacks its name', (to) => [forged(to), signed(forged(to)).replace('sha256=', '')]],
    ['whose signature is cut', (to) => [forged(to), signed(forged(to)).slice(0, -2)]],
    ['that has no signature', (to) => [forged(to), undefined]],
  ];
  it.each(cases)('%s', async (_what, hookOf) => {
    const talked = await talk();
    const [body, signature] = hookOf(talked);
    const headers = signature === undefined ? {} : { 'x-hub-signature-256': signature };
    expect((await post(talked.gateway.webhookUrl, body, headers)).status).toBe(403);
    expect(await talked.settle()).toEqual(['Hello', 'Good day']);
    expect(await sendHook(talked.gateway.webhookUrl, forged(talked))).toBe(200); // It was the signature.
    await expect.poll(() => talked.said).toContain('forged');
  });

  it('that is no JSON object, though it is signed', async () => {
    const { gateway } = await openGateway();
    for (const body of ['null', '[1', '"text"'])
      expect(await sendHook(gateway.webhookUrl, body), body).toBe(400);
  });
});

const spaced = (json: string): string => JSON.stringify(JSON.parse(json), null, 1);

describe('a webhook that is signed', () => {
  it('is answered and changes nothing when it is replayed, byte for byte', async () => {
    const { gateway, hooked, settle } = await talk();
    for (let times = 0; times < 3; times += 1)
      expect(await sendHook(gateway.webhookUrl, hooked({}))).toBe(200);
    expect(await settle()).toEqual(['Hello', 'Good day']);
  });

  it('changes nothing when the platform sends it twice', async () => {
    const { genesys, settle, said, guestId, platformId, calls } = await talk();
    genesys.openMessaging.disturb({ duplicate: true });
    genesys.agent.say(platformId(guestId), 'once');
    await expect.poll(() => said.at(-1)).toBe('once');
    genesys.openMessaging.disturb({});
    expect(await settle()).toEqual(['Hello', 'Good day', 'once']);
    const delivered = () => calls('receipt').map(({ body }) => (body as { id: string }).id);
    await expect.poll(() => delivered().length).toBe(3);
    expect(new Set(delivered()).size).toBe(3);
  });

  it('finds its place by the platform’s time when webhooks come in the wrong order', async () => {
    const { genesys, guestId, platformId, conversation, said, calls } = await talk();
    genesys.openMessaging.disturb({ hold: true });
    const spoken: string[] = [];
    for (const words of ['first', 'second', 'third']) {
      spoken.push(genesys.agent.say(platformId(guestId), words).messageId);
      const now = Date.now();
      await expect.poll(() => Date.now(), { interval: 1 }).toBeGreaterThan(now);
    }
    genesys.openMessaging.disturb({});
    genesys.openMessaging.release();
    await expect.poll(() => said.length).toBe(5);
    expect(conversation.unread).toBe(4); // Nothing was seen: the three, and the one before them.
    conversation.viewed(spoken[1] ?? '');
    await expect.poll(() => conversation.unread).toBe(1);
    conversation.viewed(spoken[2] ?? '');
    await expect.poll(() => conversation.unread).toBe(0);
    await expect.poll(() => calls('receipt').length).toBe(4);
  });

  it('is delivered when the guest’s page has answered behind it, not behind the one before', async () => {
    const { gateway, genesys, platformId, calls } = await openGateway();
    const answers: (() => void)[] = [];
    class Slow extends WebSocket {
      constructor(...[url, protocols]: ConstructorParameters<typeof WebSocket>) {
        super(url, protocols, { autoPong: false });
        this.on('ping', (data) => answers.push(() => this.pong(data)));
      }
    }
    const slow = await joinGateway(gateway.url, undefined, Slow);
    await slow.listening;
    await slow.conversation.sendMessage('Hello');
    const say = (text: string) => genesys.agent.say(platformId(slow.guestId), text).messageId;
    const first = say('first');
    say('second');
    await expect.poll(() => answers.length).toBe(2);
    answers[0]?.();
    const delivered = () => calls('receipt').map(({ body }) => (body as { id: string }).id);
    await expect.poll(delivered).toEqual([first]);
    slow.conversation.stop();
    const quick = await joinGateway(gateway.url, slow);
    await quick.listening;
    const third = say('third');
    await expect.poll(delivered).toContain(third);
    expect(delivered()).toEqual([first, third]);
  });

  it('lights no indicator when it is replayed later', async () => {
    const { gateway, hooked, conversation, genesys, guestId, platformId } = await talk();
    const typists: number[] = [];
    conversation.on('roster.changed', ({ participantIds }) => typists.push(participantIds.length));
    const typing = (time: string) => {
      const { channel } = JSON.parse(hooked({})) as { channel: object };
      const events = [{ eventType: 'Typing', typing: { type: 'On', duration: 5000 } }];
      const { text: _, ...event } = JSON.parse(
        hooked({ id: `typing ${time}`, type: 'Event', events, channel: { ...channel, time } }),
      );
      return sendHook(gateway.webhookUrl, JSON.stringify(event));
    };
    expect(await typing(new Date(Date.now() - 60_000).toISOString())).toBe(200);
    genesys.agent.say(platformId(guestId), 'behind it');
    await expect.poll(() => typists).toEqual([]);
    expect(await typing(new Date().toISOString())).toBe(200);
    await expect.poll(() => typists).toEqual([1]);
  });
});
