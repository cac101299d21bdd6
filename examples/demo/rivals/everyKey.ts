import type { MakeRival } from './rival.ts';

/** The class that tutorials show: a call for every key, and none that takes it back. */
export const everyKey: MakeRival = (post) => ({
  key: () => {
    post(true).catch(() => {}); // A tutorial logs it.
  },
  sent: () => {},
  end: () => {},
});
