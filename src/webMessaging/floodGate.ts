import type { Clock } from '../shared/clock.ts';

/** Says when a peer sends more than anybody could mean: too many frames, or too many that cannot be read. */
export interface FloodGate {
  /** Notes a frame; false where the socket should be given up. */
  admit(isReadable: boolean): boolean;
}

const window = 10_000;
const mostFrames = 2000;
const mostUnreadable = 20;

/** Counts per ten seconds. */
export function floodGate(clock: Clock): FloodGate {
  let start = clock.now();
  let frames = 0;
  let unreadable = 0;
  return {
    admit: (isReadable) => {
      if (clock.now() - start >= window) {
        start = clock.now();
        frames = 0;
        unreadable = 0;
      }
      frames += 1;
      if (!isReadable) unreadable += 1;
      return frames <= mostFrames && unreadable <= mostUnreadable;
    },
  };
}
