import debounce from 'lodash.debounce';
import throttle from 'lodash.throttle';
import type { MakeRival } from './rival.ts';

/** What a good programmer writes with lodash: a start at most every three seconds, a stop after three of silence. */
export const lodashPair: MakeRival = (post) => {
  const start = throttle(() => void post(true).catch(() => {}), 3000, { trailing: false });
  const stop = debounce(() => void post(false).catch(() => {}), 3000);
  const end = () => {
    start.cancel();
    stop.cancel();
  };
  return {
    key: () => {
      start();
      stop();
    },
    sent: end,
    end,
  };
};
