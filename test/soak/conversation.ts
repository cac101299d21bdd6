import fc from 'fast-check';
import {
  type Conversation,
  createConversation,
  guestRest,
  persistLedger,
} from 'genesys-conversation-machine';
import { createRecorder } from 'genesys-conversation-machine/testing';
import { createMemoryStorage, createSlowStorage } from '../support/memoryStorage.ts';
import { pageVerbs, typingVerbs } from './conversationVerbs.ts';
import { createGuestServer } from './guestServer.ts';
import { messageVerbs, type Player, type Verb } from './messages.ts';
import { createSaid, type Facts, someFacts } from './said.ts';
import { createSettlements, type Settling, settlings } from './settlements.ts';
import { leftUnread, readBack, type TrueOrder } from './trueOrder.ts';
import { createWorks } from './works.ts';
import { type Played, type Step, stepsOf, type World } from './world.ts';

/** How long each step of a storage takes, ms: the last two more than is waited for, all together or each. */
const slownesses = { none: null, memory: null, slow: 20, slower: 900, slowest: 3000 } as const;

interface Setting {
  readonly resolution: number;
  readonly latency: number;
  readonly messageEndsTyping: boolean;
  readonly hasProvider: boolean;
  readonly storage: keyof typeof slownesses;
  readonly random: number;
  readonly handles: number;
  /** What is told of each message's place; default: nothing. */
  readonly facts?: Facts;
  /** Whether both handles store under one key. */
  readonly sharesKey?: boolean;
}
interface Script {
  readonly setting: Setting;
  /** What happens between one start of the page and the next. */
  readonly lives: readonly (readonly Step[])[];
  /** In which order answers come that were held. */
  readonly order: number;
  readonly settling: Settling;
}

const steps = stepsOf(
  {
    ...{ keys: 9, wait: 9, clear: 2, blur: 2, stopTyping: 1, submit: 3, accepted: 3, send: 2 },
    ...{ told: 4, view: 5, seen: 2, read: 2, unread: 1, history: 1, removed: 1, elsewhere: 1, peer: 1 },
    ...{ agentTypes: 2, hide: 2, show: 2, freeze: 1, resume: 2, flush: 1, offline: 1, online: 2 },
    ...{ open: 2, close: 1, reopen: 1, end: 1, rotate: 2, reauthorize: 1, trouble: 6, release: 4 },
    ...{ works: 1, chunks: 1, workEnds: 2, shareTyping: 1, shareReads: 1, wall: 1, sleep: 1, late: 1 },
    ...{ toldLate: 2, toldAgain: 2, unheard: 1, page: 1, untold: 3, unreadFrom: 1, submitId: 2, acceptId: 2 },
    ...{ besides: 3, leaves: 1, worksOtherwise: 1, workFails: 1 },
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
      storage: fc.constantFrom(
        ...([
          'none',
          'none',
          'none',
          'none',
          'memory',
          'memory',
          'slow',
          'slow',
          'slower',
          'slowest',
        ] as const),
      ),
      random: fc.constantFrom(0.25, 0, 0.999, 0.6),
      handles: fc.constantFrom(1, 1, 1, 1, 2),
      facts: fc.constantFrom(...someFacts),
      sharesKey: fc.boolean(),
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
  const slowness = slownesses[setting.storage];
  const storage =
    slowness === null ? memory : createSlowStorage(memory, () => settlements.wait('storage', slowness));
  const faults: string[] = [];
  const works = createWorks();
  /** How far the guest's clock was set: the back end's was not. */
  let shift = 0;
  const said = createSaid(setting.facts ?? 'none', () => clock.wallNow() - shift);
  const trueOrder = (): TrueOrder => ({ facts: setting.facts ?? 'none', said, trace: recorder.trace });
  const createPlayer = (nth: number): Player => ({
    nth,
    handle: recorder.watch(
      createConversation({
        transport,
        clock: recorder.clock,
        random: () => setting.random,
        conversationId: 'c1',
        logger: ({ level, message }) => {
          if (level === 'error') faults.push(`it says: ${message}`);
        },
        ...(setting.storage !== 'none' && {
          storage: persistLedger(storage, { key: `key-${setting.sharesKey ? 0 : nth}` }),
        }),
      }),
    ),
    known: new Map(),
  });
  const verbs: Readonly<Record<string, Verb>> = {
    ...messageVerbs(said),
    ...typingVerbs(clock, works),
    ...pageVerbs({
      ...{ clock, server, createPlayer },
      onShift: (ms) => {
        shift += ms;
      },
    }),
  };

  for (const [life, script] of lives.entries()) {
    const players = Array.from({ length: setting.handles }, (_, nth) => createPlayer(nth));
    for (const { handle } of players) handle.start();
    await clock.settle();
    for (const [name, how, who] of script) {
      const verb = verbs[name];
      if (!verb) throw new Error(`No such verb: ${name}`);
      await verb(how, players[who % players.length] as Player);
      await clock.settle();
    }
    await works.endAll(clock.settle);
    const isLast = life === lives.length - 1;
    const handles = players.map(({ handle }) => handle);
    if (isLast) {
      await expectRest(handles);
      for (const player of players) faults.push(...leftUnread(trueOrder(), player));
      await clock.settle();
    }
    for (const [nth, handle] of handles.entries()) {
      if ((script.length + nth) % 3 === 0) {
        void handle.leave();
        await clock.advance(11_000);
      }
      handle.stop();
    }
    await clock.settle();
  }
  // What was being stored still is.
  if (slowness !== null) await clock.advance(20 * slowness);

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

  faults.push(...readBack(trueOrder()));
  for (const how of server.needless) faults.push(`A-1: a token was asked for ${how}`);
  const { timers } = clock;
  return {
    traces: [recorder.trace()],
    faults,
    timers,
    listeners: server.listeners() + works.listeners(),
  };
}
