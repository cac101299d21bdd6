import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ts } from 'ts-morph';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What reads or sets a time, or draws at random, without asking what was injected. */
const timers = new Set(['setTimeout', 'setInterval', 'setImmediate', 'requestAnimationFrame']);
const members = new Set(['Date.now', 'performance.now', 'AbortSignal.timeout', 'Math.random']);

/** Where a source text does so: `line name`. Mere methods of those names, as of an injected clock, are fine. */
function globalTimeIn(source: string): string[] {
  const file = ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const name = nameOf(node);
    if (name !== undefined) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart());
      found.push(`${line + 1} ${name}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function nameOf(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) {
    const text = node.getText().replace(/^(globalThis|window|self)\./, '');
    return timers.has(text) || members.has(text) ? text : undefined;
  }
  if (ts.isNewExpression(node) || ts.isCallExpression(node)) {
    const isBareDate = node.expression.getText() === 'Date' && (node.arguments ?? []).length === 0;
    if (isBareDate) return 'Date';
  }
  if (!ts.isIdentifier(node) || !timers.has(node.text)) return undefined;
  const { parent } = node;
  const isMember =
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    ts.isPropertyAssignment(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isTypeQueryNode(parent) ||
    ts.isBindingElement(parent);
  return isMember ? undefined : node.text;
}

function sourcesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.replaceAll(sep, '/')}`)
    .sort();
}

/** Rooms whose time is a server's of its own, or that of the page they are for. */
const ownTime = /^src\/(sandbox|browser|viewer)\//;

describe('all time and chance come in from outside (C-2, C-3)', () => {
  const found = [...sourcesIn('machines'), ...sourcesIn('src')]
    .filter((name) => !ownTime.test(name))
    .flatMap((name) =>
      globalTimeIn(readFileSync(join(root, name), 'utf8')).map((what) => [name, what.split(' ')[1]]),
    );

  it('time by the one clock, chance by the one seed', () => {
    expect(found).toEqual([
      ['src/shared/clock.ts', 'performance.now'],
      ['src/shared/clock.ts', 'Date.now'],
      ['src/shared/clock.ts', 'setTimeout'],
      ['src/shared/seed.ts', 'Math.random'],
    ]);
  });

  it.each([
    ['const now = Date.now();', 'Date.now'],
    ['const late = () => performance.now() > 5;', 'performance.now'],
    ['setTimeout(work, 5);', 'setTimeout'],
    ['const later = setInterval;', 'setInterval'],
    ['globalThis.setTimeout(work, 5);', 'setTimeout'],
    ['const at = new Date();', 'Date'],
    ['fetch(url, { signal: AbortSignal.timeout(5) });', 'AbortSignal.timeout'],
    ['const draw = random ?? Math.random;', 'Math.random'],
  ])('%s would be found', (source, name) => {
    expect(globalTimeIn(source)).toEqual([`1 ${name}`]);
  });

  it.each([
    'clock.setTimeout(work, 5);',
    'const clock = { setTimeout: (work, ms) => inner.setTimeout(work, ms) };',
    'const { setTimeout: set } = clock;',
    'interface Clock { setTimeout(work: () => void, ms: number): unknown }',
    'const midnight = new Date(0);',
    '// Date.now() is for clock.ts',
  ])('%s would not', (source) => {
    expect(globalTimeIn(source)).toEqual([]);
  });
});
