import { readFileSync } from 'node:fs';

const { exports: entries } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

/** The reference of every entry of the package, and the pages that its docstrings speak of. */
export default {
  name: 'genesys-conversation-machine',
  entryPoints: Object.values(entries)
    .filter((targets) => targets.types)
    .map((targets) => `../../${targets['@genesys-conversation-machine/source']}`),
  basePath: '../..',
  displayBasePath: '../..',
  tsconfig: 'tsconfig.json',
  out: '../../dist/reference',
  readme: '../../README.md',
  projectDocuments: [
    '../../machines/CLAUSES.md',
    '../../machines/README.md',
    '../../machines/EVENTS.md',
    '../rest/contract/CONTRACT.md',
    '../../examples/README.md',
    '../../CHANGELOG.md',
    '../../CONTRIBUTING.md',
  ],
  plugin: ['./entryNames.mjs', './clauseLinks.mjs', 'typedoc-plugin-missing-exports'],
  placeInternalsInOwningModule: true,
  disableSources: true,
  excludeExternals: true,
  githubPages: false,
  hideGenerator: true,
  navigation: { includeGroups: true },
  sort: ['source-order'],
  // A link that leads nowhere, or a parameter that nobody has, fails the command.
  treatWarningsAsErrors: true,
};
