import { readdirSync, readFileSync } from 'node:fs';
import { ts } from 'ts-morph';
import { expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);

interface Source {
  readonly path: string;
  readonly text: string;
}

const sources: readonly Source[] = ['machines', 'src', 'test'].flatMap((folder) =>
  readdirSync(new URL(folder, root), { encoding: 'utf8', recursive: true })
    .filter((name) => /\.(ts|mjs)$/.test(name) && !name.includes('node_modules'))
    .map((name) => `${folder}/${name}`)
    .map((path) => ({ path, text: readFileSync(new URL(path, root), 'utf8') })),
);

const listed = [
  ...readFileSync(new URL('machines/CLAUSES.md', root), 'utf8').matchAll(/^- \*\*([A-Z]-?\d+[a-z]?)\*\*/gm),
].map(([, id]) => id as string);

const idsIn = (text: string): string[] => text.match(/\b(?:[A-Z]-\d+[a-z]?|S\d+)\b/g) ?? [];

/** The titles of a file's tests and of the blocks they stand in. */
function titlesIn({ path, text }: Source): string[] {
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /^(it|test|describe)\b/.test(node.expression.getText(file))) {
      const [title] = node.arguments;
      if (title && (ts.isStringLiteralLike(title) || ts.isTemplateExpression(title))) {
        titles.push(title.getText(file).slice(1, -1));
      }
    }
    ts.forEachChild(node, visit);
  };
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  visit(file);
  return titles;
}

const tests = sources.filter(({ path }) => path.endsWith('.test.ts'));
const titles = tests.flatMap((source) => titlesIn(source).map((title) => ({ path: source.path, title })));

it('every clause is listed once', () => {
  expect(listed.length).toBeGreaterThan(40);
  expect(listed.filter((id, index) => listed.indexOf(id) !== index)).toEqual([]);
});

it('every id that the charts, the sources and the tests cite is a clause', () => {
  const unknown = sources.flatMap(({ path, text }) =>
    idsIn(text)
      .filter((id) => !listed.includes(id))
      .map((id) => `${path}: ${id}`),
  );
  expect(unknown).toEqual([]);
});

it('every clause is proven by a test that names it', () => {
  const proven = new Set(titles.flatMap(({ title }) => idsIn(title)));
  expect(listed.filter((id) => !proven.has(id))).toEqual([]);
});

it('no file cites a numbering that stands in no file here', () => {
  const foreign = sources.flatMap(({ path, text }) =>
    (text.match(/(?<![\w#%])[ABCFLRTW]\d{1,2}[a-z]?\b/g) ?? []).map((id) => `${path}: ${id}`),
  );
  expect(foreign).toEqual([]);
});

it('no title begins with the letter or the number of a list that stands elsewhere', () => {
  const tagged = titles.filter(({ title }) => /^[A-Z]\d*\b[a-z ]*:|^[A-Z][a-z]+ \d+:/.test(title));
  expect(tagged).toEqual([]);
});
