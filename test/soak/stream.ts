import fc from 'fast-check';
import { type Conversation, createConversation, eventStream, guestRest } from 'genesys-conversation-machine';
import { createRecorder } from 'genesys-conversation-machine/testing';
import { createGuestServer } from './guestServer.ts';
import { createSettlements, type Settling, settlings } from './settlements.ts';
import { conversationId, createStreamServer } from './streamServer.ts';
import { type Played, pick, type Step, stepsOf, type World } from './world.ts';

interface Script {
  readonly latency: number;
  readonly hasProvider: boolean;
  readonly random: number;
  readonly steps: readonly Step[];
  /** In which order answers come that were held. */
  readonly order: number;
  readonly settling: Settling;
  /** Whether each message says its place; default: no. */
  readonly hasPositions?: boolean;
}

const waits = [0, 10, 50, 150, 500, 1000, 3000, 5000, 11_000, 31_000, 36_000];

const steps = stepsOf(
  {
    ...{
      say: 7,
      own: 2,
      agentTypes: 3,
      peer: 2,
      elsewhere: 2,
      wait: 9,
      keys: 4,
      view: 4,
      submit: 1,
      send: 2,
    },
    ...{
      drop: 4,
      goSilent: 2,
      refuse: 2,
      twice: 2,
      odd: 2,
      failHistory: 3,
      rotate: 2,
      trouble: 2,
      release: 3,
    },
    ...{ hide: 1, show: 2, freeze: 1, resume: 2, offline: 1, online: 2, sleep: 1, wall: 1, again: 1 },
    ...{ sendHeard: 2, remove: 1, tellAgain: 1, read: 2, unread: 1 },
  },
  40,
);

/** A guest who listens to the event stream of the REST contract: each message is told once, in order, or caught up. */
export const streamWorld: World<Script> = {
  name: 'stream',
  scripts: fc.record({
    latency: fc.constantFrom(0, 20, 20, 250),
    hasProvider: fc.constantFrom(true, true, false),
    random: fc.constantFrom(0.5, 0, 0.999),
    steps,
    order: fc.nat(),
    settling: settlings(30, 500, 4000),
    hasPositions: fc.constantFrom(false, false, true),
  }),
  play,
};

async function play({
  latency,
  hasProvider,
  random,
  steps: script,
  order,
  settling,
  hasPositions = false,
}: Script): Promise<Played> {
  const settlements = createSettlements(settling);
  const { clock } = settlements;
  const recorder = createRecorder({ clock });
  const server = createGuestServer(settlements, order, latency);
  const stream = createStreamServer(settlements, latency, hasPositions, server.accepts);
  const transport = guestRest({
    orgUrl: 'https://api.example.org',
    participantId: 'guest',
    token: hasProvider ? server.provider : 'token-1',
    clock: recorder.clock,
    fetch: (input, init) =>
      String(input).includes(`/${conversationId}/messages?`)
        ? stream.history(String(input))
        : server.fetch(input, init),
    events: eventStream({ webSocket: stream.Socket, conversationId, random: () => random }),
  });
  const watched = recorder.watch(transport);
  const faults: string[] = [];
  const told: string[] = [];
  transport.on('conversation:message', ({ messageId }) => told.push(messageId));
  const open = (): Conversation =>
    recorder
      .watch(
        createConversation({
          ...{ transport: watched, clock: recorder.clock, conversationId, random: () => random },
          logger: ({ level, message }) => {
            if (level === 'error') faults.push(`it says: ${message}`);
          },
        }),
      )
      .start();
  let conversation = open();
  await clock.advance(5 * latency);

  const act = async ([verb, how]: Step): Promise<void> => {
    switch (verb) {
      case 'say':
        stream.say(pick(['agent', 'agent', 'bot'], how));
        break;
      case 'own':
        stream.say('guest');
        break;
      case 'agentTypes':
        stream.tell({
          ...{ type: 'conversation:typing', conversationId, participantId: pick(['agent', 'bot'], how) },
          isTyping: how % 3 !== 0,
          ...(how % 5 === 0 && { duration: pick([1000, -1, 1e12, 8000], Math.trunc(how / 5)) }),
        });
        break;
      case 'peer':
      case 'elsewhere': {
        const message = stream.record[how % Math.max(1, stream.record.length)];
        if (message) stream.read(verb === 'peer' ? 'agent' : 'guest', message.messageId);
        break;
      }
      case 'wait':
        await clock.advance(pick(waits, how));
        break;
      case 'keys':
        for (let key = 0; key <= how % 6; key += 1) {
          conversation.keystroke();
          await clock.advance(pick([0, 90, 400], how));
        }
        break;
      case 'view':
        conversation.seen(told.slice(-1 - (how % 3)));
        break;
      case 'submit':
        conversation.messageSent();
        break;
      case 'sendHeard':
        // The guest's own comes in too, with the id that its sender was told.
        conversation.sendMessage('text').then(
          ({ messageId }) => stream.say('guest', messageId),
          () => {},
        );
        break;
      case 'remove': {
        const messageId = pick(told, how);
        if (told.length > 0) conversation.messageRemoved(messageId);
        break;
      }
      case 'tellAgain': {
        const message = stream.record.find(({ messageId }) => messageId === pick(told, how));
        if (message) conversation.receive({ type: 'conversation:message', conversationId, ...message });
        break;
      }
      case 'read':
        conversation
          .markAsRead(how % 2 === 0 || told.length === 0 ? undefined : pick(told, how))
          .catch(() => {});
        break;
      case 'unread':
        conversation.markAsUnread();
        break;
      case 'send':
        conversation.sendMessage('text').catch(() => {});
        break;
      case 'drop': {
        const code = pick([1006, 1001, 1011, 1000, 4401, 1013, 4000], how);
        if (code === 4401) server.rotate(0);
        stream.drop(code);
        break;
      }
      case 'goSilent':
        stream.goSilent();
        break;
      case 'refuse':
        stream.fate.refused += 1 + (how % 3);
        break;
      case 'twice':
        stream.fate.twice += 1 + (how % 3);
        break;
      case 'failHistory':
        stream.fate.history += 1 + (how % 2);
        break;
      case 'odd':
        stream.tell(
          pick<object>(
            [
              { type: 'nothing' },
              { type: 'conversation:message', conversationId },
              { type: 'conversation:typing', conversationId, participantId: 'guest', isTyping: true },
              { type: 'conversation:read', conversationId: 'other', participantId: 'agent', messageId: 'x' },
              { type: 'authenticated', conversationId: 'other' },
              [],
            ],
            how,
          ),
        );
        break;
      case 'rotate':
        server.rotate(how);
        break;
      case 'trouble':
        server.trouble(how);
        break;
      case 'release':
        await server.release(1 + (how % 3));
        break;
      case 'hide':
      case 'show':
      case 'freeze':
      case 'resume':
      case 'offline':
      case 'online':
        conversation[verb]();
        break;
      case 'sleep':
        clock.jump({ wall: pick([4000, 40_000], how) });
        if (how % 2 === 0) clock.sleep(pick([4000, 40_000], how));
        break;
      case 'wall':
        clock.shiftWall(pick([3_600_000, -3_600_000], how));
        break;
      case 'again':
        conversation.stop();
        conversation = open();
        break;
      default:
        throw new Error(`No such verb: ${verb}`);
    }
  };

  for (const step of script) {
    await act(step);
    await clock.settle();
    const alive = stream.sockets.filter(({ readyState }) => readyState < 2).length;
    if (alive > 1) faults.push(`W-4: ${alive} sockets live at ${clock.now()} ms`);
  }
  Object.assign(stream.fate, { twice: 0, refused: 0, history: 0 });
  settlements.end();
  await server.end();
  conversation.resume();
  conversation.online();
  conversation.show();
  conversation.reauthorize();
  await clock.advance(200_000);
  const { value } = conversation.actor.getSnapshot();
  if (!['idle', 'disabled'].includes(String(value.typing)))
    faults.push(`T-7: typing does not come to rest: ${JSON.stringify(value.typing)}`);
  if (value.roster !== 'quiet') faults.push('somebody types for ever');
  // Without another token nothing is heard once the only one was rejected.
  const isDeaf = !hasProvider && !server.isFirstToken();
  const all = stream.record.map(({ messageId }) => messageId);
  const missing = all.filter((messageId) => !told.includes(messageId));
  // What cannot be had three times is given up until the next connection.
  if (!isDeaf && stream.failed.most < 3 && missing.length > 0)
    faults.push(`I-1: ${missing.join()} was never told`);
  if (new Set(told).size < told.length) faults.push(`I-1: told twice: ${told.join()}`);
  const places = told.map((messageId) => all.indexOf(messageId));
  const isDisordered = places.some((place, nth) => place < (places[nth - 1] ?? 0));
  if (isDisordered && stream.failed.most === 0 && !script.some(([verb]) => verb === 'again'))
    faults.push(`I-1: told out of order: ${told.join()}`);
  conversation.stop();
  await clock.advance(2000);
  const listeners = stream.sockets.reduce((sum, socket) => sum + socket.listeners, 0);
  return {
    traces: [recorder.trace()],
    faults,
    timers: clock.timers,
    listeners: listeners + server.listeners(),
  };
}
