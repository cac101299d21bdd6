import { genesysFrames } from 'genesys-conversation-machine/testing';
import { session } from '../playing.ts';

/** How a session is lost or ends, and what follows on it. */
export const nextSessionScenarios = {
  'a link that breaks a promise, and holds, and breaks one again': session(async ({ clock, genesys }) => {
    for (let nth = 0; nth < 2; nth += 1) {
      genesys.drop(1008);
      await clock.advance(60_000);
    }
  }),
  'a session that is refused again and again': session(async ({ clock, genesys }) => {
    genesys.refuse(25);
    genesys.drop();
    await clock.advance(290_000);
  }),
  'a network that is back within a silence of the messenger': session(
    async ({ clock, genesys, session: messaging }) => {
      genesys.answer('configureSession', { frame: genesysFrames.limited(30) });
      genesys.drop();
      await clock.advance(5000);
      messaging.offline();
      await clock.advance(1000);
      messaging.online();
      await clock.advance(60_000);
    },
  ),
  'a new session that is lost': session(async ({ clock, genesys, session: messaging }) => {
    messaging.startNew().catch(() => {});
    await clock.advance(10_000);
    genesys.drop();
    await clock.advance(60_000);
  }),
  'a guest who signed in elsewhere, long after their conversation was wiped': session(
    async ({ clock, genesys, session: messaging }) => {
      genesys.receive(genesysFrames.notice('SessionClearedEvent'));
      await clock.advance(1000);
      genesys.drop();
      await clock.advance(20_000);
      genesys.receive(genesysFrames.notice('ConnectionClosedEvent', { reason: 'signedIn' }));
      await clock.advance(1000);
      messaging.connect().catch(() => {});
      await clock.advance(20_000);
    },
  ),
  'an error of a number that nobody knows': session(async ({ clock, genesys }) => {
    genesys.receive(genesysFrames.error(5000));
    await clock.advance(10_000);
  }),
  'a session that the server knows no more after a loss': session(
    async ({ clock, genesys, session: messaging }) => {
      messaging.subscribe(() => {});
      genesys.say('hello');
      await clock.advance(1000);
      genesys.session({ newSession: true });
      genesys.drop();
      await clock.advance(60_000);
    },
  ),
  'a session that expires, and the next one': session(async ({ clock, genesys, session: messaging }) => {
    messaging.subscribe(() => {});
    genesys.say('hello');
    await clock.advance(1000);
    genesys.expire();
    await clock.advance(1000);
    messaging.connect().catch(() => {});
    await clock.advance(60_000);
  }),
  'a conversation that is wiped while somebody listens': session(
    async ({ clock, genesys, session: messaging }) => {
      messaging.subscribe(() => {});
      genesys.say('hello');
      await clock.advance(1000);
      genesys.clear();
      await clock.advance(10_000);
    },
  ),
  'a session that can only be looked at when it is had again': session(
    async ({ clock, genesys }) => {
      genesys.session({ newSession: true, readOnly: true });
      genesys.drop();
      await clock.advance(20_000);
    },
    { config: 'load', fetch: startsByItself },
  ),
};

/** A deployment whose sessions are joined as they begin. */
async function startsByItself(address: string | URL | Request): Promise<Response> {
  if (!String(address).includes('config.json')) return Response.json({ entities: [] });
  const conversations = {
    showUserTypingIndicator: true,
    autoStart: { enabled: true },
    conversationDisconnect: { enabled: false },
  };
  return Response.json({ status: 'Active', messenger: { apps: { conversations } } });
}
