import { createConversation } from 'genesys-conversation-machine';
import { genesysFrames } from 'genesys-conversation-machine/testing';
import { createMemoryStorage } from '../../support/memoryStorage.ts';
import { createRecordedSession } from '../../support/recorded.ts';
import { session } from '../playing.ts';

/** A session from its first frame to its last. */
export const sessionScenarios = {
  'a session that talks': session(async ({ clock, genesys, session: messaging }) => {
    for (let nth = 0; nth < 3; nth += 1) messaging.sendMessage('hello').catch(() => {});
    genesys.say('hello yourself');
    const again = genesysFrames.structured(
      genesysFrames.text('twice-1', 'hear, hear', '2026-01-01T00:00:00.000Z'),
    );
    for (let nth = 0; nth < 2; nth += 1) genesys.receive(again);
    await clock.advance(200_000);
  }),
  'a session that is configured twice': session(async ({ clock, genesys, session: messaging }) => {
    messaging.subscribe(() => {});
    genesys.receive(genesysFrames.session());
    genesys.say('hello');
    await clock.advance(20_000);
  }),
  'a session that types': session(async ({ clock, session: messaging }) => {
    const signal = new AbortController().signal;
    const conversationId = messaging.conversationId ?? '';
    for (let time = 0; time < 120; time += 1) {
      messaging
        .sendTyping({ conversationId, isTyping: true, attempt: 1, keepalive: false }, { signal })
        .catch(() => {});
      await clock.advance(100);
    }
  }),
  'a session that is lost, again and again': session(async ({ clock, genesys, session: messaging }) => {
    for (let nth = 0; nth < 6; nth += 1) {
      genesys.refuse(nth);
      genesys.drop();
      genesys.say('while away');
      await clock.advance(120_000);
    }
    messaging.sendMessage('still here').catch(() => {});
    await clock.advance(5000);
  }),
  'a session with a silent link': session(async ({ clock, genesys }) => {
    genesys.goSilent();
    await clock.advance(120_000);
    genesys.goSilent();
    await clock.advance(120_000);
  }),
  'a session that is lost as soon as it is had': session(async ({ clock, genesys }) => {
    for (let nth = 0; nth < 6; nth += 1) {
      genesys.drop();
      await clock.advance(100);
      for (let wait = 0; wait < 600 && genesys.sockets.at(-1)?.readyState !== 1; wait += 1)
        await clock.advance(50);
      await clock.advance(200);
    }
    await clock.advance(60_000);
  }),
  'a session that is doubted': session(async ({ clock, session: messaging }) => {
    for (let nth = 0; nth < 4; nth += 1) {
      messaging.show();
      await clock.advance(7000);
    }
  }),
  'another session over a silent link': session(async ({ clock, genesys, session: messaging }) => {
    messaging.online();
    genesys.goSilent();
    messaging.show();
    await clock.advance(1000);
    messaging.startNew().catch(() => {});
    await clock.advance(120_000);
  }),
  'a session that is closed in good order': session(async ({ clock, genesys, session: messaging }) => {
    genesys.drop(1000);
    await clock.advance(60_000);
    messaging.connect().catch(() => {});
    await clock.advance(1000);
    genesys.clear();
    await clock.advance(60_000);
  }),
  'a guest who is signed out': session(async ({ clock, genesys, session: messaging }) => {
    genesys.logout();
    await clock.advance(1000);
    messaging.connect().catch(() => {});
    await clock.advance(1000);
    genesys.drop();
    await clock.advance(60_000);
  }),
  'a guest who is signed out, and loads the page again': async () => {
    const {
      clock,
      genesys,
      recorder,
      session: first,
      make,
      connect,
    } = createRecordedSession({
      storage: createMemoryStorage(),
    });
    await connect();
    genesys.logout();
    await clock.advance(1000);
    first.stop();
    const second = make();
    second.connect().catch(() => {});
    await clock.advance(1000);
    second.stop();
    await clock.advance(1000);
    return recorder.trace();
  },
  'a message whose echo is lost': session(async ({ clock, genesys, session: messaging }) => {
    genesys.answer('message', 'ignore', 'ignore');
    messaging.sendMessage('did you get this').catch(() => {});
    messaging.sendMessage('and this').catch(() => {});
    await clock.advance(120_000);
  }),
  'frames that nobody knows': session(async ({ clock, genesys }) => {
    genesys.receive({ class: 'SomethingNew', code: 200, body: {} });
    await clock.advance(100);
    genesys.receive('no JSON');
    await clock.advance(100);
    genesys.receive({ class: 'Reaction', code: 200, body: { emoji: 1 } });
    await clock.advance(60_000);
  }),
  'a session that nears its end': session(async ({ clock, genesys, session: messaging }) => {
    genesys.session({ durationSeconds: 400 });
    genesys.drop();
    for (let time = 0; time < 200_000; time += 20_000) {
      genesys.types(3000);
      await clock.advance(20_000);
    }
    await clock.advance(100_000);
    messaging.show();
    await clock.advance(5000);
    messaging.show();
    await clock.advance(200_000);
  }),
  'an end that is moved nearer': session(async ({ clock, genesys }) => {
    genesys.session({ durationSeconds: 900 });
    genesys.drop();
    await clock.advance(20_000);
    genesys.receive(genesysFrames.session({ newSession: false, durationSeconds: 320 }));
    await clock.advance(100_000);
  }),
  'an end that is near, and a doubt right before': session(async ({ clock, genesys, session: messaging }) => {
    genesys.session({ durationSeconds: 400 });
    genesys.drop();
    // It is past at 402 s, and asked about from 404 s on; who types keeps silence from being probed.
    for (let at = 0; at < 480; at += 2) {
      if (at === 392 || at === 406) messaging.show();
      if (at % 10 === 0) genesys.types(1000);
      await clock.advance(2000);
    }
  }),
  'an end that passes while a doubt is asked about': session(
    async ({ clock, genesys, session: messaging }) => {
      genesys.session({ durationSeconds: 400 });
      genesys.drop();
      for (let at = 0; at < 402; at += 2) {
        if (at === 392) messaging.show();
        if (at % 10 === 0) genesys.types(1000);
        await clock.advance(2000);
      }
      await clock.advance(600);
      genesys.answer('getJwt', 'ignore');
      messaging.show();
      await clock.advance(2000);
      for (let at = 405; at < 500; at += 5) {
        genesys.types(1000);
        await clock.advance(5000);
      }
    },
  ),
  'a doubt while a link is probed already': session(async ({ clock, genesys, session: messaging }) => {
    genesys.goSilent();
    await clock.advance(45_500);
    messaging.show();
    await clock.advance(60_000);
  }),
  'somebody who types for long by their own word': session(async ({ clock, genesys, session: messaging }) => {
    messaging.subscribe(() => {});
    genesys.types(20_000);
    await clock.advance(30_000);
  }),
  'a session that may only be looked at': session(async ({ clock, genesys, session: messaging }) => {
    genesys.disconnect(true);
    await clock.advance(100);
    messaging.sendMessage('anybody there').catch(() => {});
    const signal = new AbortController().signal;
    const conversationId = messaging.conversationId ?? '';
    messaging
      .sendTyping({ conversationId, isTyping: true, attempt: 1, keepalive: false }, { signal })
      .catch(() => {});
    messaging.show();
    await clock.advance(200_000);
  }),
  'a session that can be talked in again while somebody types': session(
    async ({ clock, genesys, recorder, session: messaging }) => {
      const guest = recorder
        .watch(createConversation({ transport: messaging, clock: recorder.clock }))
        .start();
      genesys.receive(genesysFrames.session({ newSession: false, readOnly: true }));
      await clock.advance(100);
      guest.keystroke();
      genesys.receive(genesysFrames.session({ newSession: false }));
      await clock.advance(20_000);
      guest.stop();
    },
  ),
  'a session that is told to be silent': session(
    async ({ clock, genesys, session: messaging }) => {
      genesys.limit(20);
      await clock.advance(100);
      messaging.sendMessage('hello').catch(() => {});
      genesys.limit(1);
      await clock.advance(5000);
      messaging.show();
      genesys.drop();
      await clock.advance(100_000);
      genesys.limit(86_400);
      await clock.advance(1000);
    },
    { timing: { retryAfterCap: 30_000 } },
  ),
  'a session that is told to be silent, again and again': session(async ({ clock, genesys }) => {
    for (let nth = 0; nth < 5; nth += 1) {
      genesys.limit(2);
      await clock.advance(10_000);
    }
  }),
  'a session that begins before it is configured': session(
    async ({ clock, genesys, session: messaging }) => {
      messaging.sendMessage('early').catch(() => {});
      genesys.answer('configureSession', 'ignore');
      genesys.drop();
      await clock.advance(60_000);
    },
    { latency: 300 },
  ),
};
