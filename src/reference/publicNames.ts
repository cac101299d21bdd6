import { readFileSync } from 'node:fs';
import { ts } from 'ts-morph';
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
export const docsOf = (node: ts.Node): string =>
  ts
    .getJSDocCommentsAndTags(node)
    .filter(ts.isJSDoc)
    .map((doc) => doc.getText())
    .join('');

export const isDocumented = (node: ts.Node): boolean => ts.getJSDocCommentsAndTags(node).some(ts.isJSDoc);

/** The declarations of a name in a file, through whatever hands it on; none where another package does. */
export function declarationsOf(file: string, name: string): { node: ts.Node; file: string }[] {
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
export function membersOf(node: ts.Node): readonly (ts.TypeElement | ts.ClassElement)[] {
  if (ts.isInterfaceDeclaration(node)) return node.members;
  if (ts.isClassDeclaration(node)) return node.members.filter((member) => !isHidden(member));
  if (ts.isTypeAliasDeclaration(node) && ts.isTypeLiteralNode(node.type)) return node.type.members;
  return [];
}

/** A name that an entry of the package exports. */
export interface PublicName {
  /** What it is imported from, below the package's own name: empty, or `/testing`. */
  readonly entry: string;
  readonly name: string;
  readonly isType: boolean;
  /** Where it is declared, with the file of each. */
  readonly declarations: readonly { readonly node: ts.Node; readonly file: string }[];
}

/** Every name of every entry, in the order in which the entries export them. */
export function publicNames(): PublicName[] {
  return Object.entries(manifest.exports).flatMap(([entry, targets]) => {
    if (typeof targets === 'string') return [];
    const index = targets['@genesys-conversation-machine/source'].slice(2);
    return parse(index).statements.flatMap((statement) => {
      if (!ts.isExportDeclaration(statement)) return [];
      const { exportClause, isTypeOnly } = statement;
      if (!exportClause || !ts.isNamedExports(exportClause)) return [];
      return exportClause.elements.map((element) => ({
        entry: entry.slice(1),
        name: element.name.text,
        isType: isTypeOnly || element.isTypeOnly,
        declarations: declarationsOf(index, element.name.text),
      }));
    });
  });
}

/** What can be called of a handle: its methods, and those of the interfaces of this package that it extends. */
export function verbsOf(node: ts.Node, file: string): readonly ts.TypeElement[] {
  if (!ts.isInterfaceDeclaration(node)) return [];
  const above = (node.heritageClauses ?? [])
    .flatMap(({ types }) => types)
    .flatMap(({ expression }) => declarationsOf(file, expression.getText()))
    // What a handle has of a port, an application does not call: a conversation does.
    .filter(({ file: other }) => !/shared\/(?:transport|clock)\.ts$/.test(other));
  return [
    ...node.members.filter(isVerb),
    ...above.flatMap(({ node: other, file: where }) => verbsOf(other, where)),
  ];
}

const isVerb = (member: ts.TypeElement): boolean =>
  ts.isMethodSignature(member) ||
  (ts.isPropertySignature(member) && /^NonNullable<|\['\w+'\]$/.test(member.type?.getText() ?? ''));
