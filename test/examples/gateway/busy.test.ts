import { expect, it } from 'vitest';
import { openGateway, post, rootOf, sendHook } from '../../support/gateway.ts';

it('a process that is late with everything takes nothing new from guests until it is not, and every webhook', async () => {
  const { gateway } = await openGateway({ limits: { delay: 100 } });
  const start = () => post(rootOf(gateway.url), {});
  expect((await start()).status).toBe(200);
  const keepBusy = (): void => {
    for (const end = performance.now() + 1100; performance.now() < end; );
  };
  // How late it is is looked at every second: on a busy machine a second may hold little of this one.
  const refused = async () => {
    keepBusy();
    const { status, headers } = await start();
    return [status, headers.get('retry-after')];
  };
  await expect.poll(refused, { timeout: 15_000 }).toEqual([503, '2']);
  expect(await sendHook(gateway.webhookUrl, '{"type":"Text"}')).toBe(200);
  expect((await fetch(`${gateway.url}/health`)).status).toBe(200);
  await expect.poll(async () => (await start()).status).toBe(200);
});
