import { describe, expect, it } from 'vitest';
import { stories, story } from './paths/story.ts';

describe('where nothing is said, the chart', () => {
  it.each(
    stories(`
      waits for a server that asked for silence, and drops what is old by then (L-1, T-7)
        limit.announced > keystroke > while
        idle: 0 rate.limited both 3000 rate-limited, 0 held c1 rate-limited 3000, 3000 dropped c1 stale
      puts out what another handle left lit where nobody types (T-13)
        may inherit > sendTyping accepted
        cooldown.quiet: 0 takeOver c1, 0 OFF c1 1, 0 acknowledged c1 false, 0 stopped c1 true
      takes that over with a key, and makes no call but the stop (T-13)
        may inherit by key > keystroke > while
        stopping.calling: 0 takeOver c1, 3000 OFF c1 1
      takes that over with a work, and renews it (T-13, T-16)
        may inherit by key > work writes > while
        typing.announcing: 0 takeOver c1, 4000 ON c1 1
      puts out what could not be put out before, as soon as a token is had
        may inherit > sendTyping unauthorized > second > refreshToken fresh
        stopping.calling: 0 takeOver c1, 0 OFF c1 1, 0 failed c1 false unauthorized, 1000 token.refreshed 100, 1000 OFF c1 1
      asks the other tabs before such a stop (T-17)
        may inherit > sendTyping unauthorized > second > must ask > refreshToken fresh > has the word
        stopping.calling: 0 takeOver c1, 0 OFF c1 1, 0 failed c1 false unauthorized, 1000 ask, 1000 token.refreshed 100, 1000 OFF c1 1
      keeps typing to itself where the guest wants it so, and says so once (T-14)
        keeps typing > keeps typing > keystroke
        off: 0 sharing.changed typing false
      asks the other tabs before a key is told (T-17)
        must ask > keystroke > has the word
        typing.announcing: 0 ask, 0 ON c1 1
      asks them before a work is told (T-16, T-17)
        must ask > work writes > has the word
        typing.announcing: 0 ask, 0 ON c1 1
      asks them before a call is said again (T-17)
        work writes > must ask > sendTyping network > second > has the word
        typing.announcing: 0 ON c1 1, 0 failed c1 true network, 0 held c1 backoff 1000, 1000 ask, 1000 ON c1 2
      tells a key of its own time after the call of another handle (T-13)
        others called > keystroke > second
        typing.announcing: 0 held c1 spacing 1000, 1000 ON c1 1
      tells a work in its own time after that (T-13)
        others called > work writes > second
        typing.announcing: 0 held c1 spacing 1000, 1000 ON c1 1
      waits after that with what no network could tell (T-13)
        network.offline > keystroke > others called > network.online > second
        typing.announcing: 0 held c1 offline 0, 0 held c1 spacing 1000, 1000 ON c1 1
      says why a key is held, and tells it once it may
        network.offline > keystroke > network.online
        typing.announcing: 0 held c1 offline 0, 0 ON c1 1
      says why a work is held, and tells it once it may
        network.offline > work writes > network.online
        typing.announcing: 0 held c1 offline 0, 0 ON c1 1
      counts a key beside a work, which may end first (T-16)
        network.offline > work writes > keystroke > work ends > moment > network.online
        typing.announcing: 0 held c1 offline 0, 200 ON c1 1
      counts a work beside a key, which may get old (T-16)
        network.offline > keystroke > work writes > while > network.online
        typing.announcing: 0 held c1 offline 0, 4000 ON c1 1
      drops a key where nothing is open, and it stays dropped (T-16)
        conversation.closed > keystroke > opens c1 > second
        idle: 0 dropped none no-conversation
      keeps a work for the conversation that is opened first (T-16)
        conversation.closed > work writes > opens c1
        typing.announcing: 0 dropped none no-conversation, 0 ON c1 1
      drops a key where nothing is open, although another handle has just called
        others called > conversation.closed > keystroke
        idle: 0 dropped none no-conversation
      drops a key where the conversation is over (L-4)
        ends c1 > keystroke
        idle: 0 conversation.ended c1, 0 dropped c1 conversation-ended
      tells nothing with a token that is lost, and says so no more than once
        keystroke > sendTyping unauthorized > refreshToken stale > keystroke > second > keystroke
        idle: 0 ON c1 1, 0 failed c1 true unauthorized, 0 held c1 refreshing 1000, 0 link.unauthorized unauthorized
    `),
  )('%s', (_, path, end) => {
    expect(story(path)).toBe(end);
  });
});

describe('an episode that waits for the network', () => {
  it.each(
    stories(`
      ends where another conversation is opened
        network.offline > work writes > opens c2 > network.online
        idle: 0 held c1 offline 0
      goes on where the same one is opened again
        network.offline > work writes > opens c1 > network.online
        typing.announcing: 0 held c1 offline 0, 0 ON c1 1
      ends where its conversation is left
        network.offline > work writes > conversation.closed > opens c1 > network.online
        idle: 0 held c1 offline 0
      ends where its conversation does, and does not come back with it (L-4)
        network.offline > work writes > ends c1 > opens c1 > network.online
        idle: 0 held c1 offline 0, 0 conversation.ended c1
      goes on where another conversation ends (L-4)
        opens c2 > network.offline > work writes > ends c1 > network.online
        typing.announcing: 0 held c2 offline 0, 0 conversation.ended c1, 0 ON c2 1
      ends where it is kept, and does not come back when it is shared (T-14)
        network.offline > work writes > keeps typing > shares typing > network.online
        idle: 0 held c1 offline 0, 0 sharing.changed typing false, 0 sharing.changed typing true
      ends where the application says so (T-5)
        network.offline > work writes > typing.stop > network.online
        idle: 0 held c1 offline 0
      ends with the message (T-5)
        network.offline > work writes > message.sent > network.online
        idle: 0 held c1 offline 0
      ends where the page is hidden (T-5)
        network.offline > work writes > page.hidden > network.online
        idle: 0 held c1 offline 0
      ends where the page is put away (T-5)
        network.offline > work writes > page.frozen > network.online
        idle: 0 held c1 offline 0
      ends where a message was accepted that nobody submitted (T-11)
        network.offline > keystroke > message.accepted > network.online
        idle: 0 held c1 offline 0
      goes on with a key after that (T-11)
        network.offline > keystroke > message.accepted > keystroke > network.online
        typing.announcing: 0 held c1 offline 0, 0 held c1 offline 0, 0 ON c1 1
      ends a blink after the box was emptied (T-5)
        network.offline > keystroke > input.cleared > moment > network.online
        idle: 0 held c1 offline 0
      ends a blink after the box was left (T-5)
        network.offline > keystroke > input.blurred > moment > network.online
        idle: 0 held c1 offline 0
      goes on with a key within the blink (T-5)
        network.offline > keystroke > input.cleared > keystroke > moment > network.online
        typing.announcing: 0 held c1 offline 0, 200 ON c1 1
      ends a blink after its work (T-16)
        network.offline > work writes > work ends > moment > network.online
        idle: 0 held c1 offline 0
    `),
  )('%s', (_, path, end) => {
    expect(story(path)).toBe(end);
  });
});

describe('the chart alone, on nothing but a clock and keys,', () => {
  it.each(
    stories(`
      announces, and stops
        keystroke > sendTyping accepted > while > sendTyping accepted > second
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 3000 OFF c1 1, 4000 acknowledged c1 false, 4000 stopped c1 true
      renews
        work writes > sendTyping accepted > while > sendTyping accepted
        typing.lit.fresh: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 4000 ON c1 1, 4000 acknowledged c1 true, 4000 renewed c1
      tries again for as long as a burst lasts, then rests for long (R-3b)
        work writes > sendTyping network > second > sendTyping network > second
        parked.held: 0 ON c1 1, 0 failed c1 true network, 0 held c1 backoff 1000, 1000 ON c1 2, 1000 failed c1 true network, 1000 held c1 backoff 31859
      reads, and flushes
        message.viewed > second > sendRead accepted > message.viewed > flush.requested > flush accepted > message.viewed > second
        idle: 1000 read.acknowledged c1 at 1, 1000 read.acknowledged c1 at 2
      waits, and holds what comes meanwhile
        limit.announced > work writes > while
        typing.announcing: 0 rate.limited both 3000 rate-limited, 0 held c1 rate-limited 3000, 3000 ON c1 1
    `),
  )('%s', (_, path, end) => {
    expect(story(path, { isAlone: true })).toBe(end);
  });
});

it('takes no key for somebody who types that came before the chart did', () => {
  const readings = { keyCount: () => 3, keyAge: () => 0 };
  expect(story('second', { ports: () => ({ readings }) })).toBe('idle:');
  expect(story('', { ports: () => ({ readings: { ...readings, keyCount: () => 0 } }) })).toBe('idle:');
});

describe('what is not lit, or cannot be told of, is not taken over:', () => {
  it.each(
    stories(`
      in a conversation that is over (L-4)
        ends c1 > may inherit
        idle: 0 conversation.ended c1
      with no conversation open
        conversation.closed > may inherit
        idle:
      what is lit here, and this chart's own
        keystroke > sendTyping accepted > second > typing.stop > sendTyping network > may inherit > second
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1, 1000 failed c1 false network, 2000 OFF c1 2
      but what is somebody else's by now, in the same place
        keystroke > sendTyping accepted > second > typing.stop > sendTyping network > is taken over > may inherit
        cooldown.quiet: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1, 1000 failed c1 false network, 1000 takeOver c1, 1000 letGo c1, 1000 dropped c1 taken-over
      what is lit where the stop of this chart's own is owed elsewhere (T-5)
        keystroke > sendTyping accepted > second > opens c2 > sendTyping network > may inherit
        cooldown.quiet: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1, 1000 failed c1 false network
      but what is lit in the conversation that is open now, once that stop was made
        keystroke > sendTyping accepted > second > opens c2 > sendTyping network > may inherit > second > sendTyping accepted
        stopping.waiting: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1, 1000 failed c1 false network, 2000 OFF c1 2, 2000 takeOver c2, 2000 acknowledged c1 false, 2000 stopped c1 true
      or its own conversation is over (L-4)
        keystroke > sendTyping accepted > second > opens c2 > sendTyping network > ends c1 > may inherit
        stopping.waiting: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1, 1000 failed c1 false network, 1000 conversation.ended c1, 1000 takeOver c2
      but what is lit where this chart's own is out
        keystroke > sendTyping network > may inherit > second
        typing.lit.fresh: 0 ON c1 1, 0 failed c1 true network, 0 held c1 backoff 1000, 0 takeOver c1
    `),
  )('%s', (_, path, end) => {
    expect(story(path)).toBe(end);
  });

  it('but what is lit elsewhere, where what is lit cannot be stopped', () => {
    expect(
      story('keystroke > while > opens c2 > may inherit', {
        capabilities: { stopTyping: false },
      }),
    ).toBe('idle: 0 ON c1 1, 3000 failed c1 true timeout, 4000 takeOver c2, 4000 stopped c2 false');
  });

  it('what goes out in this moment', () => {
    const inheritance = (now: () => number, left: number) => ({
      voice: {
        inheritance: (_: string, hasKey: boolean) =>
          hasKey ? { calledAt: now() - 5000, litUntil: now() + left } : null,
      },
    });
    expect(story('keystroke', { ports: (now) => inheritance(now, 0) })).toBe('typing.announcing: 0 ON c1 1');
    expect(story('keystroke', { ports: (now) => inheritance(now, 1) })).toBe(
      'typing.lit.fresh: 0 takeOver c1',
    );
  });
});
