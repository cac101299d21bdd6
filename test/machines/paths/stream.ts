import { streamMachine } from '../../../machines/stream/stream.machine.ts';
import { type Explored, type Running, withHeldActors } from '../../../src/testing/paths/live.ts';

const failure = { code: 'network', message: 'scripted' };
const came = (world: Running): void => (world.flags.came as () => void)();

/** The event stream: every end of a socket, and what its actors can answer. */
export const streamExplored: Explored = {
  machine: withHeldActors(streamMachine),
  begin: (now) => {
    let frames = 0;
    let lastFrameAt = 0;
    return {
      flags: {
        came: () => {
          frames += 1;
          lastFrameAt = now();
        },
      },
      input: {
        ports: { wire: null, readings: { now, lastFrameAt: () => lastFrameAt, frameCount: () => frames } },
        timing: {
          ...{
            connect: 10_000,
            quiet: 20_000,
            answer: 5000,
            minUptime: 5000,
            reconnectBase: 1000,
            reconnectCap: 30_000,
          },
          ...{ backoffBase: 1000, backoffCap: 30_000, jitter: 0.5, tries: 3 },
        },
        seed: 5,
      },
    };
  },
  stimuli: {
    ...Object.fromEntries(
      [
        ...['stream.wanted', 'stream.unwanted', 'frame.authenticated', 'token.renewed', 'network.offline'],
        ...['network.online', 'page.visible', 'page.frozen', 'page.resumed', 'clock.jumped'],
      ].map((type) => [type, (world: Running) => world.send({ type })]),
    ),
    'token.missing': (world) => world.send({ type: 'token.missing', failure }),
    ...Object.fromEntries(
      [1000, 1006, 1008, 4401].map((code) => [
        `closed ${code}`,
        (world: Running) => world.send({ type: 'socket.closed', code }),
      ]),
    ),
    came,
    'caught up': (world) => world.settle('catchUp', { output: undefined }),
    'catchUp broken': (world) => world.settle('catchUp', { error: failure }),
    'catchUp refused': (world) =>
      world.settle('catchUp', { error: { code: 'forbidden', message: 'scripted' } }),
    next: (world) => world.next(),
    moment: (world) => world.wait(2000),
    while: (world) => world.wait(20_000),
  },
  release: (world) => {
    for (const type of ['network.online', 'page.resumed', 'stream.wanted', 'token.renewed'])
      world.send({ type });
    for (let turn = 0; turn < 20; turn += 1) {
      world.send({ type: 'frame.authenticated' });
      if (JSON.stringify((world.actor.getSnapshot() as { value: unknown }).value).includes('open')) return;
      world.next();
    }
  },
  rest: { live: 'open' },
};
