import type { Unnoticed } from '../scope.ts';

export const types = 'Types alone: setup reads nothing of it at run time.';
export const narrowed = 'Narrows a type: the chart asks for this on that event alone.';
export const neverOtherwise = 'Narrows a type: it is never otherwise here.';
export const theLongWay = 'Saves work: without it the same is found the long way.';
export const setFirst = 'Is set before it is read for the first time.';

type Change = readonly [code: string, from: string, to: string, why: string];

/** For changes of one line of the files in this folder that may go unnoticed. */
export const under =
  (folder: string) =>
  (name: string, ...[code, from, to, why]: Change): Unnoticed => ({
    file: `${folder}/${name}.ts`,
    code,
    from,
    to,
    why,
  });

/** For those of one file alone. */
export const within =
  (folder: string, name: string) =>
  (...change: Change): Unnoticed =>
    under(folder)(name, ...change);

const inReading = under('src/reading');

/** Changes of one line of a file of src/reading, and why they may go unnoticed. */
export const reading = (
  name: string,
  why: string,
  code: string,
  ...changes: readonly (readonly [from: string, to: string])[]
): readonly Unnoticed[] => changes.map(([from, to]) => inReading(name, code, from, to, why));
