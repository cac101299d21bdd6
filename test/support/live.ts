import {
  type ConversationOptions,
  createConversation,
  type GuestRestOptions,
  guestRest,
  type Transport,
} from 'genesys-conversation-machine';
import { startSandbox } from 'genesys-conversation-machine/sandbox';
import { createSteppedClock, recordTrace } from 'genesys-conversation-machine/testing';
import { onTestFinished } from 'vitest';

/** What a live conversation differs in. */
export interface LiveOptions {
  readonly token?: (issue: () => string) => GuestRestOptions['token'];
  readonly conversation?: Partial<ConversationOptions>;
}

/**
 * A conversation whose calls travel over loopback to the real sandbox, while both go by one stepped clock:
 * the clock waits for every request under way before it goes on.
 */
export async function goLive({ token, conversation: options }: LiveOptions = {}) {
  const underWay = new Set<Promise<unknown>>();
  const clock = createSteppedClock({
    settle: async () => {
      await nextTurn();
      while (underWay.size > 0) {
        await Promise.race(underWay);
        await nextTurn();
      }
    },
  });
  const sandbox = await startSandbox({
    clock: {
      now: () => clock.wallNow(),
      setTimeout: (callback, ms) => clock.setTimeout(callback, ms),
      clearTimeout: (id) => clock.clearTimeout(id),
    },
  });
  const { conversationId, guestId, guestToken } = sandbox.startConversation();
  const transport = guestRest({
    orgUrl: sandbox.url,
    participantId: guestId,
    token: token ? token(() => sandbox.issueToken(conversationId).guestToken) : guestToken,
    clock,
  });
  const conversation = createConversation({
    transport: watched(transport, underWay),
    clock,
    conversationId,
    random: () => 0.25,
    ...options,
  });
  const trace = recordTrace(conversation, clock);
  conversation.start();
  const startedAt = clock.wallNow();
  onTestFinished(async () => {
    conversation.stop();
    await sandbox.close();
  });

  const at = (ms: number): Promise<void> => clock.advance(ms - clock.now());
  /** The calls that reached the server: seconds, what, and how it was answered. */
  const record = (): string[] =>
    sandbox.calls().map(({ time, lane, body, status }) => {
      const what =
        lane === 'typing' ? ((body as { isTyping: boolean }).isTyping ? 'ON' : 'OFF') : lane.toUpperCase();
      return `${((time - startedAt) / 1000).toFixed(3)} ${what} ${status}`;
    });
  const type = async (from: number, to: number, every = 250): Promise<void> => {
    for (let time = from; time <= to; time += every) {
      await at(time);
      conversation.keystroke();
    }
    await clock.settle();
  };
  return {
    sandbox,
    conversation,
    conversationId,
    guestId,
    guestToken,
    transport,
    trace,
    clock,
    at,
    type,
    record,
  };
}

function watched(transport: Transport, underWay: Set<Promise<unknown>>): Transport {
  const watch = <T>(call: Promise<T>): Promise<T> => {
    const settled: Promise<unknown> = call.then(
      () => underWay.delete(settled),
      () => underWay.delete(settled),
    );
    underWay.add(settled);
    return call;
  };
  const { refreshToken } = transport;
  return {
    ...transport,
    sendTyping: (call, options) => watch(transport.sendTyping(call, options)),
    sendRead: (call, options) => watch(transport.sendRead(call, options)),
    ...(refreshToken && {
      refreshToken: (generation: number, options: { signal: AbortSignal }) =>
        watch(refreshToken(generation, options)),
    }),
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
