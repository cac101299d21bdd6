export type { Chart } from './chart.ts';
export { withinKeepalive } from './keepaliveBudget.ts';
export type { LedgerPersistence } from './keeper.ts';
export { Reading } from './reading.ts';
export { type ReadVerbs, unreadIn } from './readVerbs.ts';
