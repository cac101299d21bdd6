import { ts } from 'ts-morph';
import manifest from '../../package.json' with { type: 'json' };
import { docsOf, membersOf, type PublicName, publicNames, verbsOf } from './publicNames.ts';

/** Pages of the package that say more, from where `llms.txt` lies. */
const pages: readonly (readonly [title: string, path: string, about: string])[] = [
  [
    'README',
    '../README.md',
    'what it is, what is real of the back ends, a chat in a fresh app, recipes, errors, states',
  ],
  ['Clauses', '../machines/CLAUSES.md', 'what is promised; docstrings cite the ids, such as T-5'],
  ['Charts', '../machines/README.md', 'every machine with its transitions, as pictures and tables'],
  ['Events', '../machines/EVENTS.md', 'what every event does in every state, “ignored” included'],
  [
    'Guest REST contract',
    '../src/rest/contract/CONTRACT.md',
    'calls, statuses and frames; Genesys serves no such paths',
  ],
  ['OpenAPI', '../src/rest/contract/openapi.json', 'the same contract for machines'],
  [
    'Examples',
    '../examples/README.md',
    'five frontends, a bot, a gateway to Open Messaging, other inspectors',
  ],
  ['Changes', '../CHANGELOG.md', 'what changed for users'],
];

/** What a language model reads first: the pages, and every entry with its functions, verbs and options. */
export function llmsText(): string {
  const lines = [
    `# ${manifest.name}`,
    '',
    `> ${manifest.description}`,
    '',
    `Version ${manifest.version}. ESM only, Node ${manifest.engines.node}; xstate ${manifest.peerDependencies.xstate} is a peer.`,
    'Made from the docstrings as the package is built. Times are ms. An error is a `ConversationError` with a literal `code`.',
    '',
    '## Pages',
    '',
    ...pages.map(([title, path, about]) => `- [${title}](${path}): ${about}`),
  ];
  for (const [entry, names] of byEntry(publicNames())) {
    lines.push('', `## ${manifest.name}${entry}`, '');
    for (const name of names.filter(({ isType }) => !isType)) lines.push(...linesOf(name));
    const told = names.filter((name) => name.isType && isTold(name));
    for (const name of told) lines.push(...linesOf(name));
    const rest = names.filter((name) => name.isType && !isTold(name)).map(({ name }) => `\`${name}\``);
    if (rest.length > 0) lines.push(`- Types besides: ${rest.join(', ')}`);
  }
  return `${lines.join('\n')}\n`;
}

function byEntry(names: readonly PublicName[]): Map<string, PublicName[]> {
  const entries = new Map<string, PublicName[]>();
  for (const name of names) entries.set(name.entry, [...(entries.get(name.entry) ?? []), name]);
  return entries;
}

/** Types that are told member by member: what is called, and what options there are. */
const isTold = ({ name, declarations }: PublicName): boolean =>
  /Options$|^Timing$|^SessionTiming$/.test(name) ||
  declarations.some(({ node, file }) => verbsOf(node, file).length > 0);

function linesOf({ name, declarations, isType }: PublicName): string[] {
  const [first] = declarations;
  if (!first) return [];
  const { node, file } = first;
  const declared = `${file.replace(/\.ts$/, '.d.ts')}`;
  const lines = [`- [${signatureOf(node, name)}](${declared}): ${sentenceOf(node)}`];
  if (!isType) return [...lines, ...exampleOf(node)];
  const members = new Set([...membersOf(node), ...verbsOf(node, file)]);
  for (const member of members) {
    const own = member.name?.getText();
    if (own !== undefined) lines.push(`  - \`${signatureOf(member, own)}\`: ${sentenceOf(member)}`);
  }
  return lines;
}

/** How it is called, where it can be; else its name. */
function signatureOf(node: ts.Node, name: string): string {
  if (!ts.isFunctionDeclaration(node) && !ts.isMethodSignature(node)) return name;
  const given = node.parameters.map(
    (each) => `${each.name.getText()}${each.questionToken || each.initializer ? '?' : ''}`,
  );
  return `${name}(${given.map((each) => (each.startsWith('{') ? 'options' : each)).join(', ')})`;
}

/** What its docstring says, without the tags, on one line. */
function sentenceOf(node: ts.Node): string {
  const text = ts
    .getJSDocCommentsAndTags(node)
    .filter(ts.isJSDoc)
    .map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? '')
    .join(' ');
  return text
    .replaceAll(/\{@link (\w+)\}/g, '`$1`')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function exampleOf(node: ts.Node): string[] {
  const [, example = ''] = /@example\n([\s\S]*?)\*\/$/.exec(docsOf(node)) ?? [];
  if (example === '') return [];
  const code = example.split('\n').map((line) => line.replace(/^\s*\* ?/, '').trimEnd());
  return ['', '  ```ts', ...code.filter((line) => line !== '').map((line) => `  ${line}`), '  ```', ''];
}
