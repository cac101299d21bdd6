import { checkBoolean } from '../shared/validate.ts';
import type { RunningChart } from './chart.ts';
import type { SharingVerbs } from './types.ts';

/** Makes {@link SharingVerbs}. */
export function createSharingVerbs(chart: RunningChart): SharingVerbs {
  const share = (lane: 'typing' | 'read', isShared: boolean): void =>
    chart.send({ type: 'sharing.changed', lane, isShared: checkBoolean('isShared', isShared) });
  return {
    shareTyping: (isShared) => share('typing', isShared),
    shareReads: (isShared) => share('read', isShared),
  };
}
