import { describe, expect, it } from 'vitest';
import { createReloaded, wordsOf } from '../support/pages.ts';

const numbered = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, number) => `text ${number + 1}`);

/** A reloaded page whose history is `count` messages, the nth of which is `message-n`; it says which pages a call asked for. */
async function createLong(count: number) {
  const reloaded = await createReloaded();
  const { messenger, ask } = reloaded;
  const token = messenger.tokens().at(-1) ?? '';
  const say = (entity: object): void => {
    messenger.history.push({ token, ...entity });
  };
  for (const [index, text] of numbered(count).entries())
    say({ type: 'Text', text, direction: 'Outbound', id: `message-${index + 1}` });
  const walk = async (options: Parameters<typeof ask>[0]) => {
    const before = messenger.asked.length;
    const part = await ask(options).catch((error: Error) => error);
    return { part, pages: messenger.asked.slice(before) };
  };
  return { ...reloaded, say, walk };
}

describe('a walk through the history', () => {
  it.each([10, 25, 30, 50, 100])(
    'says that nothing older is kept where all %i were asked for',
    async (count) => {
      const { ask, close } = await createLong(count);
      const part = await ask({ limit: count });
      expect(wordsOf(part.entries)).toEqual(numbered(count));
      expect(part.before).toBe(null);
      close();
    },
  );

  it('has what moved on between two pages of one call once', async () => {
    const { clock, messenger, session, close } = await createLong(40);
    const asked = session.history({ limit: 30 });
    await clock.advance(50);
    messenger.say('meanwhile');
    await clock.advance(500);
    expect(wordsOf((await asked).entries)).toEqual(numbered(40).slice(10));
    close();
  });

  it('takes a message by either of its ids, and steps over what has none or says nothing', async () => {
    const { ask, say, close } = await createLong(2);
    const presence = (type: string) => ({
      type: 'Event',
      direction: 'Inbound',
      events: [{ eventType: 'Presence', presence: { type } }],
    });
    say(presence('Join'));
    say(presence('SignIn'));
    say({ type: 'Receipt', id: 'receipt', direction: 'Outbound' });
    say({
      ...presence('Join'),
      direction: 'Outbound',
      events: [{ eventType: 'Typing', typing: { type: 'On' } }],
    });
    say({ type: 'Text', text: 'last', direction: 'Outbound', id: 'own', channel: { messageId: 'last' } });
    const all = ['text 1', 'text 2', 'session.joined', 'session.signedIn', 'last'];
    expect(wordsOf((await ask()).entries)).toEqual(all);
    for (const before of ['own', 'last'])
      expect(wordsOf((await ask({ before })).entries)).toEqual(all.slice(0, -1));
    const newest = await ask({ limit: 1 });
    expect(newest).toMatchObject({ before: 'last' });
    // The oldest of these has no id: what comes after it is asked for by the nearest that has one.
    const part = await ask({ limit: 4 });
    expect(part).toMatchObject({ before: 'receipt' });
    expect(wordsOf((await ask({ before: 'receipt' })).entries)).toEqual(all.slice(0, -1));
    close();
  });

  it('goes on to what has an id: nobody could ask for what is older by anything else', async () => {
    const { ask, say, close } = await createLong(2);
    const events = [{ eventType: 'Presence', presence: { type: 'Join' } }];
    for (let count = 0; count < 2; count += 1) say({ type: 'Event', direction: 'Inbound', events });
    const newest = await ask({ limit: 1 });
    expect(wordsOf(newest.entries)).toEqual(['text 2', 'session.joined', 'session.joined']);
    expect(newest.before).toBe('message-2');
    expect(wordsOf((await ask({ limit: 1, before: 'message-2' })).entries)).toEqual(['text 1']);
    close();
  });

  it('looks through ten pages for where to begin, and says what to do where that is not there', async () => {
    const { walk, close } = await createLong(300);
    const { part, pages } = await walk({ before: 'nobody knows' });
    expect(pages).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(part).toMatchObject({
      code: 'unknown-message',
      message:
        'There is no such entry in the history, or not near enough; pass the "before" of the last part.',
    });
    close();
  });

  it('ends its search with the history, and has what it found within ten pages', async () => {
    const short = await createLong(30);
    expect((await short.walk({ before: 'nobody knows' })).pages).toEqual([1, 2]);
    short.close();
    const { ask, walk, close } = await createLong(270);
    const part = await ask({ before: 'message-31', limit: 100 });
    expect(wordsOf(part.entries)).toEqual(numbered(270).slice(20, 30));
    expect(part.before).toBe('message-21');
    const { part: rest, pages } = await walk({ before: 'message-21', limit: 100 });
    expect(rest).toMatchObject({ before: null, entries: { length: 20 } });
    expect(pages).toEqual([10, 11]);
    close();
  });

  it('begins anew where an entry is nearer than it was', async () => {
    const { messenger, ask, walk, close } = await createLong(60);
    expect((await ask({ limit: 40 })).before).toBe('message-21');
    messenger.history.splice(30, 30);
    expect((await walk({ before: 'message-21' })).pages).toEqual([2]);
    const { part, pages } = await walk({ before: 'message-21' });
    expect(pages).toEqual([1, 2]);
    expect(part).toMatchObject({ before: null, entries: { length: 20 } });
    close();
  });

  it('knows where two thousand entries are that were passed last', async () => {
    const { ask, walk, close } = await createLong(2300);
    const at = (place: number) => `message-${2300 - place}`;
    let before: string | undefined;
    for (let call = 1; call <= 21; call += 1) {
      const part = await ask({ limit: call < 21 ? 100 : 55, ...(before !== undefined && { before }) });
      before = part.before ?? undefined;
    }
    expect(before).toBe(at(2054));
    expect((await walk({ before: at(55), limit: 1 })).pages).toEqual([3]);
    expect((await walk({ before: at(49), limit: 1 })).pages).toEqual([1, 2, 3]);
    await ask({ before: at(2054), limit: 100 });
    expect((await walk({ before: at(55), limit: 1 })).pages).toEqual([3]);
    close();
  });
});
