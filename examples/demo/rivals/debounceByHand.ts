import type { MakeRival } from './rival.ts';

/** What a chat usually has: a start with the first key, a stop after three seconds of silence. */
export const debounceByHand: MakeRival = (post) => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    key: () => {
      if (timer === undefined) post(true).catch(() => {});
      clearTimeout(timer);
      timer = setTimeout(() => {
        timer = undefined;
        post(false).catch(() => {});
      }, 3000);
    },
    sent: () => {},
    end: () => clearTimeout(timer),
  };
};
