import type { Unnoticed } from './scope.ts';

/** Mutants that survive rightly, each with the reason. One that is not here and survives is a promise nobody tests. */
export const unnoticed: readonly Unnoticed[] = [];
