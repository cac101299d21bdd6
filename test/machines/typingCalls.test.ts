import { describe, expect, it } from 'vitest';
import { stories, story } from './paths/story.ts';

describe('what comes while an announcement is under way counts after it:', () => {
  it.each(
    stories(`
      a key
        keystroke > second > keystroke > sendTyping accepted > while
        stopping.calling: 0 ON c1 1, 1000 acknowledged c1 true, 1000 announced c1, 4000 OFF c1 1
      a work (T-16)
        keystroke > work writes > sendTyping accepted > while
        typing.announcing: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 4000 ON c1 1
      the end of a work (T-16)
        work writes > work ends > sendTyping accepted > second
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1
      that the box is emptied (T-5)
        keystroke > input.cleared > sendTyping accepted > second
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1
      that the box is left (T-5)
        keystroke > input.blurred > sendTyping accepted > second
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1
      that the application ends the episode (T-5)
        keystroke > typing.stop > sendTyping accepted > second
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1
      a message that is sent: it may have arrived before (T-11)
        keystroke > message.sent > sendTyping accepted > second
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1
      that the page is hidden, and its stop outlives it (T-2)
        keystroke > page.hidden > sendTyping accepted
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 0 OFF c1 1 keepalive
      that the page is put away (T-2)
        keystroke > page.frozen > sendTyping accepted
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 0 OFF c1 1 keepalive
      that somebody types on, on a page that came back (T-2)
        keystroke > page.hidden > keystroke > sendTyping accepted > typing.stop > second
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1
      that the conversation is left
        keystroke > conversation.closed > sendTyping accepted > second
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1
      that the conversation ends: nobody looks at it, so nobody is told (L-4)
        keystroke > ends c1 > sendTyping accepted > second
        idle: 0 ON c1 1, 0 conversation.ended c1, 0 acknowledged c1 true, 0 announced c1, 0 stopped c1 false
      that another conversation is opened, and typed in (T-8)
        keystroke > opens c2 > keystroke > sendTyping accepted > second > sendTyping accepted > second
        typing.announcing: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1, 1000 acknowledged c1 false, 1000 stopped c1 true, 1000 held c2 spacing 1000, 2000 ON c2 1
      that the same conversation is opened again
        keystroke > opens c1 > sendTyping accepted > second
        typing.lit.fresh: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1
      that typing is kept (T-14)
        keystroke > keeps typing > sendTyping accepted > second
        stopping.calling: 0 ON c1 1, 0 sharing.changed typing false, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1
      a message that is accepted: nobody knows which came first, so it is said again (T-11)
        message.sent > keystroke > message.accepted > sendTyping accepted > second
        typing.announcing: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 0 held c1 spacing 1000, 1000 ON c1 1
      a message that nobody submitted: the episode was its own (T-11)
        keystroke > message.accepted > sendTyping accepted > second
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1
      a key after that (T-11)
        keystroke > message.accepted > keystroke > sendTyping accepted > second
        typing.lit.fresh: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1
    `),
  )('%s', (_, path, end) => {
    expect(story(path)).toBe(end);
  });
});

describe('a call that is accepted proves that a conversation goes on which a reply called over (A-0):', () => {
  it.each(
    stories(`
      an announcement that is still true
        keystroke > message.viewed > flush.requested > flush not-found > sendTyping accepted
        typing.lit.fresh: 0 ON c1 1, 0 conversation.ended c1 not-found, 0 read.failed c1 none false not-found at 1, 0 conversation.resumed c1, 0 acknowledged c1 true, 0 announced c1
      an announcement that is no longer true
        keystroke > message.viewed > flush.requested > flush not-found > typing.stop > sendTyping accepted > second
        stopping.calling: 0 ON c1 1, 0 conversation.ended c1 not-found, 0 read.failed c1 none false not-found at 1, 0 conversation.resumed c1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1
      a stop
        keystroke > sendTyping accepted > second > typing.stop > message.viewed > flush.requested > flush not-found > sendTyping accepted
        cooldown.quiet: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1, 1000 conversation.ended c1 not-found, 1000 read.failed c1 none false not-found at 1, 1000 conversation.resumed c1, 1000 acknowledged c1 false, 1000 stopped c1 true
    `),
  )('%s', (_, path, end) => {
    expect(story(path)).toBe(end);
  });
});

describe('an announcement that failed', () => {
  it.each(
    stories(`
      because the conversation is gone ends the episode, although that is opened again (L-4)
        work writes > sendTyping not-found > opens c1 > second
        idle: 0 ON c1 1, 0 failed c1 true not-found, 0 conversation.ended c1 not-found
      because nobody may type is said again with another token
        work writes > sendTyping forbidden > token.renewed > second
        typing.announcing: 0 ON c1 1, 0 failed c1 true forbidden, 0 dropped c1 disabled, 0 held c1 spacing 1000, 1000 ON c1 1
      because it was refused is not said again for long
        work writes > sendTyping bad-request > very long
        parked.held: 0 ON c1 1, 0 failed c1 true bad-request, 0 held c1 backoff 30352, 30352 ON c1 3, 33352 failed c1 true timeout, 33352 held c1 backoff 31859
      because of a rate limit is said again after it (L-1)
        work writes > sendTyping rate-limited > second
        typing.announcing: 0 ON c1 1, 0 failed c1 true rate-limited, 0 rate.limited typing 1000 rate-limited, 0 held c1 rate-limited 1000, 1000 ON c1 2
      for a passing reason is said again at the spacing (T-3)
        work writes > sendTyping network > second
        typing.announcing: 0 ON c1 1, 0 failed c1 true network, 0 held c1 backoff 1000, 1000 ON c1 2
      for a passing reason too often rests for long (T-3)
        work writes > sendTyping network > second > sendTyping network > very long
        parked.held: 0 ON c1 1, 0 failed c1 true network, 0 held c1 backoff 1000, 1000 ON c1 2, 1000 failed c1 true network, 1000 held c1 backoff 31859, 32859 ON c1 3, 35859 failed c1 true timeout, 35859 held c1 backoff 59308
      because of its token is said again with a fresh one (A-1)
        work writes > sendTyping unauthorized > refreshToken fresh > second
        typing.announcing: 0 ON c1 1, 0 failed c1 true unauthorized, 0 held c1 refreshing 1000, 0 token.refreshed 100, 1000 ON c1 1
      because of its token has no long rest, whatever failed before
        work writes > sendTyping network > second > sendTyping unauthorized
        cooldown.held: 0 ON c1 1, 0 failed c1 true network, 0 held c1 backoff 1000, 1000 ON c1 2, 1000 failed c1 true unauthorized, 1000 held c1 refreshing 1000
      by its deadline may have arrived: said again it is a renewal (T-12)
        work writes > next > sendTyping accepted
        typing.lit.fresh: 0 ON c1 1, 3000 failed c1 true timeout, 3000 ON c1 2, 3000 acknowledged c1 true, 3000 renewed c1
      by its deadline may have arrived: it owes a stop (T-12)
        keystroke > next > sendTyping accepted
        cooldown.quiet: 0 ON c1 1, 3000 failed c1 true timeout, 3000 OFF c1 2, 3000 acknowledged c1 false, 3000 stopped c1 true
      by its deadline too often rests for long (T-12)
        work writes > next > next > very long
        parked.held: 0 ON c1 1, 3000 failed c1 true timeout, 3000 ON c1 2, 6000 failed c1 true timeout, 6000 held c1 backoff 31859, 37859 ON c1 3, 40859 failed c1 true timeout, 40859 held c1 backoff 59308
      by its deadline too often owes its stop all the same (T-12)
        work writes > next > next > typing.stop
        parked.quiet: 0 ON c1 1, 3000 failed c1 true timeout, 3000 ON c1 2, 6000 failed c1 true timeout, 6000 held c1 backoff 31859, 6000 dropped c1 stale
    `),
  )('%s', (_, path, end) => {
    expect(story(path)).toBe(end);
  });
});

describe('a renewal that failed', () => {
  it.each(
    stories(`
      because the conversation is gone leaves no stop to it (L-4)
        work writes > sendTyping accepted > second > second > sendTyping not-found > opens c1 > long
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 2000 ON c1 1, 2000 failed c1 true not-found, 2000 conversation.ended c1 not-found
      because nobody may type leaves the stop due
        work writes > sendTyping accepted > second > second > sendTyping forbidden > work ends > moment > token.renewed > second
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 2000 ON c1 1, 2000 failed c1 true forbidden, 2000 dropped c1 disabled, 3000 OFF c1 1
      because it was refused rests, whatever is lit
        work writes > sendTyping accepted > second > second > sendTyping bad-request > typing.stop > long
        parked.quiet: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 2000 ON c1 1, 2000 failed c1 true bad-request, 2000 held c1 backoff 30352, 2000 dropped c1 stale
      for a passing reason leaves the stop due
        work writes > sendTyping accepted > second > second > sendTyping network > typing.stop > second
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 2000 ON c1 1, 2000 failed c1 true network, 2000 held c1 backoff 1000, 2000 dropped c1 stale, 3000 OFF c1 2
    `),
  )('%s', (_, path, end) => {
    expect(story(path, { timing: { renewal: 2000 } })).toBe(end);
  });
});

describe('a page that is put away', () => {
  it.each(
    stories(`
      gives its announcement up as it comes back, and owes the stop (T-12)
        keystroke > page.frozen > page.resumed > second
        stopping.calling: 0 ON c1 1, 1000 OFF c1 1
      gives none up where it was not put away
        keystroke > page.resumed > sendTyping accepted
        typing.lit.fresh: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1
      gives none up that left later
        page.frozen > moment > keystroke > page.resumed > sendTyping accepted
        typing.lit.fresh: 200 ON c1 1, 200 acknowledged c1 true, 200 announced c1
      gives its stop up as it comes back, and says it again (T-2)
        keystroke > sendTyping accepted > second > typing.stop > page.frozen > page.resumed > second
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1, 2000 OFF c1 1
      makes that second one a stop as any other
        keystroke > sendTyping accepted > moment > page.frozen > page.resumed > second
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 200 OFF c1 1 keepalive, 1200 OFF c1 1
      gives no stop up where it was not put away
        keystroke > sendTyping accepted > second > typing.stop > page.resumed > sendTyping accepted
        cooldown.quiet: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1, 1000 acknowledged c1 false, 1000 stopped c1 true
      makes way for the next call after a rate limit (L-1)
        limit.announced > while > keystroke > page.frozen > page.resumed > second
        stopping.calling: 0 rate.limited both 3000 rate-limited, 4000 ON c1 1, 5000 OFF c1 1
      makes way for it after a stop too (L-1)
        limit.announced > while > may inherit > page.frozen > page.resumed > second
        stopping.calling: 0 rate.limited both 3000 rate-limited, 4000 takeOver c1, 4000 OFF c1 1, 5000 OFF c1 1
    `),
  )('%s', (_, path, end) => {
    expect(story(path)).toBe(end);
  });
});

describe('a back end that wants no typing, unasked,', () => {
  it.each(
    stories(`
      ends the episode, and forgets what was lit
        work writes > sendTyping accepted > typing.forbidden > token.renewed > long
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 0 dropped c1 disabled
      gives the announcement up, and its episode
        work writes > typing.forbidden > token.renewed > second
        idle: 0 ON c1 1, 0 dropped c1 disabled
      gives the announcement of a key up, and its episode
        keystroke > typing.forbidden > token.renewed > second
        idle: 0 ON c1 1, 0 dropped c1 disabled
      gives the stop up
        keystroke > sendTyping accepted > second > typing.stop > typing.forbidden > token.renewed > long
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1, 1000 dropped c1 disabled
      leaves the way for the next call after a rate limit (L-1)
        limit.announced > while > keystroke > typing.forbidden > token.renewed > keystroke > second
        typing.announcing: 0 rate.limited both 3000 rate-limited, 4000 ON c1 1, 4000 dropped c1 disabled, 4000 held c1 spacing 1000, 5000 ON c1 1
      leaves it after a stop too (L-1)
        limit.announced > while > may inherit > typing.forbidden > token.renewed > keystroke > second
        typing.announcing: 0 rate.limited both 3000 rate-limited, 4000 takeOver c1, 4000 OFF c1 1, 4000 dropped c1 disabled, 4000 held c1 spacing 1000, 5000 ON c1 1
    `),
  )('%s', (_, path, end) => {
    expect(story(path)).toBe(end);
  });
});

describe('a stop that failed', () => {
  it.each(
    stories(`
      because the conversation is gone is not said again
        keystroke > sendTyping accepted > second > typing.stop > sendTyping not-found > opens c1 > long
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1, 1000 failed c1 false not-found, 1000 conversation.ended c1 not-found
      because nobody may type is not said again
        keystroke > sendTyping accepted > second > typing.stop > sendTyping forbidden > token.renewed > long
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1, 1000 failed c1 false forbidden, 1000 dropped c1 disabled
      because it was refused is not said again
        keystroke > sendTyping accepted > second > typing.stop > sendTyping bad-request > very long
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1, 1000 failed c1 false bad-request
      because of a rate limit is said again after it (L-1)
        keystroke > sendTyping accepted > second > typing.stop > sendTyping rate-limited > second
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1, 1000 failed c1 false rate-limited, 1000 rate.limited typing 1000 rate-limited, 2000 OFF c1 2
      for a passing reason is said again at the spacing (T-3)
        keystroke > sendTyping accepted > second > typing.stop > sendTyping network > second
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1, 1000 failed c1 false network, 2000 OFF c1 2
      because of its token is said again with a fresh one (A-1)
        keystroke > sendTyping accepted > second > typing.stop > sendTyping unauthorized > refreshToken fresh > second
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1, 1000 failed c1 false unauthorized, 1000 token.refreshed 100, 2000 OFF c1 1
      by its deadline is said again while it is lit (T-12)
        keystroke > sendTyping accepted > second > typing.stop > next > sendTyping accepted
        cooldown.quiet: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1, 4000 failed c1 false timeout, 4000 OFF c1 2, 4000 acknowledged c1 false, 4000 stopped c1 true
      by its deadline too often rests (T-12)
        keystroke > sendTyping accepted > second > typing.stop > next > next
        parked.quiet: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1, 4000 failed c1 false timeout, 4000 OFF c1 2, 7000 failed c1 false timeout
    `),
  )('%s', (_, path, end) => {
    expect(story(path)).toBe(end);
  });
});
