// What many conversations cost in one process.
import { createHub } from 'genesys-conversation-machine/hub';
import { createActor } from 'xstate';
import { handThrottle, X2 } from '../floors.mjs';
import { settled } from '../prepared.mjs';
import { instantTransport } from '../subjects.mjs';

const many = 10_000;
/** Silence that ends an episode, ms: longer than it takes to light all of them. */
const idle = 3_600_000;
const ids = Array.from({ length: many }, (_, index) => `conversation-${index}`);

/** A hub whose conversations have a transport each, as a gateway's guests do; `clock` may go as it likes. */
const hubOf = (options) => createHub({ transportFor: instantTransport, logger: () => {}, ...options });

/** The platform's clock, on which time can be let pass: what is due by then is due at once, as after a sleep. */
function pushedClock() {
  let ahead = 0;
  const waiting = new Map();
  const now = () => performance.now() + ahead;
  const clearTimer = (id) => {
    clearTimeout(waiting.get(id)?.timer);
    waiting.delete(id);
  };
  const setTimer = (callback, ms, id = {}) => {
    const fire = () => {
      waiting.delete(id);
      callback();
    };
    waiting.set(id, { at: now() + ms, callback, timer: setTimeout(fire, ms) });
    return id;
  };
  return {
    ...{ now, setTimeout: setTimer, clearTimeout: clearTimer },
    wallNow: () => Date.now() + ahead,
    push: (ms) => {
      ahead += ms;
      for (const [id, { at, callback, timer }] of [...waiting]) {
        clearTimeout(timer);
        setTimer(callback, Math.max(0, at - now()), id);
      }
    },
  };
}

/** Both clocks by which the loop is held: what another process had of the time is in one of them only. */
function held() {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now(), cpu: (user + system) / 1000 };
}

const turns = async (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function heap() {
  for (let count = 0; count < 3; count += 1) {
    await settled();
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
}

/** Until nobody has an actor any more. */
async function allAtRest(hub, clock) {
  for (let count = 0; hub.stats.actors > 0; count += 1) {
    if (count > 2000) throw new Error(`${hub.stats.actors} conversations do not come to rest`);
    clock.push(1000);
    await turns(1);
  }
}

/** Bytes for each conversation of a hub: that were only added, and that were typed in and are idle again. */
async function bytesEach(count = many) {
  const some = ids.slice(0, count);
  const clock = pushedClock();
  const transport = instantTransport();
  const transports = new Map(some.map((id) => [id, { ...transport }]));
  const before = await heap();
  const hub = hubOf({ clock, transportFor: (id) => transports.get(id) });
  for (const id of some) hub.conversation(id);
  const added = ((await heap()) - before) / count;
  for (const id of some) {
    hub.keystroke(id);
    await null;
  }
  await allAtRest(hub, clock);
  const idle = ((await heap()) - before) / count;
  hub.stop();
  return { added, idle };
}

/** An indicator that lasts: so many conversations take a while to light, and none is to go out meanwhile. */
const lasting = () => {
  const transport = instantTransport();
  return { ...transport, capabilities: { ...transport.capabilities, timeToLive: 7_200_000 } };
};

/** A hub of which every conversation is lit. */
async function litHub() {
  const hub = hubOf({ transportFor: lasting, timing: { idle } });
  for (const id of ids) hub.keystroke(id);
  await settled();
  return hub;
}

/** Keeps all lit: the keys of a round are within the idle time, and it ends by a rest. */
const keysRound = (hub) => {
  let next = 0;
  return (times) => {
    for (let count = 0; count < times; count += 1) {
      hub.keystroke(ids[next]);
      next = next + 1 === many ? 0 : next + 1;
    }
  };
};

const keysOfOne = (hub) => (times) => {
  const id = ids[many / 2];
  for (let count = 0; count < times; count += 1) hub.keystroke(id);
};

const row = { absolute: 'ns', unit: '×', apart: true };

export const rows = [
  {
    ...row,
    name: 'hub.memory',
    title: 'memory per idle conversation in a hub of 10 000, that was typed in before',
    unit: 'B',
    must: 512,
    aim: 400,
    measure: async ({ median, spread, rounds }) => {
      await bytesEach(1000); // The program itself is compiled by then.
      const each = [];
      const times = rounds(3);
      for (let round = 0; round < times; round += 1) each.push(await bytesEach());
      const idle = each.map((one) => one.idle);
      return {
        figure: median(idle),
        spread: spread(idle),
        rounds: times,
        note: `${Math.round(median(each.map((one) => one.added)))} B while nothing has happened in it; the transports are not counted`,
      };
    },
  },
  {
    ...row,
    name: 'hub.key',
    title: 'key through the hub by id, of one among 10 000 that are lit',
    baseline: 'hand throttle',
    must: 2.5,
    aim: 2,
    processes: 3,
    measure: async ({ interleave, rounds }) => {
      const hub = await litHub();
      const throttled = handThrottle(() => {}, 3_600_000);
      throttled();
      const result = await interleave(
        {
          ours: keysOfOne(hub),
          hand: (times) => {
            for (let count = 0; count < times; count += 1) throttled();
          },
        },
        { rounds: rounds(100), batch: 8 },
      );
      hub.stop();
      return {
        ...result.ratio('ours', 'hand'),
        ours: result.of('ours').ns,
        baseline: result.of('hand').ns,
        rounds: result.rounds,
      };
    },
  },
  {
    ...row,
    name: 'hub.keys',
    title: 'one key after another in each of 10 000 conversations: what X2 takes in place of them',
    unit: '1/×',
    baseline: 'X2',
    must: 1 / 40,
    aim: 1 / 70,
    processes: 3,
    measure: async ({ interleave, rounds }) => {
      const hub = await litHub();
      const actors = ids.map(() => createActor(X2).start());
      let next = 0;
      const result = await interleave(
        {
          ours: keysRound(hub),
          X2: (times) => {
            for (let count = 0; count < times; count += 1) {
              actors[next].send({ type: 'key' });
              next = next + 1 === many ? 0 : next + 1;
            }
          },
        },
        { rounds: rounds(60), batch: 12 },
      );
      hub.stop();
      const { figure } = result.ratio('ours', 'X2');
      return {
        ...result.ratio('ours', 'X2'),
        ours: result.of('ours').ns,
        baseline: result.of('X2').ns,
        rounds: result.rounds,
        note: `${(1 / figure).toFixed(0)} times as many keys a second`,
      };
    },
  },
  {
    ...row,
    name: 'hub.storm',
    title: '10 000 overdue timers at once: the longest that they hold the loop',
    unit: 'ms',
    must: 50,
    aim: 16,
    measure: async ({ median, rounds }) => {
      const longest = [];
      let all = 0;
      const times = rounds(3);
      for (let round = 0; round <= times; round += 1) {
        const clock = pushedClock();
        const hub = hubOf({ clock, transportFor: lasting, timing: { idle } });
        for (const [index, id] of ids.entries()) {
          hub.keystroke(id);
          if (index % 100 === 99) await settled();
        }
        await settled();
        clock.push(idle);
        const began = performance.now();
        let worst = 0;
        let last = held();
        while (hub.stats.overdue > 0 || performance.now() - began < 50) {
          await settled();
          const now = held();
          worst = Math.max(worst, Math.min(now.wall - last.wall, now.cpu - last.cpu));
          last = now;
        }
        all = performance.now() - began;
        if (round > 0) longest.push(worst);
        hub.stop();
      }
      return {
        figure: median(longest),
        spread: [Math.min(...longest), Math.max(...longest)],
        rounds: times,
        note: `${Math.round(all)} ms for all of them`,
      };
    },
  },
];
