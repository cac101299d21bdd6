import { createConversation, type TransportCapabilities } from 'genesys-conversation-machine';
import {
  createScriptedTransport,
  createSteppedClock,
  recordTrace,
} from 'genesys-conversation-machine/testing';
import { describe, expect, it } from 'vitest';

function createWorld(capabilities: Partial<TransportCapabilities> = {}) {
  const clock = createSteppedClock();
  const transport = createScriptedTransport({ clock, participantId: 'me', capabilities });
  const open = (conversationId = 'c1') =>
    createConversation({ transport, clock, conversationId, random: () => 0.25 });
  const at = (ms: number) => clock.advance(ms - clock.now());
  const type = async (conversation: ReturnType<typeof open>, from: number, to: number) => {
    for (let time = from; time <= to; time += 200) {
      await at(time);
      conversation.keystroke();
    }
    await clock.settle();
  };
  return { clock, transport, open, at, type };
}

const backEnds = [
  ['with a stop', {}, ['0.0 ON', '4.0 ON', '8.0 OFF']],
  ['without one', { stopTyping: false, spacing: 5350 }, ['0.0 ON', '5.3 ON']],
] as const;

describe.each(backEnds)('a view that is drawn anew, over a back end %s (T-13)', (_, capabilities, single) => {
  it('makes the calls of one that stayed, whichever way it goes and comes', async () => {
    const ways = {
      'leaves, then another starts': (world: World, old: Handle) => {
        void old.leave();
        return world.open().start();
      },
      'another starts, then leaves': (world: World, old: Handle) => {
        const next = world.open().start();
        void old.leave();
        return next;
      },
      'stops, then another starts': (world: World, old: Handle) => {
        old.stop();
        return world.open().start();
      },
      'another starts, then stops': (world: World, old: Handle) => {
        const next = world.open().start();
        old.stop();
        return next;
      },
      'leaves and starts again': (_world: World, old: Handle) => {
        void old.leave();
        return old.start();
      },
      stays: (_world: World, old: Handle) => old,
    };
    for (const [way, goOn] of Object.entries(ways)) {
      const world = createWorld(capabilities);
      const old = world.open().start();
      await world.type(old, 0, 2000);
      const next = goOn(world, old);
      await world.type(next, 2200, 5000);
      await world.at(30_000);
      expect([way, ...world.transport.log]).toEqual([way, ...single]);
      expect(world.clock.timers).toBe(0);
      next.stop();
    }
  });

  it('as StrictMode does before any key, makes the calls of a single one', async () => {
    for (const goes of ['leave', 'stop'] as const) {
      const world = createWorld(capabilities);
      let conversation = world.open().start();
      void conversation[goes]();
      if (goes === 'stop') conversation = world.open();
      conversation.start();
      await world.type(conversation, 0, 5000);
      await world.at(30_000);
      expect(world.transport.log).toEqual(single);
    }
  });
});

type World = ReturnType<typeof createWorld>;
type Handle = ReturnType<World['open']>;

describe('what a handle leaves lit', () => {
  it('is stopped by its successor where nobody types on', async () => {
    for (const goes of ['leave', 'stop'] as const) {
      const { transport, open, at } = createWorld();
      const old = open().start();
      old.keystroke();
      await at(2000);
      void old[goes]();
      open().start();
      await at(20_000);
      expect(transport.log).toEqual(['0.0 ON', '3.0 OFF']);
    }
  });

  it('is not taken over by a handle whose stop in another conversation failed, until that is made (T-5)', async () => {
    const { transport, open, at } = createWorld();
    const [lit, moves] = [open('c2').start(), open().start()];
    lit.keystroke();
    await at(1200);
    moves.keystroke();
    await at(2300);
    lit.keystroke();
    transport.answer('typing', { code: 'network', message: 'The network is gone.' });
    moves.open('c2');
    await at(2600);
    lit.stop();
    moves.keystroke();
    await at(20_000);
    expect(
      transport.calls.map((call) => 'isTyping' in call && [call.at, call.conversationId, call.isTyping]),
    ).toEqual([
      [0, 'c2', true],
      [1200, 'c1', true],
      [2300, 'c1', false],
      [3300, 'c1', false],
      [4300, 'c2', true],
      [5600, 'c2', false],
    ]);
  });

  it('is stopped by itself where the next conversation is another', async () => {
    const { transport, open, at } = createWorld();
    const old = open().start();
    old.keystroke();
    await at(300);
    void old.leave();
    const next = open('c2').start();
    await at(400);
    next.keystroke();
    await at(3000);
    expect(transport.calls.map((call) => [call.at, 'conversationId' in call && call.conversationId])).toEqual(
      [
        [0, 'c1'],
        [1000, 'c1'],
        [2000, 'c2'],
      ],
    );
  });

  it('is taken over with a stop that is owed, which a key takes back', async () => {
    const { transport, open, at, type } = createWorld();
    const old = open().start();
    old.keystroke();
    await at(300);
    void old.leave();
    await at(500);
    const next = open().start();
    await at(800);
    await type(next, 900, 3900);
    expect(transport.log).toEqual(['0.0 ON']);
    await type(next, 4100, 4300);
    expect(transport.log).toEqual(['0.0 ON', '4.0 ON']);
  });

  it('is not taken for lit where its message put it out, and not after its time', async () => {
    const sent = createWorld();
    const writer = sent.open().start();
    writer.keystroke();
    await sent.at(1500);
    writer.messageSent();
    writer.stop();
    sent.open().start().keystroke();
    expect(sent.transport.log).toEqual(['0.0 ON', '1.5 ON']);
    const late = createWorld();
    const gone = late.open().start();
    gone.keystroke();
    await late.at(100);
    gone.stop();
    await late.at(6000);
    late.open().start();
    await late.at(20_000);
    expect(late.transport.log).toEqual(['0.0 ON']);
  });
});

describe('two handles on one transport (T-13)', () => {
  it('keep the spacing together, in one conversation and in two', async () => {
    for (const second of ['c1', 'c2']) {
      const { transport, open, at } = createWorld();
      const [one, other] = [open().start(), open(second).start()];
      for (let time = 0; time < 12_000; time += 70) {
        await at(time);
        (time % 140 === 0 ? one : other).keystroke();
        if (time % 2100 === 0) one.messageSent();
      }
      const times = transport.calls.map((call) => call.at);
      for (const [index, time] of times.slice(1).entries()) {
        expect(time - (times[index] ?? 0)).toBeGreaterThanOrEqual(1000);
      }
      expect(times.length).toBeGreaterThan(3);
    }
  });

  it('share one indicator: who types on keeps it, and the other puts nothing out', async () => {
    const { transport, open, at, type } = createWorld();
    const [one, other] = [open().start(), open().start()];
    one.keystroke();
    await type(other, 300, 3700);
    one.clearInput();
    one.blurInput();
    await type(other, 3900, 5000);
    await at(20_000);
    expect(transport.log).toEqual(['0.0 ON', '4.0 ON', '7.9 OFF']);
  });

  it('wait for the call of the other, so that no start overtakes its stop (T-8)', async () => {
    const { transport, open, at } = createWorld();
    const [one, other] = [open().start(), open().start()];
    one.keystroke();
    await at(1500);
    transport.answer('typing', { afterMs: 2500, answer: 'accept' });
    one.stopTyping();
    await at(2000);
    other.keystroke();
    await at(3999);
    expect(transport.log).toEqual(['0.0 ON', '1.5 OFF']);
    other.keystroke();
    await at(4000);
    expect(transport.log).toEqual(['0.0 ON', '1.5 OFF', '4.0 ON']);
  });

  it('do not both call where the call that the other waited for is given up and said again (T-2, T-12)', async () => {
    const { transport, open, at, type } = createWorld();
    const [one, other] = [open().start(), open().start()];
    transport.answer('typing', 'hang');
    await type(one, 0, 1000);
    await type(other, 1200, 2800);
    one.keystroke();
    await at(3000);
    const starts = transport.calls.map(({ at: time }) => time);
    expect(starts).toEqual([0, 3000]);
    await type(other, 3200, 9000);
    await at(20_000);
    const gaps = transport.calls
      .slice(1)
      .map(({ at: time }, index) => time - (transport.calls[index]?.at ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000);
  });

  it('count the later key of the two where one takes over from the other, and gives back', async () => {
    const { transport, open, at } = createWorld();
    const [one, other] = [open().start(), open().start()];
    transport.answer('typing', { afterMs: 250, answer: 'accept' });
    other.keystroke();
    one.keystroke();
    await at(200);
    other.keystroke();
    await at(260);
    one.messageReceived({ messageId: 'm1', participantId: 'agent' });
    await at(270);
    void one.leave();
    await at(20_000);
    expect(transport.log).toEqual(['0.0 ON', '3.2 OFF']);
  });

  it('owe the stop of what one leaves to the other, although that one shares no typing (T-14)', async () => {
    for (const goes of ['leave', 'stop'] as const) {
      const { transport, open, at, type } = createWorld();
      const [quiet, other] = [open().start(), open().start()];
      quiet.shareTyping(false);
      await type(other, 0, 2000);
      quiet.keystroke();
      await type(other, 2200, 2400);
      expect(transport.log).toEqual(['0.0 ON']);
      void other[goes]();
      await at(20_000);
      expect(transport.log).toEqual(['0.0 ON', '2.4 OFF']);
    }
  });

  it('let the indicator be where another types on, whatever they type and keep to themselves (T-14)', async () => {
    const { transport, open, at } = createWorld();
    const [quiet, other] = [open().start(), open().start()];
    quiet.shareTyping(false);
    const dropped: unknown[] = [];
    other.on('typing.dropped', ({ reason }) => dropped.push(reason));
    for (let time = 0; time <= 5000; time += 200) {
      await at(time);
      quiet.keystroke();
      other.keystroke();
    }
    await at(20_000);
    expect(transport.log).toEqual(['0.0 ON', '4.0 ON', '8.0 OFF']);
    expect(dropped).toEqual([]);
  });

  it('owe no stop that waits for what they type and keep to themselves (T-14)', async () => {
    const { transport, open, at } = createWorld();
    const one = open().start();
    transport.answer('typing', 'accept', { afterMs: 50, answer: { code: 'network', message: 'x' } });
    for (let time = 0; time <= 8000; time += 100) {
      await at(time);
      if (time === 3000) one.shareTyping(false);
      one.keystroke();
    }
    await at(20_000);
    expect(transport.log).toEqual(['0.0 ON', '3.0 OFF', '4.0 OFF']);
  });

  it('report a message once, and what one has read is read in the other (R-12)', async () => {
    const { transport, open, at } = createWorld();
    const both = [open().start(), open().start()] as const;
    const [one, other] = both;
    for (const each of both) each.messageReceived({ messageId: 'm1', participantId: 'agent' });
    one.viewed('m1');
    await at(100);
    other.viewed('m1');
    await at(5000);
    for (const each of both) each.messageReceived({ messageId: 'm2', participantId: 'agent' });
    other.viewed('m2');
    await at(60_000);
    expect(transport.log).toEqual(['0.2 READ m1', '5.2 READ m2']);
    expect([one.unread, other.unread]).toEqual([0, 0]);
  });

  it('keep the spacing where one hears what the other decides before its call leaves (T-2)', async () => {
    const { transport, open, at } = createWorld();
    const [one, other] = [open().start(), open('c2').start()];
    const limited = { code: 'rate-limited', message: 'x', retryAfterMs: 2000 } as const;
    transport.answer('read', limited, { afterMs: 1200, answer: 'accept' });
    // What was typed meanwhile is announced in the step that says so.
    one.on('read.acknowledged', () => other.keystroke());
    one.messageReceived({ messageId: 'm1', participantId: 'agent' });
    one.viewed('m1');
    for (let time = 1500; time <= 3500; time += 100) {
      await at(time);
      one.keystroke();
    }
    await at(4000);
    expect(transport.log).toEqual(['0.2 READ m1', '2.5 READ m1', '3.7 ON']);
    await at(5000);
    expect(transport.log).toEqual(['0.2 READ m1', '2.5 READ m1', '3.7 ON', '4.7 ON']);
    await at(20_000);
    const { calls } = transport;
    for (const [nth, call] of calls.slice(3).entries())
      expect(call.at - (calls[nth + 2]?.at ?? 0)).toBeGreaterThanOrEqual(1000);
  });

  it('count a call that never left for nobody', async () => {
    const { transport, open, at } = createWorld();
    const [one, other] = [open().start(), open('c2').start()];
    transport.answer('typing', { code: 'network', message: 'x', unsent: true });
    one.keystroke();
    await at(10);
    one.stop();
    other.keystroke();
    expect(transport.calls.map((call) => call.at)).toEqual([0, 10]);
  });
});

describe('leaving and starting again', () => {
  it('can be taken back until it is over, in the conversation that was left', async () => {
    const { transport, clock, open, at } = createWorld();
    const conversation = open().start();
    conversation.keystroke();
    await at(200);
    const leaving = conversation.leave();
    await at(600);
    expect(conversation.actor.getSnapshot().context.conversationId).toBe(null);
    conversation.start();
    await leaving;
    conversation.keystroke();
    await at(3000);
    expect(conversation.actor.getSnapshot().context.conversationId).toBe('c1');
    expect(conversation.actor.getSnapshot().status).toBe('active');
    expect(transport.log).toEqual(['0.0 ON']);
    await Promise.all([conversation.leave(), conversation.leave(), at(20_000)]);
    expect(() => conversation.start()).toThrow(expect.objectContaining({ code: 'stopped' }));
    expect(clock.timers).toBe(0);
  });

  it('announces as ever after a start that took a leaving back', async () => {
    const { transport, open, at, type } = createWorld();
    const conversation = open();
    conversation.start();
    const leaving = conversation.leave();
    conversation.start();
    await leaving;
    await type(conversation, 0, 1000);
    await at(20_000);
    expect(transport.log).toEqual(['0.0 ON', '4.0 OFF']);
  });

  it('ends once where it is stopped meanwhile', async () => {
    const { open, at } = createWorld();
    const conversation = open().start();
    conversation.keystroke();
    await at(200);
    const leaving = conversation.leave();
    conversation.stop();
    await leaving;
    await conversation.leave();
  });
});

describe('a conversation that was stopped', () => {
  it('has unsubscribed once, and listens to nothing more', () => {
    const { transport, clock } = createWorld();
    let users = 0;
    const counting = {
      ...transport,
      subscribe: () => {
        users += 1;
        return () => {
          users -= 1;
        };
      },
    };
    const create = () => createConversation({ transport: counting, clock, conversationId: 'c1' }).start();
    const [one, other] = [create(), create()];
    one.stop();
    one.stop();
    expect(users).toBe(1);
    other.stop();
    expect(users).toBe(0);
  });

  it('shows nobody typing any more, and says so', () => {
    const { open } = createWorld();
    const conversation = open().start();
    const rosters: (readonly string[])[] = [];
    conversation.on('roster.changed', ({ participantIds }) => rosters.push(participantIds));
    const frame = {
      type: 'conversation:typing',
      conversationId: 'c1',
      participantId: 'agent',
      isTyping: true,
    };
    expect(conversation.receive(frame)).toBe(true);
    conversation.stop();
    expect(rosters).toEqual([['agent'], []]);
    expect(conversation.actor.getSnapshot().context.roster.typists).toEqual([]);
    expect(conversation.receive(frame)).toBe(false);
    const quiet = open().start();
    quiet.on('roster.changed', ({ participantIds }) => rosters.push(participantIds));
    quiet.stop();
    expect(rosters).toHaveLength(2);
  });

  it('takes every verb in one way, whatever it is given (C-1)', async () => {
    const { transport, clock, open } = createWorld();
    const conversation = open().start();
    conversation.close();
    conversation.stop();
    conversation.open('a/b');
    conversation.reopen();
    conversation.end();
    conversation.viewed('unknown');
    conversation.seen(7 as never);
    conversation.markAsUnread('unknown');
    conversation.messageSent('m1');
    conversation.messageAccepted('a/b');
    conversation.messageReceived(undefined as never);
    conversation.freeze();
    conversation.resume();
    conversation.flush();
    await expect(conversation.markAsRead()).rejects.toMatchObject({ code: 'stopped' });
    await clock.advance(60_000);
    expect(transport.calls).toEqual([]);
  });
});

describe('handles on one transport in one instant (T-8, T-13)', () => {
  const lanes = (transport: World['transport']) =>
    transport.calls.map((call) =>
      call.lane === 'typing'
        ? `${call.at} ${call.conversationId} ${call.isTyping ? 'ON' : 'OFF'}`
        : call.lane,
    );

  it('stop what one has lit before the other announces elsewhere, whichever timer comes first', async () => {
    for (const isOwnerFirst of [true, false]) {
      const { transport, open, at } = createWorld();
      const made = isOwnerFirst ? ['c1', 'c2'] : ['c2', 'c1'];
      const [first, second] = [open(made[0]).start(), open(made[1]).start()];
      const [owner, other] = isOwnerFirst ? [first, second] : [second, first];
      owner.keystroke();
      await at(500);
      // Both wait for the end of one spacing.
      if (isOwnerFirst) owner.stopTyping();
      other.keystroke();
      if (!isOwnerFirst) owner.stopTyping();
      await at(10_000);
      expect(lanes(transport).slice(0, 3)).toEqual(['0 c1 ON', '1000 c1 OFF', '2000 c2 ON']);
    }
  });

  it('keep the spacing where two announce at once', async () => {
    const { transport, open, at } = createWorld();
    const [one, other, third] = [open('c1').start(), open('c2').start(), open('c3').start()];
    one.keystroke();
    other.keystroke();
    third.keystroke();
    await at(2900);
    const times = transport.calls.map((call) => call.at);
    for (const [index, time] of times.slice(1).entries()) {
      expect(time - (times[index] ?? 0)).toBeGreaterThanOrEqual(1000);
    }
    expect(times.length).toBeGreaterThan(1);
  });

  it('leave nothing lit that one announced as it stopped: the other owes its stop', async () => {
    for (const [goes, off] of [
      ['stop', '3000 c1 OFF'], // its last key still counts
      ['leave', '1000 c1 OFF'],
    ] as const) {
      const { transport, open, at } = createWorld();
      const [one, other] = [open().start(), open().start()];
      transport.answer('typing', { afterMs: 800, answer: 'accept' });
      one.keystroke();
      await at(400);
      void one[goes]();
      await at(20_000);
      expect([goes, ...lanes(transport)]).toEqual([goes, '0 c1 ON', off]);
      other.stop();
    }
  });

  it('go on with what another announced as it stopped, where the guest types on: no second start', async () => {
    for (const goes of ['stop', 'leave'] as const) {
      const { transport, open, at, type } = createWorld();
      const old = open().start();
      transport.answer('typing', { afterMs: 800, answer: 'accept' });
      old.keystroke();
      await at(400);
      void old[goes]();
      const next = open().start();
      await type(next, 600, 3800);
      await at(20_000);
      expect([goes, ...lanes(transport)]).toEqual([goes, '0 c1 ON', '4000 c1 ON', '6800 c1 OFF']);
    }
  });
});

it('a key that the network keeps is told of once, although another handle has just called (T-13)', async () => {
  const { clock, open, at } = createWorld();
  const [calls, waits] = [open().start(), open('c2').start()];
  const trace = recordTrace(waits, clock);
  calls.keystroke();
  await at(300);
  waits.offline();
  waits.keystroke();
  await at(400);
  expect(trace.of('typing.held')).toMatchObject([{ reason: 'offline', msLeft: 700 }]);
  waits.online();
  await at(500);
  expect(trace.of('typing.held').slice(1)).toMatchObject([{ reason: 'spacing', msLeft: 600 }]);
});
