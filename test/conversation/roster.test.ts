import { describeTyping, type TypingPhrases } from 'genesys-conversation-machine';
import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';

const frame = (participantId: string, isTyping = true, conversationId = 'c1') => ({
  type: 'conversation:typing',
  conversationId,
  participantId,
  isTyping,
});

it('lists who types, and takes them off when they stop', () => {
  const { conversation, trace, is } = createHarness();
  expect(conversation.receive(frame('agent'))).toBe(true);
  expect(is({ roster: 'someoneTyping' })).toBe(true);
  conversation.receive(frame('bot'));
  conversation.receive(frame('agent', false));
  expect(trace.of('roster.changed').map(({ participantIds }) => participantIds)).toEqual([
    ['agent'],
    ['agent', 'bot'],
    ['bot'],
  ]);
});

it('clears by itself five seconds after the last word, each for themselves', async () => {
  const { conversation, trace, at, is } = createHarness();
  conversation.receive(frame('agent'));
  await at(1000);
  conversation.receive(frame('bot'));
  await at(4999);
  expect(is({ roster: 'someoneTyping' })).toBe(true);
  await at(5000);
  expect(trace.of('roster.changed').at(-1)?.participantIds).toEqual(['bot']);
  await at(6000);
  expect(is({ roster: 'quiet' })).toBe(true);
});

it('clears who was shown as the machine fell asleep, whoever types as it wakes (T-18)', async () => {
  const { conversation, clock, trace, at, is } = createHarness();
  conversation.receive(frame('bot'));
  clock.sleep(40_000);
  conversation.receive(frame('agent'));
  await clock.settle();
  await at(40_000);
  expect(trace.of('roster.changed').at(-1)?.participantIds).toEqual(['agent']);
  expect(trace.of('roster.announced')).toEqual([]);
  await at(44_999);
  expect(is({ roster: 'someoneTyping' })).toBe(true);
  await at(45_000);
  expect(is({ roster: 'quiet' })).toBe(true);
});

it('extends on a repeat without saying it again', async () => {
  const { conversation, trace, at, is } = createHarness();
  conversation.receive(frame('agent'));
  await at(4000);
  conversation.receive(frame('agent'));
  await at(8999);
  expect(is({ roster: 'someoneTyping' })).toBe(true);
  expect(trace.of('roster.changed')).toHaveLength(1);
});

it('takes an author off with their message, in the same step', () => {
  const { conversation, is, told } = createHarness();
  conversation.receive(frame('agent'));
  told('m1');
  expect(is({ roster: 'quiet' })).toBe(true);
});

it('shows neither the guest themselves, nor other conversations, nor anyone after a switch', () => {
  const { conversation, trace, is } = createHarness({ participantId: 'guest' });
  conversation.receive(frame('guest'));
  conversation.receive(frame('agent', true, 'c2'));
  expect(trace.of('roster.changed')).toEqual([]);
  conversation.receive(frame('agent'));
  conversation.open('c2');
  expect(is({ roster: 'quiet' })).toBe(true);
});

it('reads frames as text too, and ignores what it does not know', () => {
  const { conversation, trace } = createHarness();
  expect(conversation.receive(JSON.stringify(frame('agent')))).toBe(true);
  for (const odd of [
    null,
    undefined,
    42,
    '',
    '{',
    '[]',
    {},
    { type: 'conversation:typing' },
    { ...frame('agent'), isTyping: 'yes' },
    { ...frame('agent'), participantId: '../x' },
    { ...frame('agent'), type: 'conversation:other' },
    '{"__proto__":{"polluted":1},"type":"conversation:typing"}',
  ]) {
    expect(conversation.receive(odd)).toBe(false);
  }
  expect(trace.of('roster.changed')).toHaveLength(1);
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

it('is bounded, whatever a server claims', () => {
  const { conversation } = createHarness();
  for (let person = 0; person < 1000; person += 1) conversation.receive(frame(`p${person}`));
  expect(conversation.actor.getSnapshot().context.roster.typists.length).toBeLessThanOrEqual(50);
});

describe('what the server says of time', () => {
  it('is honoured for each, whoever typed first', async () => {
    const { conversation, trace, at } = createHarness();
    const typed = (participantId: string, durationMs: number) =>
      conversation.actor.send({
        type: 'remote.typing',
        conversationId: 'c1',
        participantId,
        isTyping: true,
        durationMs,
      });
    typed('agent', 8000);
    await at(1000);
    typed('bot', 2000);
    await at(3000);
    expect(trace.of('roster.changed').at(-1)?.participantIds).toEqual(['agent']);
    await at(4000);
    typed('agent', 1000);
    await at(5000);
    expect(trace.of('roster.changed').at(-1)?.participantIds).toEqual([]);
  });

  it('of a message in one conversation mutes nobody in another', () => {
    const { conversation, trace } = createHarness();
    conversation.messageReceived({ messageId: 'm1', participantId: 'agent', sentAt: 2005 });
    conversation.open('c2');
    conversation.actor.send({
      type: 'remote.typing',
      conversationId: 'c2',
      participantId: 'agent',
      isTyping: true,
      sentAt: 1000,
    });
    expect(trace.of('roster.changed')).toMatchObject([{ participantIds: ['agent'] }]);
  });

  it('is honoured for the duration, with five seconds where it says nothing, and clamped where it is absurd', async () => {
    for (const [durationMs, shown] of [
      [8000, 8000],
      [2000, 2000],
      [undefined, 5000],
      [-1, 5000],
      [0, 5000],
      [Number.NaN, 5000],
      [1, 1000],
      [1e12, 30_000],
      [Number.POSITIVE_INFINITY, 30_000],
    ] as const) {
      const { conversation, is, at } = createHarness();
      conversation.actor.send({
        type: 'remote.typing',
        conversationId: 'c1',
        participantId: 'agent',
        isTyping: true,
        ...(durationMs !== undefined && { durationMs }),
      });
      await at(shown - 1);
      expect(is({ roster: 'someoneTyping' })).toBe(true);
      await at(shown);
      expect(is({ roster: 'quiet' })).toBe(true);
    }
  });

  it("tells late typing from fresh: nothing older than its author's last message is shown (R-7)", () => {
    const { conversation, trace } = createHarness();
    const typed = (sentAt: number, participantId = 'agent') =>
      conversation.actor.send({
        type: 'remote.typing',
        conversationId: 'c1',
        participantId,
        isTyping: true,
        sentAt,
      });
    conversation.messageReceived({ messageId: 'm1', participantId: 'agent', sentAt: 2005 });
    typed(1000);
    typed(2004);
    expect(trace.of('roster.changed')).toEqual([]);
    typed(1000, 'bot');
    typed(2006);
    conversation.messageReceived({ messageId: 'm0', participantId: 'agent', sentAt: 500 });
    typed(1500);
    expect(trace.of('roster.changed').map(({ participantIds }) => participantIds.join())).toEqual([
      'bot',
      'bot,agent',
    ]);
  });
});

describe('saying it aloud', () => {
  it('waits a second, happens once from the first typist to the last, and ends silently', async () => {
    const { conversation, trace, at } = createHarness();
    conversation.receive(frame('agent'));
    await at(500);
    conversation.receive(frame('agent'));
    await at(999);
    expect(trace.of('roster.announced')).toEqual([]);
    await at(1000);
    expect(trace.of('roster.announced')).toEqual([{ type: 'roster.announced', participantIds: ['agent'] }]);
    conversation.receive(frame('bot'));
    await at(4000);
    conversation.receive(frame('agent'));
    await at(20_000);
    expect(trace.of('roster.announced')).toHaveLength(1);
    conversation.receive(frame('agent'));
    await at(22_000);
    expect(trace.of('roster.announced')).toHaveLength(2);
  });

  it('leaves a gap: who types in bursts is not said aloud at each, but is while it is true (T-15)', async () => {
    const { conversation, trace, at } = createHarness();
    for (let burst = 0; burst < 10; burst += 1) {
      await at(burst * 3500);
      conversation.receive(frame('agent'));
      await at(burst * 3500 + 1900);
      conversation.receive(frame('agent', false));
    }
    const said = trace.entries.filter(({ event }) => event.type === 'roster.announced').map(({ at }) => at);
    expect(said).toEqual([1000, 18_500]);
  });

  it('waits for the rest of the gap where somebody types on, and is as near as its option says', async () => {
    for (const [announceGap, second] of [
      [15_000, 16_000],
      [0, 12_000],
    ] as const) {
      const { conversation, trace, at } = createHarness({ timing: { announceGap } });
      conversation.receive(frame('agent'));
      await at(2000);
      conversation.receive(frame('agent', false));
      for (const time of [11_000, 14_000, 17_000]) {
        await at(time);
        conversation.receive(frame('agent'));
      }
      await at(30_000);
      expect(trace.entries.filter(({ event }) => event.type === 'roster.announced')[1]?.at).toBe(second);
    }
  });

  it('does not happen for somebody who stopped before it was worth saying', async () => {
    const { conversation, trace, at, told } = createHarness();
    conversation.receive(frame('agent'));
    await at(900);
    told('m1');
    await at(5000);
    expect(trace.of('roster.announced')).toEqual([]);
  });

  it('has words for one, two, three and more people, in any language', () => {
    expect(describeTyping([])).toBe('');
    const plain = (names: readonly string[], phrases?: TypingPhrases) =>
      describeTyping(names, phrases).replaceAll(/[\u2068\u2069]/g, '');
    expect(plain(['Alex'])).toBe('Alex is typing');
    expect(plain(['Alex', 'Sam'])).toBe('Alex and Sam are typing');
    expect(plain(['Alex', 'Sam', 'Kim'])).toBe('Alex, Sam and Kim are typing');
    expect(describeTyping(['Alex', 'Sam', 'Kim', 'Lee'])).toBe('Several people are typing');
    const german = { one: ([name]: readonly string[]) => `${name} schreibt` };
    expect(plain(['Alex'], german)).toBe('Alex schreibt');
    expect(plain(['Alex', 'Sam'], german)).toBe('Alex and Sam are typing');
  });

  it('isolates each name, in phrases of your own too, whatever directions it carries', () => {
    expect(describeTyping(['مها'])).toBe('\u2068مها\u2069 is typing');
    expect(describeTyping(['מאיה', 'Sam'])).toBe('\u2068מאיה\u2069 and \u2068Sam\u2069 are typing');
    const one = ([name]: readonly string[]) => `(${name}) יכתוב`;
    expect(describeTyping(['Sam'], { one })).toBe('(\u2068Sam\u2069) יכתוב');
    expect(describeTyping(['\u2069\u202eSam\u2066'])).toBe('\u2068Sam\u2069 is typing');
  });
});

it('shows nobody after the connection was lost, nor anyone again who has not typed since', async () => {
  const { conversation, is, at } = createHarness();
  conversation.receive(frame('agent'));
  conversation.offline();
  expect(is({ roster: 'quiet' })).toBe(true);
  conversation.online();
  await at(100);
  expect(is({ roster: 'quiet' })).toBe(true);
});

describe('a message that is older than the typing of its author (R-7)', () => {
  const day = 86_400_000;
  const typing = (sentAt?: number) =>
    ({
      type: 'remote.typing',
      conversationId: 'c1',
      participantId: 'agent',
      isTyping: true,
      ...(sentAt !== undefined && { sentAt }),
    }) as const;
  const message = (messageId: string, sentAt?: number) => ({
    messageId,
    participantId: 'agent',
    ...(sentAt !== undefined && { sentAt }),
  });

  it("does not hide it: yesterday's, by the server's stamps, or without one by this device's clock", () => {
    for (const stamped of [true, false]) {
      const { conversation, transport, clock, is } = createHarness();
      transport.tell(typing(stamped ? clock.wallNow() : undefined));
      conversation.messageReceived(message('old', clock.wallNow() - day));
      expect(is({ roster: 'someoneTyping' })).toBe(true);
      conversation.messageReceived(message('new', clock.wallNow()));
      expect(is({ roster: 'quiet' })).toBe(true);
    }
  });

  it('does not hide it where a newer one of theirs was told before, by whatever order', async () => {
    const { conversation, transport, clock, is } = createHarness();
    conversation.messageReceived({ ...message('m2'), position: 2 });
    conversation.messageReceived(message('m4', clock.wallNow()));
    transport.tell(typing());
    conversation.messageReceived({ ...message('m1'), position: 1 });
    conversation.messageReceived(message('m3', clock.wallNow() - 1500));
    conversation.messageReceived(message('m4', clock.wallNow()));
    expect(is({ roster: 'someoneTyping' })).toBe(true);
  });

  it('hides it where another person wrote something newer', () => {
    const { conversation, transport, clock, is } = createHarness();
    conversation.messageReceived({ messageId: 'b1', participantId: 'bot', sentAt: clock.wallNow() });
    transport.tell(typing());
    conversation.messageReceived(message('m1', clock.wallNow() - 500));
    expect(is({ roster: 'quiet' })).toBe(true);
  });

  it('counts stamps in whole seconds as no finer than they are', () => {
    const { conversation, transport, is, trace } = createHarness();
    const second = Date.UTC(2026, 0, 1);
    conversation.messageReceived(message('m1', second));
    transport.tell(typing(second));
    expect(is({ roster: 'someoneTyping' })).toBe(true);
    conversation.messageReceived(message('m2', second));
    expect(is({ roster: 'quiet' })).toBe(true);
    expect(trace.of('roster.changed')).toHaveLength(2);
  });

  it('mutes nobody whose stamp is an hour ahead', async () => {
    const { transport, clock, is, at } = createHarness();
    const received = { ...typing(), type: 'message.received', messageId: 'm1' } as const;
    transport.tell({ ...received, sentAt: clock.wallNow() + 3_600_000 });
    for (let n = 1; n <= 20; n += 1) {
      await at(n * 700);
      transport.tell(typing(clock.wallNow()));
      expect(is({ roster: 'someoneTyping' })).toBe(true);
    }
  });
});
