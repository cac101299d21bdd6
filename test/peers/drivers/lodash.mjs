import debounce from 'lodash.debounce';
import throttle from 'lodash.throttle';

/** What a good programmer writes by hand: a start at most every three seconds, and a stop after three of silence. */
export async function make(world) {
  const ends = [];
  const open = async (id) => {
    let isOn = false;
    const call = (kind, messageId) => {
      isOn = kind === 'on';
      // A failure is not worth a word to the guest.
      return world.call(kind, messageId, id).catch(() => {});
    };
    const start = throttle(() => call('on'), 3000, { trailing: false });
    const stop = debounce(() => call('off'), 3000);
    let newest = 0;
    const report = throttle(() => world.call('read', `m${newest}`, id).catch(() => {}), 1000);
    const end = () => {
      stop.cancel();
      start.cancel();
    };
    ends.push(end);
    return {
      key() {
        start();
        stop();
      },
      sent() {
        end();
        isOn = false;
      },
      cleared() {
        end();
        if (isOn) call('off');
      },
      read(messageId) {
        newest = Math.max(newest, Number(messageId.slice(1)));
        report();
      },
    };
  };
  return {
    how: 'start by lodash.throttle, 3 s, leading edge; stop by lodash.debounce, 3 s; reads by lodash.throttle, 1 s; a send cancels',
    timeToLive: 5000,
    open,
    close() {
      for (const end of ends) end();
    },
  };
}
