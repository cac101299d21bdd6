import type {
  ConversationInput,
  ConversationPorts,
  Failure,
  ReadCall,
} from 'genesys-conversation-machine/machines';
import { describe, expect, it } from 'vitest';
import { fromCallback, fromPromise } from 'xstate';
import { createBareChart } from '../support/bareChart.ts';

/** The chart with a back end alone, as whoever provides its actors may run it. */
function createAlone(
  ports: Partial<ConversationPorts> = {},
  input: Partial<ConversationInput> = {},
  actors: object = {},
) {
  const calls: string[] = [];
  const answers: Partial<Failure>[] = [];
  const sendRead = fromPromise<object, { call: ReadCall }>(async ({ input: { call } }) => {
    calls.push(`${(clock.now() / 1000).toFixed(1)} ${call.messageId} ${call.attempt}`);
    const failure = answers.shift();
    if (failure) throw { code: 'network', message: 'x', ...failure };
    return {};
  });
  let steps = 0;
  const { actor, clock } = createBareChart({
    ports,
    participantId: 'guest',
    ...input,
    actors: { sendRead, ...actors },
    inspect: ({ type }) => {
      if (type === '@xstate.microstep') steps += 1;
    },
  });
  const emitted: string[] = [];
  actor.on('*', ({ type }) => emitted.push(type));
  actor.start();
  const at = (ms: number): Promise<void> => clock.advance(ms - clock.now());
  const view = (n: number, conversationId = 'c1') =>
    actor.send({ type: 'message.viewed', conversationId, mark: { position: n, messageId: `m${n}` } });
  const receipts = () => actor.getSnapshot().context.receipts;
  const stepsFor = (run: () => void): number => {
    steps = 0;
    run();
    return steps;
  };
  return { actor, at, answers, calls, emitted, receipts, stepsFor, view };
}

describe('a chart that nobody gives policies', () => {
  it('counts nothing, takes no message for removed, and tries as often as a burst is long', async () => {
    for (const policies of [undefined, {}]) {
      const { actor, at, answers, calls, emitted, receipts, view } = createAlone(policies && { policies });
      answers.push({ unsent: true }, {}, {});
      actor.send({ type: 'message.received', conversationId: 'c1', participantId: 'agent' });
      view(2);
      await at(20_000);
      expect(calls.map((call) => call.split(' ').slice(1).join())).toEqual(['m2,1', 'm2,2', 'm2,3']);
      expect(emitted).toEqual([...Array(3).fill('read.failed'), 'read.parked']);
      expect(receipts().ledgers[0]).toMatchObject({ unread: 0, acknowledged: null });
      await at(90_000);
      expect(receipts().ledgers[0]).toMatchObject({ acknowledged: { messageId: 'm2' } });
    }
  });

  it('starts with nothing read and all of it shared, in one object for all charts', () => {
    const [one, other] = [createAlone(), createAlone()];
    expect(one.receipts()).toMatchObject({ isShared: true, ledgers: [], peers: [] });
    expect(one.receipts()).toBe(other.receipts());
    expect(one.actor.getSnapshot().context.roster).toMatchObject({ typists: [], lastMessages: [] });
  });

  it('starts from what others had read, where the guest had read nothing', () => {
    const peers = [{ conversationId: 'c1', participantId: 'agent', mark: { position: 1 } }];
    expect(createAlone({}, { peers }).receipts()).toMatchObject({ peers });
  });
});

describe('what the chart is told', () => {
  it('costs one step for a message, whether the count of unread moves or not', () => {
    let unread = 0;
    const { actor, emitted, stepsFor } = createAlone({ policies: { unread: () => unread } });
    const receive = () =>
      actor.send({ type: 'message.received', conversationId: 'c1', participantId: 'agent' });
    for (const count of [1, 1, 2]) {
      unread = count;
      expect(stepsFor(receive)).toBe(1);
    }
    expect(emitted).toEqual(['unread.changed', 'unread.changed']);
  });

  it('of a read on another device in a conversation that it knows nothing of counts as acknowledged (R-10)', () => {
    const { actor, emitted, receipts } = createAlone();
    const mark = { position: 4, messageId: 'm4' };
    actor.send({ type: 'read.elsewhere', conversationId: 'c9', mark });
    expect(emitted).toEqual(['read.acknowledged']);
    expect(receipts().ledgers).toMatchObject([{ conversationId: 'c9', seen: mark, acknowledged: mark }]);
  });

  it('of something seen in a conversation that it knows nothing of wakes a lane that rests', async () => {
    const { at, answers, calls, emitted, view } = createAlone();
    answers.push({}, {}, {});
    view(1);
    await at(20_000);
    expect(emitted.at(-1)).toBe('read.parked');
    view(2, 'c9');
    await at(25_000);
    expect(calls.slice(3).map((call) => call.split(' ')[1])).toEqual(['m1', 'm2']);
  });

  it('of messages that were missed is told on, with where (I-1)', () => {
    const { actor } = createAlone();
    const heard: object[] = [];
    actor.on('messages.missed', (event) => heard.push(event));
    actor.send({ type: 'messages.missed', conversationId: 'c7' });
    expect(heard).toEqual([{ type: 'messages.missed', conversationId: 'c7' }]);
  });

  it('of the guest as of one of the others is not noted', () => {
    const { actor, emitted, receipts } = createAlone();
    const read = { type: 'peer.read', conversationId: 'c1', mark: { position: 1 } } as const;
    actor.send({ ...read, participantId: 'guest' });
    expect(receipts().peers).toEqual([]);
    actor.send({ ...read, participantId: 'agent' });
    expect(emitted).toEqual(['peer.read']);
  });
});

it('a rejected token uses up no try, in a back end that fails everybody neither (R-3b)', async () => {
  const { actor, at, answers, calls, view } = createAlone({ policies: { mayRetry: () => false } });
  answers.push({ code: 'unauthorized' });
  view(1);
  await at(1000);
  actor.send({ type: 'token.renewed' });
  await at(5000);
  expect(calls).toEqual(['0.2 m1 1', '1.0 m1 1']);
});

it('a flush that cannot be made is told of, and made up for after a while (R-5b)', async () => {
  const flushReads = fromCallback(() => {
    throw new Error('broken');
  });
  const { actor, at, calls, emitted, view } = createAlone({}, {}, { flushReads });
  view(1);
  actor.send({ type: 'flush.requested' });
  await at(400);
  expect([emitted, calls]).toEqual([['read.failed'], []]);
  await at(3000);
  expect(calls.map((call) => call.split(' ')[1])).toEqual(['m1']);
  expect(emitted.at(-1)).toBe('read.acknowledged');
});

describe('other tabs', () => {
  const voice = {
    othersCalledAt: () => null,
    othersOweStop: () => false,
    othersCall: () => false,
    isTakenOver: () => false,
    inheritance: () => null,
    takeOver: () => {},
    othersType: () => false,
    isElsewhere: () => false,
    letGo: () => {},
    stoppedAt: () => null,
    othersRead: () => false,
  };

  it('are asked when a read is due, not before, and once (R-12)', async () => {
    const asked: number[] = [];
    let hasWord = false;
    const { actor, at, calls, view } = createAlone({
      voice: {
        ...voice,
        mayCall: () => hasWord,
        isAsking: () => asked.length > 0,
        ask: () => void asked.push(1),
      },
    });
    view(1);
    await at(199);
    expect(asked).toEqual([]);
    await at(200);
    actor.send({ type: 'voice.changed' });
    expect([asked, calls]).toEqual([[1], []]);
    hasWord = true;
    view(2);
    expect(calls).toEqual(['0.2 m2 1']);
  });
});
