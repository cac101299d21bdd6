import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildFleet } from './build.mjs';

const folder = await buildFleet('run', 'worker', 'guests');
const { runFleet } = await import(pathToFileURL(join(folder, 'run.mjs')).href);
try {
  process.exitCode = await runFleet(process.argv.slice(2), folder);
} catch (error) {
  console.error(error instanceof TypeError ? error.message : error);
  process.exitCode = 2;
}
