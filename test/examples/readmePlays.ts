/** How one block of the README is played in a page that the sandbox serves. */
export interface Play {
  /** A line of the block that no other has. */
  readonly of: string;
  /** What it is imported with, besides. */
  readonly imports?: string;
  /** What the block leaves to the application; `world` is there. */
  readonly before?: string;
  /** What has to hold afterwards: throws, or waits, where it does not. */
  readonly after?: string;
}

/** What a block may take for imported, since a block before it has imported it: the name, and from where. */
export const imported: Readonly<Record<string, string>> = {
  createConversation: '',
  eventStream: '',
  guestRest: '',
  persistLedger: '',
  systemClock: '',
  bindPage: '/browser',
  createScriptedTransport: '/testing',
};

/** What stands before every block. */
export const given = `
interface World { orgUrl: string; deploymentId: string; endpoint: string; conversationId: string; guestId: string; guestToken: string }
const until = async (what: string, holds: () => boolean): Promise<void> => {
  for (let tries = 0; !holds(); tries += 1) {
    if (tries > 500) throw new Error(\`It never came true that \${what}.\`);
    await new Promise((next) => setTimeout(next, 10));
  }
};
function expect<T>(came: T) {
  const shown = JSON.stringify(came);
  return { toEqual: (due: T) => until(\`\${shown} is \${JSON.stringify(due)}\`, () => shown === JSON.stringify(due)) };
}
`;

const aConversation = `
  const transport = createScriptedTransport({ clock: systemClock });
  const conversation = createConversation({ transport, conversationId: 'c1' }).start();`;
const aGuest = 'const { orgUrl, conversationId, guestId, guestToken } = world;';

/** A play for each block of TypeScript but the first, which is a chat of its own. */
export const plays: readonly Play[] = [
  {
    of: "hub.keystroke(id); // a key of that guest's",
    before: `
  const transport = createScriptedTransport({ clock: systemClock });
  const [id, transportOf, print] = ['c1', (_: string) => transport, (_: string) => {}];`,
    after: `
  await expect(transport.log.map((call) => call.split(' ').slice(1).join(' '))).toEqual(['ON']);
  hub.stop();`,
  },
  {
    of: 'conversation.viewed(messageId);',
    before: `${aConversation}\n  const [messageId, participantId] = ['m1', 'agent'];`,
    after: `await expect(transport.log.map((call) => call.split(' ').slice(1).join(' '))).toEqual(['READ m1']);`,
  },
  {
    of: 'export function Composer(',
    imports: `import { createElement, StrictMode } from 'react';\nimport { createRoot } from 'react-dom/client';`,
    after: `
  ${aConversation}
  createRoot(document.body).render(createElement(StrictMode, null, createElement(Composer, { conversation })));
  await until('the box is shown', () => document.querySelector('textarea') !== null);
  conversation.receive({ type: 'conversation:typing', conversationId: 'c1', participantId: 'agent', isTyping: true });
  await until('typing is shown', () => document.querySelector('p')?.textContent === 'The agent is typing…');
  const box = document.querySelector('textarea');
  box?.focus();
  document.execCommand('insertText', false, 'a');
  await until('typing is told', () => transport.log.length === 1);`,
  },
  {
    of: 'await session.connect();',
    after: `await until('it is configured', () => session.state === 'configured');`,
  },
  {
    of: 'model.stream(question)',
    before: `${aConversation}
  const question = 'q';
  const { signal } = new AbortController();
  const model = {
    answer: async (text: string) => \`a \${text}\`,
    async *stream(text: string) { yield* ['one', text]; },
  };
  const chunks: string[] = [];
  const print = (chunk: string) => chunks.push(chunk);`,
    after: `await expect(chunks).toEqual(['one', 'q']);`,
  },
  {
    of: 'the agent has read up to',
    before: `${aGuest}\n  const lines: string[] = [];\n  const render = (line: string) => lines.push(line);`,
    after: `
  conversation.messageReceived({ messageId: 'm1', participantId: 'agent' });
  await until('it is counted', () => lines.includes('1 new'));
  conversation.viewed('m1');
  await until('it is persisted', () => Object.keys(localStorage).length > 0);
  conversation.stop();`,
  },
  {
    of: 'tabs: shareAcrossTabs(),',
    before: aGuest,
    after: `
  conversation.keystroke();
  await until('it is lit', () => conversation.actor.getSnapshot().matches({ typing: { typing: 'lit' } }));
  conversation.stop();`,
  },
  {
    of: 'conversation.shareTyping(false);',
    before: aConversation,
    after: `
  conversation.keystroke();
  await expect(transport.log).toEqual([]);`,
  },
  { of: 'createSteppedClock();' },
  {
    of: 'connectViewer(inspector, { viewer, origin });',
    before: aConversation,
    after: `await until('the viewer is open', () => viewer !== null && !viewer.closed);`,
  },
  {
    of: 'post({ isTyping: true });',
    before: `
  const input = document.createElement('input');
  const posts: boolean[] = [];
  const post = ({ isTyping }: { isTyping: boolean }) => posts.push(isTyping);`,
    after: `
  for (let key = 0; key < 2; key += 1) input.dispatchEvent(new Event('input'));
  clearTimeout(timer);
  await expect(posts).toEqual([true]);`,
  },
];
