import fc from 'fast-check';
import {
  type Conversation,
  createConversation,
  persistLedger,
  type Transport,
} from 'genesys-conversation-machine';
import {
  createScriptedTransport,
  createSteppedClock,
  type ScriptedAnswer,
} from 'genesys-conversation-machine/testing';
import { createMemoryStorage } from './memoryStorage.ts';

/** By what messages are told apart in order: the back end's places, its times, or nothing but arrival. */
const orders = ['positions', 'times', 'arrival'] as const;

/** A world: how its clocks stand, and what happens in it. */
export const worlds = fc.record({
  order: fc.constantFrom(...orders),
  /** How far the back end's clock is off, ms; ahead no further than is believed (I-2). */
  skew: fc.constantFrom(0, 0, -3_600_000, -4000, 4000, 600_000),
  wholeSeconds: fc.boolean(),
  steps: fc.array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          do: fc.constant('said' as const),
          by: fc.constantFrom('agent', 'agent', 'bot', 'guest'),
          late: fc.boolean(),
        }),
      },
      { weight: 5, arbitrary: fc.record({ do: fc.constant('view' as const), which: fc.nat(30) }) },
      {
        weight: 1,
        arbitrary: fc.record({
          do: fc.constant('markAsRead' as const),
          which: fc.option(fc.nat(30), { nil: null }),
        }),
      },
      {
        weight: 4,
        arbitrary: fc.record({
          do: fc.constant('wait' as const),
          ms: fc.constantFrom(0, 100, 250, 1000, 4000, 40_000),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ do: fc.constant('page' as const), size: fc.integer({ min: 1, max: 6 }) }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('arrives' as const) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('removed' as const), which: fc.nat(30) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('elsewhere' as const), which: fc.nat(30) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('reload' as const), tells: fc.nat(8) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('share' as const), isShared: fc.boolean() }) },
      {
        weight: 1,
        arbitrary: fc.record({
          do: fc.constant('page life' as const),
          verb: fc.constantFrom('hide', 'show', 'flush', 'freeze', 'resume', 'offline', 'online'),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          do: fc.constant('clock' as const),
          ms: fc.constantFrom(-200_000, 0, 3_600_000),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          do: fc.constant('trouble' as const),
          answer: fc.constantFrom<ScriptedAnswer>(
            'hang',
            { code: 'network', message: 'x' },
            { code: 'unavailable', message: 'x', status: 503 },
            { code: 'unauthorized', message: 'x', status: 401 },
            { code: 'rate-limited', message: 'x', status: 429, retryAfterMs: 3000 },
            { afterMs: 1500, answer: 'accept' },
            { afterMs: 1500, answer: { code: 'network', message: 'x' } },
          ),
        }),
      },
    ),
    { minLength: 4, maxLength: 40 },
  ),
});

export type World = typeof worlds extends fc.Arbitrary<infer T> ? T : never;

/** A message as the back end has it; its index is its true place. */
interface Said {
  readonly messageId: string;
  readonly participantId: string;
  readonly index: number;
  readonly time: number;
}

const conversationId = 'c1';

async function microtasks(): Promise<void> {
  for (let n = 0; n < 24; n += 1) await Promise.resolve();
}

/** Plays a world, and throws where the promise of the README does not hold in it: once, never backwards, never lost. */
export async function playReadingWorld({ order, skew, wholeSeconds, steps }: World): Promise<void> {
  const clock = createSteppedClock({ settle: microtasks });
  const storage = createMemoryStorage();
  const said: Said[] = [];
  const lates: Said[] = [];
  const removed = new Set<number>();
  const seen = new Set<number>();
  const log: string[] = [];
  /** How far this device's wall clock was set, ms: not so far that the back end's times are not believed (I-2). */
  let wallOffset = 0;
  /** Up to where the back end is known, by this device, to count as read. */
  let known = -1;
  /** Reads of another device that wait for their message here. */
  let elsewhere: number[] = [];
  /** The calls that left, whatever became of them. */
  const left: number[] = [];
  let told = new Set<number>();
  /** Told when a mark stood above them, which covers them from then on (R-7). */
  const below = new Set<number>();
  const scripted = createScriptedTransport({ clock, participantId: 'guest' });

  let broken: string | null = null;
  /** The first thing that was wrong; a call has nobody to throw it to. */
  const fail = (why: string): void => {
    broken ??= `${why}\n${log.join('\n')}`;
  };
  const checkWhole = (): void => {
    if (broken !== null) throw new Error(broken);
  };
  const note = (what: string): void => void log.push(`${(clock.now() / 1000).toFixed(1)} ${what}`);
  const indexOf = (messageId: string): number => Number(messageId.slice(1));

  const transport: Transport = {
    ...scripted,
    sendRead: async (call, options) => {
      const { messageId } = call;
      note(`READ ${messageId}`);
      if (messageId === undefined) {
        fail('named nobody, where somebody wrote');
        return {};
      }
      const index = indexOf(messageId);
      if (said[index]?.participantId === 'guest') fail('named a message of the guest’s own');
      if (index <= known) fail('reported again, or behind what was known to be read');
      for (const before of left) {
        if (index < before && !removed.has(before)) fail(`went back behind m${before}`);
      }
      left.push(index);
      const accepted = await scripted.sendRead(call, options);
      if (!options.signal.aborted) {
        note(`accepted ${messageId}`);
        known = Math.max(known, index);
      }
      return accepted;
    },
  };

  const open = (): Conversation => {
    const made = createConversation({
      ...{ transport, clock, conversationId, random: () => 0.25 },
      storage: persistLedger(storage),
    });
    return made.start();
  };
  let conversation = open();

  const wire = ({ messageId, participantId, index, time }: Said) => ({
    messageId,
    participantId,
    ...(order === 'positions' && { position: index + 1 }),
    ...(order === 'times' && { sentAt: time }),
  });
  const learn = (messages: readonly Said[]): void => {
    const mark = Math.max(known, ...seen);
    for (const { index } of messages) {
      if (index < mark && !told.has(index)) below.add(index);
      told.add(index);
    }
    const due = elsewhere.filter((index) => told.has(index));
    elsewhere = elsewhere.filter((index) => !told.has(index));
    for (const index of due) known = Math.max(known, index);
  };
  const tell = (message: Said): void => {
    note(`told ${message.messageId} of ${message.participantId}`);
    learn([message]);
    conversation.messageReceived(wire(message));
  };
  const pick = (which: number): Said | undefined => {
    const here = [...told].filter((index) => !removed.has(index)).sort((one, other) => one - other);
    return said[here[which % Math.max(1, here.length)] ?? -1];
  };
  const see = (message: Said): void => {
    if (message.participantId !== 'guest' && !below.has(message.index)) seen.add(message.index);
  };

  for (const step of steps) {
    switch (step.do) {
      case 'said': {
        const { by, late } = step;
        await clock.advance(wholeSeconds ? 1000 : 7);
        const now = Date.UTC(2026, 0, 1) + clock.now() + skew;
        const message: Said = {
          index: said.length,
          messageId: `m${said.length}`,
          participantId: by,
          time: wholeSeconds ? Math.floor(now / 1000) * 1000 : now,
        };
        said.push(message);
        if (late && order !== 'arrival') lates.push(message);
        else tell(message);
        break;
      }
      case 'arrives': {
        const message = lates.shift();
        if (message && !removed.has(message.index)) tell(message);
        break;
      }
      case 'view': {
        const message = pick(step.which);
        if (!message) break;
        note(`view ${message.messageId}`);
        see(message);
        conversation.viewed(message.messageId);
        break;
      }
      case 'markAsRead': {
        const { which } = step;
        const message = which === null ? undefined : pick(which);
        if (message?.participantId === 'guest') break;
        const others = [...told].filter(
          (index) => !removed.has(index) && said[index]?.participantId !== 'guest',
        );
        if (others.length === 0) break;
        const target = message?.index ?? Math.max(...others);
        note(`markAsRead ${message?.messageId ?? ''}`);
        const wanted = said[target];
        if (wanted) see(wanted);
        conversation.markAsRead(message?.messageId).catch(() => {});
        break;
      }
      case 'page': {
        const { size } = step;
        const oldest = Math.min(...told);
        // A page of the past overlaps what is known; where nothing but arrival says the order, it is below all.
        const end = Number.isFinite(oldest) ? oldest + 1 : 0;
        const page = said.slice(Math.max(0, end - size), end).filter(({ index }) => !removed.has(index));
        note(`page ${page.map(({ messageId }) => messageId).join()}`);
        learn(page);
        conversation.historyReceived(page.map(wire));
        break;
      }
      case 'removed': {
        const message = pick(step.which);
        if (!message) break;
        note(`removed ${message.messageId}`);
        removed.add(message.index);
        conversation.messageRemoved(message.messageId);
        break;
      }
      case 'elsewhere': {
        const message = said[step.which % Math.max(1, said.length)];
        if (!message || message.participantId === 'guest' || removed.has(message.index)) break;
        note(`read elsewhere ${message.messageId}`);
        if (told.has(message.index)) known = Math.max(known, message.index);
        else elsewhere.push(message.index);
        scripted.tell({
          type: 'message.read',
          conversationId,
          participantId: 'guest',
          messageId: message.messageId,
        });
        break;
      }
      case 'reload': {
        conversation.stop();
        elsewhere = [];
        const before = [...told].filter((index) => !removed.has(index)).sort((one, other) => one - other);
        const { tells } = step;
        const again = order === 'arrival' ? before : before.slice(-tells - 1);
        note(`reload, tells ${again.map((index) => `m${index}`).join()}`);
        told = new Set();
        conversation = open();
        for (const index of again) if (said[index]) tell(said[index]);
        break;
      }
      case 'share': {
        const { isShared } = step;
        note(`share ${isShared}`);
        conversation.shareReads(isShared);
        break;
      }
      case 'page life': {
        const { verb } = step;
        note(verb);
        conversation[verb]();
        break;
      }
      case 'clock':
        clock.shiftWall(step.ms - wallOffset);
        wallOffset = step.ms;
        break;
      case 'trouble':
        scripted.answer('read', step.answer);
        break;
      case 'wait':
        await clock.advance(step.ms);
    }
    await microtasks();
    checkWhole();
  }

  note('the trouble is over');
  scripted.forgetAnswers();
  conversation.reauthorize();
  conversation.online();
  conversation.resume();
  conversation.show();
  conversation.shareReads(true);
  await clock.advance(400_000);
  const newestSeen = Math.max(-1, ...[...seen].filter((index) => !removed.has(index)));
  if (Math.max(known, ...elsewhere) < newestSeen) fail(`lost: m${newestSeen} was seen`);
  const readUpTo = Math.max(known, ...seen);
  const unread = [...told].filter(
    (index) => !removed.has(index) && said[index]?.participantId !== 'guest' && index > readUpTo,
  ).length;
  // What is read elsewhere of a message that only an earlier run told of may be known here, or wait.
  if (elsewhere.length === 0 && conversation.unread !== unread)
    fail(`${conversation.unread} unread, should be ${unread}`);
  conversation.stop();
  if (clock.timers !== 0) fail(`${clock.timers} timers left`);
  checkWhole();
}
