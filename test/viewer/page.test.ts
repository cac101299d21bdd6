import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { connectViewer, createInspector } from 'genesys-conversation-machine/inspect';
import type { Browser, Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { createActor, createMachine } from 'xstate';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { launchBrowser, launchTime, openWindow } from '../support/browser.ts';

/** What the page of an application has in its hands. */
interface Hands {
  createInspector: typeof createInspector;
  connectViewer: typeof connectViewer;
  createActor: typeof createActor;
  createMachine: typeof createMachine;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
let browser: Browser;
let script: string;

beforeAll(async () => {
  browser = await launchBrowser();
  const { outputFiles } = await build({
    stdin: {
      contents: `import { connectViewer, createInspector } from './src/inspect/index.ts';
        import { createActor, createMachine } from 'xstate';
        import { createConversation } from './src/index.ts';
        import { createScriptedTransport, createSteppedClock } from './src/testing/index.ts';
        Object.assign(globalThis, { connectViewer, createInspector, createActor, createMachine,
          createConversation, createScriptedTransport, createSteppedClock });`,
      resolveDir: root,
    },
    ...{ bundle: true, write: false, format: 'iife', target: 'es2022', logLevel: 'silent' },
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  script = outputFiles[0]?.text ?? '';
}, launchTime);
afterAll(() => browser?.close());

/** A page of an application, at an origin of its own. */
async function servePage(): Promise<string> {
  const server = createServer(({ url }, response) => {
    if (url === '/page.js') response.setHeader('content-type', 'text/javascript').end(script);
    else
      response
        .setHeader('content-type', 'text/html')
        .end('<!doctype html><link rel="icon" href="data:,"><script src="/page.js"></script><body>');
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A page that frames the viewer of a sandbox, which knows the page's origin. */
async function openViewer(): Promise<{ page: Page; viewer: Frame; sandbox: Sandbox; complaints: string[] }> {
  const origin = await servePage();
  const sandbox = await startSandbox({ allowedOrigins: [origin] });
  const { page, complaints, close } = await openWindow(browser, { viewport: { width: 1400, height: 900 } });
  onTestFinished(async () => {
    await close();
    await sandbox.close();
  });
  await page.goto(origin);
  await page.evaluate((viewerOrigin) => {
    const { createInspector, connectViewer } = globalThis as never as Hands;
    const frame = document.body.appendChild(document.createElement('iframe'));
    Object.assign(frame, { width: '1300', height: '850' });
    const inspector = createInspector({ batchEvery: 0 });
    const leave = connectViewer(inspector, { viewer: frame, origin: viewerOrigin });
    Object.assign(globalThis, { inspector, leave, frame });
    frame.src = `${viewerOrigin}/inspector/`;
  }, sandbox.url);
  await expect.poll(() => page.frames()[1]?.url()).toBe(`${sandbox.url}/inspector/`);
  const viewer = page.frames()[1];
  if (!viewer) throw new Error('there is no frame');
  return { page, viewer, sandbox, complaints };
}

/** The number of the last line of the sequence. */
const lastStep = (viewer: Frame): Promise<number> =>
  viewer.evaluate(() =>
    Number(document.querySelector<HTMLElement>('#sequence li:last-child')?.dataset.n ?? 0),
  );

/**
 * How long the tasks of pages took, ms of the processor: who else uses it makes a task late, and not long. Page and viewer
 * share a process here, so that these are the tasks of both.
 */
function tasksIn(trace: Buffer): number[] {
  interface Traced {
    name: string;
    pid: number;
    tid: number;
    tdur?: number;
    args?: { name?: string };
  }
  const { traceEvents } = JSON.parse(String(trace)) as { traceEvents: Traced[] };
  const threadOf = ({ pid, tid }: Traced): string => `${pid} ${tid}`;
  const pages = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(threadOf),
  );
  return traceEvents
    .filter(
      (event) => event.name.endsWith('RunTask') && event.tdur !== undefined && pages.has(threadOf(event)),
    )
    .map(({ tdur = 0 }) => tdur / 1000);
}

/** A machine that is none of this package's: a door, with a lock beside it. */
const openDoor = (page: Page) =>
  page.evaluate(() => {
    const { createActor, createMachine } = globalThis as never as Hands;
    const { inspector } = globalThis as never as { inspector: { inspect: () => void } };
    const machine = createMachine({
      id: 'door',
      type: 'parallel',
      context: { room: { number: 7, guests: ['Ann'] } },
      states: {
        leaf: {
          initial: 'shut',
          states: {
            shut: { on: { open: 'ajar' } },
            ajar: { after: { 60000: 'shut' }, on: { push: 'wide', shut: 'shut' } },
            wide: { on: { shut: 'shut' } },
          },
        },
        lock: { initial: 'locked', states: { locked: { on: { key: 'unlocked' } }, unlocked: {} } },
      },
    });
    const door = createActor(machine, { inspect: inspector.inspect }).start();
    Object.assign(globalThis, { door });
  });

const tell = (page: Page, ...types: string[]) =>
  page.evaluate((events) => {
    const { door } = globalThis as never as { door: { send(event: { type: string }): void } };
    for (const type of events) door.send({ type });
  }, types);

describe('the page that shows charts', () => {
  it('draws a machine that is not of this package, with elkjs loaded for that, under a strict policy', async () => {
    const { page, viewer, complaints } = await openViewer();
    const loaded: string[] = [];
    page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
    await openDoor(page);
    await viewer.locator('[data-state="leaf.shut"].lit').waitFor();
    expect(loaded.filter((path) => /elk/i.test(path))).toHaveLength(1);
    expect(await viewer.locator('[data-state]').count()).toBe(7);
    await tell(page, 'open');
    await viewer.locator('[data-state="leaf.ajar"].lit').waitFor();
    expect(await viewer.locator('.edge.lit').count()).toBe(1);
    await viewer.locator('[data-timer*="60000"]').waitFor();
    // Left and entered anew within a moment: one bar, from its new beginning (statelyai/xstate#1501, #617).
    await tell(page, 'shut', 'open');
    await expect.poll(() => viewer.locator('#sequence .what', { hasText: 'shut' }).count()).toBe(1);
    await expect.poll(() => viewer.locator('[data-timer]').count()).toBe(1);
    await expect.poll(() => viewer.locator('[data-timer] .left').textContent()).toMatch(/^(60\.0|59\.\d) s$/);
    await tell(page, 'shut');
    await viewer.locator('[data-state="leaf.shut"].lit').waitFor();
    await expect.poll(() => viewer.locator('[data-timer]').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('lights states and lines up without moving or drawing anything anew', async () => {
    const { page, viewer } = await openViewer();
    await openDoor(page);
    await viewer.locator('[data-state="leaf.shut"].lit').waitFor();
    const boxes = () =>
      viewer.evaluate(() =>
        [...document.querySelectorAll('[data-state], [data-edge]')].map((each) => {
          const { x, y, width, height } = each.getBoundingClientRect();
          Object.assign(each, { isFirst: true });
          return [x, y, width, height];
        }),
      );
    const before = await boxes();
    await tell(page, 'open', 'push');
    await viewer.locator('[data-state="leaf.wide"].lit').waitFor();
    expect(await boxes()).toEqual(before);
    const layouts = await viewer.evaluate(() => {
      const state = document.querySelector('[data-state="leaf.shut"]') as SVGGraphicsElement & {
        isFirst?: true;
      };
      state.getBoundingClientRect();
      // A style that moves nothing leaves what was measured before as it is.
      const bbox = JSON.stringify(state.getBBox());
      state.classList.toggle('lit');
      return [state.isFirst, bbox === JSON.stringify(state.getBBox())];
    });
    expect(layouts).toEqual([true, true]);
  });

  it('shows a context as a tree that stays open, and is worked by keyboard and in forced colours', async () => {
    const { page, viewer } = await openViewer();
    await openDoor(page);
    await viewer.locator('[data-state="leaf.shut"].lit').waitFor();
    const branch = viewer.locator('#context details[data-path="room"]');
    await branch.locator('summary').first().focus();
    await page.keyboard.press('Enter');
    await branch.locator('.value', { hasText: '7' }).waitFor();
    await tell(page, 'key');
    await viewer.locator('[data-state="lock.unlocked"].lit').waitFor();
    expect(await branch.getAttribute('open')).not.toBeNull();
    await page.emulateMedia({ forcedColors: 'active' });
    const strokes = await viewer.evaluate(() =>
      ['leaf.shut', 'leaf.wide'].map((path) => {
        const box = document.querySelector(`[data-state="${path}"] > rect`) as Element;
        const { stroke, strokeWidth } = getComputedStyle(box);
        return `${stroke} ${strokeWidth}`;
      }),
    );
    expect(strokes[0]).not.toBe(strokes[1]);
  });

  it('takes 10 000 events without a task over 50 ms', async () => {
    const { page, viewer } = await openViewer();
    await page.evaluate(() => {
      const { createConversation, createScriptedTransport, createSteppedClock, inspector } =
        globalThis as never as Record<string, (options?: object) => { start(): unknown }> & {
          inspector: { inspect: unknown };
        };
      const clock = createSteppedClock?.();
      const conversation = createConversation?.({
        ...{ clock, transport: createScriptedTransport?.({ clock }), conversationId: 'c1' },
        inspect: inspector.inspect,
      });
      conversation?.start();
      Object.assign(globalThis, { conversation });
    });
    await viewer.locator('[data-state="typing.idle"].lit').waitFor();
    const before = await lastStep(viewer);
    await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline', '__metadata'] });
    await page.evaluate(async () => {
      const { conversation } = globalThis as never as {
        conversation: { actor: { send(event: object): void } };
      };
      for (let event = 0; event < 10_000; event += 1) {
        conversation.actor.send({ type: 'keystroke' });
        if (event % 25 === 24) await new Promise((resolve) => setTimeout(resolve));
      }
    });
    await expect.poll(() => lastStep(viewer), { timeout: 40_000 }).toBeGreaterThan(before + 10_000);
    const tasks = tasksIn(await browser.stopTracing());
    expect(tasks.length).toBeGreaterThan(400);
    expect(Math.max(...tasks)).toBeLessThan(50);
  }, 60_000);

  it('is told anew after a reload, and nothing once nobody shows it, or another page stands in its place', async () => {
    const { page, viewer, sandbox } = await openViewer();
    await openDoor(page);
    await viewer.locator('[data-state="leaf.shut"].lit').waitFor();
    await viewer.evaluate(() => location.reload());
    await expect.poll(() => viewer.locator('[data-state="leaf.shut"].lit').count()).toBe(1);
    const elsewhere = await servePage();
    await page.evaluate((url) => {
      const { frame } = globalThis as never as { frame: HTMLIFrameElement };
      return new Promise((resolve) => {
        frame.addEventListener('load', resolve, { once: true });
        frame.src = url;
      });
    }, elsewhere);
    const heard = page.frames()[1]?.evaluate(
      () =>
        new Promise((resolve) => {
          window.addEventListener('message', ({ data }) => resolve(data));
          parent.postMessage('genesys-inspector.hello', '*');
          parent.postMessage({ type: 'xstate.event', event: '{"type":"open"}' }, '*');
        }),
    );
    await tell(page, 'key');
    // Messages of one page come in their order.
    await page.evaluate(() => {
      const { frame } = globalThis as never as { frame: HTMLIFrameElement };
      frame.contentWindow?.postMessage('the next thing', '*');
    });
    expect(await heard).toBe('the next thing');
    const value = () =>
      page.evaluate(
        () =>
          (globalThis as never as { door: { getSnapshot(): { value: object } } }).door.getSnapshot().value,
      );
    expect(await value()).toEqual({ leaf: 'shut', lock: 'unlocked' });
    expect(sandbox.url).toMatch(/^http/);
  });
});

it.each([
  ['origin', { viewer: {}, origin: '*' }],
  ['origin', { viewer: {}, origin: 'http://127.0.0.1:4870/inspector/' }],
  ['viewer', { viewer: null, origin: 'http://127.0.0.1:4870' }],
])('connectViewer refuses a wrong %s by its name', (name, place) => {
  expect(() => connectViewer(createInspector(), place as never)).toThrow(
    expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining(name) }),
  );
});
