// Writes dist/llms.txt, from the docstrings. A part of the build.
import { mkdir, writeFile } from 'node:fs/promises';
import { importBundled } from '../drawing/importBundled.mjs';

const dist = new URL('../../dist/', import.meta.url);

const { llmsText } = await importBundled(new URL('llms.ts', import.meta.url), 'llms');
await mkdir(dist, { recursive: true });
await writeFile(new URL('llms.txt', dist), llmsText());
