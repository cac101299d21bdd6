import { ConversationError, type GuestRest, guestRest } from 'genesys-conversation-machine';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { attempt, readCall } from '../support/guestCalls.ts';
import { listen, page } from '../support/streamScript.ts';

describe('who listens to a stream', () => {
  it('is told apart by what they listen to, and has to be a function', async () => {
    const { transport, stop } = await listen();
    expect(() => transport.subscribe(7 as never)).toThrow('listener must be a function; got 7.');
    expect(() => transport.on('stream.opened', undefined as never)).toThrow(
      'listener must be a function; got undefined.',
    );
    expect(() => transport.on('' as never, () => {})).toThrow(
      'type must be the name of an event; got an empty string.',
    );
    stop();
  });

  it.each(['subscribe', 'stream.opened'] as const)(
    'harms nobody by throwing, and is named on the console, once: %s',
    async (name) => {
      const { transport, admit, told, stop } = await listen();
      const broken = () => {
        throw new Error('mine');
      };
      const complained = vi.spyOn(console, 'error').mockImplementation(() => {});
      onTestFinished(() => complained.mockRestore());
      const leave = name === 'subscribe' ? transport.subscribe(broken) : transport.on(name, broken);
      await admit();
      transport.notePage?.({ type: 'network.offline' });
      transport.notePage?.({ type: 'network.online' });
      expect(complained.mock.calls).toEqual([
        [`A callback for "${name}" threw; that is ignored, and said once.`, new Error('mine')],
      ]);
      expect(told.map(({ type }) => type)).toContain('stream.opened');
      leave();
      stop();
    },
  );

  it('may leave twice: the stream is there for the others', async () => {
    const { transport, last, admit, stop } = await listen();
    await admit();
    const leave = transport.subscribe(() => {});
    leave();
    leave();
    leave();
    expect(last().closes).toEqual([]);
    stop();
    expect(last().closes).toEqual([1000]);
  });

  it('may leave and come while something is told', async () => {
    const { transport, last, clock, admit, stop } = await listen();
    await admit();
    const heard: string[] = [];
    const leaves: (() => void)[] = [];
    const on = (name: string, then: () => void) =>
      leaves.push(
        transport.on('conversation:message', () => {
          heard.push(name);
          then();
        }),
      );
    on('first', () => {
      if (heard.length === 1) on('late', () => {});
    });
    on('second', () => {});
    const receive = (messageId: string) =>
      last().receive({ type: 'conversation:message', conversationId: 'c1', ...page(messageId).messages[0] });
    receive('m1');
    await clock.settle();
    expect(heard).toEqual(['first', 'second']);
    for (const leave of leaves) leave();
    receive('m2');
    expect(heard).toEqual(['first', 'second']);
    stop();
  });

  it('hears how the network stands, and nothing else of the page', async () => {
    const { transport, evidence, admit, stop } = await listen();
    await admit();
    for (const type of ['page.hidden', 'page.visible', 'page.frozen', 'page.resumed'] as const) {
      transport.notePage?.({ type });
    }
    expect(evidence).toEqual([]);
    transport.notePage?.({ type: 'network.offline' });
    transport.notePage?.({ type: 'network.online' });
    expect(evidence).toEqual([{ type: 'network.offline' }, { type: 'network.online' }]);
    stop();
  });

  it('hears nothing without a stream, and may leave all the same', () => {
    const transport = guestRest({ orgUrl: 'https://api.example.org', participantId: 'me', token: 'abc' });
    const leave = transport.subscribe(() => {});
    expect(leave()).toBeUndefined();
    expect(transport).not.toHaveProperty('notePage');
  });
});

describe('a stream for which no token works (A-1)', () => {
  const calling = (transport: GuestRest) => transport.sendRead(readCall({ conversationId: 'c1' }), attempt());
  const refreshing = (transport: GuestRest) => transport.refreshToken?.(1, attempt()) ?? Promise.reject();

  it.each([
    ['a call that is accepted', calling, 200, 2],
    ['a fresh token', refreshing, 200, 2],
    ['no call that fails', calling, 503, 1],
  ])('is had again after %s', async (_what, act, status, streams) => {
    let asked = 0;
    const { clock, sockets, told, transport, script, last, lose, stop } = await listen(0.5, {
      token: () => {
        asked += 1;
        if (asked === 2) throw new ConversationError({ code: 'unauthorized', message: 'x' });
        return `token-${asked}`;
      },
    });
    last().open();
    await lose(4401);
    await clock.advance(0);
    expect(told.at(-1)).toEqual({ type: 'stream.unauthorized' });
    script.history = () => Response.json({}, { status });
    await act(transport).catch(() => {});
    await clock.settle();
    expect(sockets).toHaveLength(streams);
    stop();
  });
});

it('is had at the org, over the socket that goes with its scheme', async () => {
  for (const [orgUrl, url] of [
    ['https://http.example.org/http', 'wss://http.example.org/http'],
    ['http://127.0.0.1:1', 'ws://127.0.0.1:1'],
  ] as const) {
    const { sockets, stop } = await listen(0.5, { orgUrl });
    expect(sockets.map((socket) => socket.url)).toEqual([`${url}/api/v2/conversations/messaging/events`]);
    stop();
  }
});
