import fc from 'fast-check';
import {
  createConversation,
  persistLedger,
  type SessionStorage,
  type WebMessaging,
  webMessaging,
} from 'genesys-conversation-machine';
import {
  createRecorder,
  genesysFrames as frames,
  type GenesysAction,
  type GenesysAnswer,
  type TraceFile,
} from 'genesys-conversation-machine/testing';
import { createMemoryStorage, createSlowStorage } from '../support/memoryStorage.ts';
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

const waits = [0, 10, 30, 100, 500, 1000, 2000, 3000, 5000, 5400, 11_000, 16_000, 31_000, 46_000, 120_000];
const paces = [0, 90, 200, 900];
const closeCodes = [1000, 1001, 1002, 1006, 1006, 1008, 1009, 1011, 1012, 1013, 4000, 4100, 4200];
const errorCodes = [400, 401, 403, 404, 409, 500, 4006, 4007, 4011, 4013, 4017, 5000];
const actions: readonly GenesysAction[] = [
  'configureSession',
  'message',
  'typing',
  'echo',
  'getJwt',
  'message',
];

/** Frames that nobody asked for, and that are wrong, or come at the wrong time. */
const oddFrames: readonly unknown[] = [
  'no JSON',
  '{"class":',
  {},
  frames.notice('Unknown'),
  frames.session(),
  frames.session({ newSession: false, durationSeconds: 900 }),
  frames.session({ readOnly: true }),
  frames.session({ connected: false }),
  frames.structured({ type: 'Text', text: 'hi', direction: 'Outbound', id: 'odd-1' }),
  frames.structured({ type: 'Text', text: 'hi', direction: 'Inbound', id: 'odd-2' }),
  frames.structured(
    { type: 'Text', text: 'ping', direction: 'Inbound', id: 'h' },
    'SGVhbHRoQ2hlY2tNZXNzYWdlSWQ=',
  ),
  frames.structured({ type: 'Structured', direction: 'Outbound', id: 'odd-3', content: [] }),
  frames.error(403, 'Try to authenticate again'),
  frames.notice('ConnectionClosedEvent', { reason: 'signedIn' }),
  frames.notice('ConnectionClosedEvent'),
  frames.jwt('j.w.t', 2_000_000_000),
];

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
  let texts = 0;
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
  let reports: ('accept' | 'fail' | 'hang')[] = [];

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
    for (const step of script) {
      await act(step, session, conversation, known);
      await clock.settle();
      const alive = genesys.sockets.filter(({ readyState }) => readyState < 2).length;
      if (alive > 1) faults.push(`W-4: ${alive} sockets live at ${clock.now()} ms`);
    }
    for (const end of works.splice(0)) end();
    wire.release();
    reports = [];
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

  async function act(
    [verb, how]: Step,
    session: WebMessaging,
    conversation: ReturnType<typeof createConversation>,
    known: readonly string[],
  ): Promise<void> {
    const isOpen = conversation.actor.getSnapshot().context.conversationId !== null;
    switch (verb) {
      case 'connect':
      case 'startNew':
        session[verb]().catch(() => {});
        break;
      case 'close':
        session.close();
        break;
      case 'keys':
        for (let key = 0; key <= how % 9; key += 1) {
          conversation.keystroke();
          await clock.advance(pick(paces, Math.trunc(how / 9)));
        }
        break;
      case 'wait':
        await clock.advance(pick(waits, how));
        break;
      case 'send':
        texts += 1;
        if (how % 2 === 0) {
          conversation.messageSent();
          session.sendMessage(`text ${texts}`).catch(() => {});
        } else if (isOpen) conversation.sendMessage(`text ${texts}`).catch(() => {});
        break;
      case 'view':
        if (isOpen) conversation.seen(known.slice(-1 - (how % 3)));
        break;
      case 'read':
        conversation.markAsRead().catch(() => {});
        if (how % 3 === 0) reports.push(pick(['fail', 'hang', 'fail'], Math.trunc(how / 3)));
        break;
      case 'clear':
        conversation.clearInput();
        break;
      case 'stopTyping':
      case 'hide':
      case 'show':
      case 'freeze':
      case 'resume':
      case 'offline':
      case 'online':
        conversation[verb]();
        break;
      case 'open': {
        const { conversationId } = session;
        if (conversationId !== null) conversation.open(conversationId);
        break;
      }
      case 'works':
        conversation.typeWhile(new Promise<void>((resolve) => works.push(resolve))).catch(() => {});
        break;
      case 'workEnds':
        works.shift()?.();
        break;
      case 'history':
        session.history({ limit: 1 + (how % 30) }).catch(() => {});
        break;
      case 'say': {
        const isKnown = genesys.frames.some(({ action }) => action === 'configureSession');
        const messageId = genesys.say(`word ${how}`);
        if (isKnown) said.push(messageId);
        break;
      }
      case 'types':
        genesys.types(how % 3 === 0 ? undefined : pick([1000, 5000, 60_000], how));
        break;
      case 'stopsTyping':
        genesys.stopsTyping();
        break;
      case 'disconnect':
        genesys.disconnect(how % 3 === 0);
        break;
      case 'limit':
        genesys.limit(pick([1, 3, 30, 0, 1000], how));
        break;
      case 'expire':
        genesys.expire();
        break;
      case 'wipe':
        genesys.clear();
        break;
      case 'logout':
        genesys.logout();
        break;
      case 'lasts':
        genesys.session(
          pick([{ durationSeconds: 900 }, { durationSeconds: 60 }, { readOnly: true }, {}], how),
        );
        break;
      case 'drop':
        genesys.drop(pick(closeCodes, how));
        break;
      case 'goSilent':
        genesys.goSilent();
        break;
      case 'refuse':
        genesys.refuse(1 + (how % 4), pick([undefined, 503, 429, 401], how));
        break;
      case 'failHistory':
        genesys.failHistory(1 + (how % 3), pick([503, 429, 401, 404], how));
        break;
      case 'odd':
        genesys.receive(pick(oddFrames, how));
        break;
      case 'error':
        genesys.receive(frames.error(pick(errorCodes, how)));
        break;
      case 'answer': {
        const answers: readonly GenesysAnswer[] = [
          'ignore',
          { close: pick(closeCodes, how) },
          { frame: frames.limited(1 + (how % 5)) },
          { frame: frames.error(pick(errorCodes, how)) },
        ];
        genesys.answer(pick(actions, how), pick(answers, Math.trunc(how / 6)));
        break;
      }
      case 'twice':
      case 'swap':
        wire.fate[verb] += 1 + (how % 3);
        break;
      case 'wall':
        clock.shiftWall(pick([3_600_000, -3_600_000, 4000, -4000], how));
        break;
      case 'sleep':
        clock.jump({ wall: pick([40_000, 600_000, 4000], how) });
        if (how % 2 === 0) clock.sleep(pick([40_000, 0, 4000], how));
        break;
      default:
        throw new Error(`No such verb: ${verb}`);
    }
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
