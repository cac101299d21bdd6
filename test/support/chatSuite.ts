import type { Sandbox } from 'genesys-conversation-machine/sandbox';
import { type ExpectStatic, type TestContext, test } from 'vitest';

/** Every frontend of `examples/frontends`. */
export const frontends = ['react', 'vue', 'svelte', 'solid', 'element'] as const;

/** One of the frontends, alone on its page, whatever browser that is in. */
export interface OpenChat {
  readonly sandbox: Sandbox;
  readonly conversationId: string;
  /** Types with the keyboard, where the focus is. */
  type(text: string): Promise<void>;
  /** Presses Enter, or selects all and deletes it. */
  press(key: 'Enter' | 'empty'): Promise<void>;
  /** Runs in the page. */
  evaluate<Result, Argument>(script: (argument: Argument) => Result, argument: Argument): Promise<Result>;
}

const soon = { timeout: 8000 };
const parts = {
  box: 'textarea',
  list: 'ol',
  unread: 'small',
  typing: '.typing',
  spoken: '.spoken',
  problem: '[role=alert]',
} as const;

/** The words that a part of the page shows; names in it are isolated by marks that nobody sees. */
const wordsOf = ({ evaluate }: OpenChat, part: keyof typeof parts): Promise<string> =>
  evaluate((selector) => {
    const element = document.querySelector<HTMLTextAreaElement>(selector);
    return (element?.value ?? element?.textContent ?? '').replace(/[\u2068\u2069]/g, '').trim();
  }, parts[part]);

const focus = ({ evaluate }: OpenChat): Promise<void> =>
  evaluate((selector) => document.querySelector<HTMLElement>(selector)?.focus(), parts.box);

/** The guest's typing calls and messages at the sandbox, in order. */
const calls = ({ sandbox }: OpenChat): string[] =>
  sandbox
    .calls()
    .filter(({ lane }) => lane === 'typing' || lane === 'message')
    .map(({ lane, body, status }) => {
      const { isTyping } = body as { isTyping?: boolean };
      return `${lane === 'message' ? 'message' : isTyping ? 'ON' : 'OFF'} ${status}`;
    });

type Step = (chat: OpenChat, expect: ExpectStatic) => Promise<void>;

/** A view that is mounted again at once, as by a hot reload, makes the calls of one that stayed, and holds no more. */
const mountAgain: Step = async (chat, expect) => {
  const { sandbox, conversationId } = chat;
  const typeOn = async (text: string) => {
    await focus(chat);
    await chat.type(text);
    expect(await wordsOf(chat, 'box')).toBe(text);
  };
  // Not every driver runs a script before the page does.
  const held = () => chat.evaluate(() => window.held?.(true).listeners ?? null, null);
  await typeOn('a');
  await expect.poll(() => calls(chat), soon).toEqual(['ON 204']);
  const before = await held();
  for (const text of ['b', 'c']) {
    await chat.evaluate(() => {
      const buttons = [...document.querySelectorAll('button')];
      buttons.find(({ textContent }) => textContent === 'Mount again')?.click();
    }, null);
    await typeOn(text);
  }
  await expect.poll(held, soon).toBe(before);
  const { messageId } = sandbox.agent.say(conversationId, 'Still there?');
  await sandbox.waitForCall({ lane: 'read', status: 204 }, soon);
  expect(sandbox.calls({ lane: 'read' }).map(({ body }) => body)).toMatchObject([{ messageId }]);
  const typing = sandbox.calls({ lane: 'typing' });
  const began = typing[0]?.time ?? 0;
  // Renewals are 4 s apart, and a stop would come 3 s after the last key.
  expect(typing.filter(({ time }) => time < began + 3000)).toHaveLength(1);
  expect(sandbox.calls({ lane: 'stream' })).toHaveLength(1);
};

/** It shows that the agent types and says so once, counts as unread what nobody could see, and reads it then. */
const hear: Step = async (chat, expect) => {
  const { sandbox, conversationId } = chat;
  sandbox.agent.typing(conversationId, true, { duration: 60_000 });
  await expect.poll(() => wordsOf(chat, 'typing'), soon).toBe('The agent is typing…');
  await expect.poll(() => wordsOf(chat, 'spoken'), soon).toBe('The agent is typing');
  sandbox.agent.typing(conversationId, false);
  await expect.poll(() => wordsOf(chat, 'typing'), soon).toBe('');
  expect(await wordsOf(chat, 'spoken')).toBe('');

  const since = sandbox.calls().at(-1)?.n ?? 0;
  const reads = () => sandbox.calls({ lane: 'read' }).filter(({ n }) => n > since);
  await chat.evaluate(() => {
    const dialog = document.createElement('dialog');
    document.body.append(dialog);
    dialog.showModal();
  }, null);
  const ids = ['One', 'Two'].map((text) => sandbox.agent.say(conversationId, text).messageId);
  await expect.poll(() => wordsOf(chat, 'unread'), soon).toBe('2 unread');
  await expect.poll(() => wordsOf(chat, 'list'), soon).toMatch(/OneTwo$/);
  expect(reads()).toEqual([]);
  await chat.evaluate(() => document.querySelector('dialog')?.remove(), null);
  await expect.poll(() => wordsOf(chat, 'unread'), soon).toBe('');
  await expect.poll(() => reads().map(({ status }) => status), soon).toEqual([204]);
  expect(reads()[0]?.body).toMatchObject({ messageId: ids[1] });
};

/** Keys show the guest as typing; an emptied box and a lost focus end that. */
const typeAndStop: Step = async (chat, expect) => {
  await chat.evaluate((selector) => document.querySelector<HTMLElement>(selector)?.blur(), parts.box);
  await expect.poll(() => calls(chat).at(-1), soon).toBe('OFF 204');
  chat.sandbox.clearCalls();
  await focus(chat);
  await chat.type('Hello');
  await expect.poll(() => calls(chat), soon).toEqual(['ON 204']);
  await chat.press('empty');
  await expect.poll(() => calls(chat), soon).toEqual(['ON 204', 'OFF 204']);
  await chat.type('Again');
  await expect.poll(() => calls(chat), soon).toEqual(['ON 204', 'OFF 204', 'ON 204']);
  await chat.evaluate((selector) => document.querySelector<HTMLElement>(selector)?.blur(), parts.box);
  await expect.poll(() => calls(chat), soon).toEqual(['ON 204', 'OFF 204', 'ON 204', 'OFF 204']);
  expect(await wordsOf(chat, 'box')).toBe('Again');
};

/** Who types on after Enter loses no letter and is shown again, however late the message is (T-11). */
const sendAndTypeOn: Step = async (chat, expect) => {
  const { sandbox } = chat;
  await focus(chat);
  for (const late of [0, 250, 1500]) {
    sandbox.clearCalls();
    sandbox.fault({ lane: 'message', delay: late });
    await chat.type('first');
    await expect.poll(() => calls(chat), soon).toEqual(['ON 204']);
    await chat.press('Enter');
    await chat.type('and on');
    expect(await wordsOf(chat, 'box')).toBe('and on');
    await expect.poll(() => calls(chat), soon).toContain('message 200');
    const [sent] = sandbox.calls({ lane: 'message' });
    const acceptedAt = (sent?.time ?? 0) + (sent?.durationMs ?? 0);
    await chat.type('.'); // Is sure to come after the acceptance.
    const shownAgain = () =>
      sandbox.calls({ lane: 'typing', isTyping: true }).find(({ time }) => time >= acceptedAt);
    await expect.poll(shownAgain, soon).toBeDefined();
    // One spacing, and what a busy machine takes. A renewal would come four spacings after the call before.
    expect((shownAgain()?.time ?? 0) - acceptedAt).toBeLessThan(2500);
    expect(calls(chat)).not.toContain('OFF 204');
    await chat.press('Enter');
    expect(await wordsOf(chat, 'box')).toBe('');
    await expect.poll(() => sandbox.calls({ lane: 'message', status: 200 }).length, soon).toBe(2);
  }
  await expect.poll(() => wordsOf(chat, 'list'), soon).toBe('firstand on.'.repeat(3));
  expect(await wordsOf(chat, 'problem')).toBe('');

  sandbox.fault({ lane: 'message', status: 400 });
  await chat.type('lost?');
  await chat.press('Enter');
  await expect.poll(() => wordsOf(chat, 'problem'), soon).toMatch(/^Not sent: /);
  expect(await wordsOf(chat, 'box')).toBe('lost?');
};

/** Steps of one test share a page, and each test has a guest of its own. */
const tests: Readonly<Record<string, readonly Step[]>> = {
  'stays while it is mounted again, shows and reads what the agent does, tells that its guest types': [
    mountAgain,
    hear,
    typeAndStop,
  ],
  'sends, and who types on loses no letter and is shown again, however late the message is (T-11)': [
    sendAndTypeOn,
  ],
};

/** Holds a frontend to what every one of them does. */
export function holdToSuite(open: (context: TestContext) => Promise<OpenChat>): void {
  for (const [title, steps] of Object.entries(tests)) {
    test(title, { timeout: 60_000 }, async (context) => {
      const chat = await open(context);
      for (const step of steps) await step(chat, context.expect);
    });
  }
}
