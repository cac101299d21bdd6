import fc from 'fast-check';
import {
  type Conversation,
  createConversation,
  guestRest,
  persistLedger,
} from 'genesys-conversation-machine';
import { createRecorder } from 'genesys-conversation-machine/testing';
import { createMemoryStorage, createSlowStorage } from '../support/memoryStorage.ts';
import { createGuestServer } from './guestServer.ts';
import { createSettlements, type Settling, settlings } from './settlements.ts';
import { type Played, pick, type Step, stepsOf, type World } from './world.ts';

interface Setting {
  readonly resolution: number;
  readonly latency: number;
  readonly messageEndsTyping: boolean;
  readonly hasProvider: boolean;
  readonly storage: 'none' | 'memory' | 'slow';
  readonly random: number;
  readonly handles: number;
}
interface Script {
  readonly setting: Setting;
  /** What happens between one start of the page and the next. */
  readonly lives: readonly (readonly Step[])[];
  /** In which order answers come that were held. */
  readonly order: number;
  readonly settling: Settling;
}

const waits = [0, 40, 100, 150, 200, 450, 500, 1000, 1500, 2000, 3000, 4000, 5000, 9000, 31_000];
const paces = [0, 30, 90, 140, 200, 450, 900];

const steps = stepsOf(
  {
    ...{ keys: 9, wait: 9, clear: 2, blur: 2, stopTyping: 1, submit: 3, accepted: 3, send: 2 },
    ...{ told: 4, view: 5, seen: 2, read: 2, unread: 1, history: 1, removed: 1, elsewhere: 1, peer: 1 },
    ...{ agentTypes: 2, hide: 2, show: 2, freeze: 1, resume: 2, flush: 1, offline: 1, online: 2 },
    ...{ open: 2, close: 1, reopen: 1, end: 1, rotate: 2, reauthorize: 1, trouble: 6, release: 4 },
    ...{ works: 1, chunks: 1, workEnds: 2, shareTyping: 1, shareReads: 1, wall: 1, sleep: 1, late: 1 },
  },
  40,
);

/** A guest, a page and a back end of the REST contract; now and then two handles, or a page that starts again. */
export const conversationWorld: World<Script> = {
  name: 'conversation',
  scripts: fc.record({
    setting: fc.record({
      resolution: fc.constantFrom(0, 0, 0, 5, 100),
      latency: fc.constantFrom(0, 20, 20, 250),
      messageEndsTyping: fc.boolean(),
      hasProvider: fc.constantFrom(true, true, false),
      storage: fc.constantFrom('none', 'none', 'memory', 'slow'),
      random: fc.constantFrom(0.25, 0, 0.999, 0.6),
      handles: fc.constantFrom(1, 1, 1, 1, 2),
    }),
    lives: fc.oneof(
      { weight: 5, arbitrary: fc.tuple(steps) },
      { weight: 1, arbitrary: fc.array(steps, { minLength: 2, maxLength: 3 }) },
    ),
    order: fc.nat(),
    settling: settlings(30, 500, 4000),
  }),
  play,
};

async function play({ setting, lives, order, settling }: Script): Promise<Played> {
  const settlements = createSettlements(settling, setting.resolution);
  const { clock } = settlements;
  const recorder = createRecorder({ clock });
  const server = createGuestServer(settlements, order, setting.latency);
  const transport = recorder.watch(
    guestRest({
      orgUrl: 'https://api.example.org',
      participantId: 'guest',
      token: setting.hasProvider ? server.provider : 'token-1',
      messageEndsTyping: setting.messageEndsTyping,
      fetch: server.fetch,
      clock: recorder.clock,
    }),
  );
  const memory = createMemoryStorage();
  const storage =
    setting.storage === 'slow' ? createSlowStorage(memory, () => settlements.wait('storage', 20)) : memory;
  const faults: string[] = [];
  let said = 0;
  const works: (() => void)[] = [];
  const endWorks = async (): Promise<void> => {
    while (works.length > 0) {
      for (const end of works.splice(0)) end();
      await clock.settle();
    }
  };

  for (const [life, script] of lives.entries()) {
    const handles = Array.from({ length: setting.handles }, (_, nth) =>
      recorder.watch(
        createConversation({
          transport,
          clock: recorder.clock,
          random: () => setting.random,
          conversationId: 'c1',
          logger: ({ level, message }) => {
            if (level === 'error') faults.push(`it says: ${message}`);
          },
          ...(setting.storage !== 'none' && { storage: persistLedger(storage, { key: `key-${nth}` }) }),
        }),
      ),
    );
    const known = new Map(handles.map((handle) => [handle, new Map<string, string[]>()]));
    for (const handle of handles) handle.start();
    await clock.settle();
    for (const step of script) {
      const handle = handles[step[2] % handles.length] as Conversation;
      await act(step, handle, known.get(handle) ?? new Map());
      await clock.settle();
    }
    await endWorks();
    const isLast = life === lives.length - 1;
    if (isLast) await expectRest(handles);
    for (const [nth, handle] of handles.entries()) {
      if ((script.length + nth) % 3 === 0) {
        void handle.leave();
        await clock.advance(11_000);
      }
      handle.stop();
    }
    await clock.settle();
  }

  async function act([verb, how]: Step, handle: Conversation, known: Map<string, string[]>): Promise<void> {
    const open = handle.actor.getSnapshot().context.conversationId;
    const ids = known.get(open ?? '') ?? [];
    const newMessage = () => {
      said += 1;
      const messageId = `m${said}`;
      if (open !== null) known.set(open, [...ids, messageId]);
      return { messageId, participantId: pick(['agent', 'agent', 'agent', 'bot', 'guest'], how) };
    };
    switch (verb) {
      case 'keys':
        for (let key = 0; key <= how % 9; key += 1) {
          handle.keystroke();
          await clock.advance(pick(paces, Math.trunc(how / 9)));
        }
        break;
      case 'wait':
        await clock.advance(pick(waits, how));
        break;
      case 'clear':
        handle.clearInput();
        break;
      case 'blur':
        handle.blurInput();
        break;
      case 'stopTyping':
        handle.stopTyping();
        break;
      case 'submit':
        handle.messageSent();
        break;
      case 'accepted':
        if (open !== null) handle.messageAccepted();
        break;
      case 'send':
        if (open !== null) handle.sendMessage('text').catch(() => {});
        break;
      case 'told':
        if (open !== null) handle.messageReceived(newMessage());
        break;
      case 'view': {
        if (open === null) break;
        if (how % 2 === 0 || ids.length === 0) {
          const message = newMessage();
          handle.messageReceived(message);
          handle.viewed(message.messageId);
        } else handle.viewed(pick(ids, how));
        break;
      }
      case 'seen':
        handle.seen(ids.slice(-1 - (how % 4)));
        break;
      case 'read':
        handle.markAsRead(how % 2 === 0 || ids.length === 0 ? undefined : pick(ids, how)).catch(() => {});
        break;
      case 'unread':
        if (open !== null) handle.markAsUnread();
        break;
      case 'history': {
        if (open === null) break;
        const older = Array.from({ length: 1 + (how % 3) }, (_, nth) => ({
          messageId: `h${how % 5}-${nth}`,
          participantId: 'agent',
        }));
        handle.historyReceived(older);
        break;
      }
      case 'removed':
        if (open !== null && ids.length > 0) handle.messageRemoved(pick(ids, how));
        break;
      case 'elsewhere':
      case 'peer':
        if (open === null || ids.length === 0) break;
        handle.receive({
          type: 'conversation:read',
          conversationId: open,
          participantId: verb === 'peer' ? 'agent' : 'guest',
          messageId: pick(ids, how),
        });
        break;
      case 'agentTypes':
        handle.receive({
          type: 'conversation:typing',
          conversationId: 'c1',
          participantId: pick(['agent', 'bot'], how),
          isTyping: how % 3 !== 0,
        });
        break;
      case 'hide':
      case 'show':
      case 'freeze':
      case 'resume':
      case 'flush':
      case 'offline':
      case 'online':
      case 'reauthorize':
      case 'close':
        handle[verb]();
        break;
      case 'open':
        handle.open(pick(['c1', 'c2', 'c1', 'c3'], how));
        break;
      case 'reopen':
        if (open !== null) handle.reopen();
        break;
      case 'end':
        if (open !== null) handle.end();
        break;
      case 'rotate':
        server.rotate(how);
        break;
      case 'trouble':
        server.trouble(how);
        break;
      case 'release':
        await server.release(1 + (how % 3));
        break;
      case 'works':
        handle.typeWhile(new Promise<void>((resolve) => works.push(resolve))).catch(() => {});
        break;
      case 'chunks':
        void read(handle.typeWhile(written(how)));
        break;
      case 'workEnds':
        works.shift()?.();
        break;
      case 'shareTyping':
      case 'shareReads':
        handle[verb](how % 3 !== 0);
        break;
      case 'wall':
        clock.shiftWall(pick([3_600_000, -3_600_000, 4000, -4000, 90], how));
        break;
      case 'sleep':
        clock.jump({ wall: pick([4000, 40_000, 600_000], how) });
        if (how % 2 === 0) clock.sleep(pick([0, 4000, 40_000], how));
        break;
      case 'late':
        clock.jump({ timers: pick([50, 1000, 5000], how) });
        break;
      default:
        throw new Error(`No such verb: ${verb}`);
    }
  }

  /** A bot's text in chunks with silences between. */
  async function* written(how: number): AsyncGenerator<string> {
    for (let chunk = 0; chunk <= how % 4; chunk += 1) {
      await new Promise<void>((resolve) => works.push(resolve));
      yield 'chunk';
    }
  }
  async function read(chunks: AsyncIterable<string>): Promise<void> {
    for await (const _ of chunks);
  }

  /** Whatever happened: once the trouble is over, everything is told that was due, and nothing goes on. */
  async function expectRest(handles: readonly Conversation[]): Promise<void> {
    settlements.end();
    await server.end();
    for (const handle of handles) {
      handle.online();
      handle.resume();
      handle.show();
      handle.shareReads(true);
      handle.shareTyping(true);
      handle.reauthorize();
    }
    await clock.advance(400_000);
    for (const handle of handles) {
      const { value, context } = handle.actor.getSnapshot();
      if (!['idle', 'disabled'].includes(String(value.typing)))
        faults.push(`T-7: typing does not come to rest: ${JSON.stringify(value.typing)}`);
      if (value.roster !== 'quiet') faults.push(`somebody types for ever: ${JSON.stringify(value.roster)}`);
      if (context.limit.inFlight !== 0) faults.push(`${context.limit.inFlight} calls are in flight for ever`);
      const { token } = context;
      if (token.rejected >= token.current || value.receipts === 'disabled') continue;
      for (const { conversationId, seen, acknowledged, refused, over, ended } of context.receipts.ledgers) {
        const settled = Math.max(acknowledged?.position ?? 0, refused ?? 0);
        if (!over && !ended && settled < (seen?.position ?? 0)) {
          faults.push(`R-3: ${conversationId} is read up to ${seen?.position}, and only ${settled} was told`);
        }
      }
    }
  }

  for (const how of server.needless) faults.push(`A-1: a token was asked for ${how}`);
  const { timers } = clock;
  return {
    traces: [recorder.trace()],
    faults,
    timers,
    listeners: server.listeners(),
  };
}
