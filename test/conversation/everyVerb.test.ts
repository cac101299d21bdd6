import {
  clientCredentials,
  createConversation,
  eventStream,
  guestRest,
  isConversationError,
  openGuestConversation,
  persistLedger,
  webMessaging,
} from 'genesys-conversation-machine';
import { bindPage, bindTyping, observeRead } from 'genesys-conversation-machine/browser';
import { connectViewer, createInspector } from 'genesys-conversation-machine/inspect';
import {
  createScriptedTransport,
  createSteppedClock,
  recordTrace,
} from 'genesys-conversation-machine/testing';
import { describe, expect, it } from 'vitest';
import { createSockets, deploymentId } from '../support/socketScript.ts';

/** What is given that is nothing of use: no argument at all, and three that are no text and no object of options. */
const wrongs: readonly (readonly unknown[])[] = [[], [null], [4], [[]]];
/** A verb with each of them: the argument that its error names, or `null` where it takes that as it is. */
type Said = readonly [
  nothing: string | null,
  none: string | null,
  number: string | null,
  list: string | null,
];

const all = (name: string): Said => [name, name, name, name];
const but = (name: string): Said => [null, name, name, name];
const takesAny: Said = [null, null, null, null];

/** What came of a call: the argument that a typed error names, `null` where there was none. */
async function said(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return null;
  } catch (thrown) {
    if (!isConversationError(thrown)) return thrown;
    return thrown.code === 'invalid-option' ? thrown.option : null;
  }
}

const verbsOf = (target: object): string[] =>
  Object.entries(target)
    .filter(([, value]) => typeof value === 'function')
    .map(([name]) => name)
    .sort();

const sayAll = async (call: (...given: readonly unknown[]) => unknown): Promise<unknown[]> => {
  const sayings: unknown[] = [];
  for (const given of wrongs) sayings.push(await said(() => call(...given)));
  return sayings;
};

describe('every verb of a conversation', () => {
  const expected: Record<string, Said> = {
    open: all('conversationId'),
    viewed: all('messageId'),
    seen: ['messageIds', 'messageIds', 'messageIds', null],
    markAsRead: but('messageId'),
    markAsUnread: but('messageId'),
    readBy: all('messageId'),
    sendMessage: all('text'),
    messageSent: but('messageId'),
    messageAccepted: but('messageId'),
    messageReceived: all('message'),
    historyReceived: ['messages', 'messages', 'messages', null],
    messageRemoved: all('messageId'),
    on: all('type'),
    typeWhile: all('work'),
    shareTyping: all('isShared'),
    shareReads: all('isShared'),
  };

  function createWorld() {
    const clock = createSteppedClock();
    const scripted = createScriptedTransport({ clock });
    const sent: unknown[] = [];
    const transport = {
      ...scripted,
      sendMessage: async (text: string) => {
        sent.push(text);
        return { messageId: 'own' };
      },
    };
    const conversation = createConversation({ transport, clock, conversationId: 'c1', random: () => 0.25 });
    const trace = recordTrace(conversation, clock);
    conversation.start();
    return { clock, scripted, conversation, trace, sent };
  }

  it.each(verbsOf(createWorld().conversation))(
    '%s says which argument is wrong, and loses nothing',
    async (name) => {
      const { clock, scripted, conversation, trace, sent } = createWorld();
      conversation.messageReceived({ messageId: 'm1', participantId: 'agent' });
      conversation.viewed('m1');
      const verb = conversation[name as 'open'] as (...given: readonly unknown[]) => unknown;
      const known = expected[name] ?? takesAny;
      if (!['stop', 'leave', 'close', 'end', 'offline'].includes(name)) {
        expect(await sayAll(verb)).toEqual(known);
        conversation.keystroke();
        await clock.advance(20_000);
        expect(scripted.log.join()).toMatch(/READ m1/);
        if (name !== 'hide' && name !== 'freeze') expect(scripted.log.join()).toMatch(/ON/);
        expect(trace.of('read.acknowledged')).toHaveLength(1);
        expect(conversation.unread).toBe(name === 'markAsUnread' ? 1 : 0);
        expect(sent).toEqual([]);
      } else
        expect(await Promise.race([sayAll(verb), clock.advance(20_000)]).then(() => sayAll(verb))).toEqual(
          takesAny,
        );
      conversation.stop();
      expect(clock.timers).toBe(0);
    },
  );

  it('receive says that it knows nothing of it', () => {
    const { conversation } = createWorld();
    for (const given of wrongs) expect(conversation.receive(given[0])).toBe(false);
  });

  it('messageReceived and historyReceived name what of a message is wrong, and take the rest of no page', async () => {
    const { conversation } = createWorld();
    const message = { messageId: 'm1', participantId: 'agent' };
    const wrong: [string, object][] = [
      ['messageId', { ...message, messageId: 7 }],
      ['participantId', { ...message, participantId: undefined }],
      ['position', { ...message, position: '3' }],
      ['position', { ...message, position: 2 ** 52 + 2 }],
      ['position', { ...message, position: 1.5 }],
      ['sentAt', { ...message, sentAt: 'yesterday' }],
      ['sentAt', { ...message, sentAt: null }],
    ];
    for (const [option, each] of wrong) {
      expect(await said(() => conversation.messageReceived(each as never))).toBe(option);
      expect(await said(() => conversation.historyReceived([message, each] as never))).toBe(option);
    }
    expect(await said(() => conversation.historyReceived([message, null] as never))).toBe('message');
    expect(conversation.unread).toBe(0);
    expect(await said(() => conversation.viewed('m1'))).toBe(null);
    expect(() => conversation.viewed('m1')).toThrow(expect.objectContaining({ code: 'unknown-message' }));
  });

  it('a message frame of the stream can be handed over as it is: its time is text', () => {
    const { conversation } = createWorld();
    const frame = (messageId: string, sentAt: string | number) => ({
      type: 'conversation:message',
      conversationId: 'c1',
      messageId,
      participantId: 'agent',
      text: 'hello',
      sentAt,
    });
    conversation.messageReceived(frame('m2', '2026-01-01T00:00:10.000Z'));
    conversation.messageReceived(frame('m1', '2026-01-01T00:00:05.000Z'));
    conversation.viewed('m1');
    expect(conversation.unread).toBe(1);
    conversation.historyReceived([frame('m0', '2025-12-31T23:59:00+00:00')]);
    conversation.viewed('m2');
    expect(conversation.unread).toBe(0);
  });
});

describe('every verb of a session', () => {
  const expected: Record<string, Said> = {
    sendMessage: all('text'),
    on: all('type'),
    subscribe: all('listener'),
    notePage: all('event'),
    history: but('options'),
    sendAnswer: ['answer', 'answer', 'answer', 'answer.text'],
  };
  const open = () => {
    const sockets = createSockets();
    return webMessaging({
      deploymentId,
      region: 'eu-west-1',
      webSocket: sockets.Socket,
      clock: createSteppedClock(),
    });
  };

  /** One attempt each for a chart, which makes what they are given. */
  const ports = ['sendTyping', 'sendRead'];

  it.each(verbsOf(open()).filter((name) => !ports.includes(name)))(
    '%s says which argument is wrong',
    async (name) => {
      const session = open();
      const verb = session[name as 'on'] as unknown as (...given: readonly unknown[]) => unknown;
      const sayings: unknown[] = [];
      for (const given of wrongs) {
        const call = said(() => verb(...given));
        sayings.push(await Promise.race([call, new Promise((resolve) => setImmediate(resolve, null))]));
      }
      expect(sayings).toEqual(expected[name] ?? takesAny);
      session.stop();
    },
  );
});

describe('every factory, and every binding', () => {
  const element = { nodeType: 1 } as never;
  const { conversation } = (() => {
    const clock = createSteppedClock();
    const transport = createScriptedTransport({ clock });
    return { conversation: createConversation({ transport, clock }) };
  })();
  const box = { nodeType: 1, isContentEditable: true } as never;
  const orgUrl = 'https://api.example.org';
  const events = eventStream({ webSocket: class {} as never });
  const guest = guestRest({ orgUrl, participantId: 'me', token: 't', events });
  const inspector = createInspector();

  const doors: Record<string, readonly [(...given: readonly never[]) => unknown, Said]> = {
    createConversation: [createConversation, all('options')],
    guestRest: [guestRest, all('options')],
    eventStream: [
      (options = { webSocket: class {} as never } as never) => eventStream(options),
      but('options'),
    ],
    persistLedger: [persistLedger, all('storage')],
    webMessaging: [webMessaging, all('options')],
    openGuestConversation: [openGuestConversation, all('options')],
    clientCredentials: [clientCredentials, all('options')],
    createInspector: [createInspector, but('options')],
    'createInspector({ redact })': [(redact) => createInspector({ redact }), but('redact')],
    listen: [inspector.listen, all('looker')],
    connectViewer: [(place) => connectViewer(inspector, place), all('place')],
    bindPage: [bindPage, all('conversation')],
    'bindPage, options': [(options) => bindPage(conversation, options), but('options')],
    bindTyping: [bindTyping as never, all('element')],
    'bindTyping, conversation': [(target) => bindTyping(box, target), all('conversation')],
    'bindTyping, options': [
      (options) => {
        if (options === undefined) return; // Fine, and then it wants a real element.
        bindTyping(box, conversation, options);
      },
      but('options'),
    ],
    observeRead: [observeRead as never, all('container')],
    'observeRead, conversation': [
      (target) => observeRead(element, target, { whole: true }),
      all('conversation'),
    ],
    'observeRead, options': [(options) => observeRead(element, conversation, options), all('options')],
    'guestRest, on': [guest.on as never, all('type')],
    'guestRest, subscribe': [guest.subscribe as never, all('listener')],
    createSteppedClock: [createSteppedClock, but('options')],
    createScriptedTransport: [createScriptedTransport, all('options')],
    recordTrace: [recordTrace as never, all('conversation')],
  };

  it.each(Object.entries(doors))('%s says which argument is wrong', async (_name, [open, expected]) => {
    expect(await sayAll(open as never)).toEqual(expected);
  });

  it('refuses an option that it does not know, by that name', async () => {
    const clock = createSteppedClock();
    const unknown: [string, () => unknown][] = [
      ['colour', () => bindPage(conversation, { colour: 1 } as never)],
      ['colour', () => bindTyping(box, conversation, { colour: 1 } as never)],
      ['colour', () => observeRead(element, conversation, { whole: true, colour: 1 } as never)],
      ['colour', () => createInspector({ colour: 1 } as never)],
      ['redact.colour', () => createInspector({ redact: { colour: 1 } as never })],
      ['colour', () => createSteppedClock({ colour: 1 } as never)],
      ['colour', () => createScriptedTransport({ clock, colour: 1 } as never)],
      ['capabilities.colour', () => createScriptedTransport({ clock, capabilities: { colour: 1 } as never })],
      ['colour', () => guest.sendMessage('x', { colour: 1 } as never)],
    ];
    for (const [option, open] of unknown) expect(await said(open)).toBe(option);
  });
});
