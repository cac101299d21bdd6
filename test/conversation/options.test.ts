import { createConversation, isConversationError } from 'genesys-conversation-machine';
import { createScriptedTransport, createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';

function refusalOf(act: () => unknown): { option?: string; message: string; code: string } {
  try {
    act();
  } catch (thrown) {
    if (isConversationError(thrown)) return thrown as never;
    throw thrown;
  }
  throw new Error('nothing was refused');
}

const clock = createSteppedClock();
const make = (options: Record<string, unknown>, capabilities = {}) =>
  createConversation({
    transport: createScriptedTransport({ clock, capabilities }),
    clock,
    ...options,
  } as never);

const badIds: [string, unknown][] = [
  ['empty', ''],
  ['blank', '  '],
  ['a number', 42],
  ['null', null],
  ['an object with a hostile toString', { toString: () => 'c1' }],
  ['a boxed string', new String('c1')],
  ['a symbol', Symbol('c1')],
  ['an array', ['c1']],
  ['a dot', '.'],
  ['two dots', '..'],
  ['a slash', 'a/b'],
  ['a backslash', 'a\\b'],
  ['an escape', '%2e%2e'],
  ['a query', 'a?b'],
  ['a fragment', 'a#b'],
  ['a line break', 'a\nb'],
  ['a NUL', 'a\0b'],
  ['a line separator', 'a\u2028b'],
  ['a bidi override', 'a\u202eb'],
  ['a zero-width space', 'a\u200bb'],
  ['a lone high surrogate', 'a\ud800'],
  ['a lone low surrogate', '\udc00a'],
  ['257 characters', 'a'.repeat(257)],
  ['a megabyte', 'a'.repeat(2 ** 20)],
];

describe('an id that cannot be right', () => {
  for (const [what, id] of badIds) {
    it(`${what} is refused at every door, and nothing leaves`, () => {
      expect(refusalOf(() => make({ conversationId: id })).option).toBe('conversationId');
      const { conversation, transport } = createHarness();
      const doors: [string, () => unknown][] = [
        ['conversationId', () => conversation.open(id as never)],
        ['participantId', () => conversation.messageReceived({ messageId: 'm', participantId: id as never })],
      ];
      for (const [option, door] of doors) {
        const refusal = refusalOf(door);
        expect(refusal).toMatchObject({ code: 'invalid-option', option });
        expect(refusal.message).toContain(option);
        expect(refusal.message.length).toBeLessThan(400);
      }
      expect(transport.calls).toEqual([]);
    });
  }

  it.each([
    ['no string', 7],
    ['empty', ''],
    ['half a character', 'm\ud83d'],
    ['2049 characters', 'a'.repeat(2049)],
  ])('of a message, %s, is refused at every door', async (_, id) => {
    const { conversation } = createHarness();
    const refused = { code: 'invalid-option', option: 'messageId' };
    await expect(conversation.markAsRead(id as never)).rejects.toMatchObject(refused);
    const doors = [
      () => conversation.viewed(id as never),
      () => conversation.markAsUnread(id as never),
      () => conversation.messageSent(id as never),
      () => conversation.messageRemoved(id as never),
      () => conversation.readBy(id as never),
      () => conversation.messageReceived({ messageId: id as never, participantId: 'a' }),
    ];
    for (const door of doors) {
      expect(refusalOf(door)).toMatchObject({ code: 'invalid-option', option: 'messageId' });
    }
  });

  it('is not one that merely looks odd', () => {
    for (const id of ['__proto__', 'constructor', 'toString', 'a'.repeat(256), '日本語', '🙂', 'a b']) {
      const { conversation, transport } = createHarness({ conversationId: id });
      conversation.keystroke();
      expect(transport.calls).toMatchObject([{ conversationId: id }]);
    }
  });
});

describe('a wait that cannot be right', () => {
  const waits = [
    'spacing',
    'idle',
    'renewal',
    'renewalWorth',
    'stopWorth',
    'typingDeadline',
    'timeToLive',
    'collect',
    'readInterval',
    'backoffBase',
    'backoffCap',
    'park',
    'retryAfterCap',
    'deadline',
    'remoteTimeToLive',
    'announceAfter',
    'announceGap',
  ];
  const bad = [
    Number.NaN,
    -1,
    Number.POSITIVE_INFINITY,
    2 ** 31,
    1e21,
    1.5,
    '5000',
    5000n,
    null,
    new Date(0),
    {},
  ];
  for (const name of waits) {
    it(`${name} is refused with its name, what came and what was expected`, () => {
      for (const value of bad) {
        const refusal = refusalOf(() => make({ timing: { [name]: value } }));
        expect(refusal).toMatchObject({ code: 'invalid-option', option: `timing.${name}` });
        expect(refusal.message).toMatch(/must be .+; got .+\./);
      }
    });
  }

  it('is refused where zero would make a hot loop, and taken where zero means something', () => {
    for (const name of ['idle', 'backoffBase', 'park', 'deadline', 'remoteTimeToLive', 'timeToLive']) {
      expect(refusalOf(() => make({ timing: { [name]: 0 } })).option).toBe(`timing.${name}`);
    }
    make({ timing: { collect: 0, readInterval: 0 } });
  });

  it('is refused when it contradicts another', () => {
    const contradictions: [string, Record<string, number>, object?][] = [
      ['timing.renewal', { renewal: 5000 }],
      ['timing.renewal', { renewal: 6000, timeToLive: 6000 }],
      ['timing.renewal', { renewal: 900 }],
      ['timing.renewal', { renewal: 4000, timeToLive: 3000 }],
      ['timing.renewalWorth', { renewalWorth: 3000 }],
      ['timing.typingDeadline', { typingDeadline: 5000 }],
      ['timing.backoffCap', { backoffCap: 999 }],
      ['timing.backoffCap', { backoffBase: 60_000 }],
      ['timing.spacing', { spacing: 999 }],
    ];
    for (const [option, timing] of contradictions) {
      expect(refusalOf(() => make({ timing })).option).toBe(option);
    }
    make({}, { spacing: 5001, timeToLive: 5000 });
  });

  it('is refused for shares and counts out of range, and for names nobody knows', () => {
    for (const [option, timing] of [
      ['timing.jitter', { jitter: 1.1 }],
      ['timing.jitter', { jitter: Number.NaN }],
      ['timing.jitter', { jitter: '0.5' }],
      ['timing.tries', { tries: 0 }],
      ['timing.tries', { tries: 2.5 }],
      ['timing.tries', { tries: 1000 }],
      ['timing.idel', { idel: 3000 }],
      ['timing', 3000],
      ['timing', null],
      ['timing', []],
    ] as const) {
      expect(refusalOf(() => make({ timing })).option).toBe(option);
    }
  });
});

describe('another option that cannot be right', () => {
  it('is refused with its name', () => {
    const transport = createScriptedTransport({ clock });
    for (const [option, options] of [
      ['options', null],
      ['transport', {}],
      ['transport', { transport: 'https://example.com' }],
      ['transport.capabilities', { transport: { ...transport, capabilities: null } }],
      [
        'transport.capabilities.spacing',
        { transport: { ...transport, capabilities: { ...transport.capabilities, spacing: Number.NaN } } },
      ],
      [
        'transport.capabilities.stopTyping',
        { transport: { ...transport, capabilities: { ...transport.capabilities, stopTyping: 'yes' } } },
      ],
      ['transport.participantId', { transport: { ...transport, participantId: '..' } }],
      ['transport.refreshToken', { transport: { ...transport, refreshToken: true } }],
      ['transport.subscribe', { transport: { ...transport, subscribe: true } }],
      ['clock', { transport, clock: {} }],
      ['clock', { transport, clock: null }],
      ['random', { transport, random: 4 }],
      ['random', { transport, random: () => 7 }],
      ['logger', { transport, logger: console }],
      ['inspect', { transport, inspect: {} }],
      ['inspect', { transport, inspect: { next: true } }],
      ['inspect', { transport, inspect: null }],
    ] as const) {
      expect(refusalOf(() => createConversation(options as never))).toMatchObject({
        code: 'invalid-option',
        option,
      });
    }
    const { conversation } = createHarness();
    expect(refusalOf(() => conversation.on('typing.announced', 4 as never)).option).toBe('listener');
    for (const position of [Number.NaN, 2 ** 53, '7', null, 1.5]) {
      const message = { messageId: 'm', participantId: 'a', position: position as never };
      expect(refusalOf(() => conversation.messageReceived(message)).option).toBe('position');
    }
  });
});
