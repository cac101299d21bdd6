import { describe, expect, it } from 'vitest';
import { bare, createSession, sessionResponse, structured } from '../support/socketScript.ts';

const leave = (readOnly: boolean) =>
  structured({
    id: 'e1',
    type: 'Event',
    direction: 'Outbound',
    events: [{ eventType: 'Presence', presence: { type: 'Disconnect' } }],
    metadata: { readOnly: String(readOnly) },
  });
const goesOn = (body: object = {}) => sessionResponse({ newSession: false, ...body });
const over = { readOnly: true, newSession: false };

describe('a session that may only be looked at (W-11)', () => {
  it.each([
    ['left once more', leave(true), 'session.disconnected'],
    ['left, though not for good', leave(false), 'session.disconnected'],
    [
      'checked',
      { ...structured({ type: 'Text' }), tracingId: 'SGVhbHRoQ2hlY2tNZXNzYWdlSWQ=' },
      'session.checked',
    ],
    ['wiped', bare('SessionClearedEvent'), 'session.cleared'],
  ])('is told to be %s, and stays what it is', async (_, frame, type) => {
    const { configure, receive, messaging, kinds } = createSession();
    await configure({ readOnly: true });
    const before = kinds().length;
    await receive(frame);
    expect(kinds().slice(before)).toEqual([type]);
    expect(messaging.state).toBe('readOnly');
    messaging.stop();
  });

  it('may be talked in again where the server says so', async () => {
    const { configure, receive, clock, of, socket, messaging } = createSession();
    await configure(over);
    await receive(goesOn());
    expect(messaging.state).toBe('configured');
    expect(of('session.configured')).toEqual([
      { type: 'session.configured', resumed: true, clearedExisting: false },
    ]);
    messaging.sendMessage('hello').catch(() => {});
    await clock.settle();
    expect(socket().sent.at(-1)?.action).toBe('onMessage');
    messaging.stop();
  });

  it.each([
    ['as it was had', { ...over, durationSeconds: 3600 }, undefined],
    ['as it became one', {}, { ...over, durationSeconds: 3600 }],
  ])(
    'keeps in mind how long it lives, told %s, until it may be talked in (W-9)',
    async (_, first, second) => {
      const { configure, receive, clock, of, messaging } = createSession();
      await configure(first);
      if (second) await receive(sessionResponse(second));
      expect(messaging.state).toBe('readOnly');
      await receive(goesOn({ expirationDate: (clock.wallNow() + 400_000) / 1000 }));
      expect(of('session.duration').at(-1)).toEqual({
        type: 'session.duration',
        durationMs: 3_600_000,
        msLeft: 400_000,
      });
      messaging.stop();
    },
  );

  it('in answer to a new one that was asked for is asked for as it is, the next time', async () => {
    const { configure, clock, socket, messaging } = createSession();
    await configure();
    messaging.startNew().catch(() => {});
    await clock.settle();
    socket().receive(goesOn({ connected: false }));
    await clock.settle();
    expect(socket().sent.at(-1)).toMatchObject({ action: 'configureSession', startNew: true });
    socket().receive(sessionResponse(over));
    expect(messaging.state).toBe('readOnly');
    socket().end(4200);
    await clock.settle();
    socket().open();
    await clock.settle();
    expect(socket().sent.at(-1)).toMatchObject({ action: 'configureSession', startNew: false });
    messaging.stop();
  });

  it('refuses what did not leave before it became one, and what left as unsure', async () => {
    const { configure, receive, clock, of, socket, messaging } = createSession();
    await configure();
    for (const text of ['left', 'waiting']) messaging.sendMessage(text).catch(() => {});
    await clock.settle();
    await receive(leave(true));
    expect(of('message.failed').map(({ failure }) => failure)).toEqual([
      {
        code: 'network',
        unsure: true,
        message:
          'The connection was lost before the message was confirmed, and history could not tell whether it arrived; show it as unsure.',
      },
      {
        code: 'network',
        message:
          'The session ended before the message left; it was not sent. Connect again and send it anew.',
      },
    ]);
    await receive(goesOn());
    await clock.advance(20_000);
    expect(socket().sent.filter(({ action }) => action === 'onMessage')).toHaveLength(1);
    messaging.stop();
  });
});

it('a wipe is none of the conversation that follows it on the next socket', async () => {
  const { configure, receive, clock, of, socket, messaging } = createSession();
  await configure();
  await receive(bare('SessionClearedEvent'));
  socket().end(4200);
  await clock.settle();
  socket().open();
  await receive(sessionResponse());
  await receive(bare('ConnectionClosedEvent'));
  expect(of('session.closed').map(({ reason }) => reason)).toEqual(['sessionLimit']);
  messaging.stop();
});
