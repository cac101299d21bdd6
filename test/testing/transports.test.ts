import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  ConversationError,
  createConversation,
  guestRest,
  type Transport,
  webMessaging,
} from 'genesys-conversation-machine';
import {
  createScriptedGenesys,
  createScriptedTransport,
  createSteppedClock,
  describeTransport,
  type TransportTrouble,
  type TransportUnderTest,
} from 'genesys-conversation-machine/testing';
import { describe, expect, it } from 'vitest';
import { matrix } from '../../examples/transport/matrixTransport.ts';
import { turns } from '../support/messengerWorld.ts';

const runner = { describe, it };
const secret = 'secret-token-1234567890';

/** A server on loopback that meets the next call as it is told, with the bodies of one vendor. */
async function serve(bodyOf: (trouble: TransportTrouble) => object = () => ({})) {
  let calls = 0;
  let next: TransportTrouble = 'accepts';
  const statuses = {
    accepts: 200,
    fails: 503,
    limits: 429,
    'refuses-token': 401,
    'is-gone': 404,
    hangs: 0,
  } as const;
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      calls += 1;
      const trouble = next;
      next = 'accepts';
      if (trouble === 'hangs') return;
      response.writeHead(statuses[trouble], { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(bodyOf(trouble)));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: () => calls,
    meet: (trouble: TransportTrouble) => {
      next = trouble;
    },
    end: () => {
      server.closeAllConnections();
      server.close();
    },
    // Both ends are in this process: turns of its event loop are all that a request takes.
    settle: () => turns(20),
  };
}

const tokens = () => {
  let number = 0;
  return () => {
    number += 1;
    return `${secret}-${number}`;
  };
};

describeTransport(
  'another vendor’s transport',
  async () => {
    const server = await serve((trouble) =>
      trouble === 'limits' ? { errcode: 'M_LIMIT_EXCEEDED', retry_after_ms: 2000 } : {},
    );
    const transport = matrix({ baseUrl: server.url, userId: '@guest:example.org', token: tokens() });
    return { ...server, transport, conversationId: '!room:example.org', secrets: [secret] };
  },
  runner,
);

describeTransport(
  'guestRest',
  async () => {
    const server = await serve();
    const transport = guestRest({ orgUrl: server.url, participantId: 'guest', token: tokens() });
    return { ...server, transport, conversationId: 'c1', secrets: [secret] };
  },
  runner,
);

describeTransport(
  'webMessaging',
  async () => {
    const clock = createSteppedClock();
    const genesys = createScriptedGenesys({ clock, latency: 1 });
    const session = webMessaging({
      deploymentId: '22222222-2222-4222-8222-222222222222',
      region: 'eu-west-1',
      config: 'skip',
      clock,
      // A lost socket is not had again before the call that meets its loss.
      random: () => 0.5,
      webSocket: genesys.webSocket,
      fetch: genesys.fetch,
    });
    session.connect().catch(() => {});
    await clock.advance(50);
    const token = String(genesys.frames[0]?.frame.token);
    return {
      transport: session,
      conversationId: session.conversationId ?? '',
      secrets: [token],
      meet: async (trouble) => {
        if (trouble === 'fails') genesys.drop();
        if (trouble === 'limits') genesys.limit(5);
        await clock.advance(20);
      },
      cannot: {
        hangs: 'a typing frame has no answer: it is accepted once it is handed to an open socket',
        'refuses-token': 'a token is refused as the session is configured, and for no frame after that',
        'is-gone':
          'that the conversation is over is told by itself, as conversation.ended, and not as an answer',
      },
      calls: () => genesys.frames.filter(({ action }) => action === 'typing').length,
      settle: () => clock.advance(2),
      end: () => session.stop(),
    };
  },
  runner,
);

const scripted = (): TransportUnderTest => {
  const clock = createSteppedClock();
  const transport = createScriptedTransport({ clock });
  const codes = {
    fails: 'unavailable',
    limits: 'rate-limited',
    'refuses-token': 'unauthorized',
    'is-gone': 'not-found',
  } as const;
  return {
    transport,
    conversationId: 'c1',
    secrets: [secret],
    calls: () => transport.calls.length,
    timers: () => clock.timers,
    meet: (trouble) =>
      transport.answer(
        'typing',
        trouble === 'hangs'
          ? 'hang'
          : trouble === 'accepts'
            ? 'accept'
            : { code: codes[trouble], message: 'scripted' },
      ),
  };
};

describeTransport('the scripted transport', scripted, runner);

/** What the suite says of a transport, test by test, where it fails. */
async function complaints(make: () => TransportUnderTest): Promise<readonly string[]> {
  const tests: (() => Promise<void>)[] = [];
  describeTransport('broken', make, { describe: (_, define) => define(), it: (_, test) => tests.push(test) });
  const said: string[] = [];
  for (const test of tests) await test().catch((error: Error) => said.push(error.message));
  return said;
}

const broken = (change: (whole: Transport) => Partial<Transport>) => () => {
  const given = scripted();
  return { ...given, transport: { ...given.transport, ...change(given.transport) } };
};

describe('a transport that is broken on purpose is told which promise it breaks', () => {
  it.each<[string, RegExp, (whole: Transport) => Partial<Transport>]>([
    [
      'tries again by itself',
      /^one attempt: .*2 calls left/,
      (whole) => ({
        sendTyping: (call, options) =>
          whole.sendTyping(call, options).catch(async (error) => {
            await whole.sendTyping(call, options);
            throw error;
          }),
      }),
    ],
    [
      'leaves twice',
      /^one attempt: one call reaches the back end, not 2/,
      (whole) => ({
        sendTyping: (call, options) => {
          whole.sendTyping(call, options).catch(() => {});
          return whole.sendTyping(call, options);
        },
      }),
    ],
    [
      'swallows failures',
      /^typed rejections: .*rejects; it resolved/,
      (whole) => ({
        sendTyping: (call, options) => whole.sendTyping(call, options).catch(() => ({})),
      }),
    ],
    [
      'throws what it likes',
      /^typed rejections: .*it is Error: no code/,
      (whole) => ({
        sendTyping: (call, options) =>
          whole.sendTyping(call, options).catch(() => Promise.reject(new Error('no'))),
      }),
    ],
    [
      'has one code for everything',
      /^typed rejections: its code is rate-limited; it is network/,
      (whole) => ({
        sendTyping: (call, options) =>
          whole
            .sendTyping(call, options)
            .catch(() => Promise.reject(new ConversationError({ code: 'network', message: 'no' }))),
      }),
    ],
    [
      'tells its token',
      /^no token in an error \(S4\)/,
      (whole) => ({
        sendTyping: (call, options) =>
          whole
            .sendTyping(call, options)
            .catch(({ code }) => Promise.reject(new ConversationError({ code, message: `with ${secret}` }))),
      }),
    ],
    [
      'pretends to tell of reads',
      /^honest capabilities: readReceipts is true, and a read is rejected/,
      () => ({
        sendRead: () => Promise.reject(new ConversationError({ code: 'unsupported', message: 'no' })),
      }),
    ],
    [
      'says no spacing',
      /^capabilities: spacing is a whole number of ms \(L-3\)/,
      (whole) => ({
        capabilities: { ...whole.capabilities, spacing: Number.NaN },
      }),
    ],
    [
      'accepts what was given up',
      /^abort: a call that was given up is not accepted/,
      (whole) => ({
        sendTyping: (call, options) =>
          new Promise((resolve, reject) => {
            options.signal.addEventListener('abort', () => resolve({}));
            whole.sendTyping(call, options).then(resolve, reject);
          }),
      }),
    ],
    [
      'refreshes for stragglers',
      /^one refresh \(A-1\): a straggler is told of number 3; it was told of 4/,
      () => {
        let number = 2;
        return {
          refreshToken: async () => {
            number += 1;
            return { tokenGeneration: number };
          },
        };
      },
    ],
    [
      'throws',
      /^one attempt: a call rejects; it does not throw/,
      () => ({
        sendTyping: () => {
          throw new Error('no');
        },
      }),
    ],
    [
      'never ends listening',
      /^subscribe: it returns a function; it returned undefined/,
      () => ({
        subscribe: (() => undefined) as never,
      }),
    ],
  ])('%s', async (_name, expected, change) => {
    const said = await complaints(broken(change));
    expect(said).toEqual(expect.arrayContaining([expect.stringMatching(expected)]));
  });

  it('one that sets a timer of its own', async () => {
    const said = await complaints(() => ({ ...scripted(), timers: () => 1 }));
    expect(said).toEqual([
      expect.stringMatching(/^no timer of its own: nothing waits or retries; 1 timers are left/),
    ]);
  });

  it('and one that is whole is told nothing', async () => {
    expect(await complaints(scripted)).toEqual([]);
  });
});

it('another vendor’s transport carries a conversation: typing, then not, and a read mark', async () => {
  const server = await serve();
  const clock = createSteppedClock({ settle: () => turns(400) });
  const transport = matrix({ baseUrl: server.url, userId: '@guest:example.org', token: tokens() });
  const conversation = createConversation({ transport, clock, conversationId: '!room:example.org' }).start();
  conversation.keystroke();
  await clock.advance(4000);
  conversation.messageReceived({ messageId: '$event', participantId: '@agent:example.org' });
  const reading = conversation.markAsRead('$event');
  await clock.advance(100);
  await reading;
  expect(server.calls()).toBe(3);
  conversation.stop();
  server.end();
});

it('is told of a trouble that no call can meet with the reason, and holds the rest', async () => {
  const run: string[] = [];
  const met: TransportTrouble[] = [];
  const tests: Promise<void>[] = [];
  describeTransport(
    'one without answers',
    () => {
      const made = scripted();
      const { meet } = made;
      return {
        ...made,
        meet: (trouble) => {
          met.push(trouble);
          return meet?.(trouble);
        },
        cannot: { hangs: 'nothing is answered', 'is-gone': 'it is told by itself' },
      };
    },
    {
      describe: (_, define) => define(),
      it: (name, test) => {
        run.push(name);
        tests.push(test());
      },
    },
  );
  await Promise.all(tests);
  expect(run.length).toBeGreaterThan(8);
  expect(new Set(met)).toEqual(new Set(['fails', 'limits', 'refuses-token']));
});
