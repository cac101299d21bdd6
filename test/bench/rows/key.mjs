import { handThrottle } from '../floors.mjs';
import { settled } from '../prepared.mjs';
import { started } from '../subjects.mjs';

const keys = (handle) => (times) => {
  for (let count = 0; count < times; count += 1) handle.keystroke();
};

/** Keys with the time stamp of their event. */
const stampedKeys = (handle) => (times) => {
  let stamp = performance.now();
  for (let count = 0; count < times; count += 1) {
    stamp += 1e-5;
    handle.keystroke(stamp);
  }
};

const thrown = () => (times) => {
  const throttled = handThrottle(() => {}, 3_600_000);
  throttled();
  for (let count = 0; count < times; count += 1) throttled();
};

/** A conversation whose indicator is lit, so that a key changes nothing. */
async function lit() {
  const handle = started();
  handle.keystroke();
  await settled();
  return handle;
}

/** A conversation whose keys go nowhere, once it was said. */
async function mute(change, options) {
  const handle = started({ logger: () => {}, ...options });
  change(handle);
  handle.keystroke();
  await settled();
  return handle;
}

const mutes = {
  offline: () => mute((handle) => handle.offline()),
  ended: () => mute((handle) => handle.end()),
  unopened: () => mute(() => {}, { conversationId: undefined }),
};

async function compare({ interleave, rounds }, subjects) {
  const result = await interleave(
    { ...subjects, 'hand throttle': thrown() },
    { rounds: rounds(150), batch: 8 },
  );
  const ratios = Object.keys(subjects).map((name) => ({ name, ...result.ratio(name, 'hand throttle') }));
  const worst = ratios.reduce((one, other) => (other.figure > one.figure ? other : one));
  return {
    figure: worst.figure,
    spread: worst.spread,
    ours: result.of(worst.name).ns,
    baseline: result.of('hand throttle').ns,
    rounds: result.rounds,
    detail: Object.fromEntries(ratios.map(({ name, figure }) => [name, figure])),
  };
}

const row = { unit: '×', baseline: 'hand throttle', absolute: 'ns', processes: 3 };

/** What a key costs that changes nothing: one `keystroke()` beside one call of a throttle. */
export const rows = [
  {
    ...row,
    name: 'key.window',
    title: 'key inside the window, on the handle',
    must: 1.25,
    aim: 1,
    measure: async (context) => compare(context, { ours: keys(await lit()) }),
  },
  {
    ...row,
    name: 'key.stamped',
    title: "key inside the window, with its event's time stamp",
    must: 1.25,
    aim: 0.3,
    measure: async (context) => compare(context, { ours: stampedKeys(await lit()) }),
  },
  {
    ...row,
    name: 'key.mute',
    title: 'key while offline, ended or unopened: the worst of them',
    must: 1.5,
    aim: 1,
    measure: async (context) => {
      const subjects = {};
      for (const [name, make] of Object.entries(mutes)) subjects[name] = keys(await make());
      return compare(context, subjects);
    },
  },
  {
    ...row,
    name: 'key.mute.stamped',
    title: "key while offline, ended or unopened, with its event's time stamp",
    must: 1.5,
    aim: 0.3,
    measure: async (context) => {
      const subjects = {};
      for (const [name, make] of Object.entries(mutes)) subjects[name] = stampedKeys(await make());
      return compare(context, subjects);
    },
  },
];
