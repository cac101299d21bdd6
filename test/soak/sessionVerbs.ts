import type { Conversation, WebMessaging } from 'genesys-conversation-machine';
import {
  genesysFrames as frames,
  type GenesysAction,
  type GenesysAnswer,
  type SteppedClock,
} from 'genesys-conversation-machine/testing';
import type { createWire } from './wire.ts';
import { pick } from './world.ts';

/** A guest of a script: their session, their conversation, and the messages that they were told of. */
interface SessionPlayer {
  readonly session: WebMessaging;
  readonly conversation: Conversation;
  readonly known: readonly string[];
}
/** What a verb of a script does with its number. */
export type SessionVerb = (how: number, player: SessionPlayer) => unknown;
/** How the back end takes the next reports of what was read. */
export type Report = 'accept' | 'fail' | 'hang';

const waits = [0, 10, 30, 100, 500, 1000, 2000, 3000, 5000, 5400, 11_000, 16_000, 31_000, 46_000, 120_000];
const paces = [0, 90, 200, 900];
/** What a socket is closed with. */
export const closeCodes = [1000, 1001, 1002, 1006, 1006, 1008, 1009, 1011, 1012, 1013, 4000, 4100, 4200];
const errorCodes = [400, 401, 403, 404, 409, 500, 4006, 4007, 4011, 4013, 4017, 5000];
const actions: readonly GenesysAction[] = [
  'configureSession',
  'message',
  'typing',
  'echo',
  'getJwt',
  'message',
];

/** Frames that nobody asked for, and that are wrong, or come at the wrong time. */
const oddFrames: readonly unknown[] = [
  'no JSON',
  '{"class":',
  {},
  frames.notice('Unknown'),
  frames.session(),
  frames.session({ newSession: false, durationSeconds: 900 }),
  frames.session({ readOnly: true }),
  frames.session({ connected: false }),
  frames.structured({ type: 'Text', text: 'hi', direction: 'Outbound', id: 'odd-1' }),
  frames.structured({ type: 'Text', text: 'hi', direction: 'Inbound', id: 'odd-2' }),
  frames.structured(
    { type: 'Text', text: 'ping', direction: 'Inbound', id: 'h' },
    'SGVhbHRoQ2hlY2tNZXNzYWdlSWQ=',
  ),
  frames.structured({ type: 'Structured', direction: 'Outbound', id: 'odd-3', content: [] }),
  frames.error(403, 'Try to authenticate again'),
  frames.notice('ConnectionClosedEvent', { reason: 'signedIn' }),
  frames.notice('ConnectionClosedEvent'),
  frames.jwt('j.w.t', 2_000_000_000),
];

/** The verbs of a script that are about the guest and their page. */
export function sessionGuest(
  clock: SteppedClock,
  works: (() => void)[],
  reports: Report[],
): Readonly<Record<string, SessionVerb>> {
  let texts = 0;
  const plain = ['clear', 'stopTyping', 'hide', 'show', 'freeze', 'resume', 'offline', 'online'] as const;
  const isOpen = ({ conversation }: SessionPlayer): boolean =>
    conversation.actor.getSnapshot().context.conversationId !== null;
  return {
    ...Object.fromEntries(
      plain.map((verb): [string, SessionVerb] => [
        verb,
        (_, { conversation }) => conversation[verb === 'clear' ? 'clearInput' : verb](),
      ]),
    ),
    connect: (_, { session }) => void session.connect().catch(() => {}),
    startNew: (_, { session }) => void session.startNew().catch(() => {}),
    close: (_, { session }) => session.close(),
    keys: async (how, { conversation }) => {
      for (let key = 0; key <= how % 9; key += 1) {
        conversation.keystroke();
        await clock.advance(pick(paces, Math.trunc(how / 9)));
      }
    },
    wait: (how) => clock.advance(pick(waits, how)),
    send: (how, player) => {
      const { session, conversation } = player;
      texts += 1;
      if (how % 2 === 0) {
        conversation.messageSent();
        session.sendMessage(`text ${texts}`).catch(() => {});
      } else if (isOpen(player)) conversation.sendMessage(`text ${texts}`).catch(() => {});
    },
    view: (how, player) => {
      if (isOpen(player)) player.conversation.seen(player.known.slice(-1 - (how % 3)));
    },
    read: (how, { conversation }) => {
      conversation.markAsRead().catch(() => {});
      if (how % 3 === 0) reports.push(pick<Report>(['fail', 'hang', 'fail'], Math.trunc(how / 3)));
    },
    open: (_, { session: { conversationId }, conversation }) => {
      if (conversationId !== null) conversation.open(conversationId);
    },
    works: (_, { conversation }) =>
      void conversation.typeWhile(new Promise<void>((resolve) => works.push(resolve))).catch(() => {}),
    workEnds: () => works.shift()?.(),
    history: (how, { session }) => void session.history({ limit: 1 + (how % 30) }).catch(() => {}),
    wall: (how) => clock.shiftWall(pick([3_600_000, -3_600_000, 4000, -4000], how)),
    sleep: (how) => {
      clock.jump({ wall: pick([40_000, 600_000, 4000], how) });
      if (how % 2 === 0) clock.sleep(pick([40_000, 0, 4000], how));
    },
  };
}

/** The verbs of a script that are about the messenger, and what becomes of its frames on their way. */
export function sessionServer(
  { genesys, fate }: ReturnType<typeof createWire>,
  said: string[],
): Readonly<Record<string, SessionVerb>> {
  return {
    say: (how) => {
      const isKnown = genesys.frames.some(({ action }) => action === 'configureSession');
      const messageId = genesys.say(`word ${how}`);
      if (isKnown) said.push(messageId);
    },
    types: (how) => genesys.types(how % 3 === 0 ? undefined : pick([1000, 5000, 60_000], how)),
    stopsTyping: () => genesys.stopsTyping(),
    disconnect: (how) => genesys.disconnect(how % 3 === 0),
    limit: (how) => genesys.limit(pick([1, 3, 30, 0, 1000], how)),
    expire: () => genesys.expire(),
    wipe: () => genesys.clear(),
    logout: () => genesys.logout(),
    lasts: (how) =>
      genesys.session(pick([{ durationSeconds: 900 }, { durationSeconds: 60 }, { readOnly: true }, {}], how)),
    drop: (how) => genesys.drop(pick(closeCodes, how)),
    goSilent: () => genesys.goSilent(),
    refuse: (how) => genesys.refuse(1 + (how % 4), pick([undefined, 503, 429, 401], how)),
    failHistory: (how) => genesys.failHistory(1 + (how % 3), pick([503, 429, 401, 404], how)),
    odd: (how) => genesys.receive(pick(oddFrames, how)),
    error: (how) => genesys.receive(frames.error(pick(errorCodes, how))),
    answer: (how) => {
      const answers: readonly GenesysAnswer[] = [
        'ignore',
        { close: pick(closeCodes, how) },
        { frame: frames.limited(1 + (how % 5)) },
        { frame: frames.error(pick(errorCodes, how)) },
      ];
      genesys.answer(pick(actions, how), pick(answers, Math.trunc(how / 6)));
    },
    twice: (how) => {
      fate.twice += 1 + (how % 3);
    },
    swap: (how) => {
      fate.swap += 1 + (how % 3);
    },
  };
}
