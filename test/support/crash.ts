import type { LedgerStorage, Transport } from 'genesys-conversation-machine';
import { ConversationError, createConversation, persistLedger } from 'genesys-conversation-machine';
import { createSteppedClock } from 'genesys-conversation-machine/testing';
import { everyCapability } from '../../src/testing/scriptedTransport.ts';
import { ledgerKey } from './memoryStorage.ts';

/** How one run of the crash scenario differs. */
export interface CrashOptions {
  /** The step at which the first process dies; none for a run to its end. */
  readonly crashAt: number | null;
  readonly isAsync: boolean;
  /** Whether a write that the crash meets leaves half of its text behind. */
  readonly isTorn: boolean;
  /** Whether the guest looks at the messages again after the restart. */
  readonly looksAgain: boolean;
}

/** One read call, as the server sees it. */
interface ServedCall {
  readonly position: number;
  /** The greatest acknowledged mark that stood in the storage when the call was made. */
  readonly knownAcknowledged: number;
}

const messages = ['m1', 'm2', 'm3', 'm4'];
const positionOf = (messageId: string | undefined): number => messages.indexOf(messageId ?? '') + 1;

/**
 * Plays one scenario (four messages seen one after another, a server that fails now and then), stops the
 * process at one step, starts another over the same storage, and lets it come to rest. Steps are: before and
 * after every reading, writing and removing, before and after the server takes a call, and after its answer.
 */
export async function playCrash({ crashAt, isAsync, isTorn, looksAgain }: CrashOptions) {
  const items = new Map<string, string>();
  const calls: ServedCall[] = [];
  let steps = 0;
  let acknowledged = 0;
  let greatestSeen = 0;
  let answers = 0;

  const storedMark = (kind: 'seen' | 'acknowledged'): number =>
    Math.max(
      0,
      ...[ledgerKey, `${ledgerKey}.2`].map((key) => {
        try {
          return JSON.parse(items.get(key) ?? 'null').ledgers[0][kind].position as number;
        } catch {
          return 0;
        }
      }),
    );

  const runProcess = async (script: (page: Page) => Promise<void>, mayDie: boolean): Promise<void> => {
    let isDead = false;
    const step = (): boolean => {
      if (mayDie && !isDead) {
        steps += 1;
        isDead = steps === crashAt;
      }
      return !isDead;
    };
    const forEver = new Promise<never>(() => {});
    const access = <T>(work: () => T, tear?: () => void): T | Promise<T> => {
      const before = step();
      if (!before && !isDead) throw new Error('unreachable');
      if (!before) {
        tear?.();
        tear = undefined;
        if (isAsync) return forEver;
        throw new Error('dead');
      }
      const result = work();
      const after = step();
      if (!isAsync) return result;
      return after ? Promise.resolve(result) : forEver;
    };
    const once = (work: () => void) => {
      let isDone = false;
      return () => {
        if (!isDone && isTorn) work();
        isDone = true;
      };
    };
    let wasTorn = false;
    const storage: LedgerStorage = {
      getItem: (key) => access(() => items.get(key) ?? null),
      setItem: (key, value) =>
        access(
          () => void items.set(key, value),
          once(() => {
            if (!wasTorn) items.set(key, value.slice(0, value.length / 2));
            wasTorn = true;
          }),
        ),
      removeItem: (key) => access(() => void items.delete(key)),
    };
    const transport: Transport = {
      capabilities: everyCapability,
      sendTyping: async () => ({}),
      sendRead: async ({ messageId }) => {
        if (isDead) return forEver;
        const position = positionOf(messageId);
        calls.push({ position, knownAcknowledged: storedMark('acknowledged') });
        if (!step()) return forEver;
        answers += 1;
        if (answers % 3 === 1)
          throw new ConversationError({ code: 'unavailable', message: 'x', status: 503 });
        acknowledged = Math.max(acknowledged, position);
        return step() ? {} : forEver;
      },
    };
    const clock = createSteppedClock();
    const conversation = createConversation({
      transport,
      clock,
      storage: persistLedger(storage),
      conversationId: 'c1',
      random: () => 0.25,
    });
    conversation.start();
    for (const messageId of messages) conversation.messageReceived({ messageId, participantId: 'agent' });
    await script({
      view: (messageId, atOnce = false) => {
        if (isDead) return;
        greatestSeen = Math.max(greatestSeen, positionOf(messageId));
        if (atOnce) void conversation.markAsRead(messageId);
        else conversation.viewed(messageId);
      },
      advance: (ms) => (isDead ? Promise.resolve() : clock.advance(ms)),
    });
    isDead = true;
    conversation.stop();
  };

  await runProcess(async ({ view, advance }) => {
    view('m1');
    await advance(100);
    view('m3', true);
    await advance(1700);
    view('m2');
    await advance(400);
    view('m4');
    await advance(8000);
  }, true);
  const promised = storedMark('seen');
  const seenAgain = messages[greatestSeen - 1];
  await runProcess(async ({ view, advance }) => {
    if (looksAgain && seenAgain !== undefined) view(seenAgain);
    await advance(200_000);
  }, false);

  return { steps, calls, acknowledged, greatestSeen, promised, stored: storedMark('acknowledged') };
}

interface Page {
  view(messageId: string, atOnce?: boolean): void;
  advance(ms: number): Promise<void>;
}
