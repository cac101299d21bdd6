import { createActor } from 'xstate';
import { fastClock } from '../fastClock.mjs';
import { X3 } from '../floors.mjs';
import { instantTransport, started } from '../subjects.mjs';
import { loadTraces } from '../traces/load.mjs';

const traces = loadTraces();

/** Answers settle in a few turns; time stands still meanwhile. */
async function settle() {
  for (let turn = 0; turn < 10; turn += 1) await null;
}

/** What types: a conversation over a transport that accepts everything at once. */
function ours(clock) {
  let calls = 0;
  const transport = {
    ...instantTransport(),
    sendTyping: async () => {
      calls += 1;
      return {};
    },
  };
  const handle = started({ transport, clock });
  return {
    /** Whether a call left since this was asked last. */
    hasCalled: () => {
      const has = calls > 0;
      calls = 0;
      return has;
    },
    key: () => handle.keystroke(clock.now()),
    sent: () => handle.messageSent(),
    stop: () => handle.stop(),
  };
}

/** X3 on every key, and nothing else. */
function everyKey(clock) {
  const actor = createActor(X3, { clock }).start();
  return {
    hasCalled: () => false,
    key: () => actor.send({ type: 'key' }),
    sent: () => {},
    stop: () => actor.stop(),
  };
}

/** Plays sessions, each on a clock of its own that goes as fast as it can. */
async function play(make, sessions) {
  for (const { keys, sentAt, endsAt } of sessions) {
    const clock = fastClock();
    const subject = make(clock);
    const goTo = async (time) => {
      while (clock.next(time)) if (subject.hasCalled()) await settle();
    };
    for (const key of keys) {
      await goTo(key);
      subject.key();
      if (subject.hasCalled()) await settle();
    }
    if (sentAt !== null) {
      await goTo(sentAt);
      subject.sent();
    }
    await goTo(endsAt);
    subject.stop();
  }
}

/** What typing costs, key for key, whatever the transport does. */
export const rows = [
  {
    name: 'engine.key',
    title: 'CPU of the engine per key, over the typing traces',
    unit: '×',
    baseline: 'X3 on every key',
    absolute: 'ns',
    must: 0.75,
    aim: 0.5,
    processes: 3,
    measure: async ({ interleave, rounds, quick }) => {
      const { typingSessions, usualSeed } = await traces;
      const sessions = typingSessions({ seed: usualSeed, sessions: quick ? 10 : 40 });
      const keys = sessions.reduce((sum, each) => sum + each.keys.length, 0);
      const goes = (make) => async (times) => {
        for (let count = 0; count < times; count += 1) await play(make, sessions);
      };
      const result = await interleave(
        { ours: goes(ours), X3: goes(everyKey) },
        { rounds: rounds(40), batch: 1, warmup: 3 },
      );
      return {
        ...result.ratio('ours', 'X3'),
        ours: result.of('ours').ns / keys,
        baseline: result.of('X3').ns / keys,
        rounds: result.rounds,
        note: `${keys} keys, ${sessions.length} sessions a round`,
      };
    },
  },
];
