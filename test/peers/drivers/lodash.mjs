import debounce from 'lodash.debounce';
import throttle from 'lodash.throttle';

const failsQuietly = (call) => call.catch(() => {});

/** What a good programmer writes by hand: a start at most every three seconds, and a stop after three of silence. */
export async function make(world) {
  let isOn = false;
  const start = throttle(
    () => {
      isOn = true;
      return failsQuietly(world.call('on'));
    },
    3000,
    { trailing: false },
  );
  const stop = debounce(() => {
    isOn = false;
    return failsQuietly(world.call('off'));
  }, 3000);
  const end = () => {
    stop.cancel();
    start.cancel();
  };
  return {
    how: 'start by lodash.throttle, 3 s, leading edge; stop by lodash.debounce, 3 s; both cancelled by a send',
    timeToLive: 5000,
    key() {
      start();
      stop();
    },
    sent: end,
    cleared() {
      end();
      if (isOn) failsQuietly(world.call('off'));
      isOn = false;
    },
    close: end,
  };
}
