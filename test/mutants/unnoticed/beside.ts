import type { Unnoticed } from '../scope.ts';
import { at } from './reasons.ts';

export const besideMachines: readonly Unnoticed[] = [
  at(
    'machines/waits.ts',
    'if (Number.isNaN(ms) || ms <= 0) return 0;',
    'ms <= 0',
    'ms < 0',
    'Nothing, rounded up, is nothing.',
  ),
];
