import { expect, test } from 'vitest';
import { useBindingPage } from '../support/bindingPage.ts';
import { launchBrowser } from '../support/browser.ts';

const openPage = useBindingPage(launchBrowser);

/** What a framework does to a view of which the guest sees one: each must make the calls of `stays`. */
const ways = [
  'stays',
  'StrictMode, one handle',
  'StrictMode, a handle each',
  'hot reload',
  'route change',
  'route change, the next view first',
] as const;

/** Plays every way at once in a page, each with a transport of its own, and types over it. */
const play = async (given: {
  readonly ways: readonly string[];
  readonly transport: 'rest' | 'socket';
  readonly guests: readonly { conversationId: string; guestId: string; guestToken: string }[];
  readonly orgUrl: string;
  readonly deploymentId: string;
}): Promise<Record<string, string[]>> => {
  const { createConversation, guestRest, webMessaging } = window.sdk;
  const { orgUrl, deploymentId } = given;
  const pause = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms));
  const playOne = async (way: string, index: number): Promise<[string, string[]]> => {
    const guest = given.guests[index];
    if (!guest) throw new Error('There is a guest for each.');
    const calls: string[] = [];
    const made =
      given.transport === 'rest'
        ? guestRest({ orgUrl, participantId: guest.guestId, token: guest.guestToken })
        : webMessaging({ endpoint: orgUrl, deploymentId });
    // What leaves is written down where it leaves.
    const transport = Object.create(made, {
      sendTyping: {
        value: (call: { isTyping: boolean }, options: never) => {
          calls.push(call.isTyping ? 'ON' : 'OFF');
          return made.sendTyping(call as never, options);
        },
      },
    }) as typeof made;
    if ('connect' in made) await made.connect();
    const create = () =>
      createConversation({
        transport,
        timing: { idle: 900 },
        ...(given.transport === 'rest' && { conversationId: guest.conversationId }),
      });
    let view = create();
    view.start();
    if (way === 'StrictMode, one handle') {
      void view.leave();
      view.start();
    }
    if (way === 'StrictMode, a handle each') {
      void view.leave();
      view = create().start();
    }
    for (let key = 0; key < 16; key += 1) {
      view.keystroke();
      await pause(100);
      if (key === 4 || key === 11) {
        if (way === 'hot reload') {
          view.stop();
          view = create().start();
        }
        if (way === 'route change') {
          void view.leave();
          view = create().start();
        }
        if (way === 'route change, the next view first') {
          const next = create().start();
          void view.leave();
          view = next;
        }
      }
    }
    await pause(1800);
    view.stop();
    if ('connect' in made) made.stop();
    return [way, calls];
  };
  return Object.fromEntries(await Promise.all(given.ways.map(playOne)));
};

test('a view that is mounted twice, reloaded or followed by another makes the calls of one, over both transports (T-13)', async () => {
  const { page, sandbox } = await openPage({ body: '' });
  const { url: orgUrl, deploymentId } = sandbox;
  const over = (transport: 'rest' | 'socket') => {
    const guests = ways.map(() => sandbox.startConversation());
    return page.evaluate(play, { ways, transport, guests, orgUrl, deploymentId });
  };
  const [rest, socket] = await Promise.all([over('rest'), over('socket')]);
  expect(rest).toEqual(Object.fromEntries(ways.map((way) => [way, ['ON', 'OFF']])));
  expect(socket).toEqual(Object.fromEntries(ways.map((way) => [way, ['ON']])));
  expect(sandbox.calls({ lane: 'typing' })).toHaveLength(3 * ways.length); // Nothing else arrived.
});
