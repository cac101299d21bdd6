import type { Scene, Story } from './story.ts';

/** For how long the server of the story wants to hear nothing, s. */
const silence = 4;

const tooMany = {
  type: 'response',
  class: 'TooManyRequestsErrorMessage',
  code: 429,
  body: { retryAfter: silence, errorCode: 4029, errorMessage: 'Message rate too high for this session' },
};

/** Lets the server ask for silence: REST answers the next call so, the socket says it unasked. */
async function limit({ mode, sandbox, conversationId, tell, until }: Scene): Promise<void> {
  if (mode !== 'guest-rest') {
    await sandbox.toSession(conversationId, 'push', { frame: tooMany });
    tell({ type: 'limited', until: Date.now() + silence * 1000 });
    return;
  }
  const headers = { 'Retry-After': String(silence) };
  await sandbox.addFault({ lane: 'typing', status: 429, headers, match: { conversationId } });
  tell({ type: 'limited', until: Number.POSITIVE_INFINITY });
  void until((fact) => fact.type === 'call' && fact.row.status === 429).then(
    () => tell({ type: 'limited', until: Date.now() + silence * 1000 }),
    () => {},
  );
}

/** What there is to play, in the order of the buttons. */
export const stories: readonly Story[] = [
  {
    id: 'long-answer',
    name: 'Long answer',
    watch:
      'One call with the first key, another only when the light would go out, one stop after three silent seconds. A debounce by hand goes dark in the middle of the answer.',
    play: async ({ guest, agent, wait }) => {
      await agent.say('What happened to your parcel?', 60);
      await wait(700);
      await guest.type(
        'It was to come on Monday, then on Wednesday, and since then the page says “on its way”.',
      );
      await wait(5000);
      await guest.say(' That was a week ago.');
      await wait(1500);
    },
  },
  {
    id: 'bursts',
    name: 'Sends in bursts',
    watch:
      'Each message puts the light out by itself, so no stop is sent; the next key lights it again, never two calls within the spacing.',
    play: async ({ guest, agent, wait }) => {
      for (const text of ['Hello', 'I have a question', 'about my parcel', 'It is late']) {
        await guest.say(text, 100);
        await wait(500);
      }
      await wait(600);
      await agent.say('Let me look.', 80);
      await wait(1500);
    },
  },
  {
    id: '429',
    name: 'Server says 429',
    modes: ['guest-rest', 'web-messaging'],
    watch: `The server refuses the first call and asks for ${silence} s of silence. Nothing leaves until they are over; then what is still true is told at once.`,
    play: async (scene) => {
      const { guest, agent, wait } = scene;
      await limit(scene);
      await guest.say('I ordered two lamps last week, and only one of them has arrived so far.');
      await wait(600);
      await agent.say('I am sorry. Let me look.', 70);
      await wait(1500);
    },
  },
  {
    id: 'offline',
    name: 'Goes offline',
    watch:
      'No call leaves without a network, and none piles up. The moment it is back, one call says what is true now.',
    play: async ({ guest, wait, connect }) => {
      await guest.type('I am on a train, and we are');
      connect(false);
      await guest.type(' in a tunnel just now, so this may');
      connect(true);
      await guest.say(' have come a little late');
      await wait(1500);
    },
  },
  {
    id: 'two-tabs',
    name: 'Two tabs',
    modes: ['guest-rest'],
    watch:
      'The guest begins in one tab and goes on in another (yellow keys). They speak with one voice: no doubled calls, and the first tab does not put out the light of the second.',
    play: async ({ guest, wait, secondTab }) => {
      const second = await secondTab();
      await guest.type('My order number is');
      await second.type('let me look it up in this tab: it is 4815-1623, from the third of May');
      await guest.say(' 4815-1623');
      await wait(1500);
    },
  },
  {
    id: 'half-open',
    name: 'Half-open socket',
    modes: ['web-messaging'],
    watch:
      'The connection looks open, and nobody is there. When the browser says that the network is back, a question settles it in seconds, and the message arrives once, over a new connection.',
    play: async ({ guest, agent, wait, sandbox, conversationId, tell, until, connect }) => {
      await guest.say('Hello', 100);
      await wait(1000);
      await sandbox.toSession(conversationId, 'half-open');
      tell({ type: 'severed' });
      const arrived = until((fact) => fact.type === 'arrived');
      await guest.say('Is anybody there?');
      await wait(1000);
      connect(true);
      await arrived;
      await agent.say('Yes, I am.', 80);
      await guest.type('Good. The line was gone', 150);
      await wait(1500);
    },
  },
];
