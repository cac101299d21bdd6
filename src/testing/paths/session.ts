import { sessionMachine } from '../../../machines/session/session.machine.ts';
import { defaultSessionTiming } from '../../webMessaging/sessionTiming.ts';
import { type Explored, type Running, withHeldActors } from './live.ts';

const frame =
  (type: string, more: object = {}) =>
  (world: Running): void => {
    (world.flags.came as () => void)();
    world.send({ type: `frame.${type}`, ...more });
  };
const session = { connected: true, newSession: true, readOnly: false, clearedExisting: false };
const failure = { code: 'network', message: 'scripted' };
const refusal = { code: 'rate-limited', message: 'scripted', retryAfterMs: 1000 };

const oldest = ({ actor }: Running): string =>
  (actor.getSnapshot() as { context: { outbox: readonly { id: string }[] } }).context.outbox[0]?.id ?? 'none';

/** The session: every frame, every end of a socket, and what its actors can answer. */
export const sessionExplored = (): Explored => ({
  machine: withHeldActors(sessionMachine),
  begin: (now) => {
    let frames = 0;
    let answers = 0;
    let lastFrameAt = 0;
    const wall = 1_700_000_000_000;
    return {
      flags: {
        messages: 0,
        answered: () => {
          answers += 1;
        },
        came: () => {
          frames += 1;
          lastFrameAt = now();
        },
      },
      input: {
        ports: {
          wire: null,
          readings: {
            now,
            wallNow: () => wall + now(),
            lastFrameAt: () => lastFrameAt,
            frameCount: () => frames,
            answerCount: () => answers,
          },
        },
        timing: { ...defaultSessionTiming, reconnectTries: 6, notice: 60_000 },
        seed: 3,
      },
    };
  },
  stimuli: {
    ...Object.fromEntries(
      [
        ...[
          'session.connect',
          'session.close',
          'session.startNew',
          'page.visible',
          'page.frozen',
          'page.resumed',
        ],
        ...[
          'network.offline',
          'network.online',
          'clock.jumped',
          'socket.opened',
          'probe.wanted',
          'term.changed',
        ],
      ].map((type) => [type, (world: Running) => world.send({ type })]),
    ),
    ...Object.fromEntries(
      [1000, 1006, 1008, 1009, 1012, 1013, 4000, 4100, 4200].map((code) => [
        `closed ${code}`,
        (world: Running) => world.send({ type: 'socket.closed', code }),
      ]),
    ),
    'handshake 404': (world) => world.send({ type: 'socket.closed', code: 1006, refused: 404 }),
    'handshake 503': (world) => world.send({ type: 'socket.closed', code: 1006, refused: 503 }),
    'socket.refused': (world) => world.send({ type: 'socket.refused', failure }),
    'socket broken': (world) => world.settle('socket', { error: failure }),
    'config.loaded': (world) => world.send({ type: 'config.loaded', autoStart: false }),
    'config.loaded auto': (world) => world.send({ type: 'config.loaded', autoStart: true }),
    configured: frame('session', session),
    'configured short': frame('session', { ...session, durationMs: 75_000 }),
    'configured ending': frame('session', { ...session, durationMs: 61_000 }),
    resumed: frame('session', { ...session, newSession: false }),
    'read only': frame('session', { ...session, readOnly: true, newSession: false }),
    'old ended': frame('session', { ...session, connected: false, readOnly: true }),
    'old closed': frame('session', { ...session, connected: false }),
    'another frame': (world) => (world.flags.came as () => void)(),
    answered: (world) => {
      (world.flags.answered as () => void)();
      frame('ignored')(world);
    },
    joined: frame('joined'),
    signedIn: frame('signedIn'),
    health: frame('health', { durationMs: 900_000 }),
    'health soon': frame('health', { durationMs: 75_000 }),
    'health now': frame('health', { durationMs: 61_000 }),
    'health late': frame('health', { durationMs: 2000 }),
    expired: frame('expired'),
    cleared: frame('cleared'),
    logout: frame('logout'),
    ignored: frame('ignored'),
    connectionClosed: frame('connectionClosed', { signedIn: false }),
    'connectionClosed signedIn': frame('connectionClosed', { signedIn: true }),
    disconnected: frame('disconnected', { readOnly: false }),
    'disconnected for good': frame('disconnected', { readOnly: true }),
    limited: frame('limited', { retryAfterMs: 3000 }),
    typing: frame('typing', { isTyping: true }),
    'message in': frame('message', {
      direction: 'outbound',
      message: { messageId: 'x', kind: 'text', sender: 'human' },
    }),
    'message mirrored': frame('message', {
      direction: 'inbound',
      message: { messageId: 'y', kind: 'text', sender: 'unknown' },
    }),
    echo: (world) =>
      frame('message', {
        direction: 'inbound',
        id: oldest(world),
        message: { messageId: 'z', kind: 'text', sender: 'unknown' },
      })(world),
    ...Object.fromEntries(
      [400, 401, 403, 404, 408, 429, 500, 4006, 4007, 4011, 4013, 4017, 4020, 5000].map((code) => [
        `error ${code}`,
        frame('error', { code, wantsSignIn: false }),
      ]),
    ),
    'error sign in': frame('error', { code: 403, wantsSignIn: true }),
    'error typing': frame('error', { code: 403, wantsSignIn: false, about: 'typing' }),
    'error about ours': (world) =>
      frame('error', { code: 4011, wantsSignIn: false, id: oldest(world) })(world),
    'message.send': (world) => {
      world.flags.messages = (world.flags.messages as number) + 1;
      world.send({ type: 'message.send', id: `m${String(world.flags.messages)}` });
    },
    'socket.unsent': (world) => world.send({ type: 'socket.unsent', id: oldest(world) }),
    'past.had': (world) => world.send({ type: 'past.had', isWhole: true }),
    'past.had partly': (world) => world.send({ type: 'past.had', isWhole: false }),
    'past.missing': (world) => world.send({ type: 'past.missing', failure }),
    'past.missing limited': (world) => world.send({ type: 'past.missing', failure: refusal }),
    'catchUp broken': (world) => world.settle('catchUp', { error: failure }),
    'found nothing': (world) => world.settle('findMessages', { output: [] }),
    'found it': (world) => world.settle('findMessages', { output: [{ id: oldest(world), messageId: 'z' }] }),
    'search broken': (world) => world.settle('findMessages', { error: failure }),
    next: (world) => world.next(),
    moment: (world) => world.wait(2000),
    while: (world) => world.wait(15_000),
    long: (world) => world.wait(60_000),
  },
  release: (world) => {
    for (const type of ['network.online', 'page.resumed', 'page.visible']) world.send({ type });
    world.send({ type: 'session.startNew' });
    for (let turn = 0; turn < 40; turn += 1) {
      world.send({ type: 'socket.opened' });
      frame('session', { ...session, connected: false })(world);
      frame('session', session)(world);
      if (JSON.stringify((world.actor.getSnapshot() as { value: unknown }).value).includes('configured'))
        return;
      world.next();
    }
  },
  rest: { live: 'configured' },
});
