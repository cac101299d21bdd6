import { describe, expect, it } from 'vitest';
import type { TransportEvent } from '../../src/shared/transport.ts';
import {
  bare,
  createSession,
  echoOf,
  plainError,
  sessionResponse,
  structured,
} from '../support/socketScript.ts';

type Session = ReturnType<typeof createSession>;

const leave = (readOnly: boolean) =>
  structured({
    id: 'e1',
    type: 'Event',
    direction: 'Outbound',
    events: [{ eventType: 'Presence', presence: { type: 'Disconnect' } }],
    metadata: { readOnly: String(readOnly) },
  });
const words = structured({ id: 'm1', type: 'Text', text: 'hi', direction: 'Outbound' });

/** What somebody is told at once who subscribes now. */
function standing({ messaging }: Session): readonly TransportEvent[] {
  const told: TransportEvent[] = [];
  messaging.subscribe((event) => told.push(event))();
  return told;
}

const down = [{ type: 'network.offline' }];
const open = ({ messaging: { conversationId } }: Session) => [
  { type: 'network.online' },
  { type: 'conversation.opened', conversationId },
];
const over = ({ messaging: { conversationId } }: Session) => [{ type: 'conversation.ended', conversationId }];

describe('whoever comes late is told how things stand', () => {
  it('before the session is up, while it is, and while it reconnects', async () => {
    const session = createSession();
    expect(standing(session)).toEqual(down);
    const socket = await session.connect();
    expect(standing(session)).toEqual(down);
    socket.receive(sessionResponse());
    expect(standing(session)).toEqual(open(session));
    socket.end(1006);
    expect(session.messaging.state).toBe('reconnecting');
    expect(standing(session)).toEqual(down);
    session.messaging.stop();
  });

  it('with what the deployment refused; a session that is had again may try anew', async () => {
    const session = createSession();
    const socket = await session.configure();
    const call = { conversationId: String(session.messaging.conversationId), attempt: 1, keepalive: false };
    await session.messaging.sendTyping({ ...call, isTyping: true }, { signal: new AbortController().signal });
    await session.receive(plainError(403, 'Turn on the Feature Toggle or fix the configuration.'));
    expect(standing(session)).toEqual([...open(session), { type: 'typing.forbidden' }]);
    socket.end(1006);
    await session.clock.advance(2000);
    session.socket().open();
    session.socket().receive(sessionResponse({ newSession: false }));
    expect(standing(session)).toEqual(open(session));
    session.messaging.stop();
  });

  it('in one that the other side left but for good: the guest may go on', async () => {
    const session = createSession();
    await session.configure();
    await session.receive(leave(false));
    expect(session.messaging.state).toBe('configured');
    expect(standing(session)).toEqual(open(session));
    session.messaging.stop();
  });

  it('in one that it ended for good, whatever is still said there', async () => {
    const session = createSession();
    const socket = await session.configure();
    await session.receive(leave(true));
    await session.receive(words);
    expect(session.messaging.state).toBe('readOnly');
    expect(standing(session)).toEqual(over(session));
    socket.end(1006);
    expect(session.messaging.state).toBe('reconnecting');
    expect(standing(session)).toEqual(over(session));
    session.messaging.stop();
  });

  it('in one that ended, is told to have ended once, and stands nowhere once its guest was signed out', async () => {
    const session = createSession();
    await session.configure();
    await session.receive(leave(true));
    await session.receive(leave(true));
    await session.receive(bare('SessionClearedEvent'));
    expect(session.told.filter(({ type }) => type === 'conversation.ended')).toHaveLength(1);
    await session.receive(bare('LogoutEvent'));
    expect(session.told.at(-1)).toMatchObject({ type: 'conversation.ended' });
    expect(standing(session)).toEqual(down);
    session.messaging.stop();
  });

  it.each([
    ['not-found', { class: 'string', code: 404, body: 'no' }, 'conversation.ended'],
    ['conversation-ended', bare('SessionExpiredEvent'), 'conversation.ended'],
    ['unauthorized', plainError(401), 'network.offline'],
    ['unavailable', plainError(500), 'network.offline'],
  ])('in one that failed as %s', async (code, frame, told) => {
    const session = createSession();
    await session.connect();
    const { conversationId } = session.messaging;
    await session.receive(frame);
    expect(session.of('session.failed')).toMatchObject([{ failure: { code } }]);
    expect(session.told.at(-1)).toEqual(
      told === 'conversation.ended' ? { type: told, conversationId } : { type: told },
    );
    session.messaging.stop();
  });

  it('in one that was closed by request, which is told', async () => {
    const session = createSession();
    await session.configure();
    session.messaging.close();
    expect(session.told.at(-1)).toEqual({ type: 'network.offline' });
    expect(standing(session)).toEqual(down);
    session.messaging.stop();
  });

  it.each([true, false])(
    'in one that the other side left, and that is had anew: for good %s',
    async (isOver) => {
      const session = createSession();
      await session.configure();
      const { conversationId } = session.messaging;
      await session.receive(leave(isOver));
      await session.receive(sessionResponse());
      expect(session.messaging.state).toBe('configured');
      expect(session.messaging.conversationId === conversationId).toBe(!isOver);
      expect(standing(session)).toEqual(open(session));
      session.messaging.stop();
    },
  );

  it.each([
    ['the other side', words, 'message.received'],
    [
      'the guest elsewhere',
      structured({ id: 'm2', type: 'Text', text: 'mine', direction: 'Inbound' }),
      'message.received',
    ],
    ['the guest here', null, 'message.accepted'],
  ])('in one that was wiped, and goes on with a message of %s', async (_, frame, type) => {
    const session = createSession();
    const socket = await session.configure();
    await session.receive(bare('SessionClearedEvent'));
    const before = session.told.length;
    session.messaging.sendMessage('hi').catch(() => {});
    await session.clock.settle();
    await session.receive(frame ?? echoOf(socket.sent.at(-1) as never, 'm3'));
    expect(session.told.slice(before)).toMatchObject([...open(session), { type }]);
    expect(standing(session).slice(0, 2)).toEqual(open(session));
    session.messaging.stop();
  });

  it('while another is begun: nothing may be said before it is there', async () => {
    const session = createSession();
    await session.configure();
    const before = session.told.length;
    session.messaging.startNew();
    await session.clock.settle();
    expect(standing(session)).toEqual(down);
    expect(session.told).toHaveLength(before);
    await session.receive(sessionResponse({ connected: false }));
    await session.receive(sessionResponse());
    expect(standing(session)).toEqual(open(session));
    expect(session.told.slice(before)).toEqual(open(session));
    session.messaging.stop();
  });

  it('and one that was wiped is ended by the name it had', async () => {
    const session = createSession();
    await session.configure();
    const { conversationId } = session.messaging;
    await session.receive(bare('SessionClearedEvent'));
    expect(session.messaging.conversationId).not.toBe(conversationId);
    expect(session.told.at(-1)).toEqual({ type: 'conversation.ended', conversationId });
    expect(standing(session)).toEqual(over(session));
    session.messaging.stop();
  });
});
