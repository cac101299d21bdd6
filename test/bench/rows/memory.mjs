import { createActor } from 'xstate';
import { X2 } from '../floors.mjs';
import { settled } from '../prepared.mjs';
import { instantTransport, started } from '../subjects.mjs';

const many = 10_000;

async function heap() {
  for (let count = 0; count < 3; count += 1) {
    await settled();
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
}

/** Bytes of heap that each of many objects takes, while all are there. */
async function bytesEach(make) {
  const objects = new Array(many);
  const before = await heap();
  for (let index = 0; index < many; index += 1) objects[index] = make(index);
  const after = await heap();
  for (const object of objects) object.stop();
  return (after - before) / many;
}

/** What conversations take that do nothing. */
export const rows = [
  {
    name: 'memory.idle',
    title: 'memory per conversation, started and idle, of 10 000',
    unit: '×',
    baseline: 'X2',
    absolute: 'B',
    must: 2,
    aim: 1.4,
    processes: 3,
    measure: async ({ median, spread, rounds }) => {
      const transport = instantTransport();
      const makers = {
        ours: (index) => started({ transport, conversationId: `c${index}` }),
        X2: () => createActor(X2).start(),
      };
      for (const make of Object.values(makers))
        for (let count = 0; count < 300; count += 1) make(count).stop();
      const bytes = { ours: [], X2: [] };
      const times = rounds(5);
      for (let round = 0; round < times; round += 1) {
        for (const name of Object.keys(makers)) bytes[name].push(await bytesEach(makers[name]));
      }
      const ratios = bytes.ours.map((each, round) => each / bytes.X2[round]);
      return {
        ours: median(bytes.ours),
        baseline: median(bytes.X2),
        figure: median(ratios),
        spread: spread(ratios),
        rounds: times,
      };
    },
  },
];
