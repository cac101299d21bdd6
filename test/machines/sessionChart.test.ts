import { defaultSessionTiming } from 'genesys-conversation-machine';
import {
  type SessionContext,
  type SessionEmitted,
  type SessionEvent,
  type SessionPorts,
  type SessionReadings,
  type SocketCommand,
  sessionMachine,
} from 'genesys-conversation-machine/machines';
import { createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it } from 'vitest';
import { createActor, fromCallback, type StateNode } from 'xstate';
import { failureOfClose, verdictOf } from '../../machines/session/closeCodes.ts';
import { errorVerdict, failureOfCode } from '../../machines/session/errorCodes.ts';
import { tableOf, tablesIn } from '../support/chartTables.ts';
import { enqueuedActions, nodesUnder } from '../support/nodes.ts';

const folder = new URL('../../machines/session/', import.meta.url);

/** Clocks of a session that hears nothing. */
const idle = (now: () => number): SessionReadings => ({
  now,
  wallNow: now,
  lastFrameAt: () => 0,
  frameCount: () => 0,
  answerCount: () => 0,
});

const nodes = nodesUnder(sessionMachine.root as unknown as StateNode);
const { implementations } = sessionMachine;
const transitionsOf = (node: StateNode) => [...[...node.transitions.values()].flat(), ...(node.always ?? [])];

describe('the session chart', () => {
  it('has the states of the design', () => {
    expect(Object.keys(sessionMachine.root.states)).toEqual([
      'idle',
      'live',
      'reconnecting',
      'closed',
      'failed',
    ]);
    const live = sessionMachine.root.states.live as unknown as StateNode;
    expect(Object.keys(live.states)).toEqual([
      'connecting',
      'configuring',
      'configured',
      'readOnly',
      'unresponsive',
    ]);
    expect(live.invoke.map(({ id }) => id)).toEqual(['socket']);
  });

  it('names only delays, guards and actions that are implemented', () => {
    const names = (kind: 'delays' | 'guards' | 'actions') => Object.keys(implementations[kind]);
    const delays = nodes.flatMap((node) => node.after.map(({ delay }) => delay));
    expect(delays.length).toBeGreaterThan(8);
    for (const delay of delays) expect(names('delays')).toContain(delay);
    for (const node of nodes) {
      for (const action of [...node.entry, ...node.exit])
        if (typeof action === 'string') expect(names('actions')).toContain(action);
      for (const { guard, actions } of transitionsOf(node)) {
        if (guard !== undefined) expect(names('guards')).toContain(guard);
        for (const action of actions)
          if (typeof action === 'string') expect(names('actions')).toContain(action);
      }
    }
  });

  it('uses everything that is implemented: nothing is left over', () => {
    const used = new Set(
      nodes.flatMap((node) => [
        ...node.entry,
        ...node.exit,
        ...node.after.map(({ delay }) => delay),
        ...transitionsOf(node).flatMap(({ guard, actions }) => [guard, ...actions]),
        ...enqueuedActions,
      ]),
    );
    for (const kind of ['guards', 'actions', 'delays'] as const) {
      for (const name of Object.keys(implementations[kind])) expect(used, name).toContain(name);
    }
  });

  it('has no state without a way out', () => {
    for (const node of nodes.filter(({ type }) => type === 'atomic')) {
      let ways = 0;
      for (let each: StateNode | undefined = node; each; each = each.parent) {
        ways += transitionsOf(each).filter(({ target }) => target !== undefined).length;
      }
      expect(ways, node.id).toBeGreaterThan(0);
    }
  });

  it('fails with a word on what to do where its actors were not provided', async () => {
    const actor = createActor(sessionMachine, {
      input: {
        ports: {
          wire: null,
          readings: idle(() => 0),
        },
        timing: defaultSessionTiming,
        seed: 1,
      },
    }).start();
    actor.send({ type: 'session.connect' });
    expect(actor.getSnapshot().value).toBe('failed');
    expect(actor.getSnapshot().context.failure).toEqual({
      code: 'unexpected',
      message: expect.stringContaining('Provide the actor "socket"'),
    });
    actor.stop();
  });

  it('fails with a word on who is to blame where its socket breaks, and repeats nothing of it (S4)', () => {
    const socket = fromCallback<SocketCommand, { ports: SessionPorts }>(() => {
      throw new Error('token-1');
    });
    const actor = createActor(sessionMachine.provide({ actors: { socket } }), {
      input: { ports: { wire: null, readings: idle(() => 0) }, timing: defaultSessionTiming, seed: 1 },
    }).start();
    actor.send({ type: 'session.connect' });
    expect(actor.getSnapshot().value).toBe('failed');
    expect(actor.getSnapshot().context.failure).toEqual({
      code: 'unexpected',
      message: expect.stringContaining('The socket actor broke'),
    });
    actor.stop();
  });

  it('asks for a session alone, of a deployment that it knows nothing of', () => {
    const commands: SocketCommand[] = [];
    let tell: (event: SessionEvent) => void = () => {};
    const socket = fromCallback<SocketCommand, { ports: SessionPorts }>(({ sendBack, receive }) => {
      tell = sendBack;
      receive((command) => commands.push(command));
    });
    const actor = createActor(sessionMachine.provide({ actors: { socket } }), {
      clock: createSteppedClock(),
      input: { ports: { wire: null, readings: idle(() => 0) }, timing: defaultSessionTiming, seed: 1 },
    }).start();
    actor.send({ type: 'session.connect' });
    tell({ type: 'socket.opened' });
    tell({
      type: 'frame.session',
      connected: true,
      readOnly: false,
      newSession: true,
      clearedExisting: false,
    });
    expect(commands).toEqual([{ type: 'send', frame: { kind: 'configure', startNew: false } }]);
    actor.stop();
  });

  it('says what is missing, soon, where the actors that look into history were not provided', async () => {
    const clock = createSteppedClock();
    let tell: (event: SessionEvent) => void = () => {};
    const socket = fromCallback<SocketCommand, { ports: SessionPorts }>(({ sendBack }) => {
      tell = sendBack;
    });
    const told: SessionEmitted[] = [];
    const actor = createActor(sessionMachine.provide({ actors: { socket } }), {
      clock,
      input: { ports: { wire: null, readings: idle(clock.now) }, timing: defaultSessionTiming, seed: 1 },
    });
    actor.on('*', (event) => told.push(event));
    actor.start();
    actor.send({ type: 'session.connect' });
    for (const newSession of [true, false]) {
      tell({ type: 'socket.opened' });
      tell({ type: 'frame.session', connected: true, readOnly: false, newSession, clearedExisting: false });
      if (newSession) {
        actor.send({ type: 'message.send', id: 'm1' });
        tell({ type: 'socket.closed', code: 4200 });
        await clock.settle();
      }
    }
    const of = (type: SessionEmitted['type']) => told.filter((event) => event.type === type);
    await clock.advance(3 * defaultSessionTiming.settle);
    expect(of('session.gap')).toHaveLength(1);
    await clock.advance(6 * defaultSessionTiming.settle);
    expect(of('message.failed')).toEqual([
      { type: 'message.failed', id: 'm1', failure: expect.objectContaining({ unsure: true }) },
    ]);
    actor.stop();
  });
});

describe('the header of the machine', () => {
  const told = tablesIn(new URL('session.machine.ts', folder));
  const regions = Object.fromEntries(
    nodes.filter(({ parent }) => parent?.type === 'parallel').map((node) => [node.key, node]),
  );

  it('tells of every region', () => {
    expect(Object.keys(told)).toEqual(['session', ...Object.keys(regions)]);
  });

  it('tells where each state leads, and what it invokes', () => {
    const truth = Object.entries(tableOf(sessionMachine.root as unknown as StateNode));
    expect(told.session).toEqual(
      Object.fromEntries(truth.filter(([name]) => !name.startsWith('live.configured.'))),
    );
  });

  it.each(Object.keys(regions))('tells of %s where each state leads, and what it invokes', (region) => {
    const node = regions[region];
    expect(told[region]).toEqual(node && tableOf(node));
  });
});

describe('every wait', () => {
  it('is a whole number that a timer takes, in every state of time (L-3)', () => {
    for (const now of [0, 0.1, 1e3, 2 ** 31, 2 ** 40, 2 ** 53]) {
      for (const at of [Number.MIN_SAFE_INTEGER, 0, 0.5, 1e3, 2 ** 32, 2 ** 52, null]) {
        const readings = {
          now: () => now,
          wallNow: () => now,
          lastFrameAt: () => at ?? 0,
          frameCount: () => 0,
          answerCount: () => 0,
        };
        const actor = createActor(sessionMachine, {
          input: { ports: { wire: null, readings }, timing: defaultSessionTiming, seed: 1 },
        });
        const context = {
          ...actor.getSnapshot().context,
          blockedUntil: at ?? 0,
          term: { durationMs: null, expiresAt: at },
          search: { failures: 0, at: at ?? 0 },
          outbox: [{ id: 'a', state: 'unsure', sends: 1, looks: 0 }],
        } satisfies SessionContext;
        for (const [name, delay] of Object.entries(implementations.delays)) {
          const resolve = delay as unknown as (args: { context: SessionContext }) => number;
          const ms = resolve({ context: { ...context, reconnect: { ...context.reconnect, at: at ?? 0 } } });
          expect(Number.isInteger(ms), `${name} ${ms}`).toBe(true);
          expect(ms).toBeGreaterThanOrEqual(0);
          expect(ms).toBeLessThan(2 ** 31);
        }
      }
    }
  });
});

describe('the tables', () => {
  it('have a verdict and a failure for every close code', () => {
    for (let code = 0; code < 5100; code += 1) {
      expect(typeof verdictOf({ code })).toBe('string');
      expect(failureOfClose({ code }).message).toContain(String(code));
    }
    for (let refused = 100; refused < 600; refused += 1) {
      expect(['once', 'retry', 'slowly']).toContain(verdictOf({ code: 1006, refused }));
      expect(failureOfClose({ code: 1006, refused }).status).toBe(refused);
    }
  });

  it('have a verdict and a failure for every error number', () => {
    const meanings = [
      401, 403, 404, 408, 409, 429, 500, 4000, 4001, 4005, 4006, 4007, 4008, 4010, 4011, 4013,
    ];
    for (const code of [...meanings, 4017, 4020, 4029, 4102, 5000, -1, 0, 1e9]) {
      expect(['fatal', 'forget', 'answer', 'message', 'log']).toContain(errorVerdict(code));
      expect(failureOfCode(code)).toMatchObject({ errorCode: code, message: expect.stringMatching(/\.$/) });
    }
  });
});
