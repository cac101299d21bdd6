import { createConversation } from 'genesys-conversation-machine';
import { chartOf } from 'genesys-conversation-machine/inspect';
import { conversationMachine, sessionMachine } from 'genesys-conversation-machine/machines';
import { startSandbox } from 'genesys-conversation-machine/sandbox';
import { createScriptedTransport, createSteppedClock } from 'genesys-conversation-machine/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { createBridge } from '../../examples/inspect-v4/bridge.ts';
import { countsOf, machineOf } from '../../examples/inspect-v4/counts.ts';
import { definitionOf } from '../../examples/inspect-v4/definition.ts';
import { receive, serveInspector } from '../../examples/inspect-v4/overWebSocket.ts';
import { serveBoth } from '../../examples/twoOrigins.mjs';
import { launchBrowser, launchTime, openWindow } from '../support/browser.ts';

const example = new URL('../../examples/inspect-v4/', import.meta.url);

type Told = { type: string; [key: string]: unknown };

/** How many states and transitions a machine of XState 5 has. */
const counted = (machine: Parameters<typeof chartOf>[0]) => {
  const { states, transitions } = chartOf(machine);
  return { states: states.length, transitions: transitions.length };
};

describe('@xstate/inspect 0.8.0, which knows XState 4 only', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  }, launchTime);
  afterAll(() => browser?.close());

  it('inspects a conversation from its own frame of another origin: register, events, states, stop', async () => {
    const { page: address, sandbox, close } = await serveBoth(example, startSandbox);
    const { page, complaints, close: closeWindow } = await openWindow(browser);
    onTestFinished(async () => {
      await closeWindow();
      await close();
    });
    await page.goto(address);
    await page.waitForFunction(() => frames[0] !== undefined);
    const receiver = page.frames()[1];
    if (!receiver) throw new Error('there is no frame');
    const told = (): Promise<Told[]> =>
      receiver.evaluate(() => (globalThis as never as { told: Told[] }).told);
    await expect.poll(async () => (await told()).map(({ type }) => type)).toContain('service.register');

    await page.locator('#text').focus();
    await page.keyboard.type('Hi');
    await expect
      .poll(async () => JSON.stringify(await told()))
      .toContain('"typing":{"typing":{"lit":"fresh"}}');
    // The way back: a verb that is allowed, from that frame, at that origin.
    for (const key of ['Backspace', 'Backspace']) await page.keyboard.press(key);
    await expect
      .poll(async () => JSON.stringify((await told()).at(-1)), { timeout: 5000 })
      .toContain('"typing":"idle"');
    expect(sandbox.calls({ lane: 'typing' }).length).toBe(2);
    await receiver.locator('#key').click();
    await expect.poll(async () => sandbox.calls({ lane: 'typing' }).length).toBe(3);

    // Another frame, of another origin, says the same, and what the package itself would obey.
    await page.evaluate(() => {
      const frame = document.createElement('iframe');
      frame.sandbox.add('allow-scripts');
      const end = JSON.stringify({
        name: 'conversation.ended',
        data: { type: 'conversation.ended' },
        origin: 'a1',
      });
      const key = JSON.stringify({ name: 'keystroke', data: { type: 'keystroke' }, origin: 'a1' });
      frame.srcdoc = `<script>for (const event of [${JSON.stringify(end)}, ${JSON.stringify(key)}])
        parent.postMessage({ type: 'xstate.event', event }, '*'); parent.postMessage('said', '*');</script>`;
      const heard = new Promise((resolve) => {
        window.addEventListener('message', ({ data }) => data === 'said' && resolve(data));
      });
      document.body.append(frame);
      return heard;
    });
    await page.locator('#stop').click();
    await expect.poll(async () => (await told()).at(-1)?.type).toBe('service.stop');

    const all = await told();
    const [register] = all.filter(({ type }) => type === 'service.register');
    expect(register).toMatchObject(counted(conversationMachine));
    expect(register?.next).toEqual(expect.arrayContaining(['keystroke', 'conversation.ended']));
    const states = all.filter(({ type }) => type === 'service.state');
    expect(states.every(({ isState }) => isState === true)).toBe(true);
    const values = JSON.stringify(states.map(({ value }) => value));
    for (const part of ['announcing', '"lit":"fresh"', 'stopping', 'cooldown', '"link":"ready"']) {
      expect(values).toContain(part);
    }
    expect(values).not.toContain('"link":"ended"');
    expect(all.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['keystroke', expect.stringMatching(/^done\.invoke\./)]),
    );
    expect(complaints).toEqual([]);
  });

  it('inspects one over its WebSocket server in Node, which takes nothing back and lets no page in', async () => {
    const clock = createSteppedClock();
    const transport = createScriptedTransport({ clock });
    const bridge = createBridge({ batchEvery: 0 });
    const server = await serveInspector(bridge);
    const conversation = createConversation({
      transport,
      clock,
      conversationId: 'c1',
      inspect: bridge.inspect,
    });
    onTestFinished(() => {
      bridge.stop();
      server.close();
    });
    const receiver = receive(server.port);
    const all: NonNullable<Parameters<Parameters<typeof receiver.subscribe>[0] & object>[0]>[] = [];
    receiver.subscribe((event) => event && all.push(event));
    conversation.start();
    await expect.poll(() => all.some(({ type }) => type === 'service.register')).toBe(true);
    const key = JSON.stringify({ name: 'keystroke', data: { type: 'keystroke' }, origin: 'a1' });
    receiver.send({ type: 'xstate.event', event: key, service: 'a1' });
    conversation.keystroke();
    await clock.advance(6000);
    conversation.stop();
    await expect.poll(() => all.at(-1)?.type).toBe('service.stop');
    expect(transport.log).toEqual(['0.0 ON', '3.0 OFF']);
    const page = new WebSocket(`ws://127.0.0.1:${server.port}`, { origin: 'http://elsewhere.example' });
    expect(await new Promise((resolve) => page.once('error', ({ message }) => resolve(message)))).toMatch(
      /401/,
    );
    const register = all.find((event) => event.type === 'service.register');
    if (register?.type !== 'service.register') throw new Error('nothing was registered');
    expect(countsOf(register.machine)).toEqual(counted(conversationMachine));
    const states = all.flatMap((event) => (event.type === 'service.state' ? [event.state] : []));
    for (const state of states) {
      expect(register.machine.resolveState(state).value).toEqual(state.value);
    }
    expect(states.flatMap((state) => state.toStrings())).toContain('typing.stopping.calling');
  });
  it.each([
    ['conversation', conversationMachine],
    ['session', sessionMachine],
  ])('takes the definition of the %s machine with every state and transition', (_name, machine) => {
    expect(countsOf(machineOf(definitionOf(chartOf(machine as never))))).toEqual(counted(machine as never));
  });
});
