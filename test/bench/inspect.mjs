// What an inspector costs, as ratios in one run: `npm run bench:inspect` (after a build). Not part of the test command:
// times depend on who else uses the processor.
import { createConversation } from 'genesys-conversation-machine';
import { createInspector } from 'genesys-conversation-machine/inspect';
import { createScriptedTransport, createSteppedClock } from 'genesys-conversation-machine/testing';

const rounds = 400;
const events = 60;

const watched = createInspector();
watched.listen(() => {});
const complain = console.error;
console.error = () => {};

const inspectors = {
  off: undefined,
  'a function that does nothing': () => {},
  'ours, nobody looks': createInspector().inspect,
  'ours, somebody looks': watched.inspect,
  'one that throws': () => {
    throw new Error('mine');
  },
};

/** A conversation whose indicator is lit, so that a key changes nothing that others see. */
async function lit(inspect) {
  const clock = createSteppedClock();
  const transport = createScriptedTransport({ clock });
  const conversation = createConversation({
    ...{ transport, clock, conversationId: 'c1', random: () => 0.5 },
    ...(inspect && { inspect }),
  }).start();
  conversation.keystroke();
  await clock.settle();
  return { conversation, transport };
}

const scenes = await Promise.all(
  Object.entries(inspectors).map(async ([name, inspect]) => ({
    name,
    ...(await lit(inspect)),
    sends: [],
    keys: [],
  })),
);
const tick = () => new Promise((resolve) => setImmediate(resolve));

for (let round = 0; round < rounds; round += 1) {
  const shuffled = scenes
    .map((scene, index) => ({ scene, order: (index * 7 + round * 13) % (scenes.length + 1) }))
    .sort((one, other) => one.order - other.order || round % 2);
  for (const { scene } of shuffled) {
    const { conversation } = scene;
    let from = process.hrtime.bigint();
    for (let event = 0; event < events; event += 1) conversation.actor.send({ type: 'keystroke' });
    scene.sends.push(Number(process.hrtime.bigint() - from) / events);
    from = process.hrtime.bigint();
    for (let event = 0; event < events * 50; event += 1) conversation.keystroke();
    scene.keys.push(Number(process.hrtime.bigint() - from) / events / 50);
    // Whoever is told in batches is told between the rounds.
    await tick();
  }
}
console.error = complain;

const median = (list) => [...list].sort((one, other) => one - other)[Math.floor(list.length / 2)];
const [base] = scenes;
/** Round by round, since the machine may be busier in one than in another; the first ones warm up. */
const ratio = (name, scene) =>
  median(scene[name].map((ns, round) => ns / base[name][round]).slice(50)).toFixed(2);
const row = (scene) => ({
  inspector: scene.name,
  'ns per event': Math.round(median(scene.sends)),
  'ratio per event': ratio('sends', scene),
  'ns per quiet key': Math.round(median(scene.keys)),
  'ratio per key': ratio('keys', scene),
  calls: scene.transport.log.join(),
});
console.table(scenes.map(row));
for (const { conversation } of scenes) conversation.stop();
process.exit(0);
