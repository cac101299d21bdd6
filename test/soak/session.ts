import fc from 'fast-check';
import {
  createConversation,
  persistLedger,
  type SessionStorage,
  type WebMessaging,
  webMessaging,
} from 'genesys-conversation-machine';
import { createRecorder, type TraceFile } from 'genesys-conversation-machine/testing';
import { createMemoryStorage, createSlowStorage } from '../support/memoryStorage.ts';
import { closeCodes, type Report, sessionGuest, sessionServer } from './sessionVerbs.ts';
import { createSettlements, type Settling, settlings } from './settlements.ts';
import { createWire } from './wire.ts';
import { type Played, pick, type Step, stepsOf, type World } from './world.ts';

interface Setting {
  readonly resolution: number;
  readonly latency: number;
  readonly config: 'skip' | 'load';
  readonly storesToken: boolean;
  readonly isStorageSlow: boolean;
  readonly reportsReads: boolean;
  readonly random: number;
}
interface Script {
  readonly setting: Setting;
  readonly isConnected: boolean;
  readonly lives: readonly (readonly Step[])[];
  readonly settling: Settling;
}

const steps = stepsOf(
  {
    ...{
      connect: 3,
      close: 1,
      startNew: 1,
      keys: 6,
      wait: 9,
      send: 5,
      view: 3,
      read: 1,
      clear: 1,
      stopTyping: 1,
    },
    ...{
      hide: 1,
      show: 2,
      freeze: 1,
      resume: 2,
      offline: 1,
      online: 2,
      history: 1,
      open: 1,
      works: 1,
      workEnds: 1,
    },
    ...{ say: 3, types: 2, stopsTyping: 1, disconnect: 1, limit: 1, expire: 1, wipe: 1, logout: 1, lasts: 1 },
    ...{
      drop: 4,
      goSilent: 2,
      refuse: 1,
      failHistory: 1,
      odd: 2,
      error: 1,
      answer: 3,
      twice: 2,
      swap: 2,
      wall: 1,
      sleep: 1,
    },
  },
  40,
);

/** A guest, a page, a session and its messenger: drops, silence, expiry, limits, and frames that come twice or late. */
export const sessionWorld: World<Script> = {
  name: 'session',
  scripts: fc.record({
    setting: fc.record({
      resolution: fc.constantFrom(0, 0, 0, 5, 100),
      latency: fc.constantFrom(10, 10, 0, 150),
      config: fc.constantFrom('skip', 'skip', 'load'),
      storesToken: fc.boolean(),
      isStorageSlow: fc.constantFrom(false, false, true),
      reportsReads: fc.boolean(),
      random: fc.constantFrom(0.5, 0, 0.999, 0.3),
    }),
    isConnected: fc.constantFrom(true, true, true, false),
    lives: fc.oneof(
      { weight: 5, arbitrary: fc.tuple(steps) },
      { weight: 1, arbitrary: fc.array(steps, { minLength: 2, maxLength: 2 }) },
    ),
    settling: settlings(30, 500, 4000),
  }),
  play,
};

const isFinal = (code: number): boolean => code === 1000 || (code >= 4000 && code < 4100);

/** After these another session may follow, or none. */
const renewing: ReadonlySet<string> = new Set([
  ...['startNew', 'wipe', 'logout', 'expire', 'disconnect', 'lasts', 'error', 'answer', 'odd', 'close'],
]);

/** Listeners that a recorder leaves on every socket. */
const recordersOwn = 3;

async function play({ setting, isConnected, lives, settling }: Script): Promise<Played> {
  const settlements = createSettlements(settling, setting.resolution);
  const { clock } = settlements;
  const traces: TraceFile[] = [];
  const wire = createWire(settlements, setting.latency);
  const { genesys } = wire;
  const [tokens, marks] = ['tokens', 'marks'].map((what) => {
    const memory = createMemoryStorage();
    return setting.isStorageSlow ? createSlowStorage(memory, () => settlements.wait(what, 20)) : memory;
  }) as [SessionStorage, SessionStorage];
  const faults: string[] = [];
  const works: (() => void)[] = [];
  /** What the agent said in a session that the server knew, and what was told of it or said to be missing. */
  const said: string[] = [];
  const heard: string[] = [];
  let hasGap = false;
  /** Whether one session went on throughout. */
  let isOne =
    lives.length === 1 &&
    lives.every((life) =>
      life.every(
        ([verb, how]) => !renewing.has(verb) && !(verb === 'drop' && isFinal(pick(closeCodes, how))),
      ),
    );
  const reports: Report[] = [];
  const verbs = { ...sessionGuest(clock, works, reports), ...sessionServer(wire, said) };

  for (const [life, script] of lives.entries()) {
    // Another page knows nothing of what the one before said, and neither does its trace.
    const recorder = createRecorder({ clock });
    const session = recorder.watch(
      webMessaging({
        deploymentId: '22222222-2222-4222-8222-222222222222',
        region: 'eu-west-1',
        config: setting.config,
        clock: recorder.clock,
        random: () => setting.random,
        webSocket: recorder.webSocket(wire.webSocket),
        fetch: recorder.fetch(wire.fetch),
        logger: note,
        ...(setting.storesToken && { storage: tokens }),
        ...(setting.reportsReads && { reportRead: report }),
      }),
    );
    const conversation = recorder.watch(
      createConversation({
        transport: session,
        clock: recorder.clock,
        random: () => setting.random,
        logger: note,
        storage: persistLedger(marks),
      }),
    );
    const known: string[] = [];
    session.on('message.received', ({ message }) => known.push(message.messageId));
    session.on('message.received', ({ message }) => heard.push(message.messageId));
    session.on('session.gap', () => {
      hasGap = true;
    });
    conversation.start();
    if (isConnected) {
      session.connect().catch(() => {});
      await clock.advance(3 * setting.latency + 50);
    }
    for (const [verb, how] of script) {
      const does = verbs[verb];
      if (!does) throw new Error(`No such verb: ${verb}`);
      await does(how, { session, conversation, known });
      await clock.settle();
      const alive = genesys.sockets.filter(({ readyState }) => readyState < 2).length;
      if (alive > 1) faults.push(`W-4: ${alive} sockets live at ${clock.now()} ms`);
    }
    for (const end of works.splice(0)) end();
    wire.release();
    reports.length = 0;
    if (life === lives.length - 1) await expectUp(session, conversation);
    if (script.length % 3 === 0) {
      conversation.leave().catch(() => {});
      await clock.advance(11_000);
    }
    conversation.stop();
    session.stop();
    await clock.settle();
    for (const { sent } of genesys.sockets) {
      if (sent.length > 0 && sent[0]?.action !== 'configureSession')
        faults.push(`W-1: ${String(sent[0]?.action)} was the first frame of a socket`);
    }
    // What is under way in the network comes to nobody.
    await clock.advance(1000);
    traces.push(recorder.trace());
  }

  function note({ level, message }: { readonly level: string; readonly message: string }): void {
    if (level === 'error' || message.includes('please report')) faults.push(`it says: ${message}`);
  }
  function report(): Promise<void> {
    const how = reports.shift() ?? 'accept';
    if (how === 'hang') return new Promise(() => {});
    return settlements.wait('report', setting.latency).then(() => {
      if (how === 'fail') throw new Error('no');
    });
  }

  /** Whatever happened: with a messenger that does as it should, the session is had again, and nothing waits in it. */
  async function expectUp(
    session: WebMessaging,
    conversation: ReturnType<typeof createConversation>,
  ): Promise<void> {
    settlements.end();
    genesys.forgetAnswers();
    genesys.refuse(0);
    genesys.failHistory(0);
    genesys.session({});
    conversation.resume();
    conversation.online();
    conversation.show();
    await clock.advance(330_000);
    const { state } = session;
    if (['closed', 'failed', 'idle', 'readOnly'].includes(state)) {
      isOne = false;
      session.startNew().catch(() => {});
    }
    await clock.advance(330_000);
    const after = session.state;
    if (after !== 'configured') faults.push(`W-3: the session is ${after} for ever, and was ${state}`);
    const { context, value } = conversation.actor.getSnapshot();
    if (value.typing !== 'idle')
      faults.push(`T-7: typing does not come to rest: ${JSON.stringify(value.typing)}`);
    if (value.roster !== 'quiet') faults.push('somebody types for ever');
    if (context.limit.inFlight > 0) faults.push(`${context.limit.inFlight} calls are in flight for ever`);
  }

  // All that was said in it was told, or that something is missing.
  const missing = said.filter((messageId) => !heard.includes(messageId));
  if (isOne && !hasGap && missing.length > 0) faults.push(`I-1: ${missing.join()} was never told`);
  const listeners = genesys.sockets.reduce((sum, each) => sum + each.listeners - recordersOwn, 0);
  return { traces, faults, timers: clock.timers, listeners };
}
