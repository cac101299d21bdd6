import type { Clock } from './clock.ts';

/** More than anybody could mean, per ten seconds: frames, and frames that cannot be read (S11). */
const floodWindow = 10_000;
const mostFrames = 2000;
const mostUnreadable = 20;

/** Counts frames; true where the socket should be given up. */
export function floodCounter(clock: Clock): (isReadable: boolean) => boolean {
  let start = clock.now();
  let frames = 0;
  let unreadable = 0;
  return (isReadable) => {
    if (clock.now() - start >= floodWindow) {
      start = clock.now();
      frames = 0;
      unreadable = 0;
    }
    frames += 1;
    if (!isReadable) unreadable += 1;
    return frames > mostFrames || unreadable > mostUnreadable;
  };
}
