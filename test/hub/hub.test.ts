import { ConversationError } from 'genesys-conversation-machine';
import { createHub, type HubOptions } from 'genesys-conversation-machine/hub';
import { createScriptedTransport, createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it } from 'vitest';

function createWorld(options: Partial<HubOptions> = {}) {
  const clock = createSteppedClock();
  const transports = new Map<string, ReturnType<typeof createScriptedTransport>>();
  const make = (id: string) => {
    const transport = createScriptedTransport({ clock, participantId: `guest of ${id}` });
    transports.set(id, transport);
    return transport;
  };
  const hub = createHub({
    ...('transport' in options ? {} : { transportFor: make }),
    ...{ clock, random: () => 0.25, logger: () => {} },
    ...options,
  });
  const logOf = (id: string) => transports.get(id)?.log ?? [];
  const end = () => {
    hub.stop();
    clock.end();
  };
  return { clock, hub, transports, logOf, end };
}

describe('a conversation of a hub', () => {
  it('has an actor from its first key until nothing is left to do, and again with the next', async () => {
    const { clock, hub, logOf, end } = createWorld();
    const one = hub.conversation('c1');
    expect([one.isAwake, hub.stats.actors]).toEqual([false, 0]);
    hub.keystroke('c1');
    await clock.advance(2900);
    expect(one.isAwake).toBe(true);
    await clock.advance(10_000);
    expect([one.isAwake, hub.stats.actors, clock.timers]).toEqual([false, 0, 0]);
    expect(logOf('c1')).toEqual(['0.0 ON', '3.0 OFF']);
    one.keystroke();
    await clock.advance(10_000);
    expect(logOf('c1')).toEqual(['0.0 ON', '3.0 OFF', '12.9 ON', '15.9 OFF']);
    end();
  });

  it('is the same handle whenever it is asked for, and its verbs need no `this`', async () => {
    const { clock, hub, logOf, end } = createWorld();
    expect(hub.conversation('c1')).toBe(hub.conversation('c1'));
    const { keystroke, messageSent } = hub.conversation('c1');
    keystroke();
    await clock.advance(100);
    messageSent();
    await clock.advance(20_000);
    expect(logOf('c1')).toEqual(['0.0 ON']);
    end();
  });

  it('announces no sooner for having been put away: a key meets the spacing of the last call (T-2)', async () => {
    const { clock, hub, logOf, end } = createWorld({
      giveBackAfter: 0,
      timing: { spacing: 5000, renewal: 5000, idle: 500, renewalWorth: 100 },
    });
    hub.keystroke('c1');
    await clock.advance(900);
    hub.conversation('c1').messageSent();
    await clock.advance(100);
    hub.keystroke('c1');
    await clock.advance(30_000);
    expect(logOf('c1')).toEqual(['0.0 ON']);
    end();
  });

  it('takes no key for an old one because the wall clock was set back meanwhile', async () => {
    const { clock, hub, logOf, end } = createWorld();
    hub.keystroke('c1');
    await clock.advance(500);
    hub.keystroke('c1');
    clock.shiftWall(-3_600_000);
    await clock.advance(500);
    hub.keystroke('c1');
    await clock.advance(20_000);
    expect(logOf('c1')).toEqual(['0.0 ON', '4.0 OFF']);
    end();
  });

  it('keeps its keys to itself, also those after its end', async () => {
    const { clock, hub, logOf, end } = createWorld();
    const ended = hub.conversation('c1');
    hub.keystroke('c1');
    ended.stop();
    hub.keystroke('c2');
    await clock.advance(2000);
    ended.keystroke();
    await clock.advance(20_000);
    expect(logOf('c2')).toEqual(['0.0 ON', '3.0 OFF']);
    end();
  });

  it('keeps a rate limit, a refusal and a lost token while it has no actor (L-1)', async () => {
    const { clock, hub, transports, logOf, end } = createWorld({ giveBackAfter: 0 });
    hub.conversation('c1');
    transports.get('c1')?.answer('typing', { code: 'forbidden', message: 'not here', status: 403 });
    hub.keystroke('c1');
    await clock.advance(20_000);
    expect(hub.conversation('c1').isAwake).toBe(false);
    hub.keystroke('c1');
    await clock.advance(20_000);
    expect(logOf('c1')).toEqual(['0.0 ON']);
    hub.conversation('c1').reauthorize();
    hub.keystroke('c1');
    await clock.advance(1000);
    expect(logOf('c1')).toEqual(['0.0 ON', '40.0 ON']);
    end();
  });

  it('keeps its marks, its messages and its unread count while it has no actor (R-1)', async () => {
    const { clock, hub, logOf, end } = createWorld({ giveBackAfter: 0 });
    const one = hub.conversation('c1');
    const told = (messageId: string) => one.messageReceived({ messageId, participantId: 'agent' });
    told('m1');
    told('m2');
    await clock.advance(1000);
    expect([one.isAwake, one.unread]).toEqual([false, 2]);
    one.viewed('m1');
    await clock.advance(10_000);
    expect([one.isAwake, one.unread, ...logOf('c1')]).toEqual([false, 1, '1.2 READ m1']);
    await expect(Promise.race([one.markAsRead('m1'), clock.settle()])).resolves.toBeUndefined();
    const reading = one.markAsRead();
    await clock.advance(10_000);
    await reading;
    expect([one.unread, ...logOf('c1')]).toEqual([0, '1.2 READ m1', '11.0 READ m2']);
    end();
  });

  it('keeps its actor for a message that is on its way, and for a work', async () => {
    const { clock, hub, transports, end } = createWorld({ giveBackAfter: 0 });
    const one = hub.conversation('c1');
    transports.get('c1')?.answer('message', 'hold');
    const sending = one.sendMessage('hello');
    let finish = (_: string): void => {};
    const work = new Promise<string>((resolve) => {
      finish = resolve;
    });
    await clock.advance(60_000);
    expect(one.isAwake).toBe(true);
    transports.get('c1')?.held[0]?.release();
    await expect(sending).resolves.toEqual({ messageId: 'sent-1' });
    await clock.advance(10_000);
    expect(one.isAwake).toBe(false);
    const answer = one.typeWhile(work);
    await clock.advance(60_000);
    expect(one.isAwake).toBe(true);
    finish('done');
    await expect(answer).resolves.toBe('done');
    await clock.advance(10_000);
    expect(one.isAwake).toBe(false);
    end();
  });

  it('hears its transport while it has no actor', async () => {
    const { clock, hub, transports, end } = createWorld({ giveBackAfter: 0 });
    const one = hub.conversation('c1');
    const typists: (readonly string[])[] = [];
    one.on('roster.changed', ({ participantIds }) => typists.push(participantIds));
    transports
      .get('c1')
      ?.tell({ type: 'remote.typing', conversationId: 'c1', participantId: 'agent', isTyping: true });
    await clock.advance(60_000);
    expect([one.isAwake, typists]).toEqual([false, [['agent'], []]]);
    end();
  });

  it('is gone once it has stopped; its handle answers as one that was stopped (C-1)', async () => {
    const { clock, hub, logOf, end } = createWorld();
    const one = hub.conversation('c1');
    one.keystroke();
    await clock.advance(100);
    one.stop();
    one.stop();
    expect([hub.has('c1'), one.isAwake, hub.stats.actors, clock.timers]).toEqual([false, false, 0, 0]);
    one.keystroke();
    one.messageSent();
    await expect(one.markAsRead()).rejects.toMatchObject({ code: 'stopped' });
    expect(hub.conversation('c1')).not.toBe(one);
    await clock.advance(10_000);
    expect(logOf('c1')).toEqual([]);
    end();
  });

  it('leaves as a conversation does: its stop is told first', async () => {
    const { clock, hub, logOf, end } = createWorld();
    hub.keystroke('c1');
    await clock.advance(1500);
    const leaving = hub.conversation('c1').leave();
    await clock.advance(1000);
    await leaving;
    expect([hub.has('c1'), ...logOf('c1')]).toEqual([false, '0.0 ON', '1.5 OFF']);
    end();
  });
});

describe('a hub', () => {
  it('tells of each decision in which conversation it was made', async () => {
    const { clock, hub, end } = createWorld();
    const heard: string[] = [];
    const stop = hub.on('typing.announced', (_, id) => heard.push(id));
    hub.on('*', ({ type }, id) => heard.push(`${id} ${type}`));
    hub.on('typing.announced', () => {
      throw new Error('of the application');
    });
    hub.keystroke('c1');
    hub.send('c2', { type: 'keystroke' });
    await clock.advance(100);
    stop();
    expect(heard).toEqual([
      ...['c1 typing.acknowledged', 'c1', 'c1 typing.announced'],
      ...['c2 typing.acknowledged', 'c2', 'c2 typing.announced'],
    ]);
    end();
  });

  it('takes a frame for the conversation that it names, and none for strangers', async () => {
    const { hub, end } = createWorld();
    const frame = (conversationId: string) =>
      JSON.stringify({
        type: 'conversation:message',
        conversationId,
        participantId: 'agent',
        messageId: 'm1',
      });
    hub.conversation('c1');
    expect([hub.receive(frame('c1')), hub.receive(frame('c2')), hub.receive('nonsense')]).toEqual([
      true,
      false,
      false,
    ]);
    expect([hub.conversation('c1').unread, hub.has('c2')]).toEqual([1, false]);
    end();
  });

  it('with one transport for all is one voice, and each conversation hears what is about it (T-13)', async () => {
    const clock = createSteppedClock();
    const transport = createScriptedTransport({ clock, participantId: 'bot' });
    const hub = createHub({ transport, clock, giveBackAfter: 0, random: () => 0.25, logger: () => {} });
    for (const id of ['c1', 'c2', 'c3']) hub.conversation(id);
    hub.keystroke('c1');
    hub.keystroke('c2');
    transport.tell({
      type: 'message.received',
      conversationId: 'c3',
      messageId: 'm1',
      participantId: 'guest',
    });
    await clock.advance(1500);
    const announced = transport.calls.map((call) => [
      call.at,
      (call as { conversationId?: string }).conversationId,
    ]);
    expect(announced).toEqual([
      [0, 'c1'],
      [1000, 'c2'],
    ]);
    expect(['c1', 'c2', 'c3'].map((id) => hub.conversation(id).unread)).toEqual([0, 0, 1]);
    await clock.advance(20_000);
    transport.tell({ type: 'network.offline' });
    hub.keystroke('c1');
    await clock.advance(20_000);
    transport.tell({ type: 'network.online' });
    hub.keystroke('c1');
    await clock.advance(100);
    expect(transport.calls.at(-1)).toMatchObject({ at: 41_500, isTyping: true, conversationId: 'c1' });
    transport.tell({ type: 'conversation.opened', conversationId: 'c4' });
    expect(hub.has('c4')).toBe(true);
    hub.stop();
    clock.end();
  });

  it('with one transport for all keeps the silence that one was asked for, in whoever wakes meanwhile (L-1)', async () => {
    const clock = createSteppedClock();
    const transport = createScriptedTransport({ clock });
    const hub = createHub({ transport, clock, giveBackAfter: 0, random: () => 0.25 });
    hub.conversation('c2');
    transport.answer('typing', { code: 'rate-limited', message: 'too often', retryAfterMs: 5000 });
    hub.keystroke('c1');
    await clock.advance(1000);
    hub.keystroke('c2');
    await clock.advance(3500);
    hub.keystroke('c2');
    await clock.advance(3000);
    expect(transport.calls.map((call) => call.at).slice(0, 2)).toEqual([0, expect.any(Number)]);
    expect(transport.calls[1]?.at).toBeGreaterThanOrEqual(5000);
    hub.stop();
    clock.end();
  });

  it('sets one timer for everybody', async () => {
    const { clock, hub, end } = createWorld();
    for (let index = 0; index < 50; index += 1) {
      hub.keystroke(`c${index}`);
      await clock.advance(10);
    }
    expect([hub.stats.actors, clock.timers]).toEqual([50, 1]);
    expect(hub.stats.deadlines).toBeGreaterThan(50);
    end();
  });

  it('does what is overdue in slices: it holds nobody up for longer than a frame at a time (C-4)', async () => {
    const clock = createSteppedClock();
    let [busy, longest, stops] = [0, 0, 0];
    const worksFor = (ms: number) => {
      busy += ms;
    };
    const transport = {
      ...createScriptedTransport({ clock }),
      sendTyping: async ({ isTyping }: { readonly isTyping: boolean }) => {
        worksFor(3);
        if (!isTyping) stops += 1;
        return {};
      },
    };
    const hub = createHub({
      transportFor: () => ({ ...transport }),
      clock: {
        ...{ resolution: 0, clearTimeout: clock.clearTimeout },
        now: () => clock.now() + busy,
        wallNow: () => clock.wallNow() + busy,
        setTimeout: (callback, ms) =>
          clock.setTimeout(() => {
            const before = busy;
            callback();
            longest = Math.max(longest, busy - before);
          }, ms),
      },
    });
    for (let index = 0; index < 40; index += 1) hub.keystroke(`c${index}`);
    await clock.settle();
    clock.sleep(3400);
    await clock.advance(0);
    expect(stops).toBe(40);
    expect(longest).toBeGreaterThan(0);
    expect(longest).toBeLessThanOrEqual(16);
    hub.stop();
    clock.end();
  });

  it('ends everything when it stops, and takes nothing after it (C-1)', async () => {
    const { clock, hub } = createWorld();
    hub.keystroke('c1');
    hub.conversation('c2');
    await clock.advance(100);
    hub.stop();
    hub.stop();
    clock.end();
    expect(hub.stats).toEqual({ conversations: 0, actors: 0, deadlines: 0, overdue: 0 });
    expect(() => hub.conversation('c3')).toThrow(ConversationError);
    expect(() => hub.keystroke('c1')).toThrow('stopped');
  });

  it('refuses at once what cannot be right, by the name of the option', () => {
    const clock = createSteppedClock();
    const transport = createScriptedTransport({ clock });
    const refused = (options: unknown, message: string) =>
      expect(() => createHub(options as HubOptions)).toThrow(message);
    refused({}, 'transport');
    refused({ transport, transportFor: () => transport }, 'transport');
    refused({ transport, giveBackAfter: -1 }, 'giveBackAfter');
    refused({ transport, storage: {} }, 'storage');
    refused({ transport, storageFor: 1 }, 'storageFor');
    refused({ transport, timing: 3 }, 'timing');
    refused({ transport: {} }, 'transport');
    const hub = createHub({ transportFor: () => ({}) as never });
    expect(() => hub.conversation('c1')).toThrow('transport');
    expect(() => hub.conversation('a/b')).toThrow('id');
    expect(() => hub.send('c1', 3 as never)).toThrow('event');
    expect(() => hub.on('typing.announced', 3 as never)).toThrow('listener');
  });
});
