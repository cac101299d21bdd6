import type { SteppedClock } from 'genesys-conversation-machine/testing';
import type { createGuestServer } from './guestServer.ts';
import { conversationIds, openIn, type Player, type Verb } from './messages.ts';
import type { createWorks } from './works.ts';
import { pick } from './world.ts';

const waits = [0, 40, 100, 150, 200, 450, 500, 1000, 1500, 2000, 3000, 4000, 5000, 9000, 31_000];
const paces = [0, 30, 90, 140, 200, 450, 900];

/** The verbs of a script that are about whoever types, here and at the other side. */
export const typingVerbs = (
  clock: SteppedClock,
  works: ReturnType<typeof createWorks>,
): Readonly<Record<string, Verb>> => ({
  keys: async (how, { handle }) => {
    for (let key = 0; key <= how % 9; key += 1) {
      handle.keystroke();
      await clock.advance(pick(paces, Math.trunc(how / 9)));
    }
  },
  wait: (how) => clock.advance(pick(waits, how)),
  clear: (_, { handle }) => handle.clearInput(),
  blur: (_, { handle }) => handle.blurInput(),
  stopTyping: (_, { handle }) => handle.stopTyping(),
  submit: (_, { handle }) => handle.messageSent(),
  accepted: (_, player) => {
    if (openIn(player) !== null) player.handle.messageAccepted();
  },
  agentTypes: (how, { handle }) =>
    handle.receive({
      type: 'conversation:typing',
      conversationId: 'c1',
      participantId: pick(['agent', 'bot'], how),
      isTyping: how % 3 !== 0,
    }),
  works: (_, { handle }) => works.answer(handle),
  chunks: (how, { handle }) => works.write(handle, how),
  worksOtherwise: (how, { handle }) => works.writeOtherwise(handle, how),
  workEnds: () => works.endOne(),
  workFails: (how) => works.failOne(how),
  shareTyping: (how, { handle }) => handle.shareTyping(how % 3 !== 0),
});

/** What the verbs about the page are made with. */
export interface PageParts {
  readonly clock: SteppedClock;
  readonly server: ReturnType<typeof createGuestServer>;
  /** Makes a handle in place of one that left. */
  createPlayer(nth: number): Player;
  /** The guest's clock was set. */
  onShift(ms: number): void;
}

/** The verbs of a script that are about what is open, the page, the network, the token and time. */
export function pageVerbs({
  clock,
  server,
  createPlayer,
  onShift,
}: PageParts): Readonly<Record<string, Verb>> {
  const plain = [
    'hide',
    'show',
    'freeze',
    'resume',
    'flush',
    'offline',
    'online',
    'reauthorize',
    'close',
  ] as const;
  const shiftWall = (ms: number): void => {
    clock.shiftWall(ms);
    onShift(ms);
  };
  return {
    ...Object.fromEntries(plain.map((verb): [string, Verb] => [verb, (_, { handle }) => handle[verb]()])),
    open: (how, { handle }) => handle.open(pick(conversationIds, how)),
    reopen: (_, player) => {
      if (openIn(player) !== null) player.handle.reopen();
    },
    end: (_, player) => {
      if (openIn(player) !== null) player.handle.end();
    },
    /** The view goes: for a moment, or until it is over and another one comes. */
    leaves: async (how, player) => {
      const ms = pick([null, 0, 30, 500, 11_000], how);
      void player.handle.leave();
      if (ms !== null) await clock.advance(ms);
      try {
        player.handle.start();
      } catch {
        player.handle.stop();
        Object.assign(player, createPlayer(player.nth));
        player.handle.start();
      }
    },
    shareReads: (how, { handle }) => handle.shareReads(how % 3 !== 0),
    rotate: (how) => server.rotate(how),
    trouble: (how) => server.trouble(how),
    release: (how) => server.release(1 + (how % 3)),
    wall: (how) => shiftWall(pick([3_600_000, -3_600_000, 4000, -4000, 90], how)),
    sleep: (how) => {
      clock.jump({ wall: pick([4000, 40_000, 600_000], how) });
      if (how % 2 === 0) clock.sleep(pick([0, 4000, 40_000], how));
    },
    late: (how) => clock.jump({ timers: pick([50, 1000, 5000], how) }),
  };
}
