import { describe, expect, it } from 'vitest';
import { stories, story } from './paths/story.ts';

describe('a stop that waits for its spacing', () => {
  it.each(
    stories(`
      leaves, once (T-2)
        keystroke > sendTyping accepted > typing.stop > second > sendTyping accepted > long
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1, 1000 acknowledged c1 false, 1000 stopped c1 true
      is for nobody where its conversation is over, nor after that (L-4)
        keystroke > sendTyping accepted > typing.stop > ends c1 > opens c1 > long
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 0 conversation.ended c1, 0 stopped c1 false
      is for nobody where a read call says that it is over (L-4)
        keystroke > sendTyping accepted > typing.stop > read.requested > sendRead not-found > opens c1 > second
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 0 conversation.ended c1 not-found, 0 read.failed c1 none false not-found at 1, 0 stopped c1 false
      is somebody else's who has the indicator by now (T-13)
        keystroke > sendTyping accepted > typing.stop > is taken over > is not taken over > long
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 0 letGo c1, 0 dropped c1 taken-over
      is none where somebody types on in another tab (T-17)
        keystroke > sendTyping accepted > typing.stop > others type > others type no more > long
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 0 letGo c1, 0 dropped c1 taken-over
      is late where the indicator is out by then (T-7)
        keystroke > sendTyping accepted > network.offline > typing.stop > sleep > voice.changed > network.online
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 40000 dropped c1 stale
      is not needed where the indicator goes out meanwhile
        keystroke > sendTyping accepted > network.offline > typing.stop > long
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 5000 stopped c1 false
      is not needed where another tab has put it out (T-17)
        keystroke > sendTyping accepted > typing.stop > moment > stopped elsewhere > long
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 200 dropped c1 stale
      leaves when the other tabs were asked (T-17)
        keystroke > sendTyping accepted > typing.stop > must ask > second > has the word
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 ask, 1000 OFF c1 1
      leaves at once where the page is hidden (T-2)
        keystroke > sendTyping accepted > typing.stop > moment > page.hidden
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 200 OFF c1 1 keepalive
      leaves at once where the page is put away (T-2)
        keystroke > sendTyping accepted > typing.stop > moment > page.frozen
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 200 OFF c1 1 keepalive
      asks no other tab where the page goes (T-2)
        keystroke > sendTyping accepted > typing.stop > must ask > moment > page.hidden
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 200 OFF c1 1 keepalive
      waits again where the page came back before it could leave (T-2)
        keystroke > sendTyping accepted > typing.stop > network.offline > page.hidden > keystroke > network.online > typing.stop > second
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1
      waits again for what is taken over on a page that came back (T-2)
        keystroke > sendTyping accepted > network.offline > page.hidden > long > network.online > others called > may inherit > second
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 5000 dropped c1 stale, 11000 takeOver c1, 12000 OFF c1 1
      is implied by a message that is sent (T-5)
        keystroke > sendTyping accepted > typing.stop > message.sent > long
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 0 stopped c1 false
      is not implied by a message in another conversation (T-8)
        keystroke > sendTyping accepted > opens c2 > message.sent > second
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1
      is implied by a message that is accepted (T-11)
        keystroke > sendTyping accepted > typing.stop > message.accepted > long
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 0 stopped c1 false
      is implied by a message that is submitted, whose acceptance ends no later episode (T-11)
        keystroke > sendTyping accepted > typing.stop > message.sent > keystroke > message.accepted > second
        typing.announcing: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 0 stopped c1 false, 0 held c1 spacing 1000, 1000 ON c1 1
      is taken back by a key (T-2)
        keystroke > sendTyping accepted > typing.stop > moment > keystroke > while
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 3200 OFF c1 1
      is taken back by a work (T-16)
        keystroke > sendTyping accepted > typing.stop > moment > work writes > while
        typing.announcing: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 4000 ON c1 1
      goes before a key in another conversation (T-8)
        keystroke > sendTyping accepted > opens c2 > keystroke > second > sendTyping accepted > second
        typing.announcing: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1, 1000 acknowledged c1 false, 1000 stopped c1 true, 1000 held c2 spacing 1000, 2000 ON c2 1
      goes before a work in another conversation (T-8)
        keystroke > sendTyping accepted > opens c2 > work writes > second > sendTyping accepted > second
        typing.announcing: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 1000 OFF c1 1, 1000 acknowledged c1 false, 1000 stopped c1 true, 1000 held c2 spacing 1000, 2000 ON c2 1
      is taken back by no key that is kept (T-14)
        keystroke > sendTyping accepted > keeps typing > keystroke > second
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 0 sharing.changed typing false, 1000 OFF c1 1
      is taken back by no work that is kept, nor is that told later (T-14)
        keystroke > sendTyping accepted > keeps typing > work writes > second > sendTyping accepted > shares typing > second
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 0 sharing.changed typing false, 1000 OFF c1 1, 1000 acknowledged c1 false, 1000 stopped c1 true, 1000 sharing.changed typing true
      waits for the call of another handle (T-13)
        keystroke > sendTyping accepted > second > others called > typing.stop > second
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 2000 OFF c1 1
      waits for a call of another handle that is under way (T-8)
        keystroke > sendTyping accepted > second > others call > typing.stop > second > others are done
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 2000 OFF c1 1
    `),
  )('%s', (_, path, end) => {
    expect(story(path)).toBe(end);
  });
});

describe('over a back end without a stop, the end of an episode', () => {
  it.each(
    stories(`
      is said here, and to nobody else
        keystroke > sendTyping accepted > typing.stop > long
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 0 stopped c1 false
      leaves the next key to the spacing, and to what it is worth (T-4)
        keystroke > sendTyping accepted > typing.stop > work writes > second
        typing.announcing: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 0 stopped c1 false, 0 held c1 spacing 1000, 1000 ON c1 1
    `),
  )('%s', (_, path, end) => {
    expect(story(path, { capabilities: { stopTyping: false } })).toBe(end);
  });
});

describe('an indicator that goes out by itself so soon that no stop is worth its call (T-5)', () => {
  it.each(
    stories(`
      is let go out, and that is said then
        keystroke > sendTyping accepted > while > while
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 5000 stopped c1 false
      is out at once where its conversation is over (L-4)
        keystroke > sendTyping accepted > while > ends c1 > opens c1 > second
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 4000 conversation.ended c1, 4000 stopped c1 false
      is out at once where a read call says that it is over (L-4)
        keystroke > sendTyping accepted > while > read.requested > sendRead not-found > opens c1 > second
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 4000 conversation.ended c1 not-found, 4000 read.failed c1 none false not-found at 1, 4000 stopped c1 false
      is somebody else's where that has it by now (T-13)
        keystroke > sendTyping accepted > while > is taken over > is not taken over > second
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 4000 letGo c1, 4000 dropped c1 taken-over
      is left to another tab that is typed in (T-17)
        keystroke > sendTyping accepted > while > others type > others type no more > second
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 4000 letGo c1, 4000 dropped c1 taken-over
      is no concern where another tab has put it out (T-17)
        keystroke > sendTyping accepted > while > stopped elsewhere > while
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1
      has its stop where another conversation is opened: nobody waits there
        keystroke > sendTyping accepted > while > opens c2
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 4000 OFF c1 1
      has its stop where typing is kept (T-14)
        keystroke > sendTyping accepted > while > keeps typing
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 4000 sharing.changed typing false, 4000 OFF c1 1
      has its stop where the page is hidden
        keystroke > sendTyping accepted > while > page.hidden
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 4000 OFF c1 1 keepalive
      has its stop where the page is put away
        keystroke > sendTyping accepted > while > page.frozen
        stopping.calling: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 4000 OFF c1 1 keepalive
      goes out with a message that is sent
        keystroke > sendTyping accepted > while > message.sent > while
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 4000 stopped c1 false
      goes out with a message that is accepted (T-11)
        keystroke > sendTyping accepted > while > message.accepted > while
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 4000 stopped c1 false
      is renewed with the next key (T-4)
        keystroke > sendTyping accepted > while > keystroke > moment
        typing.announcing: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 4000 ON c1 1
      is renewed with the next work (T-16)
        keystroke > sendTyping accepted > while > work writes > moment
        typing.announcing: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 4000 ON c1 1
      is out after a sleep that its own timer ends (T-10)
        keystroke > sendTyping accepted > while > sleep > next
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 44000 stopped c1 false
      is out after a sleep (T-10)
        keystroke > sendTyping accepted > while > sleep > voice.changed > while
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 44000 stopped c1 false
    `),
  )('%s', (_, path, end) => {
    expect(story(path, { timing: { stopWorth: 2000, renewalWorth: 500 } })).toBe(end);
  });

  it.each(
    stories(`
      goes on going out where a message that is sent ends nothing
        keystroke > sendTyping accepted > while > message.sent > while
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 5000 stopped c1 false
      goes on going out where a message that is accepted ends nothing
        keystroke > sendTyping accepted > while > message.accepted > while
        idle: 0 ON c1 1, 0 acknowledged c1 true, 0 announced c1, 5000 stopped c1 false
    `),
  )('%s', (_, path, end) => {
    expect(story(path, { backEnd: 'whose messages end nothing' })).toBe(end);
  });
});
