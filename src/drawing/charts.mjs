import { mkdir, writeFile } from 'node:fs/promises';
import { importBundled } from './importBundled.mjs';

const machines = new URL('../../machines/', import.meta.url);

const { drawCharts } = await importBundled(new URL('charts.ts', import.meta.url), 'charts');
await mkdir(new URL('charts', machines), { recursive: true });
for (const [path, text] of await drawCharts()) await writeFile(new URL(path, machines), text);
