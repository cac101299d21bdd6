import { createConversation, eventStream, guestRest } from 'genesys-conversation-machine';
import {
  checkInvariants,
  createRecorder,
  createSteppedClock,
  genesysFrames,
  type TraceFile,
  type Violation,
} from 'genesys-conversation-machine/testing';
import type { createRecordedSession } from '../../support/recorded.ts';
import { createSockets } from '../../support/socketScript.ts';
import { session } from '../playing.ts';

/** Plays on until something left so often in all. */
async function untilLeft(
  { clock, genesys }: Pick<ReturnType<typeof createRecordedSession>, 'clock' | 'genesys'>,
  action: string,
  times: number,
): Promise<void> {
  const left = () => genesys.frames.filter((each) => each.action === action).length;
  for (let nth = 0; nth < 100 && left() < times; nth += 1) await clock.advance(100);
}

/** What is said while nobody listens, and how history tells it. */
export const missedScenarios = {
  'a message of long ago, and an end that is near': session(async ({ clock, genesys }) => {
    const expirationDate = Date.parse('2026-01-01T00:06:40Z') / 1000;
    genesys.session({ durationSeconds: 900, expirationDate });
    genesys.say('hello');
    await clock.advance(1000);
    genesys.refuse(2);
    genesys.drop();
    genesys.say('while away');
    await clock.advance(200_000);
  }),
  'a message that history had before what was missed was told': session(
    async ({ clock, genesys, session: messaging }) => {
      genesys.say('hello');
      await clock.advance(1000);
      messaging.sendMessage('hello').catch(() => {});
      // Accepted, and its echo lost with the link.
      await clock.advance(11);
      genesys.failHistory(1);
      genesys.drop();
      await clock.advance(60_000);
    },
  ),
  'more that was missed than is looked through': session(async ({ clock, genesys }) => {
    genesys.say('hello');
    await clock.advance(1000);
    genesys.refuse(1);
    genesys.drop();
    for (let nth = 0; nth < 230; nth += 1) genesys.say('while away');
    await clock.advance(60_000);
  }),
  'a message before the answer, and a history that does not come': session(async (world) => {
    const { clock, genesys } = world;
    genesys.say('hello');
    await clock.advance(1000);
    genesys.answer('configureSession', 'ignore');
    genesys.answer('getJwt', 'ignore', 'ignore', 'ignore');
    genesys.drop();
    await untilLeft(world, 'configureSession', 2);
    genesys.say('early');
    await clock.advance(100);
    genesys.receive(genesysFrames.session({ newSession: false }));
    await clock.advance(100_000);
  }),
  'a silence of the messenger while history is owed': session(async (world) => {
    const { clock, genesys } = world;
    genesys.say('hello');
    await clock.advance(1000);
    genesys.failHistory(1);
    genesys.drop();
    genesys.say('while away');
    await untilLeft(world, 'getJwt', 1);
    await clock.advance(200);
    genesys.limit(30);
    await clock.advance(60_000);
  }),
  'a stream whose history cannot be had': async (): Promise<readonly Violation[]> => {
    const clock = createSteppedClock();
    const recorder = createRecorder({ clock });
    const { sockets, Socket } = createSockets();
    const transport = recorder.watch(
      guestRest({
        ...{ orgUrl: 'http://127.0.0.1:9', participantId: 'guest', token: 'token', clock: recorder.clock },
        fetch: async () => Response.json({}, { status: 503 }),
        events: eventStream({ webSocket: Socket, conversationId: 'c1', random: () => 0.5 }),
      }),
    );
    const guest = recorder
      .watch(createConversation({ transport, conversationId: 'c1', clock: recorder.clock }))
      .start();
    for (let nth = 0; nth < 2; nth += 1) {
      await clock.advance(10_000);
      sockets.at(-1)?.open();
      sockets.at(-1)?.receive({ type: 'authenticated', conversationId: 'c1', participantId: 'guest' });
      await clock.advance(60_000);
      if (nth === 0) sockets.at(-1)?.end(1006);
    }
    guest.stop();
    const trace = recorder.trace();
    const isTold = trace.moments.some(
      (moment) => moment.kind === 'told' && moment.event.type === 'messages.missed',
    );
    const message = 'what was said while nobody listened is missing, and nobody was told';
    const gap = { clause: 'I-1', at: trace.until, moment: trace.moments.length - 1, message };
    return [...checkInvariants(trace), ...(isTold ? [] : [gap])];
  },
} satisfies Readonly<Record<string, () => Promise<TraceFile | readonly Violation[]>>>;
