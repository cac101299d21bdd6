import type { RunningChart } from './chart.ts';
import type { PageVerbs } from './types.ts';

/** Makes {@link PageVerbs}. */
export function createPageVerbs({ send }: RunningChart): PageVerbs {
  return {
    hide: () => send({ type: 'page.hidden' }),
    show: () => send({ type: 'page.visible' }),
    offline: () => send({ type: 'network.offline' }),
    online: () => send({ type: 'network.online' }),
    reauthorize: () => send({ type: 'token.renewed' }),
  };
}
