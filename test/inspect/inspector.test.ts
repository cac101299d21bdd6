import { createInspector, type InspectorMessage } from 'genesys-conversation-machine/inspect';
import { createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it, vi } from 'vitest';
import { assign, createActor, createMachine } from 'xstate';
import { createHarness } from '../support/harness.ts';

type Kind = InspectorMessage['kind'];
type OfKind<K extends Kind> = Extract<InspectorMessage, { kind: K }>;

/** A conversation with an inspector on the same clock, and all that somebody who looks at it is told. */
function createWatched(options: Parameters<typeof createInspector>[0] = {}) {
  let tick = () => 0;
  const inspector = createInspector({
    clock: { ...createSteppedClock(), now: () => tick(), setTimeout: (callback) => setTimers.push(callback) },
    ...options,
  });
  const setTimers: (() => void)[] = [];
  const harness = createHarness({ inspect: inspector.inspect });
  tick = () => harness.clock.now();
  const told: InspectorMessage[] = [];
  const flush = (): void => {
    for (const callback of setTimers.splice(0)) callback();
  };
  const look = () => inspector.listen((messages) => told.push(...messages));
  const of = <K extends Kind>(kind: K): OfKind<K>[] => {
    flush();
    return told.filter((message): message is OfKind<K> => message.kind === kind);
  };
  return { ...harness, inspector, told, look, flush, of };
}

/** The events `keystroke` among those that were told. */
const keys = (events: readonly OfKind<'event'>[]) =>
  events.map(({ event }) => event).filter((event) => (event as { type: string }).type === 'keystroke');

describe('who looks', () => {
  it('is told of the machine, its events, transitions, states and calls, in order', async () => {
    const { look, of, type, at, told } = createWatched();
    look();
    await type(0, 600);
    await at(7000);
    const [actor] = of('actor');
    expect(actor).toMatchObject({ name: 'conversation', replayed: true, chart: { name: 'conversation' } });
    expect(of('actor').map(({ name }) => name)).toEqual(['conversation', 'sendTyping', 'sendTyping']);
    expect(of('emitted').map(({ event }) => (event as { type: string }).type)).toEqual([
      'typing.acknowledged',
      'typing.announced',
      'typing.acknowledged',
      'typing.stopped',
    ]);
    const active = of('snapshot')
      .filter((message) => message.actor === actor?.actor)
      .map((message) => message.active.filter((path) => path.startsWith('typing.')).at(-1));
    expect(active.filter((path, index) => path !== active[index - 1])).toEqual([
      'typing.idle',
      'typing.typing.announcing',
      'typing.typing.lit.fresh',
      'typing.stopping.calling',
      'typing.cooldown.quiet',
      'typing.idle',
    ]);
    expect(told.map(({ n }) => n)).toEqual([...told.keys()].map((index) => index + 1));
  });

  it('finds every transition that was taken in the chart, eventless ones included', async () => {
    const { look, of, type, at, transport } = createWatched();
    look();
    transport.answer('typing', { code: 'rate-limited', status: 429, message: '', retryAfterMs: 3000 });
    await type(0, 1000);
    await at(20_000);
    const keys = new Set(of('actor')[0]?.chart?.transitions.map(({ key }) => key));
    const taken = of('transition').flatMap(({ transitions }) => transitions);
    expect(taken.filter(({ key }) => !keys.has(key))).toEqual([]);
    expect(taken.some(({ key }) => key.includes('||'))).toBe(true);
    expect(keys.size).toBe(of('actor')[0]?.chart?.transitions.length);
  });

  it('is told of timers with the ms they resolved to, their start, and how each of them ended', async () => {
    const { look, of, type, at } = createWatched();
    look();
    await type(0, 600);
    await at(10_000);
    const started = of('timer.started').filter(({ timer }) => timer.event === 'after silenceLeft');
    expect(started.map(({ timer }) => [timer.startedAt, timer.ms])).toEqual([
      [0, 3000],
      [3000, 600],
    ]);
    const ends = of('timer.ended').filter(({ id }) => id.includes('silenceLeft'));
    expect(ends.map(({ at: time, how }) => [time, how])).toEqual([
      [3000, 'fired'],
      [3600, 'fired'],
    ]);
    expect(of('timer.ended').find(({ id }) => id.includes('typingDeadline'))).toMatchObject({
      how: 'cancelled',
    });
  });

  it('sees no timer left of a state that was left, and a re-armed one once', async () => {
    const { look, of, type, at, conversation } = createWatched();
    look();
    await type(0, 3400);
    await at(30_000);
    conversation.stop();
    const open = new Map<string, number>();
    for (const message of [...of('timer.started'), ...of('timer.ended')].sort((a, b) => a.n - b.n)) {
      const id = message.kind === 'timer.started' ? message.timer.id : message.id;
      const count = (open.get(id) ?? 0) + (message.kind === 'timer.started' ? 1 : -1);
      expect(count === 0 || count === 1).toBe(true);
      open.set(id, count);
    }
    expect([...open.values()].every((count) => count === 0)).toBe(true);
    expect(of('stopped').at(-1)).toMatchObject({ status: 'stopped' });
  });

  it('may come late: what runs already is replayed with its state and its pending timers', async () => {
    const { look, of, type } = createWatched();
    await type(0, 600);
    look();
    expect(of('actor')).toMatchObject([{ name: 'conversation', replayed: true }]);
    expect(of('snapshot')[0]?.active).toContain('typing.typing.lit.fresh');
    expect(of('timer.started').map(({ timer }) => [timer.event, timer.ms, timer.startedAt])).toEqual([
      ['after silenceLeft', 3000, 0],
      ['after renewalLeft', 4000, 0],
    ]);
  });

  it('is not there: then nothing is copied and no timer runs', async () => {
    const clock = createSteppedClock();
    const inspector = createInspector({ clock });
    const touched = vi.fn(() => 1);
    const machine = createMachine({
      context: { seen: 0 },
      on: { look: { actions: assign({ seen: ({ context }) => context.seen + 1 }) } },
    });
    const actor = createActor(machine, { inspect: inspector.inspect }).start();
    const event = Object.defineProperty({ type: 'look' }, 'costly', { get: touched, enumerable: true });
    actor.send(event);
    expect(touched).not.toHaveBeenCalled();
    expect(clock.timers).toBe(0);

    const told: InspectorMessage[] = [];
    const leave = inspector.listen((messages) => told.push(...messages));
    actor.send(event);
    expect(touched).toHaveBeenCalled();
    await clock.advance(50);
    expect(told.map(({ kind }) => kind)).toContain('event');
    actor.send(event);
    leave();
    expect(clock.timers).toBe(0);
  });

  it('harms nobody by throwing, and is told nothing more', async () => {
    const complain = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { inspector, of, look, flush, conversation, transport, at } = createWatched();
    let calls = 0;
    inspector.listen(() => {
      calls += 1;
      throw new Error('mine');
    });
    look();
    flush();
    conversation.keystroke();
    await at(100);
    expect(of('transition').length).toBeGreaterThan(0);
    expect([calls, complain.mock.calls.length, transport.log]).toEqual([1, 1, ['0.0 ON']]);
    complain.mockRestore();
  });

  it('and cannot keep up is told how much is lost', () => {
    const { look, of, flush, conversation } = createWatched({ keep: 10 });
    look();
    flush();
    for (let count = 0; count < 100; count += 1) conversation.actor.send({ type: 'keystroke' });
    const lost = of('lost').reduce((sum, { count }) => sum + count, 0);
    expect(lost).toBeGreaterThan(100);
    expect(of('event').length).toBeLessThanOrEqual(20);
  });
});

describe('what is shown', () => {
  it('is plain data, whatever an event holds: a circle, an instance, a getter that throws, a function', () => {
    const { look, of, conversation } = createWatched();
    look();
    const circle: Record<string, unknown> = { type: 'keystroke', at: new Date(0), run: () => {}, big: 1n };
    circle.self = circle;
    circle.set = new Set(['one']);
    circle.socket = new (class Socket {})();
    Object.defineProperty(circle, 'bad', { enumerable: true, get: () => { throw new Error('no'); } }); // biome-ignore format: one line
    conversation.actor.send(circle as never);
    const [event] = keys(of('event'));
    expect(event).toEqual({
      type: 'keystroke',
      at: '1970-01-01T00:00:00.000Z',
      run: '[function]',
      big: '[bigint]',
      self: '[circular]',
      set: ['one'],
      socket: '[Socket]',
      bad: '[unreadable]',
    });
    expect(JSON.parse(JSON.stringify(event))).toEqual(event);
  });

  it('holds no token and no text of a message, in events, contexts, emitted events and calls (S18)', () => {
    const { look, of, conversation, told } = createWatched();
    look();
    const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2ln';
    const secrets = {
      guestToken: 'canary-1',
      headers: { Authorization: 'Bearer canary-2' },
      note: `see ${jwt}`,
    };
    const message = {
      messageId: 'm1',
      text: 'canary-3',
      content: [{ card: { words: 'canary-4' } }],
      nickname: 'canary-5',
    };
    conversation.actor.send({ type: 'keystroke', ...secrets, message } as never);
    of('event');
    expect(JSON.stringify(told)).not.toMatch(/canary|eyJ/);
    expect(keys(of('event'))[0]).toMatchObject({
      guestToken: '[token]',
      message: { messageId: 'm1', text: '[text]', nickname: '[text]' },
    });
  });

  it('has no id where that is wished, and the same word for the same one', () => {
    const { look, of, conversation, told } = createWatched({ redact: { ids: true } });
    look();
    const signal = { type: 'remote.typing', participantId: 'agent-7', isTyping: true } as const;
    conversation.actor.send({ ...signal, conversationId: 'c1' });
    const [first] = of('event').slice(-1);
    expect(JSON.stringify(told)).not.toContain('agent-7');
    expect(first?.event).toMatchObject({ conversationId: 'id-1', isTyping: true });
  });

  it('leaves nothing in the way of a kind of inspection that a later XState brings', () => {
    const { inspector } = createWatched();
    expect(() => inspector.inspect({ type: '@xstate.novelty' } as never)).not.toThrow();
    expect(() => inspector.inspect(null as never)).not.toThrow();
  });
});

it.each([
  ['redact', { redact: 1 }],
  ['redact.texts', { redact: { texts: 'no' } }],
  ['redact.also', { redact: { also: 1 } }],
  ['batchEvery', { batchEvery: -1 }],
  ['keep', { keep: 0 }],
  ['clock', { clock: {} }],
])('refuses a wrong %s by its name', (name, options) => {
  expect(() => createInspector(options as never)).toThrow(
    expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining(name) }),
  );
});
