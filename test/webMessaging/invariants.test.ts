import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFrame } from '../../src/webMessaging/incoming.ts';
import { sample } from '../support/sample.ts';
import {
  bare,
  createSession,
  echoOf,
  plainError,
  sessionResponse,
  structured,
} from '../support/socketScript.ts';

type Session = ReturnType<typeof createSession>;

const frames: readonly unknown[] = [
  sessionResponse(),
  sessionResponse({ newSession: false, durationSeconds: 900, expirationDate: 1_767_226_500 }),
  sessionResponse({ readOnly: true }),
  sessionResponse({ connected: false, readOnly: true }),
  sessionResponse({ connected: false }),
  ...[400, 401, 403, 404, 409, 500, 4006, 4007, 4011, 4013, 4017, 4029, 5000].map((code) => plainError(code)),
  plainError(403, 'Try to authenticate again'),
  bare('SessionExpiredEvent'),
  bare('SessionClearedEvent'),
  bare('ConnectionClosedEvent'),
  bare('ConnectionClosedEvent', { reason: 'signedIn' }),
  bare('LogoutEvent'),
  bare('Unknown'),
  { class: 'JwtResponse', code: 200, body: { jwt: 'j.w.t', exp: 2_000_000_000 } },
  { class: 'TooManyRequestsErrorMessage', code: 429, body: { retryAfter: 3 } },
  structured({ type: 'Text', text: 'hi', direction: 'Outbound', id: 'm1' }),
  structured({ type: 'Text', text: 'hi', direction: 'Inbound', id: 'm2' }),
  structured({
    type: 'Event',
    direction: 'Outbound',
    events: [
      { eventType: 'Typing', typing: { type: 'On', duration: 5000 } },
      { eventType: 'Presence', presence: { type: 'Disconnect' } },
    ],
  }),
  structured({
    type: 'Event',
    direction: 'Outbound',
    metadata: { readOnly: 'true' },
    events: [{ eventType: 'Presence', presence: { type: 'Disconnect' } }],
  }),
  {
    ...structured(
      { type: 'Text', text: 'ping', direction: 'Inbound', id: 'h' },
      'SGVhbHRoQ2hlY2tNZXNzYWdlSWQ=',
    ),
  },
  'no JSON',
];

const steps: Readonly<Record<string, (session: Session, number: number) => unknown>> = {
  connect: ({ messaging }) => void messaging.connect(),
  close: ({ messaging }) => messaging.close(),
  startNew: ({ messaging }) => void messaging.startNew(),
  say: ({ messaging }) => void messaging.sendMessage('x'),
  show: ({ messaging }) => messaging.show(),
  hide: ({ messaging }) => messaging.hide(),
  online: ({ messaging }) => messaging.online(),
  offline: ({ messaging }) => messaging.offline(),
  freeze: ({ messaging }) => messaging.freeze(),
  resume: ({ messaging }) => messaging.resume(),
  open: ({ sockets, socket }) => {
    if (sockets.length > 0 && socket().readyState === 0) socket().open();
  },
  end: ({ sockets, socket }, number) => {
    const codes = [1000, 1001, 1002, 1006, 1008, 1009, 1011, 1012, 1013, 4000, 4100, 4200];
    if (sockets.length > 0 && socket().readyState < 2) socket().end(codes[number % codes.length] as number);
  },
  frame: ({ sockets, socket }, number) => {
    if (sockets.length > 0 && socket().readyState === 1) socket().receive(frames[number % frames.length]);
  },
  echo: ({ sockets, socket }, number) => {
    const frame = socket()?.sent.findLast(({ action }) => action === 'onMessage');
    if (sockets.length > 0 && frame !== undefined && socket().readyState === 1)
      socket().receive(echoOf(frame, `m${number}`));
  },
  wait: ({ clock }, number) => clock.advance(number % 60_000),
  shift: ({ clock }, number) => clock.shiftWall((number % 3) * 3_600_000 - 3_600_000),
};

describe('whatever happens', () => {
  it('there is one socket at most, nothing but configureSession before its answer (W-1, W-4), and nothing left after stop', async () => {
    const step = fc.tuple(fc.constantFrom(...Object.keys(steps)), fc.nat(200_000));
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        fc.boolean(),
        async (walk, random, isUp) => {
          const session = createSession({ random: () => random });
          if (isUp) await session.configure({ durationSeconds: 900 });
          for (const [name, number] of walk) {
            await steps[name]?.(session, number);
            await session.clock.settle();
            const alive = session.sockets.filter(({ readyState }) => readyState < 2);
            expect(alive.length).toBeLessThanOrEqual(1);
            for (const { listeners, readyState } of session.sockets) {
              if (readyState > 1) expect(listeners).toBe(0);
            }
          }
          expect(session.logged.filter((line) => line.includes('please report'))).toEqual([]);
          for (const { sent } of session.sockets) {
            if (sent.length > 0) expect(sent[0]?.action).toBe('configureSession');
          }
          session.messaging.stop();
          await session.clock.settle();
          expect(session.clock.timers).toBe(0);
          const settled = session.of('message.sent').map(({ id }) => id);
          expect(new Set(settled).size).toBe(settled.length);
        },
      ),
      { numRuns: sample(300, 3000) },
    );
  }, 120_000);

  it('no frame makes the reader throw', () => {
    const names = fc.constantFrom(
      'SessionResponse',
      'StructuredMessage',
      'ConnectionClosedEvent',
      'JwtResponse',
      'TooManyRequestsErrorMessage',
      'string',
      'Error',
    );
    const value = fc.oneof(
      fc.jsonValue(),
      fc.record({ type: fc.constantFrom('Text', 'Event'), events: fc.jsonValue() }),
    );
    fc.assert(
      fc.property(names, value, fc.jsonValue(), (name, body, code) => {
        const { events } = readFrame(JSON.stringify({ class: name, body, code }));
        expect(Array.isArray(events)).toBe(true);
      }),
    );
    fc.assert(fc.property(fc.anything(), (data) => Array.isArray(readFrame(data).events)));
  });
});
