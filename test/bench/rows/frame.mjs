// What a frame of the socket costs that brings a text, from the socket to the conversation.
import { createConversation, webMessaging } from 'genesys-conversation-machine';
import { createScriptedGenesys, createSteppedClock } from 'genesys-conversation-machine/testing';
import { createActor } from 'xstate';
import { X2, X3 } from '../floors.mjs';

/** A text of an agent's, as Genesys says it, but for its ids. */
const template = JSON.stringify({
  type: 'message',
  class: 'StructuredMessage',
  code: 200,
  body: {
    id: 'INDEX',
    channel: {
      id: 'c1',
      platform: 'Open',
      type: 'Private',
      to: { id: 'guest' },
      from: { nickname: 'Alex', firstName: 'Alex', lastName: 'Smith', image: 'https://example.com/alex.png' },
      time: '2026-01-01T00:00:00.000Z',
      messageId: 'message-INDEX',
    },
    type: 'Text',
    text: 'Thank you for your message. I have looked into it, and will come back to you in a minute.',
    originatingEntity: 'Human',
    direction: 'Outbound',
    metadata: { correlationId: 'INDEX' },
  },
});

const framesFrom = (first, count) =>
  Array.from({ length: count }, (_, index) => template.replaceAll('INDEX', String(first + index)));

/** A session that is up, with a conversation over it or without. */
async function session(hasConversation) {
  const clock = createSteppedClock();
  const genesys = createScriptedGenesys({ clock });
  const made = webMessaging({
    ...{ deploymentId: '4b8f4a36-7d5c-4a5e-9a33-0b8c1f3a6d27', region: 'eu-west-1', config: 'skip', clock },
    ...{ webSocket: genesys.webSocket, fetch: genesys.fetch, random: () => 0.5 },
  });
  made.connect().catch(() => {});
  await clock.advance(100);
  const conversation = hasConversation ? createConversation({ transport: made, clock }).start() : null;
  await clock.advance(100);
  return {
    receive: (frame) => genesys.sockets.at(-1).receive(frame),
    /** What comes in too fast is a flood, and ends the connection: time goes on between two rounds. */
    rest: () => clock.jump({ now: 10_001, wall: 10_001 }),
    unread: () => conversation?.unread ?? 0,
    isUp: () => made.state === 'configured',
    end: () => {
      conversation?.stop();
      made.stop();
    },
  };
}

const perRound = 400;

async function measure({ rounds, median, spread, random }, hasConversation) {
  const { receive, rest, isUp, unread, end } = await session(hasConversation);
  const counted = rounds(120);
  const warmup = Math.min(12, counted);
  const next = random(1);
  const taken = { ours: [], parse: [], X2: [], X3: [] };
  const floors = { X2: createActor(X2).start(), X3: createActor(X3).start() };
  let first = 0;
  let parsed = 0;
  const cpuOf = (frames, work) => {
    const from = process.cpuUsage();
    for (const frame of frames) work(frame);
    const { user, system } = process.cpuUsage(from);
    return ((user + system) * 1000) / frames.length;
  };
  for (let round = -warmup; round < counted; round += 1) {
    const frames = framesFrom(first, perRound);
    first += perRound;
    // What is parsed is too short a job for the clock of a process: so many times, and none optimised away.
    const many = Array.from({ length: 10 }, () => framesFrom(first, perRound)).flat();
    globalThis.gc?.({ type: 'minor' });
    const parse = () =>
      cpuOf(many, (frame) => {
        parsed += JSON.parse(frame).code;
      });
    const ours = () => cpuOf(frames, receive);
    const order = next() < 0.5;
    const one = order ? ours() : parse();
    const other = order ? parse() : ours();
    if (round >= 0) {
      taken.ours.push(order ? one : other);
      taken.parse.push(order ? other : one);
      for (const [name, actor] of Object.entries(floors)) {
        taken[name].push(cpuOf(frames, () => actor.send({ type: 'key' })));
      }
    }
    rest();
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (!isUp() || parsed === 0) throw new Error('the session did not take all of it');
  if (hasConversation && unread() !== first) throw new Error(`${first} came in, ${unread()} are unread`);
  end();
  for (const actor of Object.values(floors)) actor.stop();
  const beside = (name) => taken[name].map((ns, round) => ns / taken.parse[round]);
  const ratios = beside('ours');
  return {
    figure: median(ratios),
    spread: spread(ratios),
    others: {
      'one event for X2': median(beside('X2')),
      'one event for X3': median(beside('X3')),
      // With a conversation a frame is one event for the session's chart, and one for the conversation's.
      'parsed, and an event for each chart': 1 + (hasConversation ? 2 : 1) * median(beside('X2')),
    },
    ours: median(taken.ours),
    baseline: median(taken.parse),
    rounds: counted,
  };
}

const row = { unit: '×', baseline: 'JSON.parse of it', absolute: 'ns' };

/** A text frame, from the socket on. */
export const rows = [
  {
    ...row,
    name: 'frame.conversation',
    title: 'socket text frame with a conversation',
    must: 15,
    aim: 10,
    processes: 3,
    measure: (context) => measure(context, true),
  },
  {
    ...row,
    name: 'frame.session',
    title: 'socket text frame without a conversation',
    processes: 3,
    measure: (context) => measure(context, false),
  },
];
