import { describe, expect, it } from 'vitest';
import { stories, story } from './paths/story.ts';

describe('what is lit goes out, or on,', () => {
  it.each(
    stories(`
      at once where its conversation is over, and does not come back with it (L-4)
        work writes > sendTyping accepted > ends c1 > opens c1 > long
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 0 conversation.ended c1, 0 stopped c1 false
      at once where a read call says that it is over (L-4)
        work writes > sendTyping accepted > read.requested > sendRead not-found > opens c1 > second
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 0 conversation.ended c1 not-found, 0 read.failed c1 none false not-found at 1, 0 stopped c1 false
      after a rate limit, whichever lane met it (L-1)
        work writes > sendTyping accepted > limit.announced > while
        typing.announcing: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 0 rate.limited both 3000 rate-limited, 0 held c1 rate-limited 3000, 3000 ON c1 1
      where another tab has put it out: who types on says so again (T-17)
        work writes > sendTyping accepted > moment > stopped elsewhere > second
        typing.announcing: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 200 held c1 spacing 800, 1000 ON c1 1
      where it is somebody else's by now: the episode is over here (T-13)
        work writes > sendTyping accepted > second > is taken over > is not taken over > second
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 letGo c1, 1000 dropped c1 taken-over
      where another tab has it: the episode goes on here (T-17)
        work writes > sendTyping accepted > second > lit elsewhere > is taken over > is not taken over > second
        typing.announcing: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 letGo c1, 1000 dropped c1 taken-over, 1000 ON c1 1
      where typing is kept (T-14)
        work writes > sendTyping accepted > second > keeps typing > sendTyping accepted
        cooldown.quiet: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 sharing.changed typing false, 1000 OFF c1 1, 1000 acknowledged c1 false, 1000 stopped c1 true
      where the application says so (T-5)
        work writes > sendTyping accepted > second > typing.stop > sendTyping accepted > long
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1, 1000 acknowledged c1 false, 1000 stopped c1 true
      where the page is hidden, by a stop that outlives it (T-2)
        work writes > sendTyping accepted > moment > page.hidden > sendTyping accepted
        cooldown.quiet: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 200 OFF c1 1 keepalive, 200 acknowledged c1 false, 200 stopped c1 true
      where the page is put away (T-2)
        work writes > sendTyping accepted > moment > page.frozen > sendTyping accepted
        cooldown.quiet: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 200 OFF c1 1 keepalive, 200 acknowledged c1 false, 200 stopped c1 true
      after the silence of the last key, not of the first (T-5)
        keystroke > sendTyping accepted > second > keystroke > while
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 4000 OFF c1 1
      after the silence of a key that came while that was waited for (T-5)
        keystroke > sendTyping accepted > second > second > keystroke > second > keystroke > while > sendTyping accepted > while
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 4000 ON c1 1, 7000 failed c1 true timeout, 7000 OFF c1 2, 7000 acknowledged c1 false, 7000 stopped c1 true
      with the message that was sent (T-5)
        keystroke > sendTyping accepted > message.sent > long
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 0 stopped c1 false
      with the message, until the next key (T-6)
        keystroke > sendTyping accepted > message.sent > keystroke > second
        typing.announcing: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 0 stopped c1 false, 0 held c1 spacing 1000, 1000 ON c1 1
      with a message that was accepted, which ends an episode that nobody submitted (T-11)
        keystroke > sendTyping accepted > message.accepted > long
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 0 stopped c1 false
      with the acceptance of what was submitted before: who types on says so again (T-11)
        keystroke > message.sent > keystroke > second > sendTyping accepted > message.accepted > second
        typing.announcing: 0 ON c1 1, 1000 acknowledged c1 true, 1000 announced c1, 1000 ON c1 1
      with a second acceptance, which no submit is left for (T-11)
        keystroke > sendTyping accepted > message.sent > message.accepted > second > keystroke > sendTyping accepted > message.accepted > second
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 0 stopped c1 false, 1000 ON c1 1, 1000 acknowledged c1 true, 1000 announced c1, 1000 stopped c1 false
      not for a submit that is told after its acceptance, which counts once (T-11)
        keystroke > sendTyping accepted > message.accepted > message.sent > message.sent > second > keystroke > sendTyping accepted > message.accepted > second
        typing.announcing: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 0 stopped c1 false, 1000 ON c1 1, 1000 acknowledged c1 true, 1000 announced c1, 1000 held c1 spacing 1000, 2000 ON c1 1
      not while a work is under way, although the box is emptied (T-16)
        keystroke > sendTyping accepted > work writes > input.cleared > while
        typing.announcing: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 4000 ON c1 1
      with no message of another conversation
        opens c2 > keystroke > sendTyping accepted > message.accepted > second
        typing.lit.fresh: 0 ON c2 1, 0 acknowledged c2 true, 0 announced c2
      a blink after the box was emptied (T-5)
        keystroke > sendTyping accepted > second > input.cleared > moment
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1150 OFF c1 1
      with a key within the blink (T-5)
        keystroke > sendTyping accepted > second > input.cleared > keystroke > moment
        typing.lit.fresh: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1
      a blink after the box was left (T-5)
        keystroke > sendTyping accepted > second > input.blurred > moment
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1150 OFF c1 1
      a blink after its work (T-16)
        work writes > sendTyping accepted > second > work ends > moment
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1150 OFF c1 1
      by a renewal while a work goes on (T-4)
        work writes > sendTyping accepted > while > sendTyping accepted
        typing.lit.fresh: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 4000 ON c1 1, 4000 acknowledged c1 true, 4000 renewed c1
      by a renewal that the other tabs were asked about (T-17)
        work writes > sendTyping accepted > must ask > while > has the word
        typing.announcing: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 4000 ask, 4000 ON c1 1
      by a renewal that waits for the call of another handle (T-13)
        work writes > sendTyping accepted > second > second > second > moment > moment > moment > moment > others called > second
        typing.announcing: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 4800 ON c1 1
      by a renewal that waits for the stop of another handle (T-8)
        work writes > sendTyping accepted > others owe a stop > while > moment > others owe none
        typing.announcing: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 4200 ON c1 1
      by no renewal where the last key is too old for one (T-4)
        keystroke > sendTyping accepted > second > second > keystroke > second > second > moment
        typing.lit.due: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1
    `),
  )('%s', (_, path, end) => {
    expect(story(path)).toBe(end);
  });
});

describe('where no message puts it out, what is lit', () => {
  it.each(
    stories(`
      has its stop after a message that was sent
        keystroke > sendTyping accepted > message.sent > second
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1
      has its stop after a message that was accepted
        keystroke > sendTyping accepted > message.accepted > second
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1
      keeps the stop that it waits for, whatever is sent
        keystroke > sendTyping accepted > typing.stop > message.sent > second
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1
      keeps the stop that it waits for, whatever is accepted
        keystroke > sendTyping accepted > typing.stop > message.accepted > second
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1
    `),
  )('%s', (_, path, end) => {
    expect(story(path, { capabilities: { messageEndsTyping: false } })).toBe(end);
  });
});

describe('where a message reopens the window, its acceptance', () => {
  it.each(
    stories(`
      ends the wait of who types on (T-11)
        keystroke > sendTyping accepted > moment > message.sent > keystroke > message.accepted
        typing.announcing: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 200 stopped c1 false, 200 held c1 spacing 800, 200 ON c1 1
      ends the wait for the call of another handle from before (T-13)
        others called > moment > keystroke > message.sent > work writes > message.accepted
        typing.announcing: 200 held c1 spacing 800, 200 dropped c1 stale, 200 held c1 spacing 800, 200 ON c1 1
      ends no wait for a call of that moment (T-13)
        others called > keystroke > message.sent > work writes > message.accepted
        cooldown.held: 0 held c1 spacing 1000, 0 dropped c1 stale, 0 held c1 spacing 1000
      ends no wait after a failure (T-3)
        work writes > sendTyping network > message.sent > work writes > message.accepted > second
        typing.announcing: 0 ON c1 1, 0 failed c1 true network, 0 held c1 backoff 1000, 0 dropped c1 stale, 0 held c1 backoff 1000, 1000 ON c1 2
    `),
  )('%s', (_, path, end) => {
    expect(story(path, { capabilities: { messageReopensWindow: true } })).toBe(end);
  });
});

describe('a renewal that is due', () => {
  it.each(
    stories(`
      does not leave without a key since the last call (T-4)
        keystroke > sendTyping accepted > while > moment
        typing.lit.due: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1
      asks no other tab without such a key (T-17)
        keystroke > sendTyping accepted > must ask > while > moment
        typing.lit.due: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1
      leaves with such a key (T-4)
        keystroke > sendTyping accepted > while > keystroke
        typing.announcing: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 4000 ON c1 1
      leaves with a key of before it was due (T-4)
        keystroke > sendTyping accepted > moment > keystroke > while
        typing.announcing: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 4000 ON c1 1
      leaves where the indicator was taken over with a key that nobody was told of (T-13)
        may inherit by key > keystroke > while
        typing.announcing: 0 takeOver c1, 4000 ON c1 1
    `),
  )('%s', (_, path, end) => {
    expect(story(path, { timing: { idle: 6000 } })).toBe(end);
  });
});

it('makes no stop as silence ends an episode whose indicator another tab has just put out (T-17)', () => {
  const ports = (now: () => number) => ({ voice: { stoppedAt: () => (now() > 3000 ? 3000 : null) } });
  expect(story('keystroke > sendTyping accepted > while', { ports })).toBe(
    'idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 3000 dropped c1 stale',
  );
});

it('asks of its own conversation whether another tab has it (T-17)', () => {
  const ports = () => ({ voice: { isElsewhere: (id?: string) => id === 'c1' } });
  const path = 'work writes > sendTyping accepted > second > is taken over > is not taken over';
  expect(story(path, { ports })).toContain('1000 dropped c1 taken-over, 1000 ON c1 1');
});
