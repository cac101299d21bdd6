import { readFileSync } from 'node:fs';
import { ts } from 'ts-morph';
import { expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const root = new URL('../../', import.meta.url);
const parsed = new Map<string, ts.SourceFile>();
function parse(file: string): ts.SourceFile {
  const known = parsed.get(file);
  if (known) return known;
  const source = ts.createSourceFile(
    ...([file, readFileSync(new URL(file, root), 'utf8'), ts.ScriptTarget.Latest, true] as const),
  );
  parsed.set(file, source);
  return source;
}

/** What the docstrings of a node say. */
const docsOf = (node: ts.Node): string =>
  ts
    .getJSDocCommentsAndTags(node)
    .filter(ts.isJSDoc)
    .map((doc) => doc.getText())
    .join('');

const isDocumented = (node: ts.Node): boolean => ts.getJSDocCommentsAndTags(node).some(ts.isJSDoc);

/** The declarations of a name in a file, through whatever hands it on; none where another package does. */
function declarationsOf(file: string, name: string): { node: ts.Node; file: string }[] {
  const source = parse(file);
  const found: { node: ts.Node; file: string }[] = [];
  for (const statement of source.statements) {
    if (
      (ts.isExportDeclaration(statement) || ts.isImportDeclaration(statement)) &&
      statement.moduleSpecifier
    ) {
      const bindings = ts.isExportDeclaration(statement)
        ? statement.exportClause
        : statement.importClause?.namedBindings;
      const elements: readonly (ts.ExportSpecifier | ts.ImportSpecifier)[] =
        bindings && (ts.isNamedExports(bindings) || ts.isNamedImports(bindings)) ? bindings.elements : [];
      const element = elements.find((each) => each.name.text === name);
      const from = (statement.moduleSpecifier as ts.StringLiteral).text;
      if (!element || !from.startsWith('.')) continue;
      const next = new URL(from, new URL(file, root)).href.slice(root.href.length);
      found.push(...declarationsOf(next, (element.propertyName ?? element.name).text));
    } else if (ts.isVariableStatement(statement)) {
      const isIts = statement.declarationList.declarations.some(({ name: own }) => own.getText() === name);
      if (isIts) found.push({ node: statement, file });
    } else if ((statement as ts.DeclarationStatement).name?.getText() === name) {
      found.push({ node: statement, file });
    }
  }
  return found;
}

const isHidden = (member: ts.ClassElement): boolean =>
  ts.isConstructorDeclaration(member) ||
  (member.name !== undefined && ts.isPrivateIdentifier(member.name)) ||
  (ts.getCombinedModifierFlags(member) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0;

/** What can be named of a declaration: the properties and methods of an interface, a type or a class. */
function membersOf(node: ts.Node): readonly (ts.TypeElement | ts.ClassElement)[] {
  if (ts.isInterfaceDeclaration(node)) return node.members;
  if (ts.isClassDeclaration(node)) return node.members.filter((member) => !isHidden(member));
  if (ts.isTypeAliasDeclaration(node) && ts.isTypeLiteralNode(node.type)) return node.type.members;
  return [];
}

it('every name of an entry, and every member of one, has a docstring', () => {
  const bare = new Set<string>();
  let members = 0;
  for (const entry of Object.values(manifest.exports)) {
    if (typeof entry === 'string') continue;
    const index = entry['@genesys-conversation-machine/source'].slice(2);
    for (const statement of parse(index).statements) {
      if (!ts.isExportDeclaration(statement)) continue;
      const { exportClause } = statement;
      if (!exportClause || !ts.isNamedExports(exportClause)) continue;
      for (const { name } of exportClause.elements) {
        const declarations = declarationsOf(index, name.text);
        if (!declarations.some(({ node }) => isDocumented(node))) bare.add(name.text);
        for (const { node, file } of declarations) {
          for (const member of membersOf(node).filter(({ name }) => name !== undefined)) {
            members += 1;
            const own = member.name?.getText() ?? 'call';
            // The docstring of the whole may tell of it by its name; so may one of several that bear it.
            const isTold = docsOf(node).includes(`\`${own}\``);
            const isOverload = membersOf(node).some(
              (other) => other.name?.getText() === own && isDocumented(other),
            );
            if (!isTold && !isOverload) bare.add(`${file}: ${name.text}.${own}`);
          }
        }
      }
    }
  }
  expect(members).toBeGreaterThan(500);
  expect([...bare].sort()).toEqual([]);
});
