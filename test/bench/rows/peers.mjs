// What people use today, over the traces that this package is held to: how many calls, and how true. The packages are
// the peers' own, on a fake clock; each one's other side shows typing for as long as its own numbers say.
import { loadTraces } from '../traces/load.mjs';

const round = (value) => Math.round(value * 100) / 100;
const figureOf = ({ callsPerMinute, wrong }) => [round(callsPerMinute), round(wrong)];

/** A guest of a peer for all sessions, as a page has one; a minute of silence between them ends its windows. */
async function guestOf(peers, name, time) {
  const here = { call: async () => {} };
  const making = peers.make(name, { call: (kind) => here.call(kind === 'on') });
  // What a package waits for by itself has to pass on a clock that nobody else moves.
  for (let turn = 0; turn < 50; turn += 1) await time.advance(turn < 20 ? 0 : 10);
  const guest = await making;
  const quietly = (verb) => () => Promise.resolve(verb()).catch(() => {});
  return {
    timeToLive: guest.timeToLive,
    subject({ call }) {
      here.call = call;
      return { key: quietly(guest.key), sent: quietly(guest.sent), end() {} };
    },
    close: guest.close,
  };
}

async function replayed({ peers, quick, log }, fateOf) {
  const { fakeClock } = await import('../../peers/clock.mjs');
  const traces = await loadTraces();
  const { failing, replay, typingRows, typingSessions, usualSeed } = traces;
  const sessions = typingSessions({ seed: usualSeed, ...(quick && { sessions: 10 }) });
  const own = await typingRows[fateOf ? 'restFailing' : 'rest'](quick ? { sessions: 10 } : {});
  const clock = fakeClock();
  const time = { now: clock.elapsed, advance: clock.advance };
  process.on('unhandledRejection', () => {});
  const others = {};
  const detail = {};
  for (const name of peers.names) {
    const { timeToLive, subject, close } = await guestOf(peers, name, time);
    const fate = fateOf?.(failing, usualSeed);
    const result = await replay({ sessions, time, subject, timeToLive, ...(fate && { fate }) });
    close();
    others[name] = figureOf(result);
    detail[name] = { timeToLive, ...result };
    log(`${name} ${others[name].join(' @ ')}`);
  }
  clock.uninstall();
  return { figure: figureOf(own), others, detail };
}

const trueness = { unit: 'calls/min @ % wrong', apart: true, needsPeers: true };

export const rows = [
  {
    ...trueness,
    name: 'peers.truth',
    title: 'this package and what people use, over the same traces',
    measure: (context) => replayed(context),
  },
  {
    ...trueness,
    name: 'peers.failing',
    title: 'the same, and 10 % of the calls fail',
    measure: (context) => replayed(context, (failing, seed) => failing(0.1, seed)),
  },
];
