// Holds the packed package against everything that it says it works with: `npm run test:package -- --help`.
import { importBundled } from '../../../src/drawing/importBundled.mjs';

await importBundled(new URL('run.ts', import.meta.url), 'matrix');
