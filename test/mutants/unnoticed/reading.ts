import type { Unnoticed } from '../scope.ts';

export const inReading: readonly Unnoticed[] = [];
