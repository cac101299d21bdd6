import { conversationMachine } from '../../../machines/conversation/conversation.machine.ts';
import { everyCapability } from '../scriptedTransport.ts';
import { type Explored, type Running, withHeldActors } from './live.ts';

const timing = {
  spacing: 1000,
  idle: 3000,
  blink: 150,
  renewal: 4000,
  timeToLive: 5000,
  renewalWorth: 0,
  stopWorth: 0,
  typingDeadline: 3000,
  collect: 200,
  readInterval: 1000,
  backoffBase: 1000,
  backoffCap: 30_000,
  jitter: 0.5,
  tries: 2,
  park: 30_000,
  retryAfterCap: 300_000,
  deadline: 10_000,
  remoteTimeToLive: 5000,
  announceAfter: 1000,
  announceGap: 10_000,
};

const failure = (code: string, more: object = {}) => ({ error: { code, message: 'scripted', ...more } });
const codes = ['network', 'rate-limited', 'unauthorized', 'forbidden', 'not-found', 'bad-request'] as const;
const here = { conversationId: 'c1' };

const settling = (id: string): Readonly<Record<string, (world: Running) => void>> =>
  Object.fromEntries([
    [`${id} accepted`, (world: Running) => world.settle(id, { output: {} })],
    ...codes.map((code) => [`${id} ${code}`, (world: Running) => world.settle(id, failure(code))] as const),
  ]);

const position = ({ flags }: Running): number => {
  flags.position = (flags.position as number) + 1;
  return flags.position as number;
};

const inFlight = (world: Running): string =>
  (
    world.actor.getSnapshot() as {
      context: { receipts: { ledgers: readonly { conversationId: string; inFlight: unknown }[] } };
    }
  ).context.receipts.ledgers.find((ledger) => ledger.inFlight !== null)?.conversationId ?? 'c1';

const plain = (...types: readonly string[]): Readonly<Record<string, (world: Running) => void>> =>
  Object.fromEntries(types.map((type) => [type, (world: Running) => world.send({ type })]));

const flag = (name: string, value: unknown) => (world: Running) => {
  world.flags[name] = value;
  world.send({ type: 'voice.changed' });
};

/** The conversation: everything it can be told, and what its actors can answer. */
const conversation = (capabilities: object = {}, canRefresh = true, waits: object = {}): Explored => ({
  machine: withHeldActors(conversationMachine),
  begin: (now) => {
    let keys = 0;
    let keyAt = 0;
    const noteKey = (): void => {
      keys += 1;
      keyAt = now();
    };
    const flags: Record<string, unknown> = { position: 0, othersCalledAt: null, noteKey };
    return {
      flags,
      input: {
        ports: {
          transport: null,
          readings: {
            now,
            keyCount: () => keys,
            keyAge: () => now() - keyAt,
            noteKey,
          },
          policies: {
            unread: (_: string, after: number) =>
              Math.max(0, (flags.position as number) - Math.max(0, after)),
          },
          voice: {
            othersCalledAt: () => flags.othersCalledAt,
            othersOweStop: () => flags.oweStop === true,
            othersCall: () => flags.othersCall === true,
            isTakenOver: () => flags.isTakenOver === true,
            othersType: () => flags.othersType === true,
            isElsewhere: () => flags.isElsewhere === true,
            letGo: () => {},
            stoppedAt: () => flags.stoppedAt ?? null,
            othersRead: () => flags.othersRead === true,
            mayCall: () => flags.mustAsk !== true,
            isAsking: () => flags.isAsking === true,
            ask: () => {
              flags.isAsking = true;
            },
            inheritance: (_: string, hasKey: boolean) =>
              flags.inherits === 'always' || (flags.inherits === 'by key' && hasKey)
                ? { calledAt: now(), litUntil: now() + 4000 }
                : null,
            takeOver: () => {
              flags.inherits = undefined;
            },
          },
        },
        capabilities: { ...everyCapability, ...capabilities },
        timing: { ...timing, ...waits },
        seed: 7,
        conversationId: 'c1',
        participantId: 'guest',
        canRefresh,
        shareTyping: true,
        shareReads: true,
      },
    };
  },
  stimuli: {
    ...plain(
      ...['keystroke', 'input.cleared', 'input.blurred', 'typing.stop', 'message.sent', 'flush.requested'],
      ...[
        'typing.forbidden',
        'conversation.closed',
        'page.hidden',
        'page.visible',
        'page.frozen',
        'page.resumed',
      ],
      ...['network.offline', 'network.online', 'token.renewed', 'voice.changed', 'conversation.stopping'],
    ),
    ...settling('sendTyping'),
    ...settling('sendRead'),
    ...settling('refreshToken'),
    'sendRead held back': (world) => world.settle('sendRead', failure('unexpected', { unsent: true })),
    'refreshToken fresh': (world) => world.settle('refreshToken', { output: { tokenGeneration: 100 } }),
    'refreshToken stale': (world) => world.settle('refreshToken', { output: { tokenGeneration: 0 } }),
    'flushReads broken': (world) => world.settle('flushReads', failure('network')),
    'flush accepted': (world) =>
      world.send({ type: 'flush.settled', conversationId: inFlight(world), accepted: {} }),
    ...Object.fromEntries(
      codes.map((code) => [
        `flush ${code}`,
        (world: Running) =>
          world.send({
            type: 'flush.settled',
            conversationId: inFlight(world),
            failure: failure(code).error,
          }),
      ]),
    ),
    'message.accepted': (world) => world.send({ type: 'message.accepted', ...here }),
    'message.received': (world) => world.send({ type: 'message.received', ...here, participantId: 'agent' }),
    'message.received other': (world) =>
      world.send({ type: 'message.received', ...here, participantId: 'other' }),
    'message.viewed': (world) =>
      world.send({ type: 'message.viewed', ...here, mark: { position: position(world), messageId: 'm' } }),
    'message.viewed elsewhere': (world) =>
      world.send({ type: 'message.viewed', conversationId: 'c2', mark: { position: position(world) } }),
    'message.viewed old': (world) => world.send({ type: 'message.viewed', ...here, mark: { position: 0 } }),
    'read.requested': (world) =>
      world.send({ type: 'read.requested', ...here, mark: { position: position(world) } }),
    'message.removed': (world) =>
      world.send({ type: 'message.removed', ...here, messageId: 'm', older: null }),
    'read.elsewhere': (world) =>
      world.send({ type: 'read.elsewhere', ...here, mark: { position: position(world) } }),
    'unread.requested': (world) => world.send({ type: 'unread.requested', ...here, position: 0 }),
    'ledger.loaded': (world) => world.send({ type: 'ledger.loaded', ledgers: [] }),
    'storage.failed': (world) => world.send({ type: 'storage.failed', reason: 'quota', degraded: true }),
    'messages.missed': (world) => world.send({ type: 'messages.missed', ...here }),
    'peer.read': (world) =>
      world.send({ type: 'peer.read', ...here, participantId: 'agent', mark: { position: position(world) } }),
    'agent types': (world) =>
      world.send({ type: 'remote.typing', ...here, participantId: 'agent', isTyping: true }),
    'agent types briefly': (world) =>
      world.send({
        type: 'remote.typing',
        ...here,
        participantId: 'agent',
        isTyping: true,
        durationMs: 1000,
      }),
    'other types': (world) =>
      world.send({ type: 'remote.typing', ...here, participantId: 'other', isTyping: true }),
    'agent stops': (world) =>
      world.send({ type: 'remote.typing', ...here, participantId: 'agent', isTyping: false }),
    'opens c1': (world) => world.send({ type: 'conversation.opened', conversationId: 'c1' }),
    'opens c2': (world) => world.send({ type: 'conversation.opened', conversationId: 'c2' }),
    'ends c1': (world) => world.send({ type: 'conversation.ended', conversationId: 'c1' }),
    'limit.announced': (world) => world.send({ type: 'limit.announced', retryAfterMs: 3000 }),
    'shares typing': (world) => world.send({ type: 'sharing.changed', lane: 'typing', isShared: true }),
    'keeps typing': (world) => world.send({ type: 'sharing.changed', lane: 'typing', isShared: false }),
    'shares reads': (world) => world.send({ type: 'sharing.changed', lane: 'read', isShared: true }),
    'keeps reads': (world) => world.send({ type: 'sharing.changed', lane: 'read', isShared: false }),
    'work writes': (world) => world.send({ type: 'work.writes', work: 1 }),
    'work ends': (world) => world.send({ type: 'work.ended', work: 1 }),
    'others owe a stop': flag('oweStop', true),
    'others owe none': flag('oweStop', false),
    'others type': flag('othersType', true),
    'others type no more': flag('othersType', false),
    'lit elsewhere': flag('isElsewhere', true),
    'lit nowhere else': flag('isElsewhere', false),
    'others read': flag('othersRead', true),
    'others have read': flag('othersRead', false),
    'must ask': (world) => {
      world.flags.mustAsk = true;
    },
    'has the word': (world) => {
      Object.assign(world.flags, { mustAsk: false, isAsking: false });
      world.send({ type: 'voice.changed' });
    },
    'has no word yet': flag('isAsking', false),
    'a key that is only noted': ({ flags }) => (flags.noteKey as () => void)(),
    'stopped elsewhere': (world) => flag('stoppedAt', world.now())(world),
    sleep: (world) => world.sleep(40_000),
    'others call': flag('othersCall', true),
    'others called': (world) => flag('othersCalledAt', world.now())(world),
    'others are done': flag('othersCall', false),
    'is taken over': flag('isTakenOver', true),
    'is not taken over': flag('isTakenOver', false),
    'may inherit': flag('inherits', 'always'),
    'may inherit by key': (world) => {
      world.flags.inherits = 'by key';
    },
    'may not inherit': flag('inherits', undefined),
    next: (world) => world.next(),
    moment: (world) => world.wait(200),
    second: (world) => world.wait(1000),
    while: (world) => world.wait(4000),
    long: (world) => world.wait(11_000),
    'very long': (world) => world.wait(65_000),
  },
  release: (world) => {
    Object.assign(world.flags, {
      othersCall: false,
      othersCalledAt: null,
      isTakenOver: false,
      inherits: undefined,
    });
    Object.assign(world.flags, {
      oweStop: false,
      othersType: false,
      isElsewhere: false,
      othersRead: false,
      stoppedAt: null,
    });
    Object.assign(world.flags, { mustAsk: false, isAsking: false });
    world.send({ type: 'voice.changed' });
    for (const type of ['network.online', 'page.visible', 'page.resumed', 'conversation.stopping'])
      world.send({ type });
    world.send({ type: 'work.ended', work: 1 });
    for (const lane of ['typing', 'read']) world.send({ type: 'sharing.changed', lane, isShared: true });
    world.send({ type: 'conversation.opened', conversationId: 'c3' });
    for (let turn = 0; turn < 8; turn += 1) {
      world.send({ type: 'token.renewed' });
      world.settle('refreshToken', { output: { tokenGeneration: 1000 + turn } });
      for (let call = 0; call < 4; call += 1) {
        world.settle('sendTyping', { output: { tokenGeneration: 1000 + turn } });
        world.settle('sendRead', { output: { tokenGeneration: 1000 + turn } });
        world.send({ type: 'flush.settled', conversationId: inFlight(world), accepted: {} });
      }
      world.wait(70_000);
    }
  },
  rest: { typing: 'idle', receipts: 'upToDate', roster: 'quiet', link: 'ready' },
});

/** In each back end that makes a difference to it. */
export const conversationExplored = (): Readonly<Record<string, Explored>> => ({
  whole: conversation(),
  'without a stop': conversation({ stopTyping: false }, true, { renewalWorth: 2000, tries: 1, park: 500 }),
  'whose indicator may fade': conversation({}, true, { stopWorth: 2000, renewalWorth: 500 }),
  'whose messages end nothing': conversation({ messageEndsTyping: false }, true, { stopWorth: 2000 }),
  'whose token cannot be refreshed': conversation({}, false),
  'that rests briefly': conversation({}, true, { tries: 1, park: 500 }),
});
