import { describe, expect, it } from 'vitest';
import { readFrame } from '../../src/webMessaging/incoming.ts';
import { bare, plainError, sessionResponse, structured } from '../support/socketScript.ts';

const read = (frame: unknown) => readFrame(typeof frame === 'string' ? frame : JSON.stringify(frame));
const health = 'SGVhbHRoQ2hlY2tNZXNzYWdlSWQ=';
const time = '2026-01-01T00:00:00.000Z';
const sentAt = Date.UTC(2026, 0, 1);
const nothing = { isUnknown: true, events: [] };

describe('the class of a frame', () => {
  it.each([
    'PresignedUrlResponse',
    'AttachmentDeletedResponse',
    'UploadFailureEvent',
    'UploadSuccessEvent',
    'GenerateUrlError',
    'GetConfigurationResponse',
    'ResumeTokenResponse',
  ])('%s is known, and of no use', (name) => {
    expect(read(bare(name))).toEqual({ name, isUnknown: false, events: [] });
  });

  it.each([
    ['another one', bare('Other'), 'Other'],
    ['one of 64 characters', bare('x'.repeat(64)), 'x'.repeat(64)],
    ['a longer one', bare('x'.repeat(65)), 'unreadable'],
    ['none', { body: {} }, 'unreadable'],
    ['no text', '{"class":"Other"', 'unreadable'],
    ['a known one with nothing that is known', bare('SessionResponse'), 'SessionResponse'],
  ])('%s is not known', (_, frame, name) => {
    expect(read(frame)).toEqual({ name, ...nothing });
  });

  it.each([
    ['bytes', new Uint8Array(8)],
    ['a buffer', new ArrayBuffer(8)],
    ['a blob, as in a browser', new Blob(['{}'])],
    ['nothing', undefined],
  ])('%s cannot be read', (_, data) => {
    expect(readFrame(data)).toEqual({ name: 'unreadable', ...nothing });
  });

  it.each([
    ['SessionExpiredEvent', { type: 'frame.expired' }],
    ['SessionClearedEvent', { type: 'frame.cleared' }],
    ['ConnectionClosedEvent', { type: 'frame.connectionClosed', signedIn: false }],
    ['LogoutEvent', { type: 'frame.logout' }],
    ['TooManyRequestsErrorMessage', { type: 'frame.limited' }],
  ])('%s says it all', (name, event) => {
    expect(read({ class: name })).toEqual({ name, isUnknown: false, events: [event] });
  });

  it.each([
    [{ reason: 'SignedIn' }, true],
    [{ reasonCode: 'signedin' }, true],
    [{ reason: 'other', reasonCode: 'signedIn' }, false],
    [{ reason: 'signedIn!' }, false],
    [{ reason: 7 }, false],
  ])('ConnectionClosedEvent says why: %j', (body, signedIn) => {
    expect(read(bare('ConnectionClosedEvent', body)).events).toStrictEqual([
      { type: 'frame.connectionClosed', signedIn },
    ]);
  });
});

describe('a session', () => {
  const plain = { type: 'frame.session', connected: true, newSession: true, readOnly: false };
  it.each<[object, object]>([
    [{}, {}],
    [{ connected: false }, { connected: false }],
    [{ newSession: 'true' }, { newSession: false }],
    [{ readOnly: true }, { readOnly: true }],
    [{ readOnly: 'true' }, {}],
    [{ clearedExistingSession: true }, { clearedExisting: true }],
    [{ clearedExistingSession: 1 }, {}],
    [
      { durationSeconds: 900, expirationDate: 1_767_226_500 },
      { durationMs: 900_000, expiresAt: 1_767_226_500_000 },
    ],
    [{ durationSeconds: '900' }, { durationMs: 900_000 }],
    [{ expirationDate: '1767226500' }, { expiresAt: 1_767_226_500_000 }],
    [{ durationSeconds: 0, expirationDate: 0 }, {}],
    [{ durationSeconds: -1, expirationDate: -1 }, {}],
    [{ durationSeconds: 'soon', expirationDate: null }, {}],
  ])('%j', (body, said) => {
    expect(read(sessionResponse(body)).events).toStrictEqual([{ ...plain, clearedExisting: false, ...said }]);
  });

  it.each([{ connected: 'true' }, { connected: null }])('is none where it is %j', (body) => {
    expect(read(sessionResponse(body))).toEqual({ name: 'SessionResponse', ...nothing });
  });
});

describe('the answer to a health check', () => {
  const body = { type: 'Text', text: 'ping', id: 'h', direction: 'Inbound' };
  it.each([
    ['by its id', structured(body, health), {}],
    ['by the id in its metadata', structured({ ...body, metadata: { customMessageId: health } }), {}],
    ['without a direction', structured({ type: 'Text' }, health), {}],
    [
      'with the length of the session',
      structured({ ...body, metadata: { durationSeconds: '60', expirationDate: 9 } }, health),
      { durationMs: 60_000, expiresAt: 9000 },
    ],
  ])('is known %s', (_, frame, term) => {
    expect(read(frame).events).toStrictEqual([{ type: 'frame.health', ...term }]);
  });

  it.each([
    ['of the other side', structured({ ...body, direction: 'Outbound' }, health)],
    ['with another id', structured(body, 'other')],
    ['with another id in its metadata', structured({ ...body, metadata: { customMessageId: 'other' } })],
  ])('is no message %s', (_, frame) => {
    expect(read(frame).events).toMatchObject([{ type: 'frame.message', message: { messageId: 'h' } }]);
  });
});

describe('a token', () => {
  it.each<[object, object]>([
    [
      { jwt: 'a.b-c_d~e+f/g=', exp: 7 },
      { jwt: 'a.b-c_d~e+f/g=', exp: 7 },
    ],
    [{ jwt: 'j' }, { jwt: 'j', exp: 0 }],
    [
      { jwt: 'j', exp: '12' },
      { jwt: 'j', exp: 12 },
    ],
    [
      { jwt: 'x'.repeat(8192), exp: 1 },
      { jwt: 'x'.repeat(8192), exp: 1 },
    ],
  ])('%#', (body, said) => {
    expect(read(bare('JwtResponse', body)).events).toStrictEqual([{ type: 'jwt', ...said }]);
  });

  it.each(['', 'a b', '"a', 'a"', 'a\r\nX: y', '\u00e4', 'x'.repeat(8193), 7])(
    'is none where it cannot stand in a header (%#)',
    (jwt) => {
      expect(read(bare('JwtResponse', { jwt, exp: 1 }))).toEqual({ name: 'JwtResponse', ...nothing });
    },
  );
});

describe('a rate limit', () => {
  it.each<[unknown, object]>([
    [{ retryAfter: 3 }, { retryAfterMs: 3000 }],
    [{ retryAfter: 0 }, { retryAfterMs: 0 }],
    [{ retryAfter: 1.5 }, {}],
    [{ retryAfter: -1 }, {}],
    [{ retryAfter: '3' }, {}],
    [{ retryAfter: -1, errorMessage: 'again in [4] seconds' }, { retryAfterMs: 4000 }],
    [{ retryAfter: 3, errorMessage: 'again in [4] seconds' }, { retryAfterMs: 3000 }],
    ['again in [42] seconds.', { retryAfterMs: 42_000 }],
    ['again in [123456789] seconds', { retryAfterMs: 123_456_789_000 }],
    ['again in [1234567890] seconds', {}],
    ['again in 42 seconds', {}],
    ['again in [] seconds', {}],
    ['again in [x] seconds', {}],
    ['again in [42] minutes', {}],
    [{ errorMessage: `${'x'.repeat(1012)}[4] seconds` }, { retryAfterMs: 4000 }],
    [{ errorMessage: `${'x'.repeat(1014)}[4] seconds` }, {}],
    [{ tracingId: 'inner' }, { id: 'inner' }],
    [null, {}],
  ])('says for how long: %j', (body, said) => {
    for (const frame of [
      { class: 'TooManyRequestsErrorMessage', code: 429, body },
      { class: 'string', code: 429, body },
      { class: 'Error', code: 4029, body },
    ])
      expect(read(frame).events).toStrictEqual([{ type: 'frame.limited', ...said }]);
  });

  it('says what it is about', () => {
    const frame = { ...bare('TooManyRequestsErrorMessage', { tracingId: 'inner' }), tracingId: 'outer' };
    expect(read(frame).events).toStrictEqual([{ type: 'frame.limited', id: 'outer' }]);
  });
});

describe('an error', () => {
  it.each<[string, object, object]>([
    ['a code', plainError(400), { code: 400 }],
    ['a code below those of a success', plainError(199), { code: 199 }],
    ['a code above those of a success', plainError(300), { code: 300 }],
    [
      'a number in its body, which goes first',
      { class: 'Error', code: 400, body: { errorCode: 4006 } },
      { code: 4006 },
    ],
    ['a number in digits', { class: 'ErrorMessage', code: '500' }, { code: 500 }],
    ['what it is about', plainError(400, 'no', 'outer'), { code: 400, id: 'outer' }],
    [
      'that in its body',
      { class: 'Error', code: 400, body: { tracingId: 'inner' } },
      { code: 400, id: 'inner' },
    ],
  ])('has %s', (_, frame, said) => {
    expect(read(frame).events).toStrictEqual([{ type: 'frame.error', wantsSignIn: false, ...said }]);
  });

  it.each([plainError(200), plainError(299), { class: 'string' }, { class: 'Error', code: 'x', body: null }])(
    'is none: %j',
    (frame) => {
      expect(read(frame).events).toStrictEqual([]);
    },
  );

  it.each<[number, string, object]>([
    [403, 'Session authentication failed', { wantsSignIn: true }],
    [403, 'session AUTHENTICATION failed for x', { wantsSignIn: true }],
    [403, 'Try to authenticate again before', { wantsSignIn: true }],
    [403, 'Please: Try to authenticate again', {}],
    [403, 'No session authentication failed', {}],
    [401, 'Session authentication failed', {}],
    [403, 'Typing is not allowed', { about: 'typing' }],
    [403, 'no TYPING here', { about: 'typing' }],
    [403, 'use the Feature Toggle', { about: 'typing' }],
    [403, 'please fix the configuration', { about: 'typing' }],
    [403, 'a mistyping', {}],
    [403, 'two typings', {}],
    [400, 'Typing is not allowed', {}],
    [403, '', {}],
  ])('%i in words: %s', (code, words, said) => {
    const event = { type: 'frame.error', code, wantsSignIn: false, ...said };
    expect(read(plainError(code, words)).events).toStrictEqual([event]);
    expect(read({ class: 'Error', code, body: { errorMessage: words } }).events).toStrictEqual([event]);
  });

  it('in more words than are read says no more than its code', () => {
    const said = (words: string) => read({ class: 'Error', code: 403, body: { errorMessage: words } }).events;
    expect(said(`typing ${'x'.repeat(1017)}`)).toMatchObject([{ about: 'typing' }]);
    expect(said(`typing ${'x'.repeat(1018)}`)).not.toMatchObject([{ about: 'typing' }]);
    expect(read({ class: 'Error', code: 403 }).events).toStrictEqual([
      { type: 'frame.error', code: 403, wantsSignIn: false },
    ]);
  });
});

describe('a structured message', () => {
  const body = { id: 'm1', type: 'Text', text: 'hi', direction: 'Outbound' };
  const message = { messageId: 'm1', kind: 'text', sender: 'unknown', text: 'hi' };
  const from = { firstName: 'Kim', lastName: 'Doe', nickname: 'K', image: 'https://x.org/k.png' };
  const said = (more: object, tracingId?: string) => read(structured({ ...body, ...more }, tracingId)).events;

  it.each<[string, object, object, object]>([
    ['of the other side', {}, {}, {}],
    ['of the guest', { direction: 'Inbound' }, { direction: 'inbound' }, {}],
    ['by its id in the channel', { channel: { messageId: 'c1' } }, { otherId: 'm1' }, { messageId: 'c1' }],
    ['by one id that it has twice', { channel: { messageId: 'm1' } }, {}, {}],
    [
      'by its id in the channel alone',
      { id: undefined, channel: { messageId: 'c1' } },
      {},
      { messageId: 'c1' },
    ],
    ['with the id that it left with', { metadata: { customMessageId: 'own' } }, { id: 'own' }, {}],
    ['of a person', { originatingEntity: 'Human' }, {}, { sender: 'human' }],
    ['of a bot', { originatingEntity: 'Bot' }, {}, { sender: 'bot' }],
    ['of something else', { originatingEntity: 'Cat' }, {}, {}],
    ['without words', { text: undefined }, {}, { text: undefined }],
    ['with as many words as are read', { text: 'x'.repeat(65_536) }, {}, { text: 'x'.repeat(65_536) }],
    ['with more', { text: 'x'.repeat(65_537) }, {}, { text: undefined }],
    [
      'with content',
      { type: 'Structured', content: [{ a: 1 }] },
      {},
      { kind: 'structured', content: [{ a: 1 }] },
    ],
    ['with none', { type: 'Structured', content: [] }, {}, { kind: 'structured' }],
    ['with a time', { channel: { time } }, {}, { sentAt }],
    ['with a time that is none', { channel: { time: 'noon' } }, {}, {}],
    ['with a time that is too long', { channel: { time: `2026-01-01T00:00:00.${'0'.repeat(64)}Z` } }, {}, {}],
    ['of somebody with names', { channel: { from } }, {}, from],
    ['with a name too long', { channel: { from: { firstName: 'x'.repeat(257) } } }, {}, {}],
    ['with a picture', { channel: { from: { image: 'x'.repeat(2048) } } }, {}, { image: 'x'.repeat(2048) }],
    ['with a picture too far', { channel: { from: { image: 'x'.repeat(2049) } } }, {}, {}],
  ])('%s', (_, more, own, its) => {
    const expected = {
      type: 'frame.message',
      direction: 'outbound',
      ...own,
      message: { ...message, ...its },
    };
    // What is not said is absent, and not there as undefined.
    expect(said(more)).toStrictEqual([JSON.parse(JSON.stringify(expected))]);
  });

  it('has its id in the frame before that in its metadata', () => {
    expect(said({ metadata: { customMessageId: 'inner' } }, 'outer')).toMatchObject([{ id: 'outer' }]);
  });

  it.each<[string, object]>([
    ['no direction', { direction: undefined }],
    ['an unknown direction', { direction: 'Sideways' }],
    ['no id', { id: undefined }],
    ['no type', { type: undefined }],
    ['an unknown type', { type: 'Receipt' }],
  ])('with %s is not known', (_, more) => {
    expect(read(structured({ ...body, ...more }))).toEqual({ name: 'StructuredMessage', ...nothing });
  });
});

describe('an event of a conversation', () => {
  const said = (event: object, more: object = {}) =>
    read(structured({ type: 'Event', direction: 'Outbound', events: [event], ...more })).events;
  const presence = (type: string) => ({ eventType: 'Presence', presence: { type } });
  const inbound = { direction: 'Inbound' };
  const dated = { channel: { time, from: { firstName: 'Kim' } } };
  const typing = (more: object = {}) => ({ eventType: 'Typing', typing: { type: 'On', ...more } });

  it.each<[string, object, object, object]>([
    ['a Join', presence('Join'), inbound, { type: 'frame.joined' }],
    ['a Join with its time', presence('Join'), { ...inbound, ...dated }, { type: 'frame.joined', sentAt }],
    ['a SignIn', presence('SignIn'), inbound, { type: 'frame.signedIn' }],
    [
      'a SignIn with its time and who it is',
      presence('SignIn'),
      { ...inbound, ...dated },
      { type: 'frame.signedIn', firstName: 'Kim', sentAt },
    ],
    ['a Disconnect', presence('Disconnect'), {}, { type: 'frame.disconnected', readOnly: false }],
    [
      'a Disconnect for good, with its time',
      presence('Disconnect'),
      { ...dated, metadata: { readOnly: true } },
      { type: 'frame.disconnected', readOnly: true, sentAt },
    ],
    [
      'a Disconnect for good, in words',
      presence('Disconnect'),
      { metadata: { readOnly: 'true' } },
      { type: 'frame.disconnected', readOnly: true },
    ],
    [
      'a Disconnect for good, in other words',
      presence('Disconnect'),
      { metadata: { readOnly: 'yes' } },
      { type: 'frame.disconnected', readOnly: false },
    ],
    ['typing', typing(), {}, { type: 'frame.typing', isTyping: true }],
    ['no more typing', typing({ type: 'oFF' }), {}, { type: 'frame.typing', isTyping: false }],
    ['typing that says no more', { eventType: 'Typing' }, {}, { type: 'frame.typing', isTyping: true }],
    [
      'typing of a bot, by its name',
      typing(),
      { ...dated, originatingEntity: 'Bot' },
      { type: 'frame.typing', isTyping: true, sentAt, sender: 'bot', firstName: 'Kim' },
    ],
    ...(
      [
        [{ duration: 5000 }, 5000],
        [{ durationMs: 4000 }, 4000],
        [{ duration: 5000, durationMs: 4000 }, 5000],
        [{ duration: 0, durationMs: 4000 }, 4000],
        [{ duration: 0.1 }, 1],
        [{ duration: 30_001 }, 30_000],
      ] as const
    ).map(([more, durationMs]): [string, object, object, object] => [
      `typing for a time, ${JSON.stringify(more)}`,
      typing(more),
      {},
      { type: 'frame.typing', isTyping: true, durationMs },
    ]),
    ...[{ duration: 0 }, { durationMs: 0 }, { duration: 0, durationMs: -1 }].map(
      (more): [string, object, object, object] => [
        `typing for no time, ${JSON.stringify(more)}`,
        typing(more),
        {},
        { type: 'frame.typing', isTyping: true },
      ],
    ),
  ])('%s', (_, event, more, expected) => {
    expect(said(event, more)).toStrictEqual([expected]);
  });

  it.each<[string, object, object]>([
    ['a Join of the other side', presence('Join'), {}],
    ['a SignIn of the other side', presence('SignIn'), {}],
    ['a Disconnect of the guest', presence('Disconnect'), inbound],
    ['typing of the guest', typing(), inbound],
    ['another presence', presence('Clear'), inbound],
    ['a presence in another event', { ...presence('Join'), eventType: 'Other' }, inbound],
  ])('%s says nothing', (_, event, more) => {
    expect(read(structured({ type: 'Event', direction: 'Outbound', events: [event], ...more }))).toEqual({
      name: 'StructuredMessage',
      isUnknown: false,
      events: [],
    });
  });

  it('is read among the first 32 of its frame', () => {
    const events = (count: number) => Array.from({ length: count }, () => typing());
    for (const [count, read] of [
      [32, 32],
      [33, 32],
    ] as const)
      expect(said({}, { events: events(count) })).toHaveLength(read);
  });
});
