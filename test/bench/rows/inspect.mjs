// What an inspector costs, on an event that goes through the chart and on a key that does not.
import { createConversation } from 'genesys-conversation-machine';
import { createInspector } from 'genesys-conversation-machine/inspect';
import { createScriptedTransport, createSteppedClock } from 'genesys-conversation-machine/testing';

const off = 'no inspector';
const ours = 'ours, nobody looks';

function inspectors() {
  const watched = createInspector();
  watched.listen(() => {});
  return {
    [off]: undefined,
    'a function that does nothing': () => {},
    [ours]: createInspector().inspect,
    'ours, somebody looks': watched.inspect,
    'one that throws': () => {
      throw new Error('mine');
    },
  };
}

/** A conversation whose indicator is lit, so that a key changes nothing that others see. */
async function lit(inspect) {
  const clock = createSteppedClock();
  const conversation = createConversation({
    ...{ transport: createScriptedTransport({ clock }), clock, conversationId: 'c1', random: () => 0.5 },
    ...(inspect && { inspect }),
  }).start();
  conversation.keystroke();
  await clock.settle();
  return conversation;
}

async function measure({ interleave, rounds }, key) {
  const complain = console.error;
  console.error = () => {};
  const subjects = {};
  const conversations = [];
  for (const [name, inspect] of Object.entries(inspectors())) {
    const conversation = await lit(inspect);
    conversations.push(conversation);
    subjects[name] = (times) => {
      for (let time = 0; time < times; time += 1) key(conversation);
    };
  }
  // Whoever is told in batches is told between the rounds.
  const rest = () => new Promise((resolve) => setImmediate(resolve));
  const measured = await interleave(subjects, { rounds: rounds(100), batch: 4, rest });
  for (const conversation of conversations) conversation.stop();
  console.error = complain;
  const others = Object.keys(subjects).filter((name) => name !== off && name !== ours);
  return {
    ours: measured.of(ours).ns,
    baseline: measured.of(off).ns,
    ...measured.ratio(ours, off),
    rounds: measured.rounds,
    others: Object.fromEntries(others.map((name) => [name, measured.ratio(name, off).figure])),
  };
}

const inspected = { unit: '×', absolute: 'ns', baseline: off };

export const rows = [
  {
    ...inspected,
    name: 'inspect.event',
    title: 'event through the chart, an inspector that nobody looks at',
    measure: (context) => measure(context, ({ actor }) => actor.send({ type: 'keystroke' })),
  },
  {
    ...inspected,
    name: 'inspect.key',
    title: 'key inside the window, an inspector that nobody looks at',
    measure: (context) => measure(context, (conversation) => conversation.keystroke()),
  },
];
