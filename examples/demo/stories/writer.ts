import type { Writer } from './story.ts';

/** Whatever a text is written into. */
export interface Box {
  write(text: string): void;
  submit(): void;
}

/** How far apart people's keys are, ms: uneven, and the same in every run. */
const gaps = [120, 95, 180, 140, 110, 230, 130, 160, 100, 200, 145, 115];

/** Writes as people do. `wait` ends it by rejecting. */
export function createWriter(box: () => Box, wait: (ms: number) => Promise<void>): Writer {
  const type = async (text: string, gap?: number): Promise<void> => {
    for (const [index, character] of [...text].entries()) {
      box().write(character);
      await wait(gap ?? gaps[index % gaps.length] ?? 0);
    }
  };
  return {
    type,
    say: async (text, gap) => {
      await type(text, gap);
      box().submit();
    },
    send: () => box().submit(),
  };
}
