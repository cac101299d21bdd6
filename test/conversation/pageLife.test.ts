import { createConversation, type PageEvent } from 'genesys-conversation-machine';
import { createScriptedTransport, createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';
import { createMemoryStorage } from '../support/memoryStorage.ts';

describe('a page that goes', () => {
  it.each(['hide', 'freeze'] as const)(
    'by %s ends the episode and sends its marks at once (T-5, R-5b)',
    async (goes) => {
      const storage = createMemoryStorage();
      const { conversation, transport, told, type } = createHarness({ storage });
      await type(0, 200);
      told('m1', 'm2');
      conversation.viewed('m2');
      conversation[goes]();
      expect(transport.log).toEqual(['0.0 ON', '0.2 READ m2', '0.2 OFF']);
      expect(transport.calls.slice(1)).toMatchObject([{ keepalive: true }, { keepalive: true }]);
      expect(storage.writes.join()).toContain('m2');
    },
  );

  it('while the announcement is under way, and comes back, hurries no stop of a later episode (T-2)', async () => {
    const { conversation, transport, at } = createHarness();
    transport.always('typing', { afterMs: 100, answer: 'accept' });
    conversation.keystroke();
    conversation.hide();
    conversation.show();
    conversation.keystroke();
    await at(200);
    conversation.clearInput();
    await at(5000);
    expect(transport.log).toEqual(['0.0 ON', '1.0 OFF']);
  });

  it('in several ways at once sends its marks once', async () => {
    const { conversation, transport, told, at } = createHarness();
    told('m1');
    conversation.viewed('m1');
    conversation.hide();
    conversation.flush();
    conversation.freeze();
    conversation.resume();
    conversation.hide();
    await at(10_000);
    expect(transport.log.filter((call) => call.endsWith('READ m1')).length).toBeLessThanOrEqual(2);
    conversation.hide();
    conversation.flush();
    expect(transport.log.length).toBeLessThanOrEqual(2);
  });
});

describe('a page that comes back', () => {
  it('gives up a typing call that was under way, and announces at once if somebody types', async () => {
    const { conversation, transport, clock, at } = createHarness();
    transport.answer('typing', 'hang');
    conversation.keystroke();
    await at(100);
    conversation.freeze();
    clock.sleep(5300);
    conversation.resume();
    conversation.keystroke();
    await clock.settle();
    expect(transport.calls[0]?.signal.aborted).toBe(true);
    expect(transport.log).toEqual(['0.0 ON', '5.4 ON']);
  });

  it('gives up a read call that was under way, and makes it again', async () => {
    const { conversation, transport, clock, told, at } = createHarness();
    transport.answer('read', 'hang', 'hang');
    told('m1');
    conversation.viewed('m1');
    await at(300);
    conversation.freeze();
    clock.sleep(5000);
    conversation.resume();
    await clock.advance(1000);
    expect(transport.calls.map(({ signal }) => signal.aborted)).toEqual([true, true, false]);
    expect(conversation.actor.getSnapshot().context.receipts.ledgers[0]?.acknowledged?.messageId).toBe('m1');
  });

  it('gives up a token request that was under way, and makes it again', async () => {
    const { conversation, transport, clock, at, is } = createHarness();
    transport.answer('typing', { code: 'unauthorized', message: 'x', status: 401 });
    transport.answer('token', 'hang');
    conversation.keystroke();
    await at(100);
    conversation.freeze();
    clock.sleep(5000);
    conversation.resume();
    await clock.settle();
    expect(transport.log).toEqual(['0.0 ON', '0.0 REFRESH', '5.1 REFRESH']);
    expect(is({ link: 'ready' })).toBe(true);
  });

  it('and was never put away keeps its calls', async () => {
    const { conversation, transport, at } = createHarness();
    transport.answer('typing', { afterMs: 500, answer: 'accept' });
    conversation.keystroke();
    await at(100);
    conversation.resume();
    await at(600);
    expect(transport.calls.map(({ signal }) => signal.aborted)).toEqual([false]);
    expect(transport.log).toEqual(['0.0 ON']);
  });
});

describe('a transport that lives and dies with the page', () => {
  const create = (more: object = {}) => {
    const clock = createSteppedClock();
    const scripted = createScriptedTransport({ clock });
    const heard: string[] = [];
    const transport = {
      ...scripted,
      notePage: (event: PageEvent) => heard.push(`${event.type} after ${scripted.calls.length} calls`),
      ...more,
    };
    const conversation = createConversation({
      transport,
      clock,
      conversationId: 'c1',
      logger: () => {},
    }).start();
    return { clock, conversation, heard };
  };

  it('hears what becomes of it, after the last words of the conversation', async () => {
    const { clock, conversation, heard } = create();
    conversation.keystroke();
    await clock.settle();
    conversation.freeze();
    conversation.resume();
    conversation.hide();
    conversation.show();
    expect(heard).toEqual([
      'page.frozen after 2 calls',
      'page.resumed after 2 calls',
      'page.hidden after 2 calls',
      'page.visible after 2 calls',
    ]);
    conversation.stop();
    conversation.hide();
    expect(heard).toHaveLength(4);
  });

  it('says itself how the network stands where it can, else the page does', () => {
    const tells = create();
    tells.conversation.offline();
    expect(tells.conversation.actor.getSnapshot().value.link).toBe('ready');
    expect(tells.heard).toEqual(['network.offline after 0 calls']);
    const hears = create({ subscribe: undefined });
    hears.conversation.offline();
    expect(hears.conversation.actor.getSnapshot().value.link).toBe('offline');
  });

  it('may throw, and is refused where it cannot be right', () => {
    const { conversation } = create({
      notePage: () => {
        throw new Error('broken');
      },
    });
    expect(() => conversation.hide()).not.toThrow();
    expect(() => create({ notePage: 'yes' })).toThrow(/transport.notePage must be a function, or absent/);
  });
});
