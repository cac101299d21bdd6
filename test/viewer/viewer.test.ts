import { execFile } from 'node:child_process';
import { copyFile, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { useDemo } from '../support/demo.ts';
import { runTest } from '../support/runTest.ts';

const cli = fileURLToPath(new URL('../../dist/src/sandbox/cli.js', import.meta.url));

const picture = (name: string, type = 'png'): string =>
  fileURLToPath(new URL(`../../examples/demo/pictures/${name}.${type}`, import.meta.url));

const openDemo = useDemo();

/** A demo whose live chart is open. */
async function openChart(expected?: RegExp) {
  const demo = await openDemo({ viewport: { width: 1240, height: 1500 } }, expected);
  await demo.page.locator('#live-chart summary').click();
  const chart = demo.page.frameLocator('#live-chart iframe');
  await chart.locator('#chart svg').waitFor();
  const lit = (path: string) => chart.locator(`[data-state="${path}"].lit`).waitFor({ timeout: 5000 });
  const timer = (name: string) => chart.locator(`[data-timer^="xstate.after.${name}."]`);
  /** Renews a picture of the inspector, its typing region near, where that is asked for. */
  const shot = async (name: string): Promise<void> => {
    if (!process.env.SCREENSHOTS) return;
    await demo.page.locator('#live-chart iframe').screenshot({ path: picture(name), animations: 'disabled' });
  };
  if (process.env.SCREENSHOTS) await chart.locator('#part').selectOption('typing');
  return { ...demo, chart, lit, timer, shot };
}

describe('the live chart in the demo', () => {
  it('goes with the keys of a person: announcing or lit, cooldown, idle; the timers shrink and end', async () => {
    const { page, guestText, lit, timer, chart, shot } = await openChart();
    await lit('typing.idle');
    await guestText.focus();
    await page.keyboard.type('Hel', { delay: 60 });
    await lit('typing.typing.lit.fresh');
    const bar = timer('silenceLeft').locator('.bar');
    const width = async () => (await bar.boundingBox())?.width ?? 0;
    const before = await width();
    await expect.poll(width).toBeLessThan(before * 0.8);
    await shot('lit');
    await lit('typing.cooldown.quiet');
    await shot('cooldown');
    await lit('typing.idle');
    await shot('idle');
    await timer('silenceLeft').waitFor({ state: 'detached' });
    expect(await chart.locator('#sequence .step.call').allTextContents()).toEqual(
      expect.arrayContaining([expect.stringContaining('sendTyping ← ok')]),
    );
    expect(await chart.locator('.edge.lit').count()).toBeGreaterThan(0);
    await chart.locator('#part').selectOption('receipts');
    const region = await chart.locator('[data-state="receipts"] rect').first().boundingBox();
    const whole = await chart.locator('#chart').boundingBox();
    expect(region?.width).toBeGreaterThan((whole?.width ?? 0) * 0.8);
  });

  it('shows a 429: rateLimited with a bar of the ms that are left', async () => {
    const { page, sandbox, guestText, lit, timer, shot } = await openChart(/status of 429/);
    await lit('typing.idle');
    sandbox.fault({ lane: 'typing', status: 429, headers: { 'retry-after': '3' } });
    await guestText.focus();
    await page.keyboard.type('Hello', { delay: 60 });
    await lit('typing.rateLimited');
    const row = timer('typingRested');
    await row.waitFor();
    expect(await row.textContent()).toMatch(/typingRested · 3\d{3} ms/);
    const bar = row.locator('.bar');
    const before = (await bar.boundingBox())?.width ?? 0;
    await expect.poll(async () => (await bar.boundingBox())?.width ?? 0).toBeLessThan(before * 0.8);
    await shot('limited');
  });

  it('is paused, stepped and searched by keyboard', async () => {
    const { page, guestText, lit, chart } = await openChart();
    await lit('typing.idle');
    await guestText.focus();
    await page.keyboard.type('H');
    await lit('typing.typing.lit.fresh');
    await chart.locator('#chart').focus();
    await page.keyboard.press('p');
    await expect.poll(() => chart.locator('#pause').getAttribute('aria-pressed')).toBe('true');
    const place = () => chart.locator('[data-testid=place]').textContent();
    for (let back = 0; back < 30; back += 1) {
      if ((await chart.locator('[data-state="typing.idle"].lit').count()) > 0) break;
      const before = await place();
      await page.keyboard.press('ArrowLeft');
      await expect.poll(place).not.toBe(before);
    }
    await lit('typing.idle');
    await page.keyboard.press('/');
    await page.keyboard.type('keystroke');
    await expect
      .poll(async () => new Set(await chart.locator('#sequence .what').allTextContents()))
      .toEqual(new Set(['keystroke']));
    await page.keyboard.press('Escape');
    await page.keyboard.press('l');
    await expect.poll(place).toBe('live');
  });
});

describe('what is taken away of a conversation', () => {
  it('is a trace of the demo that replays as a test that passes, and a picture, by button and by command', async () => {
    const { page, sandbox, guestText, agentText, lit, chart } = await openChart(/status of 429/);
    await lit('typing.idle');
    await guestText.focus();
    await page.keyboard.type('Hello, ', { delay: 120 });
    await page.keyboard.press('Enter');
    await lit('typing.idle');
    await agentText.fill('Good day');
    await agentText.press('Enter');
    await chart.locator('#sequence .what', { hasText: 'sendRead ← ok' }).waitFor();
    sandbox.fault({ lane: 'typing', status: 429, headers: { 'retry-after': '1' } });
    await guestText.focus();
    await page.keyboard.type('I have a question about it', { delay: 130 });
    await lit('typing.typing.lit');
    await lit('typing.idle');

    const keep = async (button: string): Promise<string> => {
      const download = page.waitForEvent('download');
      await chart.locator(button).click();
      const file = await (await download).path();
      return file;
    };
    const trace = await keep('#save-trace');
    const drawn = await keep('#save-picture');
    if (process.env.SCREENSHOTS) await copyFile(drawn, picture('timeline', 'svg'));
    const timeline = await readFile(drawn, 'utf8');
    for (const word of ['is typing', 'ON ✗ 429', 'READ ', 'rate limit', 'sent'])
      expect(timeline).toContain(word);
    await page.locator('#live-chart').evaluate((element) => element.scrollIntoView());
    await chart.locator('#copy-test').click();
    const shown = await chart.locator('#exported-text').inputValue();
    await chart.locator('#exported-close').click();
    await runTest(shown);

    const command = async (flag: string) =>
      (await promisify(execFile)(process.execPath, [cli, 'trace', trace, flag])).stdout;
    await runTest(await command('--test'));
    expect(await command('--svg')).toContain('ON ✗ 429');
  });
});

describe('a page of another origin', () => {
  const batch = {
    type: 'genesys-inspector.batch',
    now: 0,
    isFirst: true,
    messages: [
      {
        ...{ n: 1, at: 0, actor: 'a1', kind: 'actor', name: 'forged' },
        chart: {
          name: 'forged',
          states: [{ path: '', name: 'forged', type: 'atomic', invokes: [] }],
          transitions: [],
        },
      },
    ],
  };

  it('that opens the viewer, frames it or posts to it shows nothing in it, and hears only that it is there (S18)', async () => {
    const { page, sandbox, chart } = await openChart();
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end('<title>Elsewhere</title>');
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const elsewhere = await page.context().newPage();
    await elsewhere.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const opening = elsewhere.waitForEvent('popup');
    await elsewhere.evaluate(
      ([url, message]) => {
        const heard: unknown[] = [];
        Object.assign(globalThis, { heard });
        const viewer = window.open(url as string);
        window.addEventListener('message', ({ data }) => {
          heard.push(data);
          viewer?.postMessage(message, '*');
        });
      },
      [`${sandbox.url}/inspector/`, batch] as const,
    );
    const opened = await opening;
    await expect
      .poll(() => elsewhere.evaluate(() => (globalThis as never as { heard: unknown[] }).heard))
      .toEqual(['genesys-inspector.hello']);
    await opened.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    expect(await opened.locator('#actor option').count()).toBe(0);

    const framed = await elsewhere.evaluate(
      (url) =>
        new Promise<boolean>((resolve) => {
          const frame = document.body.appendChild(document.createElement('iframe'));
          frame.addEventListener('load', () => resolve(frame.contentDocument !== null));
          frame.src = url;
        }),
      `${sandbox.url}/inspector/`,
    );
    expect(framed).toBe(false);
    expect(elsewhere.frames().at(-1)?.url()).not.toContain('/inspector/');

    await page.evaluate((message) => {
      document.querySelector('iframe')?.contentWindow?.postMessage({ ...message, type: 'other' }, '*');
    }, batch);
    expect(await chart.locator('#actor option', { hasText: 'forged' }).count()).toBe(0);
  });

  it('is kept out by the headers of the viewer, which serves its own files and no others', async () => {
    const { page, sandbox } = await openChart();
    const headers = (await page.request.get(`${sandbox.url}/inspector/`)).headers();
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self'; .*frame-ancestors 'self' http:\/\/127\.0\.0\.1:\d+/,
    );
    expect(headers['x-frame-options']).toBeUndefined();
    expect((await page.request.get(`${sandbox.url}/inspector/..%2findex.js`)).status()).toBe(404);
  });
});
