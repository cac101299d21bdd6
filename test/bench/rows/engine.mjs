import { createActor, StateMachine } from 'xstate';
import { fastClock } from '../fastClock.mjs';
import { bareWork, X3 } from '../floors.mjs';
import { instantTransport, started } from '../subjects.mjs';
import { loadTraces } from '../traces/load.mjs';

const traces = loadTraces();

/** Answers settle in a few turns; time stands still meanwhile. */
async function settle() {
  for (let turn = 0; turn < 10; turn += 1) await null;
}

/** What types: a conversation over a transport that accepts everything at once. */
function ours(clock, options = {}) {
  let calls = 0;
  const transport = {
    ...instantTransport(),
    sendTyping: async () => {
      calls += 1;
      return {};
    },
  };
  const handle = started({ transport, clock, ...options });
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

/** What the conversation's chart was told in each session, with its time, and whether it made a call of that. */
async function toldIn(sessions) {
  const told = [];
  const make = (clock) => {
    const events = [];
    told.push(events);
    const inspect = ({ type, actorRef, event }) => {
      if (type !== '@xstate.event') return;
      const isChart = actorRef.logic instanceof StateMachine;
      if (!isChart && event.type === 'xstate.init') events.at(-1).isCall = true;
      if (isChart && !/^xstate\.(init|stop|done|error)/.test(event.type))
        events.push({ at: clock.now(), isCall: false });
    };
    return ours(clock, { inspect });
  };
  await play(make, sessions);
  return told;
}

/** The same calls, and as many other steps at the same times, of a chart that decides nothing. */
async function playTold(told) {
  for (const events of told) {
    const clock = fastClock();
    const actor = createActor(bareWork, { clock }).start();
    for (const { at, isCall } of events) {
      while (clock.next(at));
      actor.send({ type: isCall ? 'key' : 'step' });
      if (isCall) await settle();
    }
    actor.stop();
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
      const told = await toldIn(sessions);
      const steps = told.flat();
      const calls = steps.filter(({ isCall }) => isCall).length;
      const goes = (once) => async (times) => {
        for (let count = 0; count < times; count += 1) await once();
      };
      const result = await interleave(
        {
          ours: goes(() => play(ours, sessions)),
          X3: goes(() => play(everyKey, sessions)),
          bare: goes(() => playTold(told)),
        },
        { rounds: rounds(40), batch: 1, warmup: 3 },
      );
      return {
        ...result.ratio('ours', 'X3'),
        ours: result.of('ours').ns / keys,
        baseline: result.of('X3').ns / keys,
        rounds: result.rounds,
        others: { 'the same calls and steps, bare': result.ratio('bare', 'X3').figure },
        note: `${keys} keys in ${sessions.length} sessions: ${calls} calls, ${steps.length - calls} other steps of the chart`,
      };
    },
  },
];
