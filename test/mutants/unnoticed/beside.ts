import type { Unnoticed } from '../scope.ts';

export const besideMachines: readonly Unnoticed[] = [];
