import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { context } from 'esbuild';
import type { Violation } from 'genesys-conversation-machine/testing';
import { editsOf, type Fault, faults } from './faults.ts';

const root = process.cwd();
const place = join(root, 'node_modules', '.faults');

/** What the checkers say of each scenario that is played. */
export type Played = Readonly<Record<string, readonly Violation[]>>;

/** What a bundle of the sources gives: `test/faults/played.ts`. */
interface Bundle {
  play(names?: readonly string[]): Promise<Played>;
}

let planted: Fault | null = null;
const files = new Set(faults.flatMap(editsOf).map(({ file }) => file));

/** Bundles the sources; files that no fault is ever planted in are read once. */
const bundler = context({
  entryPoints: [join(root, 'test/faults/played.ts')],
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  conditions: ['@genesys-conversation-machine/source'],
  external: ['xstate', 'ofetch', 'uuid'],
  logLevel: 'silent',
  plugins: [
    {
      name: 'fault',
      setup: ({ onLoad }) =>
        onLoad(
          { filter: new RegExp(`(${[...files].map((file) => file.replaceAll('.', '\\.')).join('|')})$`) },
          async ({ path }) => {
            const contents = await readFile(path, 'utf8');
            return {
              contents: planted ? withFault(contents, relative(root, path), planted) : contents,
              loader: 'ts',
            };
          },
        ),
    },
  ],
});

/**
 * Plays scenarios on the sources, with one fault in them or none; all scenarios where none is named. One at a time.
 * Throws where the fault's text does not stand once in its file.
 */
export async function plant(fault: Fault | null, names?: readonly string[]): Promise<Played> {
  await mkdir(place, { recursive: true });
  const output = join(place, `${process.pid}-${Math.random().toString(36).slice(2)}.mjs`);
  planted = fault;
  const { outputFiles } = await (await bundler).rebuild();
  await writeFile(output, outputFiles[0]?.contents ?? '');
  try {
    const bundle: Bundle = await import(/* @vite-ignore */ pathToFileURL(output).href);
    return await bundle.play(names);
  } finally {
    await rm(output, { force: true });
  }
}

/** Lets go of the bundler. */
export const end = async (): Promise<void> => (await bundler).dispose();

/** The contents of a file with what of a fault is planted in it. */
function withFault(contents: string, place: string, fault: Fault): string {
  return editsOf(fault)
    .filter(({ file }) => file === place)
    .reduce((text, { from, to }) => {
      const parts = text.split(from);
      if (parts.length !== 2)
        throw new Error(
          `"${fault.what}" cannot be planted: its text stands ${parts.length - 1} times in ${place}`,
        );
      return parts.join(to);
    }, contents);
}
