// What a mark costs where many messages are known, with the ledger persisted in a synchronous storage.
import { createConversation, persistLedger } from 'genesys-conversation-machine';
import { settled } from '../prepared.mjs';
import { instantTransport } from '../subjects.mjs';

const few = 10;
const many = 10_000;
const marksOfFew = 8;
const marks = 48;

/** As localStorage does, in memory; counts what is written. */
function memory() {
  const items = new Map();
  let written = 0;
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, text) => {
      written += text.length;
      items.set(key, text);
    },
    removeItem: (key) => items.delete(key),
    written: () => written,
  };
}

/** A clock whose timers wait until they are let go. */
function heldClock() {
  let timers = new Map();
  let last = 0;
  return {
    resolution: 0,
    now: () => performance.now(),
    wallNow: () => Date.now(),
    setTimeout: (callback, ms) => {
      last += 1;
      if (ms <= 0) timers.set(last, callback);
      return last;
    },
    clearTimeout: (id) => timers.delete(id),
    letGo: () => {
      const due = [...timers.values()];
      timers = new Map();
      for (const callback of due) callback();
    },
  };
}

const said = (index) => ({ messageId: `message-${index}-of-a-guest`, participantId: 'agent' });

/** A conversation that was told of so many messages without positions, and has seen all but some of them. */
async function world(count, unseen) {
  const storage = memory();
  const clock = heldClock();
  const handle = createConversation({
    ...{ transport: instantTransport(), clock, conversationId: 'c1', storage: persistLedger(storage) },
    timing: { collect: 0, readInterval: 0 },
  }).start();
  for (let index = 0; index < count; index += 1) handle.messageReceived(said(index));
  let next = count - unseen;
  let told = count;
  if (next > 0) handle.viewed(said(next - 1).messageId);
  clock.letGo();
  await settled();
  return {
    storage,
    /** The next message is seen. */
    view: () => {
      handle.viewed(said(next).messageId);
      next += 1;
      clock.letGo();
    },
    /** A message comes, and is seen. */
    hear: () => {
      handle.messageReceived(said(told));
      next = told;
      told += 1;
      handle.viewed(said(next).messageId);
      clock.letGo();
    },
    stop: () => handle.stop(),
  };
}

async function markAll(worlds, how, times) {
  for (const each of worlds) {
    for (let mark = 0; mark < times; mark += 1) {
      each[how]();
      await settled();
    }
  }
}

async function cpuOf(work) {
  globalThis.gc?.({ type: 'minor' });
  const from = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(from);
  return ((user + system) * 1000) / marks;
}

async function measure({ rounds, median, spread }, how) {
  const counted = rounds(60);
  const warmup = Math.min(20, counted);
  const long = await world(many, (counted + warmup) * marks);
  const ofLong = () => cpuOf(() => markAll([long], how, marks));
  const ofShort = async () => {
    const count = marks / marksOfFew;
    const short = await Promise.all(Array.from({ length: count }, () => world(few, marksOfFew)));
    const cpu = await cpuOf(() => markAll(short, how, marksOfFew));
    for (const each of short) each.stop();
    await settled();
    return cpu;
  };
  const taken = { few: [], many: [] };
  const before = long.storage.written();
  for (let round = -warmup; round < counted; round += 1) {
    const isFirst = round % 2 === 0;
    const first = isFirst ? await ofLong() : await ofShort();
    const second = isFirst ? await ofShort() : await ofLong();
    if (round >= 0) {
      taken.few.push(isFirst ? second : first);
      taken.many.push(isFirst ? first : second);
    }
  }
  const ratios = taken.many.map((ns, round) => ns / taken.few[round]);
  const written = (long.storage.written() - before) / (counted + warmup) / marks;
  long.stop();
  return {
    figure: median(ratios),
    spread: spread(ratios),
    ours: median(taken.many),
    baseline: median(taken.few),
    rounds: counted,
    note: `${Math.round(written)} characters written for a mark at ${many} messages: the places of the newest 1000 are among them`,
  };
}

const row = { unit: '×', baseline: `at ${few}`, absolute: 'ns', must: 2, aim: 1.2 };

/** A mark: a message is seen, stored, reported, accepted, and that is stored. */
export const rows = [
  {
    ...row,
    name: 'growth.mark',
    title: `a mark at ${many} messages without positions, synchronous storage`,
    measure: (context) => measure(context, 'view'),
  },
  {
    ...row,
    name: 'growth.arrival',
    title: `the same at ${many} messages, with one that comes before each mark`,
    aim: 2,
    measure: (context) => measure(context, 'hear'),
  },
];
