import { bindTyping } from 'genesys-conversation-machine/browser';
import { describe, expect, test } from 'vitest';
import { type BindingPage, useBindingPage } from '../support/bindingPage.ts';

const openPage = useBindingPage();
/** A stop waits for spacing (T-2), and a busy machine takes its time. */
const soon = { timeout: 6000 };

const boxes = {
  input: '<input id=box autofocus>',
  textarea: '<textarea id=box autofocus></textarea>',
  contenteditable: '<div id=box contenteditable tabindex=0>\u200B</div>',
};

/** A page whose box is bound, and has the focus. */
async function openBox(body: string = boxes.textarea): Promise<BindingPage> {
  const opened = await openPage({
    body: `${body}<button id=send>Send</button>`,
    script: () => {
      const box = document.querySelector<HTMLElement>('#box');
      if (!box) throw new Error('There is no box.');
      window.end = window.sdk.bindTyping(box, window.recorded);
    },
  });
  await opened.page.focus('#box');
  return opened;
}

describe('bindTyping tells of what a person does (T-9)', () => {
  test.each(Object.entries(boxes))(
    'in %s: keys, dictation, cut, paste, undo, compositions, but no value that a script sets',
    async (_, body) => {
      const { page, cdp, sandbox, typing } = await openBox(body);
      const compose = (text: string) =>
        cdp.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
      const written = () =>
        page.evaluate(() => {
          const box = document.querySelector<HTMLInputElement>('#box');
          return (box?.value ?? box?.textContent ?? '').replace('\u200B', '');
        });
      /** What was told since the last time this was asked. */
      const news = () => page.evaluate(() => window.told.splice(0));
      const steps: Record<string, readonly [act: () => Promise<unknown>, written: string, told: string[]]> = {
        typed: [() => page.keyboard.type('Hey'), 'Hey', ['keystroke', 'keystroke', 'keystroke']],
        'selected and deleted': [
          () => page.keyboard.press('ControlOrMeta+a').then(() => page.keyboard.press('Delete')),
          '',
          ['clearInput'],
        ],
        dictated: [() => cdp.send('Input.insertText', { text: 'dictated' }), 'dictated', ['keystroke']],
        cut: [
          () => page.keyboard.press('ControlOrMeta+a').then(() => page.keyboard.press('ControlOrMeta+x')),
          '',
          ['clearInput'],
        ],
        pasted: [() => page.keyboard.press('ControlOrMeta+v'), 'dictated', ['keystroke']],
        'undone to empty': [() => page.keyboard.press('ControlOrMeta+z'), '', ['clearInput']],
        'set by a script': [
          () =>
            page.evaluate(() => {
              const box = document.querySelector<HTMLInputElement>('#box') as HTMLInputElement;
              const isField = box.value !== undefined;
              for (const text of ['set', '']) {
                if (isField) box.value = text;
                else box.textContent = text;
                box.dispatchEvent(new InputEvent('input', { inputType: 'insertText', bubbles: true }));
              }
            }),
          '',
          [],
        ],
        composing: [() => compose('か'), 'か', ['keystroke']],
      };
      for (const [how, [act, text, told]] of Object.entries(steps)) {
        await act();
        expect([how, await written(), await news()]).toEqual([how, text, told]);
      }
      await compose('');
      expect([await written(), (await news()).at(-1)]).toEqual(['', 'clearInput']);
      for (const text of ['k', 'か', 'かn', 'かな']) await compose(text);
      await cdp.send('Input.insertText', { text: '仮名' });
      expect([await written(), new Set(await news())]).toEqual(['仮名', new Set(['keystroke'])]);
      await page.evaluate(() => document.querySelector<HTMLElement>('#box')?.blur());
      await sandbox.waitForCall({ lane: 'typing', isTyping: false, status: 204 }, soon);
      expect(typing()[0]).toBe('ON 204');
      expect(await news()).toEqual(['blurInput']);
    },
  );

  test('in a closed shadow root, and in a custom element with a value', async () => {
    const { page, told } = await openPage({
      body: '<div id=host></div><x-box id=custom></x-box>',
      script: () => {
        const inside = document.createElement('input');
        document.querySelector('#host')?.attachShadow({ mode: 'closed' }).append(inside);
        class Box extends HTMLElement {
          readonly inner = document.createElement('input');
          get value() {
            return this.inner.value;
          }
          connectedCallback() {
            this.attachShadow({ mode: 'closed', delegatesFocus: true }).append(this.inner);
          }
        }
        customElements.define('x-box', Box);
        const custom = document.querySelector('x-box') as HTMLElement;
        for (const box of [inside, custom]) window.sdk.bindTyping(box, window.recorded);
        inside.focus();
      },
    });
    await page.keyboard.type('a');
    await page.keyboard.press('Backspace');
    await page.focus('#custom');
    await expect.poll(told, soon).toEqual(['keystroke', 'clearInput', 'blurInput']);
    await page.keyboard.type('a');
    await page.keyboard.press('Backspace');
    await expect.poll(async () => (await told()).slice(3), soon).toEqual(['keystroke', 'clearInput']);
  });

  test('but nothing of autofill, whose event is trusted', async () => {
    const { page, told, cdp, sandbox } = await openBox(
      '<form><input id=box name=name autocomplete=name></form>',
    );
    const { root } = await cdp.send('DOM.getDocument', { depth: -1, pierce: true });
    const { nodeId } = await cdp.send('DOM.querySelector', { nodeId: root.nodeId, selector: '#box' });
    const { node } = await cdp.send('DOM.describeNode', { nodeId });
    await page.evaluate(() => {
      const box = document.querySelector('input') as HTMLInputElement;
      box.addEventListener('input', ({ isTrusted }) => window.told.push(`autofilled, trusted: ${isTrusted}`));
    });
    const card = {
      number: '4111111111111111',
      name: 'Ada',
      expiryMonth: '1',
      expiryYear: '2030',
      cvc: '123',
    };
    await cdp
      .send('Autofill.trigger', { fieldId: node.backendNodeId, card })
      .catch(() => page.evaluate(() => window.told.push('no autofill here')));
    expect((await told()).filter((each) => !/autofill/.test(each))).toEqual([]);
    expect(sandbox.calls({ lane: 'typing' })).toEqual([]);
  });
});

describe('bindTyping holds an episode together', () => {
  test('while an input method composes, also through a moment of nothing (T-4)', async () => {
    const { page, told, cdp, typing } = await openBox();
    const compose = (text: string) =>
      cdp.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
    for (const text of ['k', 'か', 'かn', 'かな']) await compose(text);
    await compose('');
    await compose('か');
    await cdp.send('Input.insertText', { text: '仮名' });
    expect(await page.inputValue('#box')).toBe('仮名');
    const verbs = await told();
    expect(verbs.filter((verb) => verb !== 'keystroke')).toEqual(['clearInput']);
    expect(verbs.at(-1)).toBe('keystroke'); // And takes that back.
    await expect.poll(typing, soon).toEqual(['ON 204']);
  });

  test('until a composition that left nothing is over', async () => {
    const { page, told, cdp, sandbox, typing } = await openBox();
    await cdp.send('Input.imeSetComposition', { text: 'か', selectionStart: 1, selectionEnd: 1 });
    await cdp.send('Input.imeSetComposition', { text: '', selectionStart: 0, selectionEnd: 0 });
    expect(await page.inputValue('#box')).toBe('');
    await expect.poll(async () => (await told()).at(-1), soon).toBe('clearInput');
    await sandbox.waitForCall({ lane: 'typing', isTyping: false, status: 204 });
    expect(typing()).toEqual(['ON 204', 'OFF 204']);
  });

  test('until the box lost its focus, which a click on "send" takes for less than a blink (T-5)', async () => {
    const { page, told, typing } = await openBox();
    await page.evaluate(() => {
      document.querySelector('#send')?.addEventListener('click', () => {
        window.conversation.messageSent();
        document.querySelector<HTMLElement>('#box')?.focus();
      });
    });
    await page.keyboard.type('Hi');
    await expect.poll(typing, soon).toEqual(['ON 204']);
    await page.click('#send');
    const typeOn = async () => {
      await page.keyboard.type('!');
      return typing();
    };
    await expect.poll(typeOn, soon).toEqual(['ON 204', 'ON 204']);
    await page.evaluate(() => document.querySelector<HTMLElement>('#box')?.blur());
    await expect.poll(typing, soon).toEqual(['ON 204', 'ON 204', 'OFF 204']);
    expect((await told()).filter((verb) => verb !== 'keystroke')).toEqual(['blurInput', 'blurInput']);
  });

  test('but not for a script that takes the focus and gives it back in one task, or takes the box away', async () => {
    const { page, told } = await openBox();
    await page.evaluate(() => {
      const box = document.querySelector<HTMLElement>('#box') as HTMLElement;
      box.blur();
      box.focus();
    });
    await page.keyboard.type('a');
    await page.evaluate(() => {
      const box = document.querySelector<HTMLElement>('#box') as HTMLElement;
      box.replaceWith(box.cloneNode());
    });
    expect(await told()).toEqual(['keystroke']);
  });

  test('with the time of its event, so that nobody has to look at a clock', async () => {
    const { page } = await openBox();
    const [told, events] = await page.evaluate(() => {
      const box = document.querySelector('textarea') as HTMLTextAreaElement;
      const told: unknown[] = [];
      const events: unknown[] = [];
      const keystroke = (...given: unknown[]) => told.push(given);
      box.addEventListener('input', ({ timeStamp }) => events.push([timeStamp]));
      const end = window.sdk.bindTyping(box, { keystroke, clearInput: () => {}, blurInput: () => {} });
      for (const letter of 'ab') document.execCommand('insertText', false, letter);
      end();
      return [told, events];
    });
    expect(told).toHaveLength(2);
    expect(told).toEqual(events);
  });

  test('which an autocorrection does not: it empties a box and fills it again (T-5)', async () => {
    const { page, told, typing } = await openBox();
    await page.keyboard.type('a');
    await expect.poll(typing, soon).toEqual(['ON 204']);
    // Trusted, and in one task, as autocorrection is.
    await page.evaluate(() => {
      document.execCommand('delete');
      document.execCommand('insertText', false, 'b');
    });
    expect(await told()).toEqual(['keystroke', 'clearInput', 'keystroke']);
    await page.evaluate(() => document.querySelector<HTMLElement>('#box')?.blur());
    await expect.poll(typing, soon).toEqual(['ON 204', 'OFF 204']);
    expect((await told()).slice(3)).toEqual(['blurInput']);
  });
});

describe('bindTyping ends', () => {
  test('with no listener and no timer left, twice over, and says at once what had begun (C-1)', async () => {
    const { page, told } = await openBox();
    await page.evaluate(() => {
      window.end();
      window.conversation.stop();
    });
    const counted = await page.evaluate(() => {
      const box = document.querySelector('textarea') as HTMLTextAreaElement;
      const told = { keystroke: () => {}, clearInput: () => {}, blurInput: () => window.told.push('left') };
      const before = window.held();
      const ends = [0, 1].map(() => window.sdk.bindTyping(box, told));
      const between = window.held();
      box.focus();
      box.blur();
      for (const end of [...ends, ...ends]) end();
      return { before, between, after: window.held() };
    });
    expect(counted.after).toEqual(counted.before);
    expect(counted.between.listeners).toBeGreaterThan(counted.before.listeners);
    expect(await told()).toEqual(['left', 'left']);
  });

  test('never by an error of a verb, which is told once', async () => {
    const { page } = await openPage({ body: boxes.textarea }, /bindTyping met an error/);
    const lines = await page.evaluate(() => {
      const lines: string[] = [];
      const fail = () => {
        throw new Error('no');
      };
      window.sdk.bindTyping(
        document.querySelector('textarea') as HTMLTextAreaElement,
        { keystroke: fail, clearInput: fail, blurInput: fail },
        { logger: ({ level, message }) => lines.push(`${level}: ${message}`) },
      );
      Object.assign(window, { lines });
      return lines;
    });
    expect(lines).toEqual([]);
    await page.focus('#box');
    await page.keyboard.type('abc');
    expect(await page.evaluate('window.lines')).toEqual([
      'error: bindTyping met an error and goes on; later ones are not told.',
    ]);
  });
});

describe('bindTyping refuses at the call', () => {
  test('what it cannot bind, by name', async () => {
    const { page } = await openPage({ body: `${boxes.input}<p id=text>no box</p><input type=checkbox>` });
    const refusals = await page.evaluate(() => {
      const find = (selector: string) => document.querySelector<HTMLElement>(selector) as HTMLElement;
      const { conversation } = window;
      const attempt = (...values: unknown[]): string => {
        try {
          (window.sdk.bindTyping as (...each: unknown[]) => unknown)(...values);
          return 'bound';
        } catch (thrown) {
          return window.sdk.isConversationError(thrown)
            ? `${thrown.code} ${thrown.option ?? ''}`.trim()
            : 'foreign';
        }
      };
      const box = find('#box');
      const all = [
        attempt(null, conversation),
        attempt('#box', conversation),
        attempt(find('#text'), conversation),
        attempt(find('[type=checkbox]'), conversation),
        attempt(box),
        attempt(box, { keystroke: () => {} }),
        attempt(box, conversation, { grace: 100 }),
        attempt(box, conversation, { isEmpty: true }),
        attempt(box, conversation, 7),
        attempt(box, conversation, {}),
      ];
      conversation.stop();
      return [...all, attempt(box, conversation)];
    });
    expect(refusals).toEqual([
      ...['element', 'element', 'element', 'element'].map((option) => `invalid-option ${option}`),
      ...['conversation', 'conversation', 'grace', 'isEmpty', 'options'].map(
        (option) => `invalid-option ${option}`,
      ),
      'bound',
      'stopped',
    ]);
  });

  test('in Node as well, where importing it did nothing (C-2)', () => {
    expect(() => bindTyping(undefined as never, {} as never)).toThrow(/element must be an element/);
  });
});
