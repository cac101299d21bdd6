import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createConversation, eventStream, guestRest, webMessaging } from 'genesys-conversation-machine';
import { createHub } from 'genesys-conversation-machine/hub';
import { createInspector } from 'genesys-conversation-machine/inspect';
import {
  createRecorder,
  createScriptedGenesys,
  createScriptedTransport,
  createSteppedClock,
} from 'genesys-conversation-machine/testing';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createMemoryStorage } from '../support/memoryStorage.ts';
import { docExamples, moduleOf } from './docExamples.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const examples = docExamples();

/** What is compiled alone, with those of the README, and what it would need to run. */
const elsewhere: Readonly<Record<string, string>> = {
  openGuestConversation: 'a back end',
  'GuestRest.sendMessage': 'a back end',
  webMessaging: 'Genesys Cloud',
  startSandbox: 'a caller who types',
  bindTyping: 'a page',
  observeRead: 'a page',
  countAsPerson: 'a page',
  connectViewer: 'a page',
  traceOfPage: 'a page',
  readTrace: 'a trace',
  toTest: 'a trace',
  toTimeline: 'a trace',
};

/** A chat on a stepped clock, with an agent's message in it. */
function createWorld() {
  const clock = createSteppedClock();
  const transport = createScriptedTransport({ clock });
  const conversation = createConversation({ transport, clock, conversationId: 'c1' }).start();
  conversation.messageReceived({ messageId: 'm2', participantId: 'agent' });
  conversation.messageReceived({ messageId: 'm1', participantId: 'agent' });
  const genesys = createScriptedGenesys({ clock });
  const { webSocket, fetch } = genesys;
  const session = webMessaging({
    region: 'eu-west-1',
    deploymentId: '4b8f4a36-7d5c-4a5e-9a33-0b8c1f3a6d27',
    clock,
    webSocket,
    fetch,
  });
  vi.stubGlobal('WebSocket', webSocket); // Node 20 has none.
  const hub = createHub({ transport: createScriptedTransport({ clock }), clock });
  const page = new EventTarget();
  const own = {
    ...{ clock, transport, conversation, genesys, hub, session },
    ...{ document: page, input: page, addEventListener: page.addEventListener.bind(page) },
    ...{ localStorage: createMemoryStorage(), sessionStorage: createMemoryStorage() },
    guest: guestRest({
      ...{ orgUrl: 'http://127.0.0.1:9', participantId: 'g1', token: 't1' },
      events: eventStream({ webSocket }),
    }),
    recorder: createRecorder({ clock }),
    inspector: createInspector({ clock }),
    model: {
      answer: async (text: string) => text,
      async *stream(text: string) {
        yield text;
      },
    },
    ...{
      orgUrl: 'http://127.0.0.1:9',
      conversationId: 'c1',
      guestId: 'g1',
      guestToken: 't1',
      messageId: 'm1',
    },
    ...{
      deploymentId: '4b8f4a36-7d5c-4a5e-9a33-0b8c1f3a6d27',
      clientId: 'bot',
      clientSecret: 's1',
      question: 'q',
      WebSocket: webSocket,
    },
    ...{ print: () => {}, signIn: async () => {}, nameOf: (id: string) => id },
    console: { info: () => {}, debug: () => {} },
    ...{ describe: () => {}, it: () => {}, expect },
  };
  const end = () => {
    conversation.stop();
    session.stop();
    hub.stop();
  };
  return { own, clock, session, end };
}

it('every example of a docstring that needs no page and no server runs', async () => {
  // Below the root, so that the package is found by its own name, as in an application.
  const folder = join(root, 'dist/docstrings');
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'examples.ts');
  await writeFile(file, moduleOf(examples));
  const { plays } = await import(/* @vite-ignore */ file);
  onTestFinished(() => void vi.unstubAllGlobals());
  const failed: string[] = [];
  for (const [index, { of }] of examples.entries()) {
    if (of in elsewhere) continue;
    const { own, clock, session, end } = createWorld();
    if (beginsConnected.test(of)) await Promise.all([session.connect(), clock.advance(1000)]);
    const [came] = await Promise.allSettled([plays[index](own), clock.advance(20_000)]);
    if (came.status === 'rejected') failed.push(`${of}: ${came.reason}`);
    end();
  }
  expect(failed).toEqual([]);
  expect(examples.length).toBeGreaterThan(100);
  const names = examples.map(({ of }) => of);
  expect(Object.keys(elsewhere).filter((name) => !names.includes(name))).toEqual([]);
});

/** Examples of what is done with a session that is up. */
const beginsConnected = /^(?:WebMessaging|ScriptedGenesys|ScriptedSocket)\.(?!connect)/;
