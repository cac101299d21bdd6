import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startProcesses } from '../../../examples/gateway/fleet/processes.ts';
import { createTakeovers } from '../../../examples/gateway/fleet/takeovers.ts';
import type { WorkerOptions } from '../../../examples/gateway/fleet/worker.ts';

/** A process that tells whoever connects which one it is. */
const source = `
  import { createServer } from 'node:net';
  const server = createServer((socket) => socket.end(String(process.pid)));
  server.listen(0, '127.0.0.1', () => {
    process.send({ type: 'counts' });
    process.send({ type: 'listens', url: 'http://127.0.0.1:' + server.address().port });
  });
  process.on('disconnect', () => process.exit());
`;

it('a process that sleeps is given nobody’s connection, which others take', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'worker.mjs'), source);
  const program = join(folder, 'worker.mjs');
  const processes = await startProcesses(program, 2, {} as WorkerOptions, createTakeovers(), () => {});
  onTestFinished(() => processes.close());
  processes.sleep(1000);
  const { hostname, port } = new URL(processes.url);
  const takers = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const [taker] = await once(connect(Number(port), hostname), 'data');
      return String(taker);
    }),
  );
  expect(new Set(takers).size).toBe(1);
});
