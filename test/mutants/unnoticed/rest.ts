import type { Unnoticed } from '../scope.ts';

export const inRest: readonly Unnoticed[] = [];
