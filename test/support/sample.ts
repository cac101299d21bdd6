const isLong = process.env.LONG === '1';

/**
 * How much of a long test runs: `short` with `npm test`, which is enough to catch the faults that were planted
 * for it, `long` with `npm run test:long`.
 */
export const sample = <T>(short: T, long: T): T => (isLong ? long : short);
