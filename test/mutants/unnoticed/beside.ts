import type { Unnoticed } from '../scope.ts';
import { under } from './reasons.ts';

const beside = under('machines');

export const besideMachines: readonly Unnoticed[] = [
  beside(
    'waits',
    'if (Number.isNaN(ms) || ms <= 0) return 0;',
    'ms <= 0',
    'ms < 0',
    'Nothing, rounded up, is nothing.',
  ),
];
