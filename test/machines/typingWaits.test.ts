import { describe, expect, it } from 'vitest';
import { stories, story } from './paths/story.ts';

describe.each([
  ['a spacing', 'sendTyping network', 'cooldown', '0 failed c1 true network, 0 held c1 backoff 1000'],
  [
    'a long rest',
    'sendTyping bad-request',
    'parked',
    '0 failed c1 true bad-request, 0 held c1 backoff 30352',
  ],
  [
    'a rate limit',
    'sendTyping rate-limited',
    'rateLimited',
    '0 failed c1 true rate-limited, 0 rate.limited typing 1000 rate-limited, 0 held c1 rate-limited 1000',
  ],
])('somebody who waits for the end of %s', (_, failed, state, told) => {
  const limit = { rateLimited: 'rate-limited', parked: 'backoff', cooldown: 'backoff' }[state];
  const msLeft = state === 'parked' ? 30_352 : 1000;

  it.each([
    ['is dropped where the application ends the episode (T-7)', 'typing.stop', '0 dropped c1 stale', 'quiet'],
    ['is dropped with the message (T-6)', 'message.sent', '0 dropped c1 stale', 'quiet'],
    ['is dropped where the page is hidden (T-5)', 'page.hidden', '0 dropped c1 stale', 'quiet'],
    ['is dropped where the page is put away (T-5)', 'page.frozen', '0 dropped c1 stale', 'quiet'],
    [
      'is dropped a blink after the box was emptied (T-5)',
      'input.cleared > moment',
      '150 dropped c1 stale',
      'quiet',
    ],
    [
      'is dropped a blink after the box was left (T-5)',
      'input.blurred > moment',
      '150 dropped c1 stale',
      'quiet',
    ],
    ['waits on with a key within the blink (T-5)', 'input.cleared > keystroke > moment', '', 'held'],
    [
      'is held anew with the next key',
      'typing.stop > keystroke',
      `0 dropped c1 stale, 0 held c1 ${limit} ${msLeft}`,
      'held',
    ],
    [
      'is held anew by the next work',
      'typing.stop > work writes > voice.changed',
      `0 dropped c1 stale, 0 held c1 ${limit} ${msLeft}`,
      'held',
    ],
    [
      'keeps the next key where typing is kept (T-14)',
      'keeps typing > keystroke',
      '0 sharing.changed typing false, 0 dropped c1 stale',
      'quiet',
    ],
    [
      'is told of the next key that nothing is open',
      'conversation.closed > keystroke',
      '0 dropped none stale, 0 dropped none no-conversation',
      'quiet',
    ],
    [
      'is told of the next key that the conversation is over (L-4)',
      'ends c1 > keystroke',
      '0 conversation.ended c1, 0 dropped c1 stale, 0 dropped c1 conversation-ended',
      'quiet',
    ],
  ])('%s', (_promise, path, then, typing) => {
    const all = ['0 ON c1 1', told, then].filter((text) => text !== '').join(', ');
    expect(story(`keystroke > ${failed} > ${path}`)).toBe(`${state}.${typing}: ${all}`);
  });

  it('is dropped a blink after the end of a work (T-16)', () => {
    const end = `${state}.quiet: 0 ON c1 1, ${told}, 150 dropped c1 stale`;
    expect(story(`work writes > ${failed} > work ends > moment`)).toBe(end);
  });
});

describe('a wait', () => {
  it.each(
    stories(`
      of a spacing gives way to a rate limit (L-1)
        work writes > sendTyping network > limit.announced > while
        typing.announcing: 0 ON c1 1, 0 failed c1 true network, 0 held c1 backoff 1000, 0 rate.limited both 3000 rate-limited, 0 held c1 rate-limited 3000, 3000 ON c1 2
      of a long rest gives way to a rate limit, and is kept (L-1)
        work writes > sendTyping bad-request > limit.announced > while
        rateLimited.held: 0 ON c1 1, 0 failed c1 true bad-request, 0 held c1 backoff 30352, 0 rate.limited both 3000 rate-limited, 0 held c1 rate-limited 30352
      of a long rest is kept by who waits for nothing
        keystroke > sendTyping bad-request > typing.stop > limit.announced > very long
        idle: 0 ON c1 1, 0 failed c1 true bad-request, 0 held c1 backoff 30352, 0 dropped c1 stale, 0 rate.limited both 3000 rate-limited
      of a rate limit is as long as the last one said (L-1)
        limit.announced > work writes > second > limit.announced > while
        typing.announcing: 0 rate.limited both 3000 rate-limited, 0 held c1 rate-limited 3000, 1000 rate.limited both 3000 rate-limited, 4000 ON c1 1
      ends with what another handle left lit (T-13)
        keystroke > sendTyping unauthorized > may inherit > while
        idle: 0 ON c1 1, 0 failed c1 true unauthorized, 0 held c1 refreshing 1000, 0 takeOver c1, 4000 stopped c1 false
      of a long rest ends with that too (T-13)
        work writes > sendTyping bad-request > may inherit > while
        typing.lit.due: 0 ON c1 1, 0 failed c1 true bad-request, 0 held c1 backoff 30352, 0 takeOver c1
      of a rate limit takes it over, and puts it out later (T-13)
        limit.announced > may inherit > while
        stopping.calling: 0 rate.limited both 3000 rate-limited, 0 takeOver c1, 3000 OFF c1 1
      of who waits for nothing ends with that too (T-13)
        keystroke > sendTyping accepted > message.sent > may inherit > second
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 0 stopped c1 false, 0 takeOver c1, 1000 OFF c1 1
      puts out first what was typed in another conversation (T-8)
        keystroke > page.frozen > page.resumed > opens c2 > keystroke > second > sendTyping accepted > second
        typing.announcing: 0 ON c1 1, 0 held c2 spacing 1000, 1000 OFF c1 1, 1000 acknowledged c1 false, 1000 stopped c1 true, 1000 held c2 spacing 1000, 2000 ON c2 1
      is no other for the end of a work that wrote nothing here (T-16)
        keystroke > sendTyping accepted > message.sent > work ends > moment
        cooldown.quiet: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 0 stopped c1 false
      ends with nothing to say where nobody types
        keystroke > sendTyping accepted > message.sent > second
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 0 stopped c1 false
      is not waited for again after a sleep (T-10)
        keystroke > sendTyping accepted > message.sent > sleep > keystroke
        typing.announcing: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 0 stopped c1 false, 40000 ON c1 1
      that is over waits for the stop of another handle (T-8)
        work writes > sendTyping network > others owe a stop > second > others owe none
        typing.announcing: 0 ON c1 1, 0 failed c1 true network, 0 held c1 backoff 1000, 1000 ON c1 2
      that outlasts what was typed drops it (T-7)
        limit.announced > keystroke > while
        idle: 0 rate.limited both 3000 rate-limited, 0 held c1 rate-limited 3000, 3000 dropped c1 stale
    `),
  )('%s', (_, path, end) => {
    expect(story(path)).toBe(end);
  });

  it.each(
    stories(`
      drops what is then not worth a call (T-4)
        keystroke > sendTyping network > second
        idle: 0 ON c1 1, 0 failed c1 true network, 0 held c1 backoff 1000, 1000 dropped c1 stale
      drops it after a rate limit
        keystroke > sendTyping rate-limited > second
        idle: 0 ON c1 1, 0 failed c1 true rate-limited, 0 rate.limited typing 1000 rate-limited, 0 held c1 rate-limited 1000, 1000 dropped c1 stale
      drops it after a long rest
        keystroke > second > second > sendTyping bad-request > second
        idle: 0 ON c1 1, 2000 failed c1 true bad-request, 2000 held c1 backoff 506, 2506 dropped c1 stale
      tells of a work all the same (T-16)
        work writes > sendTyping network > second
        typing.announcing: 0 ON c1 1, 0 failed c1 true network, 0 held c1 backoff 1000, 1000 ON c1 2
    `),
  )('over a back end without a stop %s', (_, path, end) => {
    const timing = { renewalWorth: 2000, park: 500, tries: 2 };
    expect(story(path, { capabilities: { stopTyping: false }, timing })).toBe(end);
  });
});

it('what a message reopens is waited for no longer, where the server wants silence meanwhile (T-11)', () => {
  const path =
    'keystroke > sendTyping accepted > message.sent > keystroke > limit.announced > message.accepted > while';
  const end = story(path, {
    capabilities: { messageReopensWindow: true },
    timing: { idle: 5000, spacing: 5350 },
  });
  expect(end).toBe(
    'typing.announcing: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 0 stopped c1 false, 0 held c1 spacing 5350, 0 rate.limited both 3000 rate-limited, 0 held c1 rate-limited 5350, 3000 ON c1 1',
  );
});

describe('a lane that is switched off', () => {
  it.each(
    stories(`
      notes a key, and starts afresh in the next conversation
        typing.forbidden > keystroke > opens c2 > second > keystroke
        typing.announcing: 0 dropped c1 disabled, 1000 ON c2 1
      keeps the spacing there (T-2)
        keystroke > typing.forbidden > opens c2 > keystroke > second
        typing.announcing: 0 ON c1 1, 0 dropped c1 disabled, 0 held c2 spacing 1000, 1000 ON c2 1
      begins nothing anew in the same conversation either
        typing.forbidden > work writes > opens c1 > second
        idle: 0 dropped c1 disabled
      goes on with a work where the application brings another token
        typing.forbidden > work writes > token.renewed
        typing.announcing: 0 dropped c1 disabled, 0 ON c1 1
      goes on where a refresh brings one
        work writes > sendTyping unauthorized > typing.forbidden > refreshToken fresh > work writes > second
        typing.announcing: 0 ON c1 1, 0 failed c1 true unauthorized, 0 held c1 refreshing 1000, 0 dropped c1 disabled, 0 token.refreshed 100, 0 held c1 spacing 1000, 1000 ON c1 1
      forgets its failures with the next conversation (T-3)
        work writes > sendTyping network > typing.forbidden > opens c2 > work writes > second
        typing.announcing: 0 ON c1 1, 0 failed c1 true network, 0 held c1 backoff 1000, 0 dropped c1 disabled, 0 held c2 spacing 1000, 1000 ON c2 1
      forgets them with another token (T-3)
        work writes > sendTyping network > typing.forbidden > token.renewed > work writes > second
        typing.announcing: 0 ON c1 1, 0 failed c1 true network, 0 held c1 backoff 1000, 0 dropped c1 disabled, 0 held c1 spacing 1000, 1000 ON c1 1
      forgets them with a fresh token (T-3)
        work writes > sendTyping network > second > sendTyping unauthorized > typing.forbidden > refreshToken fresh > work writes > second
        typing.announcing: 0 ON c1 1, 0 failed c1 true network, 0 held c1 backoff 1000, 1000 ON c1 2, 1000 failed c1 true unauthorized, 1000 held c1 refreshing 1000, 1000 dropped c1 disabled, 1000 token.refreshed 100, 1000 held c1 spacing 1000, 2000 ON c1 1
      forgets what it waited for with them
        work writes > sendTyping bad-request > typing.forbidden > opens c2 > work writes > second
        typing.announcing: 0 ON c1 1, 0 failed c1 true bad-request, 0 held c1 backoff 30352, 0 dropped c1 disabled, 0 held c2 spacing 1000, 1000 ON c2 1
    `),
  )('%s', (_, path, end) => {
    expect(story(path)).toBe(end);
  });
});

describe('typing that is kept (T-14)', () => {
  it.each(
    stories(`
      puts out what another handle left lit (T-13)
        keeps typing > may inherit > sendTyping accepted
        cooldown.quiet: 0 sharing.changed typing false, 0 takeOver c1, 0 OFF c1 1, 0 acknowledged c1 false, 0 stopped c1 true
      puts out in time what could not be put out before
        keeps typing > may inherit > sendTyping unauthorized > second > refreshToken fresh
        stopping.calling: 0 sharing.changed typing false, 0 takeOver c1, 0 OFF c1 1, 0 failed c1 false unauthorized, 1000 token.refreshed 100, 1000 OFF c1 1
      asks the other tabs before a late stop (T-17)
        keystroke > page.frozen > page.resumed > must ask > keeps typing > second > has the word
        stopping.calling: 0 ON c1 1, 0 sharing.changed typing false, 1000 ask, 1000 OFF c1 1
      begins with the first key after it is shared again
        keeps typing > keystroke > shares typing > moment > keystroke
        typing.announcing: 0 sharing.changed typing false, 0 sharing.changed typing true, 200 ON c1 1
      begins with no work of before
        keeps typing > work writes > second > shares typing > second
        idle: 0 sharing.changed typing false, 1000 sharing.changed typing true
    `),
  )('%s', (_, path, end) => {
    expect(story(path)).toBe(end);
  });
});

describe('on a clock that moves in steps, a wait is one longer (I-2):', () => {
  it.each(
    stories(`
      the spacing
        keystroke > sendTyping accepted > message.sent > keystroke > second > moment
        typing.announcing: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 0 stopped c1 false, 0 held c1 spacing 1064, 1064 ON c1 1
      a silence that the server asked for
        limit.announced > work writes > while
        typing.announcing: 0 rate.limited both 3064 rate-limited, 0 held c1 rate-limited 3064, 3064 ON c1 1
      a rate limit
        work writes > sendTyping rate-limited > second > moment
        typing.announcing: 0 ON c1 1, 0 failed c1 true rate-limited, 0 rate.limited typing 1064 rate-limited, 0 held c1 rate-limited 1064, 1064 ON c1 2
      the spacing after a lane was switched off
        work writes > typing.forbidden > token.renewed > work writes > second > moment
        typing.announcing: 0 ON c1 1, 0 dropped c1 disabled, 0 held c1 spacing 1064, 1064 ON c1 1
    `),
  )('%s', (_, path, end) => {
    expect(story(path, { ports: () => ({ readings: { step: () => 64 } }) })).toBe(end);
  });
});
