import fc from 'fast-check';
import { createConversation, webMessaging } from 'genesys-conversation-machine';
import { startSandbox } from 'genesys-conversation-machine/sandbox';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import WebSocket from 'ws';
import { createMessengerWorld } from '../support/messengerWorld.ts';
import { sample } from '../support/sample.ts';

type Trouble = 'down' | 'half-open' | 'expired' | 'cleared';

/** One message of the agent, in the session that it was said to. */
interface Said {
  readonly text: string;
  readonly session: number;
}

/** A guest whose application connects again whenever the session ends, and what both sides know in the end. */
function createWorld(latency: number, luck: number) {
  const { clock, messenger, makeSession } = createMessengerWorld(latency);
  const session = makeSession({ random: () => luck });
  const conversation = createConversation({ transport: session, clock }).start();
  const heard: { readonly text: string; readonly id: string; readonly conversation: string | null }[] = [];
  const gaps: number[] = [];
  const said: Said[] = [];
  let sessions = 0;
  let ended = new Set<number>();
  let seen = -1;

  session.on('message.received', ({ message: { text = '', messageId } }) => {
    heard.push({ text, id: messageId, conversation: session.conversationId });
  });
  session.on('session.gap', () => gaps.push(clock.now()));
  const again = (): void => {
    clock.setTimeout(() => session.connect().catch(() => {}), 500);
  };
  session.on('session.failed', again);
  session.on('session.closed', again);
  session.connect().catch(() => {});

  const end = (): void => {
    if (messenger.tokens().length > 0) ended = new Set([...ended, sessions]);
  };
  const act: Readonly<Record<Trouble | 'say' | 'view' | 'show' | 'write', () => void>> = {
    down: () => messenger.cut('loses'),
    'half-open': messenger.deafen,
    expired: () => {
      end();
      messenger.expire();
    },
    cleared: () => {
      end();
      messenger.clear();
    },
    show: () => conversation.show(),
    write: () => {
      session.sendMessage('mine').catch(() => {});
    },
    say: () => {
      // An agent can only talk to a session that there is.
      if (messenger.tokens().length === 0) return;
      if (ended.has(sessions)) sessions += 1;
      const text = `text ${said.length}`;
      said.push({ text, session: sessions });
      messenger.say(text);
    },
    /** The guest sees what came last, where it is of the open conversation. */
    view: () => {
      const last = heard.at(-1);
      if (last === undefined || last.conversation !== session.conversationId) return;
      if (conversation.actor.getSnapshot().context.conversationId !== last.conversation) return;
      seen = heard.length - 1;
      conversation.viewed(last.id);
    },
  };
  /** What a reader of the final list would count. */
  const unreadOfList = () =>
    heard.filter((each, index) => index > seen && each.conversation === session.conversationId).length;
  return {
    clock,
    messenger,
    session,
    conversation,
    heard,
    gaps,
    said,
    act,
    unreadOfList,
    ended: () => ended,
  };
}

describe('an agent talks while the guest’s session has trouble, ten times at random', () => {
  const moment = fc.integer({ min: 0, max: 200_000 });
  const moments = (count: number, minimum = 0) => fc.array(moment, { minLength: minimum, maxLength: count });

  it.each<Trouble>(['down', 'half-open', 'expired', 'cleared'])(
    '%s: the guest gets every message once, in order, and unread is what a reader of the list would count (I-1)',
    async (trouble) => {
      await fc.assert(
        fc.asyncProperty(
          moments(10, 10),
          moments(30, 1),
          moments(6),
          moments(6),
          moments(4),
          fc.integer({ min: 1, max: 400 }),
          fc.double({ min: 0, max: 0.999, noNaN: true }),
          async (troubles, says, views, shows, writes, latency, luck) => {
            const world = createWorld(latency, luck);
            const { clock, messenger, session, conversation, heard, said, act, gaps, ended } = world;
            await clock.advance(5000);
            const steps = [
              ...troubles.map((at) => ({ at, run: act[trouble] })),
              ...says.map((at) => ({ at, run: act.say })),
              ...views.map((at) => ({ at, run: act.view })),
              ...shows.map((at) => ({ at, run: act.show })),
              ...writes.map((at) => ({ at, run: act.write })),
            ].sort((one, other) => one.at - other.at);
            const start = clock.now();
            for (const { at, run } of steps) {
              await clock.advance(Math.max(0, start + at - clock.now()));
              run();
            }
            await clock.advance(600_000);

            const texts = heard.map(({ text }) => text);
            const lost = said.filter(({ text }) => !texts.includes(text));
            expect(texts).toEqual(said.filter((each) => !lost.includes(each)).map(({ text }) => text));
            // Only what was said to a session that ended since can be gone, and then the guest is told of a gap.
            expect(lost.filter((each) => !ended().has(each.session))).toEqual([]);
            if (trouble === 'down' || trouble === 'half-open') expect(gaps).toEqual([]);
            if (trouble === 'expired' && lost.length > 0) expect(gaps.length).toBeGreaterThan(0);
            expect(conversation.unread).toBe(world.unreadOfList());
            conversation.stop();
            session.stop();
            await clock.settle();
            expect(clock.timers).toBe(messenger.inFlight);
          },
        ),
        { numRuns: sample(4, 250) },
      );
    },
    300_000,
  );

  it('dropped and half-open over real sockets, against the sandbox', async () => {
    const sandbox = await startSandbox();
    sandbox.webMessaging.setLimits({
      requestsPerMinute: 10_000,
      configuresPerMinute: 1000,
      historyPerMinute: 1000,
      connections: 100,
    });
    const session = webMessaging({
      deploymentId: sandbox.deploymentId,
      endpoint: sandbox.url,
      webSocket: WebSocket,
      timing: { doubt: 60, reconnectBase: 10, reconnectCap: 50, settle: 50, minUptime: 1 },
    });
    const conversation = createConversation({ transport: session }).start();
    onTestFinished(async () => {
      conversation.stop();
      session.stop();
      await sandbox.close();
    });
    const heard: (string | undefined)[] = [];
    session.on('message.received', ({ message }) => heard.push(message.text));
    await session.connect();
    const [{ conversationId = '' } = {}] = sandbox.webMessaging.sessions();
    const said = () => sandbox.conversation(conversationId).messages.map(({ text }) => text);
    // A link that was asked a second ago is not asked again, so each half-open one takes that long.
    const some = fc.shuffledSubarray([...Array(10).keys()], { maxLength: sample(1, 6), minLength: 1 });
    const [halfOpen = []] = fc.sample(some, { numRuns: 1 });
    for (let index = 0; index < 10; index += 1) {
      sandbox.agent.say(conversationId, `${index} before`);
      await vi.waitFor(() => expect(heard).toHaveLength(3 * index + 1), { timeout: 5000, interval: 5 });
      if (halfOpen.includes(index)) sandbox.webMessaging.halfOpen(conversationId);
      else sandbox.webMessaging.drop(conversationId);
      sandbox.agent.say(conversationId, `${index} meanwhile`);
      sandbox.agent.say(conversationId, `${index} and more`);
      conversation.show();
      await vi.waitFor(() => expect(heard).toHaveLength(3 * index + 3), { timeout: 5000, interval: 5 });
    }
    expect(heard).toEqual(said());
    expect(conversation.unread).toBe(30);
    conversation.seen(
      sandbox
        .conversation(conversationId)
        .messages.slice(0, 20)
        .map(({ messageId }) => messageId),
    );
    expect(conversation.unread).toBe(10);
  }, 60_000);
});
