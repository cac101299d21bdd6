export type { Chart } from './chart.ts';
export type { LedgerPersistence } from './keeper.ts';
export { type AttachedReading, createReading, type Reading } from './reading.ts';
export type { ReadVerbs } from './readVerbs.ts';
