// What a key costs while nothing has to be told: this package beside what people use today, the packages' own code on the
// platform's clock.
import { createActor } from 'xstate';
import { names } from '../../peers/index.mjs';
import { handThrottle, X2, X3 } from '../floors.mjs';
import { settled } from '../prepared.mjs';
import { started } from '../subjects.mjs';

const baseline = 'hand throttle';
const accepted = { call: async () => {} };

/** A peer's key is awaited where it answers with a promise: Ably gives a call up that the next one overtakes. */
async function keysOf(peers, name) {
  const guest = await peers.make(name, accepted);
  await guest.key();
  const answers = typeof guest.key()?.then === 'function';
  return answers
    ? async (times) => {
        for (let count = 0; count < times; count += 1) await guest.key();
      }
    : (times) => {
        for (let count = 0; count < times; count += 1) guest.key();
      };
}

async function lit() {
  const handle = started();
  handle.keystroke();
  await settled();
  return handle;
}

function sends(machine) {
  const actor = createActor(machine).start();
  return (times) => {
    for (let count = 0; count < times; count += 1) actor.send({ type: 'key' });
  };
}

/** A package and the throttle, and nobody else: what one leaves to its timers would be paid by the next. */
async function compared(subjects, name, { interleave, rounds }) {
  const throttled = handThrottle(() => {}, 3_600_000);
  throttled();
  const hand = (times) => {
    for (let count = 0; count < times; count += 1) throttled();
  };
  const result = await interleave({ ...subjects, [baseline]: hand }, { rounds: rounds(60), batch: 8 });
  const others = Object.keys(subjects).filter((other) => other !== name);
  return {
    ...result.ratio(name, baseline),
    ours: result.of(name).ns,
    baseline: result.of(baseline).ns,
    rounds: result.rounds,
    ...(others.length > 0 && {
      others: Object.fromEntries(others.map((other) => [other, result.ratio(other, baseline).figure])),
    }),
  };
}

async function ownKeys(context) {
  const handle = await lit();
  const subjects = {
    'this package': (times) => {
      for (let count = 0; count < times; count += 1) handle.keystroke();
    },
    'this package, given the time of the key': (times) => {
      const now = performance.now();
      for (let count = 0; count < times; count += 1) handle.keystroke(now);
    },
    'XState, X2': sends(X2),
    'XState, X3': sends(X3),
  };
  const measured = await compared(subjects, 'this package', context);
  handle.stop();
  return measured;
}

const row = { unit: '×', absolute: 'ns', baseline, processes: 3, needsPeers: true };
const title = (name) => `key while nothing has to be told: ${name}`;

export const rows = [
  { ...row, name: 'peers.key.ours', title: title('this package'), measure: ownKeys },
  ...names.map((name) => ({
    ...row,
    name: `peers.key.${name}`,
    title: title(name),
    measure: async (context) => compared({ [name]: await keysOf(context.peers, name) }, name, context),
  })),
];
