import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { ts } from 'ts-morph';
import { describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);

/** Stands for every package, of those rooms that may use what they like. */
const packages = 'any package';

/**
 * The rooms, and what each may import besides itself: another room (the files of its folder), one file of it,
 * or a package. Types count like everything else. A new room gets a row here before it gets a visitor.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  machines: [],
  'machines/conversation': ['machines', 'xstate'],
  'machines/session': ['machines', 'xstate'],

  'machines/stream': ['machines', 'xstate'],

  src: [],
  // XState only for the type of an inspector, the session only for those of a trace.
  'src/shared': ['machines', 'machines/conversation', 'machines/session', 'xstate'],
  'src/reading': ['src/shared', 'machines', 'machines/conversation', 'xstate'],
  'src/conversation': ['src/shared', 'src/reading', 'machines', 'machines/conversation', 'xstate'],
  'src/hub': ['src/shared', 'src/reading', 'src/conversation', 'machines', 'machines/conversation'],
  'src/events': ['src/shared', 'machines', 'machines/stream', 'xstate'],
  'src/rest': ['src/shared', 'src/events', 'machines', 'machines/conversation', 'ofetch', 'uuid'],
  'src/webMessaging': [
    ...['src/shared', 'machines', 'machines/session', 'xstate', 'uuid'],
    // Its GETs, of a configuration and of history, leave as every call of REST does.
    ...['body', 'failed', 'httpClient', 'orgUrl', 'speaker', 'verdict'].map((name) => `src/rest/${name}.ts`),
  ],
  'src/browser': ['src/shared', 'src/conversation/types.ts', 'src/reading/readVerbs.ts'],
  'src/tabs': ['src/shared', 'machines'],
  'src/drawing': ['src/inspect', 'machines/conversation', 'machines/session', 'machines/stream', packages],
  'src/reference': ['src/drawing/importBundled.mjs', 'package.json', packages],
  'src/inspect': ['src/shared', 'xstate'],
  'src/trace': ['src/inspect', 'src/shared', 'machines/conversation'],
  'src/viewer': ['src/inspect', 'src/drawing', 'src/trace', 'machines/charts', packages],
  'src/testing': [
    ...['src/shared', 'machines', 'machines/conversation', 'machines/session', 'machines/stream'],
    // Of vitest a type, which the matchers join.
    ...['src/conversation/types.ts', 'src/webMessaging/sessionTiming.ts', 'xstate', 'vitest'],
  ],
  'src/sandbox': ['src/trace', 'src/webMessaging/regions.ts', packages],

  examples: [packages],
};

/** The files that gather a whole folder's exports: the doors of the house, which every room may stand behind. */
const entries = ['machines/index.ts', 'src/index.ts'];

const files = ['machines', 'src', 'examples'].flatMap((folder) =>
  readdirSync(new URL(folder, root), { encoding: 'utf8', recursive: true })
    .filter((name) => /\.(ts|mjs|js)$/.test(name) && !name.includes('node_modules'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
);

/** What a file imports, in its own terms: paths from the root, and the names of packages. */
const importsOf = new Map(
  files.map((file) => {
    const { importedFiles } = ts.preProcessFile(readFileSync(new URL(file, root), 'utf8'));
    const targets = importedFiles.map(({ fileName }) =>
      fileName.startsWith('.') ? posix.join(posix.dirname(file), fileName) : fileName,
    );
    return [file, targets] as const;
  }),
);

/** The room of a file: `src/rest` or, for what stands on the ground of `src` or `machines`, that folder. */
function roomOf(file: string): string {
  const [top = '', ...rest] = file.split('/');
  return top === 'examples' || rest.length < 2 ? top : `${top}/${rest[0]}`;
}

const isFile = (target: string): boolean => /^(machines|src|test|examples)\//.test(target);

function mayImport(file: string, target: string): boolean {
  const doors = allowed[roomOf(file)] ?? [];
  if (!isFile(target)) return doors.includes(target) || doors.includes(packages);
  return roomOf(target) === roomOf(file) || doors.includes(roomOf(target)) || doors.includes(target);
}

describe('imports run one way', () => {
  it('and every room says which', () => {
    const rooms = new Set(files.map(roomOf));
    expect([...rooms].filter((room) => !(room in allowed))).toEqual([]);
    expect(Object.keys(allowed).filter((room) => !rooms.has(room))).toEqual([]);
  });

  it('from room to room as the table allows', () => {
    const strangers = [...importsOf]
      .filter(([file]) => !entries.includes(file))
      .flatMap(([file, targets]) =>
        targets.filter((target) => !mayImport(file, target)).map((target) => `${file} -> ${target}`),
      );
    expect(strangers).toEqual([]);
  });

  it('past the entries: nothing inside imports them back', () => {
    const back = [...importsOf].flatMap(([file, targets]) =>
      targets.filter((target) => entries.includes(target)).map((target) => `${file} -> ${target}`),
    );
    expect(back).toEqual([]);
  });

  it('without a circle of files, type imports included', () => {
    expect(circlesIn(importsOf)).toEqual([]);
  });
});

/** The groups of files that reach each other, by Tarjan's strongly connected components. */
function circlesIn(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const numbers = new Map<string, number>();
  const path: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): number => {
    const number = numbers.size;
    numbers.set(file, number);
    path.push(file);
    let low = number;
    for (const target of graph.get(file) ?? []) {
      if (!graph.has(target)) continue;
      if (!numbers.has(target)) low = Math.min(low, visit(target));
      else if (path.includes(target)) low = Math.min(low, numbers.get(target) ?? low);
    }
    if (low < number) return low;
    const circle = path.splice(path.indexOf(file));
    if (circle.length > 1 || graph.get(file)?.includes(file)) circles.push(circle.sort());
    return low;
  };
  for (const file of graph.keys()) if (!numbers.has(file)) visit(file);
  return circles;
}
