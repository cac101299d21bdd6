import fc from 'fast-check';
import { it } from 'vitest';
import { playReadingWorld, worlds } from '../support/readingWorld.ts';
import { sample } from '../support/sample.ts';

/** `SEED=…` plays the worlds of a failure again: it is printed with every one. */
const seed = Number(process.env.SEED ?? Math.trunc(Math.random() * 2 ** 31));

it('what the guest has read is reported once, never backwards, and never lost, in every world (R-1, R-3, R-7, R-9, R-10, R-11)', async () => {
  await fc.assert(fc.asyncProperty(worlds, playReadingWorld), {
    numRuns: sample(200, 20_000),
    seed,
    endOnFailure: process.env.SEED === undefined && sample(true, false),
  });
}, 600_000);
