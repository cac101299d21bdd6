import { ts } from 'ts-morph';
import { expect, it } from 'vitest';
import { defaultSessionTiming, defaultStreamTiming, defaultTiming } from '../../src/index.ts';
import {
  declarationsOf,
  docsOf,
  isDocumented,
  membersOf,
  publicNames,
  verbsOf,
} from '../../src/reference/publicNames.ts';

it('every name of an entry, and every member of one, has a docstring', () => {
  const bare = new Set<string>();
  let members = 0;
  for (const { name, declarations } of publicNames()) {
    if (!declarations.some(({ node }) => isDocumented(node))) bare.add(name);
    for (const { node, file } of declarations) {
      for (const member of membersOf(node).filter((each) => each.name !== undefined)) {
        members += 1;
        const own = member.name?.getText() ?? 'call';
        // The docstring of the whole may tell of it by its name; so may one of several that bear it.
        const isTold = docsOf(node).includes(`\`${own}\``);
        const isOverload = membersOf(node).some(
          (other) => other.name?.getText() === own && isDocumented(other),
        );
        if (!isTold && !isOverload) bare.add(`${file}: ${name}.${own}`);
      }
    }
  }
  expect(members).toBeGreaterThan(500);
  expect([...bare].sort()).toEqual([]);
});

/** Interfaces whose methods an application or a test calls; others it implements, or is handed. */
const handles =
  /^(?:Conversation|Hub|HubConversation|WebMessaging|GuestRest|Recorder|RemoteView|Scripted\w+|SteppedClock|Trace|HeldCall)$/;

it('every function of an entry, and every verb of a handle, shows how it is called', () => {
  const without = new Set<string>();
  let shown = 0;
  const ask = (name: string, node: ts.Node): void => {
    shown += 1;
    if (!docsOf(node).includes('@example')) without.add(name);
  };
  for (const { name, declarations } of publicNames()) {
    for (const { node, file } of declarations) {
      if (ts.isFunctionDeclaration(node)) ask(name, node);
      if (!handles.test(name)) continue;
      for (const verb of verbsOf(node, file)) ask(`${name}.${verb.name?.getText()}`, verb);
    }
  }
  expect(shown).toBeGreaterThan(100);
  expect([...without].sort()).toEqual([]);
});

it.each([
  ['machines/conversation/types.ts', 'Timing', defaultTiming],
  ['machines/session/types.ts', 'SessionTiming', defaultSessionTiming],
  ['machines/stream/types.ts', 'StreamTiming', defaultStreamTiming],
])('every wait says its default, and from where on it may be: %s, %s', (file, name, defaults) => {
  const members = declarationsOf(file, name).flatMap(({ node, file: where }) => {
    const above = ts.isInterfaceDeclaration(node)
      ? (node.heritageClauses ?? []).flatMap(({ types }) => types.map((each) => each.expression.getText()))
      : [];
    return [node, ...above.flatMap((each) => declarationsOf(where, each).map((found) => found.node))];
  });
  const docs = new Map(members.flatMap(membersOf).map((each) => [each.name?.getText(), docsOf(each)]));
  const untold = Object.entries(defaults).filter(([wait, ms]) => {
    const said = (docs.get(wait) ?? '').replaceAll(/\s+\*?\s*/g, ' ');
    const shown = ms >= 10_000 ? ms.toLocaleString('en').replaceAll(',', ' ') : String(ms);
    const isTold = said.includes(`Default: ${shown}`) || /Default: [^.]* of 5000/.test(said);
    return !(isTold && (/[Ff]rom (?:\d|`)/.test(said) || wait === 'jitter'));
  });
  expect(untold).toEqual([]);
});
