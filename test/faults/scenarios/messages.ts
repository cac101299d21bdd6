import {
  checkInvariants,
  genesysFrames,
  type TraceFile,
  type Violation,
} from 'genesys-conversation-machine/testing';
import { createRecordedSession } from '../../support/recorded.ts';
import { session } from '../playing.ts';

const typingIn = (messaging: ReturnType<typeof createRecordedSession>['session']): void => {
  const conversationId = messaging.conversationId ?? '';
  const { signal } = new AbortController();
  messaging
    .sendTyping({ conversationId, isTyping: true, attempt: 1, keepalive: false }, { signal })
    .catch(() => {});
};

/** What becomes of messages, doubts and ends in a session. */
export const messageScenarios = {
  'a guest who is asked to sign in': session(async ({ clock, genesys }) => {
    genesys.receive(genesysFrames.error(403, 'Try to authenticate again'));
    await clock.advance(60_000);
  }),
  'a guest who may not go on as one': session(async ({ clock, genesys, session: messaging }) => {
    genesys.receive(genesysFrames.error(4017));
    await clock.advance(1000);
    messaging.connect().catch(() => {});
    await clock.advance(60_000);
  }),
  'a guest who signed in elsewhere': session(async ({ clock, genesys, session: messaging }) => {
    genesys.receive(genesysFrames.notice('ConnectionClosedEvent', { reason: 'signedIn' }));
    await clock.advance(1000);
    messaging.connect().catch(() => {});
    await clock.advance(60_000);
  }),
  'typing before a session is configured again': session(async ({ clock, genesys, session: messaging }) => {
    genesys.answer('configureSession', 'ignore');
    genesys.drop();
    for (let nth = 0; nth < 60; nth += 1) {
      typingIn(messaging);
      await clock.advance(100);
    }
    await clock.advance(60_000);
  }),
  'a session that expires': session(async ({ clock, genesys }) => {
    genesys.expire();
    await clock.advance(60_000);
  }),
  'a session in which nothing is said for long': session(({ clock }) => clock.advance(300_000)),
  'a socket that does not open': session(async ({ clock }) => clock.advance(60_000), { latency: 20_000 }),
  'a message that is under way as the link is lost': session(
    async ({ clock, genesys, session: messaging }) => {
      genesys.answer('message', 'ignore');
      messaging.sendMessage('hello').catch(() => {});
      await clock.advance(100);
      genesys.drop();
      await clock.advance(700_000);
    },
  ),
  'a message whose echo never comes': session(async ({ clock, genesys, session: messaging }) => {
    genesys.answer('message', 'ignore', 'ignore', 'ignore');
    messaging.sendMessage('hello').catch(() => {});
    await clock.advance(700_000);
  }),
  'a message that is refused for its rate': session(async ({ clock, genesys, session: messaging }) => {
    genesys.answer('message', { frame: genesysFrames.limited(1) });
    messaging.sendMessage('hello').catch(() => {});
    await clock.advance(700_000);
  }),
  'a message from another device while one is under way': session(
    async ({ clock, genesys, session: messaging }) => {
      genesys.answer('message', 'ignore');
      messaging.sendMessage('hello').catch(() => {});
      await clock.advance(100);
      const other = { type: 'Text', text: 'hi', direction: 'Inbound', id: 'other-1' };
      genesys.receive(genesysFrames.structured(other));
      await clock.advance(100_000);
    },
  ),
  'a message of the other side with the id of one under way': session(
    async ({ clock, genesys, session: messaging }) => {
      genesys.answer('message', 'ignore', 'ignore', 'ignore');
      messaging.sendMessage('hello').catch(() => {});
      await clock.advance(100);
      const left = genesys.frames.findLast(({ action }) => action === 'message');
      const metadata = { customMessageId: left?.frame.tracingId };
      const other = { type: 'Text', text: 'hi', direction: 'Outbound', id: 'other-1', metadata };
      genesys.receive(genesysFrames.structured(other));
      await clock.advance(100_000);
    },
  ),
  'an error that could mean anything while a message is under way': session(
    async ({ clock, genesys, session: messaging }) => {
      genesys.answer('message', 'ignore');
      messaging.sendMessage('hello').catch(() => {});
      await clock.advance(100);
      genesys.receive(genesysFrames.error(401));
      await clock.advance(100_000);
    },
  ),
  'doubts, one right after the other': session(async ({ clock, session: messaging }) => {
    for (let nth = 0; nth < 20; nth += 1) {
      messaging.show();
      await clock.advance(300);
    }
    await clock.advance(20_000);
  }),
  'a doubted link that is dead': session(async ({ clock, genesys, session: messaging }) => {
    genesys.goSilent();
    messaging.show();
    await clock.advance(60_000);
  }),
  'a doubted link over which something was still under way': session(
    async ({ clock, genesys, session: messaging }) => {
      genesys.answer('echo', 'ignore');
      genesys.answer('getJwt', 'ignore');
      messaging.show();
      genesys.say('hello');
      await clock.advance(60_000);
    },
  ),
  'an end that somebody takes back': session(async ({ clock, genesys }) => {
    genesys.session({ durationSeconds: 400 });
    genesys.drop();
    await clock.advance(150_000);
    genesys.say('are you there?');
    await clock.advance(60_000);
  }),
  'an end that passes': session(async ({ clock, genesys }) => {
    genesys.session({ durationSeconds: 400 });
    genesys.drop();
    await clock.advance(600_000);
  }),
  'several messages while nobody listens': session(async ({ clock, genesys, session: messaging }) => {
    messaging.subscribe(() => {});
    genesys.say('hello');
    await clock.advance(1000);
    genesys.refuse(3);
    genesys.drop();
    for (let nth = 0; nth < 4; nth += 1) {
      genesys.say('while away');
      await clock.advance(200);
    }
    for (let nth = 0; nth < 300; nth += 1) {
      await clock.advance(100);
      if (nth % 7 === 0) genesys.say('and back');
    }
    await clock.advance(60_000);
  }),
  'a messenger that asks for silence, and does not say for how long': session(
    async ({ clock, genesys, session: messaging }) => {
      genesys.receive({ type: 'response', class: 'TooManyRequestsErrorMessage', code: 429, body: {} });
      await clock.advance(100);
      messaging.sendMessage('hello').catch(() => {});
      await clock.advance(20_000);
    },
  ),
  'typing within a silence of the messenger': session(async ({ clock, genesys, session: messaging }) => {
    genesys.limit(20);
    await clock.advance(100);
    typingIn(messaging);
    await clock.advance(40_000);
  }),
  'typing, and messages of others or told twice': session(async ({ clock, genesys, session: messaging }) => {
    typingIn(messaging);
    await clock.advance(500);
    genesys.say('hello');
    await clock.advance(500);
    typingIn(messaging);
    await clock.advance(10_000);
    const own = { type: 'Text', text: 'hi', direction: 'Inbound', id: 'own-1' };
    genesys.receive(genesysFrames.structured(own));
    await clock.advance(500);
    typingIn(messaging);
    await clock.advance(500);
    genesys.receive(genesysFrames.structured(own));
    await clock.advance(500);
    typingIn(messaging);
    await clock.advance(20_000);
  }),
  'a history that cannot be had': async (): Promise<readonly Violation[]> => {
    const { clock, genesys, recorder, session: messaging, connect } = createRecordedSession();
    await connect();
    genesys.say('hello');
    await clock.advance(1000);
    genesys.failHistory(50);
    genesys.drop();
    const missed = genesys.say('while away');
    await clock.advance(200_000);
    messaging.stop();
    const trace = recorder.trace();
    const isTold = trace.moments.some(
      ({ kind, ...rest }) => kind === 'emitted' && /"session\.gap"/.test(JSON.stringify(rest)),
    );
    const message = `${missed} is missing, and nobody was told`;
    const gap = { clause: 'I-1', at: trace.until, moment: trace.moments.length - 1, message };
    return [...checkInvariants(trace), ...(isTold ? [] : [gap])];
  },
} satisfies Readonly<Record<string, () => Promise<TraceFile | readonly Violation[]>>>;
