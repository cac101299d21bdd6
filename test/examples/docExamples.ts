import { ts } from 'ts-morph';
import { membersOf, type PublicName, publicNames, verbsOf } from '../../src/reference/publicNames.ts';

/** What a docstring shows under `@example`. */
export interface DocExample {
  /** What it belongs to: `createConversation`, `Conversation.keystroke`. */
  readonly of: string;
  readonly code: string;
}

/** Every example of the names that the entries export, and of their members. */
export function docExamples(): DocExample[] {
  const found = new Map<string, string>();
  for (const { name, declarations } of publicNames()) {
    for (const { node, file } of declarations) {
      note(found, name, node);
      for (const member of new Set([...membersOf(node), ...verbsOf(node, file)])) {
        note(found, `${name}.${member.name?.getText()}`, member);
      }
    }
  }
  return [...found].map(([code, of]) => ({ of, code }));
}

/** The first name under which an example is found is its own: an overload, and an heir, show another's. */
function note(found: Map<string, string>, name: string, node: ts.Node): void {
  for (const doc of ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc)) {
    for (const tag of doc.tags ?? []) {
      if (tag.tagName.text !== 'example') continue;
      const code = (ts.getTextOfJSDocComment(tag.comment) ?? '').trim();
      if (!found.has(code)) found.set(code, name);
    }
  }
}

/** What an example takes as given: an application with a page, a scripted back end, and what else chats have. */
const worldMembers = `
  conversation: import('genesys-conversation-machine').Conversation;
  session: import('genesys-conversation-machine').WebMessaging;
  hub: import('genesys-conversation-machine/hub').Hub;
  guest: import('genesys-conversation-machine').GuestRest;
  transport: import('genesys-conversation-machine/testing').ScriptedTransport;
  genesys: import('genesys-conversation-machine/testing').ScriptedGenesys;
  clock: import('genesys-conversation-machine/testing').SteppedClock;
  recorder: import('genesys-conversation-machine/testing').Recorder;
  inspector: import('genesys-conversation-machine/inspect').Inspector;
  page: import('genesys-conversation-machine/testing').DrivenPage;
  model: { answer(text: string): Promise<string>; stream(text: string): AsyncIterable<string> };
  document: Document; addEventListener: typeof globalThis.addEventListener; WebSocket: typeof WebSocket;
  localStorage: Storage; sessionStorage: Storage;
  input: HTMLInputElement; list: HTMLElement; liveRegion: HTMLElement;
  orgUrl: string; conversationId: string; guestId: string; guestToken: string; messageId: string;
  deploymentId: string; clientId: string; clientSecret: string; question: string; text: string;
  print(text: string): void; nameOf(participantId: string): string; signIn(): Promise<void>;
  console: Console;
  describe: typeof import('vitest').describe; it: typeof import('vitest').it; expect: typeof import('vitest').expect;
`;

/** The names of that world. */
const given = [...worldMembers.matchAll(/(?<=[;\n] +)(\w+)(?=[:(])/g)].map(([, name = '']) => name);

/**
 * The examples as one module: what they use of the package imported, the rest of what each uses given to its function, by
 * its place among `plays`.
 */
export function moduleOf(examples: readonly DocExample[]): string {
  const names = firstOfEach(publicNames());
  const used = new Set(examples.flatMap((example) => names.filter(({ name }) => uses(example, name))));
  const imports = [...used].map(
    ({ name, entry, isType }) =>
      `import { ${isType ? 'type ' : ''}${name} } from 'genesys-conversation-machine${entry}';`,
  );
  const plays = examples.map((example) => {
    const needs = given.filter((name) => uses(example, name)).join(', ');
    // A block of its own, so that an example may name what it makes as the world does.
    return `  async ({ ${needs} }: World): Promise<unknown> => {{\n// ${example.of}\n${example.code}\n}\nreturn;},`;
  });
  const world = `interface World {${worldMembers}}`;
  return [...imports, world, 'export const plays = [', ...plays, '] as const;', ''].join('\n');
}

const uses = ({ code }: DocExample, name: string): boolean => new RegExp(`(?<![.'\\w])${name}\\b`).test(code);

/** Each name by the first entry that has it. */
const firstOfEach = (names: readonly PublicName[]): PublicName[] => [
  ...new Map([...names].reverse().map((each) => [each.name, each])).values(),
];
