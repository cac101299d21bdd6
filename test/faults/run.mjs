// Plants every fault of test/faults/planted, one at a time, and prints which clause finds it. Names clauses to plant fewer.
import { importBundled } from '../../src/drawing/importBundled.mjs';

await importBundled(new URL('run.ts', import.meta.url), 'faults');
