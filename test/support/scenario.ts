import fc from 'fast-check';
import type { ScriptedAnswer, ScriptedCall } from 'genesys-conversation-machine/testing';
import type { createHarness } from './harness.ts';

export type Harness = ReturnType<typeof createHarness>;

const codes = [
  'unauthorized',
  'rate-limited',
  'network',
  'unavailable',
  'bad-request',
  'conversation-ended',
  'forbidden',
] as const;

const answer: fc.Arbitrary<ScriptedAnswer> = fc.oneof(
  fc.constant<ScriptedAnswer>('hang'),
  fc.record({ code: fc.constantFrom(...codes), message: fc.constant('scripted') }),
  fc.record({
    code: fc.constant('rate-limited' as const),
    message: fc.constant('scripted'),
    retryAfterMs: fc.constantFrom(0, 500, 3000),
  }),
  fc.record({ afterMs: fc.integer({ min: 1, max: 4000 }), answer: fc.constant('accept' as const) }),
);

const lane = fc.constantFrom<ScriptedCall['lane']>('typing', 'read', 'token');

/** The works of a bot that are under way, by harness: what ends each. */
const works = new WeakMap<Harness, (() => void)[]>();

const worksOf = (harness: Harness): (() => void)[] => {
  const known = works.get(harness) ?? [];
  works.set(harness, known);
  return known;
};

const verbs = {
  workBegins: (harness: Harness) =>
    void harness.conversation.typeWhile(new Promise<void>((resolve) => worksOf(harness).push(resolve))),
  workEnds: (harness: Harness) => worksOf(harness).shift()?.(),
  clear: (harness: Harness) => harness.conversation.clearInput(),
  blur: (harness: Harness) => harness.conversation.blurInput(),
  stopTyping: (harness: Harness) => harness.conversation.stopTyping(),
  sent: (harness: Harness) => harness.conversation.messageSent(),
  hide: (harness: Harness) => harness.conversation.hide(),
  show: (harness: Harness) => harness.conversation.show(),
  offline: (harness: Harness) => harness.conversation.offline(),
  online: (harness: Harness) => harness.conversation.online(),
  openFirst: (harness: Harness) => harness.conversation.open('c1'),
  openSecond: (harness: Harness) => harness.conversation.open('c2'),
  close: (harness: Harness) => harness.conversation.close(),
  end: (harness: Harness) => isOpen(harness) && harness.conversation.end(),
  reauthorize: (harness: Harness) => harness.conversation.reauthorize(),
  view: (harness: Harness) => {
    if (!isOpen(harness)) return;
    const messageId = `m${harness.transport.calls.length}-${harness.clock.now()}`;
    harness.told(messageId);
    harness.conversation.viewed(messageId);
  },
  read: (harness: Harness) => void harness.conversation.markAsRead(),
  flush: (harness: Harness) => harness.conversation.flush(),
  unread: (harness: Harness) => isOpen(harness) && harness.conversation.markAsUnread(),
  remote: (harness: Harness) =>
    harness.conversation.receive({
      type: 'conversation:typing',
      conversationId: 'c1',
      participantId: 'agent',
      isTyping: true,
    }),
} satisfies Record<string, (harness: Harness) => unknown>;

const verb = fc.constantFrom(...(Object.keys(verbs) as (keyof typeof verbs)[]));

/** One thing that happens in a scenario. */
export const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('keys' as const),
      count: fc.integer({ min: 1, max: 12 }),
      every: fc.integer({ min: 0, max: 900 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 9000 }) }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('verb' as const), verb }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('view' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      lane,
      answer,
      times: fc.integer({ min: 1, max: 5 }),
    }),
  },
);

export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Plays a scenario; no work of a bot outlives it. */
export async function play(steps: readonly Step[], harness: Harness): Promise<void> {
  for (const each of steps) {
    if (each.do === 'keys') {
      for (let key = 0; key < each.count; key += 1) {
        harness.conversation.keystroke();
        await harness.clock.advance(each.every);
      }
    } else if (each.do === 'wait') await harness.clock.advance(each.ms);
    else if (each.do === 'answer')
      harness.transport.answer(each.lane, ...Array(each.times).fill(each.answer));
    else verbs[each.do === 'view' ? 'view' : each.verb](harness);
    await harness.clock.settle();
  }
  for (const end of worksOf(harness).splice(0)) end();
  await harness.clock.settle();
}

function isOpen({ conversation }: Harness): boolean {
  return conversation.actor.getSnapshot().context.conversationId !== null;
}
