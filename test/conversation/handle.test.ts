import { createConversation, type LogEntry } from 'genesys-conversation-machine';
import { createScriptedTransport, createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it, vi } from 'vitest';
import { createHarness } from '../support/harness.ts';

describe('a callback of the application that throws', () => {
  it('harms neither the machine nor the other listeners, and is reported to the logger', async () => {
    const log: LogEntry[] = [];
    const { conversation, transport, type, at } = createHarness({ logger: (entry) => log.push(entry) });
    const heard: string[] = [];
    conversation.on('typing.announced', () => {
      throw new Error('listener');
    });
    conversation.on('typing.announced', (event) => heard.push(event.conversationId));
    await type(0, 1000);
    await at(10_000);
    expect(heard).toEqual(['c1']);
    expect(transport.log).toEqual(['0.0 ON', '4.0 OFF']);
    expect(log.filter(({ level }) => level === 'error')).toMatchObject([{ error: { message: 'listener' } }]);
  });

  it('is reported on the console where there is no logger', async () => {
    const spy = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { conversation, clock } = createHarness();
    conversation.on('typing.announced', () => {
      throw new Error('listener');
    });
    conversation.keystroke();
    await clock.settle();
    expect(spy).toHaveBeenCalledOnce();
    spy.mockRestore();
  });

  it('is reported once, not per event, and so is a promise of its that rejects', async () => {
    const log: LogEntry[] = [];
    const broken: string[] = [];
    const { conversation, type, at } = createHarness({
      logger: (entry) => log.push(entry),
      inspect: {
        next: ({ type }) => {
          broken.push(type);
          throw new Error('inspector');
        },
      },
    });
    conversation.on('typing.acknowledged', () => {
      throw new Error('listener');
    });
    conversation.on('typing.acknowledged', () => Promise.reject(new Error('async listener')));
    await type(0, 20_000);
    await at(30_000);
    expect(broken.length).toBeGreaterThan(10);
    expect(log.filter(({ level }) => level === 'error').map(({ error }) => String(error))).toEqual([
      'Error: inspector',
      'Error: listener',
      'Error: async listener',
    ]);
  });

  it('may be an observer, as an inspector is one: only its next() is called, as its own', async () => {
    class Watcher {
      seen: string[] = [];
      next({ type }: { type: string }) {
        this.seen.push(type);
      }
    }
    const inspect = new Watcher();
    const { conversation, clock } = createHarness({ inspect });
    conversation.keystroke();
    await clock.settle();
    conversation.stop();
    expect(new Set(inspect.seen)).toContain('@xstate.snapshot');
  });

  it('may be the inspector or the logger itself', async () => {
    const fail = () => {
      throw new Error('broken');
    };
    const { transport, type, at } = createHarness({ inspect: fail, logger: fail });
    await type(0, 1000);
    await at(10_000);
    expect(transport.log).toEqual(['0.0 ON', '4.0 OFF']);
  });

  it('may be a transport, whatever it throws and however', async () => {
    for (const broken of [
      () => {
        throw new TypeError('sync');
      },
      () => Promise.reject(null),
      () => Promise.reject(new Error('Bearer secret-token')),
      () => undefined,
      () => 42,
    ]) {
      const clock = createSteppedClock();
      const conversation = createConversation({
        transport: { ...createScriptedTransport({ clock }), sendTyping: broken as never },
        clock,
        conversationId: 'c1',
      }).start();
      const failures: unknown[] = [];
      conversation.on('typing.failed', (event) => failures.push(event));
      conversation.keystroke();
      await clock.advance(60_000);
      expect(conversation.actor.getSnapshot().status).toBe('active');
      expect(JSON.stringify(failures)).not.toContain('secret');
      conversation.stop();
    }
  });

  it('may re-enter: a listener that stops the conversation stops it', async () => {
    const { conversation, transport, clock, at } = createHarness();
    conversation.on('typing.announced', () => conversation.stop());
    conversation.keystroke();
    await at(60_000);
    expect(transport.log).toEqual(['0.0 ON']);
    expect(clock.timers).toBe(0);
  });
});

describe('listening', () => {
  it('ends when asked to', async () => {
    const { conversation, type } = createHarness();
    let heard = 0;
    const end = conversation.on('typing.renewed', () => {
      heard += 1;
      end();
    });
    await type(0, 20_000);
    expect(heard).toBe(1);
  });

  it('shows the new context to a listener', async () => {
    const { conversation, clock } = createHarness();
    const lit: boolean[] = [];
    conversation.on('typing.announced', () => {
      lit.push(conversation.actor.getSnapshot().context.typing.litUntil > clock.now());
    });
    conversation.keystroke();
    await clock.settle();
    expect(lit).toEqual([true]);
  });

  it('logs decisions as debug and trouble as warnings', async () => {
    const log: LogEntry[] = [];
    const { conversation, transport, clock } = createHarness({ logger: (entry) => log.push(entry) });
    transport.answer('typing', { code: 'rate-limited', message: 'x', retryAfterMs: 1000 });
    conversation.keystroke();
    await clock.settle();
    expect(log.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'warn typing.failed',
      'warn rate.limited',
      'debug typing.held',
    ]);
  });
});

describe('the life of a handle', () => {
  it('remembers what is told before start', async () => {
    const clock = createSteppedClock();
    const transport = createScriptedTransport({ clock });
    const conversation = createConversation({ transport, clock });
    conversation.open('c1');
    conversation.keystroke();
    await clock.settle();
    expect(transport.calls).toEqual([]);
    conversation.start();
    expect(transport.log).toEqual(['0.0 ON']);
  });

  it('aborts what is under way when stopped, and rejects who waits (C-1)', async () => {
    const { conversation, transport, clock, trace } = createHarness();
    transport.always('typing', 'hang');
    transport.always('read', 'hang');
    const reading = conversation.markAsRead();
    conversation.keystroke();
    await clock.settle();
    conversation.stop();
    await expect(reading).rejects.toMatchObject({ code: 'stopped' });
    expect(transport.calls.map(({ signal }) => signal.aborted)).toEqual([true, true]);
    expect(clock.timers).toBe(0);
    expect(trace.entries).toEqual([]);
  });

  it("is the actor's own: starting and stopping the actor does the same", async () => {
    const clock = createSteppedClock();
    const transport = createScriptedTransport({ clock });
    const conversation = createConversation({ transport, clock });
    conversation.actor.start();
    transport.tell({ type: 'conversation.opened', conversationId: 'c1' });
    transport.answer('read', 'hang');
    const reading = conversation.markAsRead();
    conversation.actor.stop();
    await expect(reading).rejects.toMatchObject({ code: 'stopped' });
    transport.tell({ type: 'conversation.opened', conversationId: 'c2' });
    expect(conversation.actor.getSnapshot().context.conversationId).toBe('c1');
  });

  it('leaves: tells that typing ended, then stops', async () => {
    const { conversation, transport, clock, at } = createHarness();
    transport.answer('typing', 'accept', { afterMs: 400, answer: 'accept' });
    conversation.keystroke();
    await at(600);
    let left = false;
    const leaving = conversation.leave().then(() => {
      left = true;
    });
    await at(1399);
    expect(left).toBe(false);
    await at(1400);
    await leaving;
    expect(transport.log).toEqual(['0.0 ON', '1.0 OFF']);
    expect(transport.calls[1]?.signal.aborted).toBe(false);
    expect(clock.timers).toBe(0);
    expect(conversation.actor.getSnapshot().status).toBe('stopped');
  });

  it('leaves at once when nothing is lit, in time when nothing can be told, and after stop', async () => {
    const quiet = createHarness();
    await quiet.conversation.leave();
    expect(quiet.transport.calls).toEqual([]);
    await quiet.conversation.leave();
    const offline = createHarness();
    await offline.type(0, 0);
    offline.conversation.offline();
    const leaving = offline.conversation.leave();
    await offline.at(5001);
    await leaving;
    expect(offline.transport.log).toEqual(['0.0 ON']);
    const stopped = createHarness();
    await stopped.type(0, 0);
    const waiting = stopped.conversation.leave();
    stopped.conversation.stop();
    await waiting;
  });

  it('takes every verb after stop without a throw or a call, and rejects markAsRead', async () => {
    const { conversation, transport, clock, told } = createHarness();
    told('m1');
    conversation.stop();
    conversation.stop();
    for (const verb of [
      'keystroke',
      'clearInput',
      'blurInput',
      'stopTyping',
      'messageSent',
      'close',
      'end',
      'reopen',
      'hide',
      'show',
      'offline',
      'online',
      'reauthorize',
    ] as const) {
      conversation[verb]();
    }
    conversation.open('c2');
    conversation.viewed('m1');
    conversation.receive({
      type: 'conversation:typing',
      conversationId: 'c1',
      participantId: 'a',
      isTyping: true,
    });
    await expect(conversation.markAsRead()).rejects.toMatchObject({ code: 'stopped' });
    await clock.advance(60_000);
    expect(transport.calls).toEqual([]);
    expect(() => conversation.start()).toThrow(expect.objectContaining({ code: 'stopped' }));
  });

  it('keeps its ports out of snapshots, clones and inspection', async () => {
    const seen: unknown[] = [];
    const { conversation } = createHarness({ inspect: (event) => seen.push(event) });
    conversation.keystroke();
    const { context } = conversation.actor.getSnapshot();
    expect(JSON.parse(JSON.stringify(context.ports))).toEqual({});
    expect(structuredClone({ ...context }).ports).toEqual({});
    const persisted = JSON.stringify(conversation.actor.getPersistedSnapshot());
    expect(persisted).toContain('"sendTyping"');
    expect(persisted).not.toMatch(/transport|readings/);
    expect(seen.length).toBeGreaterThan(0);
  });
});
