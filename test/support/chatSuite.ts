import type { Sandbox } from 'genesys-conversation-machine/sandbox';
import { type ExpectStatic, type TestContext, test } from 'vitest';

/** Every frontend of `examples/frontends`. */
export const frontends = ['react', 'vue', 'svelte', 'solid', 'element'] as const;

const soon = { timeout: 8000 };
/** Least time between two typing calls over REST, ms. */
const spacing = 1000;

/** Where a frontend has what. */
const parts = {
  box: 'textarea',
  list: 'ol',
  unread: 'small',
  typing: '.typing',
  spoken: '.spoken',
  problem: '[role=alert]',
};
type Parts = typeof parts;

/** One of the chats, alone on its page, whatever browser that is in. */
export interface OpenChat {
  readonly sandbox: Sandbox;
  readonly conversationId: string;
  /** Where it has what; default: as every frontend. */
  readonly parts?: Parts;
  /** Types with the keyboard, where the focus is. */
  type(text: string): Promise<void>;
  /** Presses Enter, or the keys that cut or delete all there is, paste, and undo. */
  press(key: 'Enter' | 'empty' | 'cut' | 'paste' | 'undo'): Promise<void>;
  /** Has an input method show `text`, or write it, where a driver can. */
  compose?(text: string, isDone?: boolean): Promise<unknown>;
  /** Has the browser fill the box in by itself, where a driver can. It takes a moment. */
  autofill?(box: string, text: string): Promise<unknown>;
  /** Runs in the page. */
  evaluate<Result, Argument>(script: (argument: Argument) => Result, argument: Argument): Promise<Result>;
}

/** The words that a part of the page shows; names in it are isolated by marks that nobody sees. */
const wordsOf = ({ evaluate, parts: own = parts }: OpenChat, part: keyof Parts): Promise<string> =>
  evaluate((selector) => {
    const found = [...document.querySelectorAll<HTMLTextAreaElement>(selector)];
    const words = found.map(({ value, textContent }) => (value ?? textContent).trim()).join('');
    return words.replace(/[\u2068\u2069]/g, '');
  }, own[part]);

const focus = ({ evaluate, parts: { box } = parts }: OpenChat): Promise<void> =>
  evaluate((selector) => document.querySelector<HTMLElement>(selector)?.focus(), box);

const blur = ({ evaluate, parts: { box } = parts }: OpenChat): Promise<void> =>
  evaluate((selector) => document.querySelector<HTMLElement>(selector)?.blur(), box);

/** The guest's typing calls and messages at the sandbox, in order. */
const calls = ({ sandbox }: OpenChat): string[] =>
  sandbox
    .calls()
    .filter(({ lane }) => lane === 'typing' || lane === 'message')
    .map(({ lane, body, status }) => {
      const { isTyping } = body as { isTyping?: boolean };
      return `${lane === 'message' ? 'message' : isTyping ? 'ON' : 'OFF'} ${status}`;
    });

/** The same without renewals: on a machine that is starved a text may take longer than one. */
const episodes = (chat: OpenChat): string[] => {
  const times = chat.sandbox.calls({ lane: 'typing' }).map(({ time }) => time);
  return calls(chat).filter(
    (call, at, all) => call !== all[at - 1] || (times[at] ?? 0) < (times[at - 1] ?? 0) + 3 * spacing,
  );
};

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
  await blur(chat);
  await expect.poll(() => calls(chat).at(-1), soon).toBe('OFF 204');
  // Two voices would say the same, one spacing apart.
  expect(episodes(chat).filter((call, at, all) => call === all[at - 1])).toEqual([]);
  const { messageId } = sandbox.agent.say(conversationId, 'Still there?');
  await sandbox.waitForCall({ lane: 'read', status: 204 }, soon);
  expect(sandbox.calls({ lane: 'read' }).map(({ body }) => body)).toMatchObject([{ messageId }]);
  expect(sandbox.calls({ lane: 'stream' })).toHaveLength(1);
  sandbox.clearCalls();
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

/** What a person does in the box shows them as typing, and its end ends that; what they do not do says nothing (T-9). */
const type: Step = async (chat, expect) => {
  const { parts: { box } = parts } = chat;
  const shown = async (isTyping: boolean, text: string) => {
    const last = { call: isTyping ? 'ON 204' : 'OFF 204', text };
    await expect
      .poll(async () => ({ call: calls(chat).at(-1), text: await wordsOf(chat, 'box') }), soon)
      .toEqual(last);
  };
  await focus(chat);
  await chat.press('empty');
  chat.sandbox.clearCalls();
  await chat.type('words');
  await shown(true, 'words');
  await chat.press('cut');
  await shown(false, '');
  await chat.evaluate((selector) => {
    const field = document.querySelector(selector) as HTMLTextAreaElement;
    for (const text of ['set by a script', '']) {
      field.value = text;
      field.dispatchEvent(new InputEvent('input', { inputType: 'insertText', bubbles: true }));
    }
  }, box);
  const { autofill } = chat;
  if (autofill) {
    const filled = () => autofill(box, 'filled in').then(() => wordsOf(chat, 'box'));
    await expect.poll(filled, soon).toBe('filled in');
    await chat.press('empty');
  }
  await chat.press('paste');
  await shown(true, 'words');
  await chat.press('undo');
  await shown(false, '');
  if (chat.compose) {
    for (const text of ['k', 'か']) await chat.compose(text);
    await shown(true, 'か');
    await chat.compose('');
    await shown(false, '');
    for (const text of ['k', 'か', 'かn', 'かな']) await chat.compose(text);
    await chat.compose('仮名', true);
  } else await chat.type('仮名');
  await shown(true, '仮名');
  await blur(chat);
  await shown(false, '仮名');
  const all = Array.from({ length: chat.compose ? 4 : 3 }, () => ['ON 204', 'OFF 204']).flat();
  expect(episodes(chat)).toEqual(all);
};

/** What a page notes of a guest who sends and types on, ms of its own clock. */
interface Noted {
  /** From when to when its typing calls took. */
  readonly calls: { readonly from: number; readonly until: number }[];
  /** When its messages left. */
  readonly sent: number[];
  /** When one spacing was over: after each message that was accepted, and after the first key of each text. */
  readonly overSince: { readonly accepted: number[]; readonly begun: number[] };
}

const note = ({ evaluate, parts: { box } = parts }: OpenChat): Promise<void> =>
  evaluate(
    ([selector, wait]) => {
      const overSince = { accepted: [] as number[], begun: [] as number[] };
      const noted: Noted = { calls: [], sent: [], overSince };
      // Timers of a page that is starved are late as well, and in order.
      const waitSince = (at: number, over: number[]) =>
        setTimeout(() => over.push(performance.now()), at + wait - performance.now());
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as PerformanceResourceTiming[]) {
          const { name, startTime: from, requestStart, responseStart, responseEnd: until } = entry;
          if (name.endsWith('/typing')) noted.calls.push({ from, until });
          if (!name.endsWith('/messages')) continue;
          noted.sent.push(requestStart);
          waitSince(responseStart, overSince.accepted);
        }
      }).observe({ type: 'resource' });
      document.querySelector(selector)?.addEventListener('input', ({ target, timeStamp }) => {
        if ((target as HTMLTextAreaElement).value.length === 1) waitSince(timeStamp, overSince.begun);
      });
      Object.assign(window, { noted });
    },
    [box, spacing] as const,
  );

/** Who types on after Enter loses no letter and is shown again, however late the message is (T-11). */
const sendAndTypeOn: Step = async (chat, expect) => {
  const { sandbox } = chat;
  await focus(chat);
  await chat.press('empty');
  await note(chat);
  await chat.type('and on');
  for (const [index, late] of [0, 250, 1500].entries()) {
    await expect.poll(() => calls(chat).at(-1), soon).toBe('ON 204');
    sandbox.fault({ lane: 'message', delay: late });
    await chat.press('Enter');
    await chat.type('and on');
    expect(await wordsOf(chat, 'box')).toBe('and on');
    const dark = () =>
      chat.evaluate(
        ([message, wait]) => {
          const { sent, calls, overSince } = (window as never as { noted: Noted }).noted;
          // The event stream may tell of it before the reply does.
          const at = (sent[message] ?? Number.NaN) + wait;
          const begun = overSince.begun[message + 1] ?? Number.NaN;
          const due = Math.max(overSince.accepted[message] ?? Number.NaN, begun);
          const next = calls.findIndex(({ from }) => from >= at);
          const isBusy = (calls[next - 1]?.until ?? 0) > due; // One call at a time (T-8).
          const isLonger = !isBusy && (calls[next]?.from ?? 0) > due;
          return { isShown: next >= 0, longer: isLonger ? { at, due, calls } : null };
        },
        [index, late] as const,
      );
    await expect.poll(dark, soon).toEqual({ isShown: true, longer: null });
  }
  expect(calls(chat)).not.toContain('OFF 204');
  await expect.poll(() => wordsOf(chat, 'list'), soon).toMatch(/(and on){3}$/);
  expect(await wordsOf(chat, 'problem')).toBe('');

  sandbox.fault({ lane: 'message', status: 400 });
  await chat.press('Enter');
  await expect.poll(() => wordsOf(chat, 'problem'), soon).toMatch(/^Not sent: /);
  expect(await wordsOf(chat, 'box')).toBe('and on');
};

/** What a guest does, which every chat is held to; each of these has a page of its own, at the same time. */
export const ofGuests: readonly (readonly Step[])[] = [[type], [sendAndTypeOn]];
/** What every frontend is held to. */
export const ofFrontends: readonly (readonly Step[])[] = [[type], [mountAgain, hear, sendAndTypeOn]];

/** The same on one page, for a browser that has no other. */
export const onOnePage: readonly (readonly Step[])[] = [[mountAgain, hear, sendAndTypeOn, type]];

/** Holds a chat to pages full of steps. */
export function holdToSuite(
  open: (context: TestContext) => Promise<OpenChat>,
  pages: readonly (readonly Step[])[] = ofFrontends,
): void {
  test('shows what its guest does and nothing else, loses no letter, reads, and stays while it is mounted again (T-9, T-11)', {
    timeout: 120_000,
  }, async (context) => {
    const play = async (chat: OpenChat, steps: readonly Step[]) => {
      for (const step of steps) await step(chat, context.expect);
    };
    const playing: Promise<void>[] = [];
    for (const steps of pages) playing.push(play(await open(context), steps));
    await Promise.all(playing);
  });
}
