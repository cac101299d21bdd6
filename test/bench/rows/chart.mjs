import { createActor } from 'xstate';
import { bareInvoke, bareSteps, X2, X3 } from '../floors.mjs';
import { preparedRounds } from '../prepared.mjs';
import { instantTransport, started, tellingTransport } from '../subjects.mjs';

const stop = (handle) => handle.stop();
const running = (machine) => ({ prepare: () => createActor(machine).start(), dispose: stop });
const sendsKey = (actors) => {
  for (const actor of actors) actor.send({ type: 'key' });
};

/** One call after another, each answered before the next: more than enough turns for either. */
async function answeredEach(subjects, call) {
  for (const subject of subjects) {
    call(subject);
    for (let turn = 0; turn < 10; turn += 1) await null;
  }
}

/** One thing that happens to each of many conversations, which stand as `enter` leaves them. */
const change = (happens, enter = () => {}) => ({
  prepare: () => {
    const transport = tellingTransport();
    const handle = started({ transport });
    enter(handle, transport);
    return { handle, transport };
  },
  run: (worlds) => {
    for (const { handle, transport } of worlds) happens(handle, transport);
  },
  dispose: ({ handle }) => handle.stop(),
});

const agent = (isTyping) => (_, transport) =>
  transport.tell({ type: 'remote.typing', conversationId: 'c1', participantId: 'agent', isTyping });

/** State changes that make no call. */
const changes = {
  show: change((handle) => handle.show()),
  offline: change((handle) => handle.offline()),
  online: change(
    (handle) => handle.online(),
    (handle) => handle.offline(),
  ),
  'sent while lit': change(
    (handle) => handle.messageSent(),
    (handle) => handle.keystroke(),
  ),
  'agent types': change(agent(true)),
  'agent types on': change(agent(true), agent(true)),
};

/** Those of them that cost most, in a chart with nothing in it. */
const bare = Object.fromEntries(
  Object.entries(bareSteps).map(([name, machine]) => [
    `bare ${name}`,
    { ...running(machine), run: sendsKey },
  ]),
);

const row = { unit: '×', absolute: 'ns', processes: 3 };

/** What the chart costs when it has something to do. */
export const rows = [
  {
    ...row,
    name: 'chart.announce',
    title: 'announcing key, its answer included',
    baseline: 'bare invoke',
    must: 1.7,
    aim: 1.3,
    measure: async (context) => {
      const result = await preparedRounds(
        {
          ours: {
            prepare: () => started(),
            run: (handles) => answeredEach(handles, (handle) => handle.keystroke()),
            dispose: stop,
          },
          bare: {
            ...running(bareInvoke),
            run: (actors) => answeredEach(actors, (actor) => actor.send({ type: 'key' })),
          },
        },
        { context, rounds: context.rounds(300), times: 60 },
      );
      return {
        ...result.ratio('ours', 'bare'),
        ours: result.of('ours').ns,
        baseline: result.of('bare').ns,
        rounds: result.rounds,
      };
    },
  },
  {
    ...row,
    name: 'chart.change',
    title: 'state change without a call: the worst of them',
    baseline: 'X3',
    must: 2,
    aim: 1.2,
    measure: async (context) => {
      const result = await preparedRounds(
        { ...changes, ...bare, X3: { ...running(X3), run: sendsKey } },
        { context, rounds: context.rounds(150), times: 100 },
      );
      const ratios = Object.keys(changes).map((name) => ({ name, ...result.ratio(name, 'X3') }));
      const worst = ratios.reduce((one, other) => (other.figure > one.figure ? other : one));
      return {
        figure: worst.figure,
        spread: worst.spread,
        ours: result.of(worst.name).ns,
        baseline: result.of('X3').ns,
        rounds: result.rounds,
        others: Object.fromEntries(Object.keys(bare).map((name) => [name, result.ratio(name, 'X3').figure])),
        note: ratios.map(({ name, figure }) => `${name} ${figure.toFixed(2)}`).join(', '),
      };
    },
  },
  {
    ...row,
    name: 'chart.life',
    title: 'start and stop',
    baseline: 'createActor(X2).start().stop()',
    must: 3,
    aim: 2,
    measure: async ({ interleave, rounds }) => {
      const transport = instantTransport();
      const result = await interleave(
        {
          ours: (times) => {
            for (let count = 0; count < times; count += 1) started({ transport }).stop();
          },
          X2: (times) => {
            for (let count = 0; count < times; count += 1) createActor(X2).start().stop();
          },
        },
        { rounds: rounds(120), batch: 12 },
      );
      return {
        ...result.ratio('ours', 'X2'),
        ours: result.of('ours').ns,
        baseline: result.of('X2').ns,
        rounds: result.rounds,
      };
    },
  },
];
