// The modules of this folder for a program that is no test; the package itself stays outside, as the last build made it.
import { importBundled } from '../../../src/drawing/importBundled.mjs';

/** Everything that `index.ts` exports. */
export const loadTraces = () => importBundled(new URL('index.ts', import.meta.url), 'traces');
