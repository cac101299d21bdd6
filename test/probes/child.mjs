// One subject through one probe, in a process of its own and on a fake clock: what one probe did to a package that
// keeps things for the whole page, the next one does not meet.
import { probes } from './probes.mjs';

const { subject, probe: name, withPeers } = JSON.parse(process.argv[2]);
const tell = (message) => new Promise((resolve) => process.send(message, resolve));

const clock = withPeers ? (await import('../peers/clock.mjs')).fakeClock() : await steppedClock();
let began = clock.elapsed();
const now = () => Math.round(clock.elapsed() - began);
let failures = 0;
let unsettled = 0;
const uncaught = [];
const calls = [];
process.on('unhandledRejection', (reason) => uncaught.push(String(reason?.message ?? reason)));

const world = {
  call(kind, messageId, conversation) {
    const isAccepted = failures === 0;
    failures = Math.max(0, failures - 1);
    calls.push({ at: now(), kind, messageId, conversation, isAccepted });
    return isAccepted ? Promise.resolve() : Promise.reject(new Error('429'));
  },
};

/** Where no peer is there, neither is their fake clock: this package has its own. */
async function steppedClock() {
  const { createSteppedClock } = await import('genesys-conversation-machine/testing');
  const stepped = createSteppedClock();
  return {
    stepped,
    elapsed: () => stepped.now(),
    settle: () => stepped.settle(),
    advance: (ms) => stepped.advance(ms),
    setWall: (ms) => stepped.shiftWall(ms),
  };
}

/** Waits for what a package does by itself, on a clock that nobody else moves. */
async function until(promise) {
  let isOver = false;
  const done = promise.finally(() => {
    isOver = true;
  });
  done.catch(() => {});
  for (let turn = 0; turn < 200 && !isOver; turn += 1) await clock.advance(turn < 20 ? 0 : 10);
  return done;
}

/** Calls a verb as an application does that catches what is rejected. */
function use(verb) {
  const answer = verb();
  if (typeof answer?.then !== 'function') return;
  unsettled += 1;
  answer.then(
    () => {
      unsettled -= 1;
    },
    () => {
      unsettled -= 1;
    },
  );
}

const forward = async (time) => {
  await clock.advance(Math.max(0, time - now()));
};

async function measure() {
  const { make } = await (subject === 'ours' ? import('./ours.mjs') : import('../peers/index.mjs'));
  const guest = await until(subject === 'ours' ? make(world, clock.stepped) : make(subject, world));
  const world2 = {
    guest,
    calls,
    wait: (ms) => clock.advance(ms),
    async at(time, verb) {
      await forward(time);
      use(verb);
      await clock.settle();
    },
    async keys(times, who = guest) {
      for (const time of times) {
        await forward(time);
        use(() => who.key());
        await clock.settle();
      }
    },
    open: (id) => until(guest.open(id)),
    failNext(count) {
      failures = count;
    },
    setWall: (ms) => clock.setWall(ms),
    pending: () => unsettled,
  };
  await clock.advance(1000);
  calls.length = 0;
  began = clock.elapsed();
  const { run } = probes.find((probe) => probe.name === name);
  const { text, passed } = await run(world2);
  const { version, how } = guest;
  const lost = uncaught.length > 0 ? `; ${uncaught.length} rejection that nobody catches` : '';
  return {
    version,
    how,
    text: text + lost,
    passed: passed === null ? null : passed && uncaught.length === 0,
  };
}

try {
  await tell(await measure());
} catch (error) {
  await tell({ failure: error?.stack ?? String(error) });
}
process.exit(0);
