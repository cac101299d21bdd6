import type { PageEvent } from '../shared/transport.ts';
import type { RunningChart } from './chart.ts';
import type { PageVerbs } from './types.ts';

/**
 * Makes {@link PageVerbs}. What becomes of the page reaches the transport too: after the chart where the page
 * goes, since its last words need the connection, and before it where the page comes back. The network of a
 * transport that tells how it stands is the transport's alone: the page knows less.
 */
export function createPageVerbs(chart: RunningChart): PageVerbs {
  const { log, transport } = chart;
  const send = chart.send.bind(chart);
  const noteThere = log.guard('transport.notePage', (event: PageEvent) => transport.notePage?.(event));
  const tell = (event: PageEvent): void => {
    if (!chart.isStopped()) noteThere(event);
  };
  const goes = (event: PageEvent): void => {
    send(event);
    chart.reading.saveNow();
    tell(event);
  };
  const comesBack = (event: PageEvent): void => {
    tell(event);
    send(event);
  };
  const network =
    transport.notePage && transport.subscribe
      ? tell
      : (event: PageEvent): void => {
          tell(event);
          send(event);
        };
  return {
    hide: () => goes({ type: 'page.hidden' }),
    show: () => comesBack({ type: 'page.visible' }),
    freeze: () => goes({ type: 'page.frozen' }),
    resume: () => comesBack({ type: 'page.resumed' }),
    offline: () => network({ type: 'network.offline' }),
    online: () => network({ type: 'network.online' }),
    reauthorize: () => send({ type: 'token.renewed' }),
  };
}
