// Bundles the sources with the worlds of test/soak, and plays them: `npm run soak -- --help`.
import { importBundled } from '../../src/drawing/importBundled.mjs';

await importBundled(new URL('run.ts', import.meta.url), 'soak', {
  conditions: ['@genesys-conversation-machine/source'],
  external: ['xstate', 'ofetch', 'uuid', 'fast-check'],
  sourcemap: 'inline',
});
