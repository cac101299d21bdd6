import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = process.cwd();

/** One small change of a source. */
export interface Mutant {
  /** Its number in this bundle. */
  readonly id: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** What kind of change it is, in the words of StrykerJS. */
  readonly mutator: string;
  readonly from: string;
  readonly to: string;
  /** The whole line that it begins in. */
  readonly code: string;
  /** Which of those in the file that are alike in all of that but their place, from 1. */
  readonly nth: number;
  /** The same for the same change of the same file, whichever its number. */
  readonly key: string;
}

/** The part of `@stryker-mutator/instrumenter` that is used: it is installed in this folder alone. */
interface Instrumenter {
  instrument(
    files: readonly { readonly name: string; readonly content: string; readonly mutate: boolean }[],
    options: object,
  ): Promise<{
    readonly files: readonly { readonly name: string; readonly content: string }[];
    readonly mutants: readonly {
      readonly id: string;
      readonly fileName: string;
      readonly mutatorName: string;
      readonly replacement: string;
      readonly location: { readonly start: Place; readonly end: Place };
    }[];
  }>;
}
interface Place {
  readonly line: number;
  readonly column: number;
}

/** A short name of a text. */
export const digest = (...texts: readonly string[]): string =>
  texts
    .reduce((hash, text) => hash.update(text).update('\0'), createHash('sha256'))
    .digest('hex')
    .slice(0, 16);

/** TypeScript files below these folders, in order. */
export const filesBelow = (folders: readonly string[]): readonly string[] =>
  folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(
        (file) => `${folder}/${file}`,
      ),
    )
    .filter((file) => file.endsWith('.ts'))
    .filter((file, nth, all) => all.indexOf(file) === nth)
    .sort();

/** Whether a path is below one of these folders, or is what one of these patterns with stars names. */
export const isNamed = (path: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => {
    const words = pattern.split('*').map((word) => word.replaceAll(/[.?+^$()[\]{}|\\]/g, '\\$&'));
    return new RegExp(`^${words.join('.*')}(/.*)?$`).test(path);
  });

/** The sources with every mutant of `files` in them, each asleep until it is woken by its number. */
export async function instrument(
  files: readonly string[],
): Promise<{ readonly sources: ReadonlyMap<string, string>; readonly mutants: readonly Mutant[] }> {
  const home = createRequire(join(root, 'test/mutants/package.json'));
  const entry = home.resolve('@stryker-mutator/instrumenter');
  const { Instrumenter: Maker }: { Instrumenter: new (logger: object) => Instrumenter } = await import(
    pathToFileURL(entry).href
  );
  const quiet = (): void => {};
  const logger = { isDebugEnabled: () => false, debug: quiet, info: quiet, warn: quiet, error: quiet };
  const texts = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
  const { files: made, mutants } = await new Maker(logger).instrument(
    [...texts].map(([name, content]) => ({ name: join(root, name), content, mutate: true })),
    { plugins: [], excludedMutations: [], ignorers: [] },
  );
  const known = new Map<string, number>();
  return {
    sources: new Map(made.map(({ name, content }) => [name, content])),
    mutants: mutants.map(({ id, fileName, mutatorName: mutator, replacement: to, location }) => {
      const file = relative(root, fileName);
      const text = texts.get(file) ?? '';
      const lines = text.split('\n');
      const from = between(lines, location);
      const code = (lines[location.start.line] ?? '').trim();
      const name = digest(file, mutator, code, from, to);
      const nth = (known.get(name) ?? 0) + 1;
      known.set(name, nth);
      const { line, column } = location.start;
      return { id, file, line: line + 1, column, mutator, from, to, code, nth, key: `${name}.${nth}` };
    }),
  };
}

function between(lines: readonly string[], { start, end }: { readonly start: Place; readonly end: Place }) {
  if (start.line === end.line) return (lines[start.line] ?? '').slice(start.column, end.column);
  return [
    (lines[start.line] ?? '').slice(start.column),
    ...lines.slice(start.line + 1, end.line),
    (lines[end.line] ?? '').slice(0, end.column),
  ].join('\n');
}

/** Writes one script with these sources and tests in it; a file of tests is loaded when it is asked for. */
export async function bundle(
  sources: ReadonlyMap<string, string>,
  tests: readonly string[],
  outfile: string,
): Promise<void> {
  const { dependencies, devDependencies, peerDependencies } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  const names = tests.map(
    (file) => `  ${JSON.stringify(file)}: () => require(${JSON.stringify(`./${file}`)}),`,
  );
  await build({
    stdin: { contents: `export const files = {\n${names.join('\n')}\n};`, resolveDir: root },
    bundle: true,
    outfile,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    conditions: ['@genesys-conversation-machine/source'],
    external: Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies }),
    logLevel: 'error',
    plugins: [
      {
        name: 'mutants',
        setup: ({ onLoad }) =>
          onLoad({ filter: /\.ts$/ }, ({ path }) => ({
            contents: (sources.get(path) ?? readFileSync(path, 'utf8')).replaceAll(
              'import.meta.url',
              JSON.stringify(pathToFileURL(path).href),
            ),
            loader: 'ts',
          })),
      },
    ],
  });
}
