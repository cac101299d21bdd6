import type { TraceFile } from 'genesys-conversation-machine/testing';
import { conversation, failure } from '../playing.ts';

/** Where the other side shows typing for a fixed time, and nothing takes it back. */
const withoutStop = { capabilities: { stopTyping: false, spacing: 5350, timeToLive: 5000 } };

/** Somebody types, and something comes between. */
export const interruptedScenarios = {
  'a page that goes and comes back, and a message before the stop': conversation(
    async ({ at, conversation: guest, transport }) => {
      transport.answer('typing', { afterMs: 200, answer: 'accept' });
      guest.keystroke();
      await at(100);
      guest.hide();
      guest.show();
      guest.keystroke();
      await at(400);
      guest.messageAccepted('own-1');
      await at(20_000);
    },
    { capabilities: { messageEndsTyping: false } },
  ),
  'a switch, and keys before the stop': conversation(async ({ type, at, conversation: guest }) => {
    guest.keystroke();
    await at(200);
    guest.open('c2');
    await type(500, 700);
    await at(20_000);
  }),
  'a switch, and an end before the stop': conversation(async ({ at, conversation: guest }) => {
    guest.keystroke();
    await at(200);
    guest.open('c2');
    await at(400);
    guest.end();
    await at(20_000);
  }),
  'a conversation that is over while its stop waits': conversation(
    async ({ type, at, conversation: guest, transport }) => {
      guest.keystroke();
      await at(200);
      guest.open('c2');
      await at(400);
      transport.tell({ type: 'conversation.ended', conversationId: 'c1' });
      await type(500, 3000);
      await at(20_000);
    },
  ),
  'a box that is emptied, and left just after': conversation(async ({ type, at, conversation: guest }) => {
    await type(0, 1400);
    guest.clearInput();
    await at(1500);
    guest.blurInput();
    await at(20_000);
  }),
  'a box that is emptied, and typed in again': conversation(async ({ type, at, conversation: guest }) => {
    await type(0, 2000);
    guest.clearInput();
    await type(2100, 9000);
    await at(20_000);
  }),
  'an announcement that never left, where nothing takes it back': conversation(
    async ({ type, at, transport }) => {
      transport.answer('typing', failure('network', { unsent: true }));
      await type(0, 8000);
      await at(20_000);
    },
    withoutStop,
  ),
  'a key that waits, where nothing takes it back': conversation(async ({ at, conversation: guest }) => {
    guest.keystroke();
    await at(3000);
    guest.keystroke();
    await at(20_000);
  }, withoutStop),
  'a wall clock that is set back while somebody types, and an agent': conversation(
    async ({ type, at, clock, conversation: guest }) => {
      const agent = { conversationId: 'c1', participantId: 'agent', isTyping: true };
      guest.receive({ type: 'conversation:typing', ...agent });
      await type(0, 2900, 100);
      await at(4500);
      clock.shiftWall(-3_600_000);
      await at(20_000);
    },
  ),
  'a message of the guest’s that is told late': conversation(
    async ({ type, at, transport }) => {
      await type(0, 2000);
      const told = { type: 'message.received', conversationId: 'c1', messageId: 'own-0' } as const;
      transport.tell({ ...told, participantId: 'guest', isOwn: true, isCaughtUp: true });
      await type(2100, 6000);
      await at(20_000);
    },
    { participantId: 'guest' },
  ),
  'a work that begins before there is a conversation': conversation(
    async ({ at, clock, conversation: guest }) => {
      guest.close();
      await at(100);
      const work = new Promise<void>((resolve) => clock.setTimeout(resolve, 8000));
      guest.typeWhile(work).catch(() => {});
      await at(500);
      guest.open('c1');
      await at(20_000);
    },
  ),
  'a switch while a bot writes': conversation(async ({ at, clock, conversation: guest }) => {
    async function* chunks(): AsyncGenerator<number> {
      for (let chunk = 0; chunk < 5; chunk += 1) {
        await new Promise<void>((resolve) => clock.setTimeout(resolve, 1500));
        yield chunk;
      }
    }
    void (async () => {
      for await (const _ of guest.typeWhile(chunks()));
    })();
    await at(2000);
    guest.open('c2');
    await at(20_000);
  }),
} satisfies Readonly<Record<string, () => Promise<TraceFile>>>;
