import { expect, it } from 'vitest';
import { wrongIn } from './world.ts';
import { worlds } from './worlds.ts';

const then = (step: string, value = 0, handle = 0) => [step, value, handle];
const settled = { late: null, order: 0 };
/** Where nothing is out of the ordinary. */
const ordinary = {
  conversation: {
    ...{ resolution: 0, latency: 0, messageEndsTyping: false, hasProvider: true, storage: 'none' },
    ...{ random: 0.25, handles: 1 },
  },
  session: {
    ...{ resolution: 0, latency: 10, config: 'skip', storesToken: false, isStorageSlow: false },
    ...{ reportsReads: false, random: 0.5 },
  },
  stream: { latency: 0, hasProvider: true, random: 0.5, order: 0 },
};

/** A sequence of the conversation's world: what its guest does from one start to the next. */
const inConversation = (lives: readonly unknown[], setting: object = {}, settling: object = settled) => ({
  world: 'conversation',
  script: { setting: { ...ordinary.conversation, ...setting }, lives, order: 0, settling },
});
const inSession = (lives: readonly unknown[], setting: object = {}, settling: object = settled) => ({
  world: 'session',
  script: { setting: { ...ordinary.session, ...setting }, isConnected: true, lives, settling },
});
const inStream = (steps: readonly unknown[], settling: object = settled) => ({
  world: 'stream',
  script: { ...ordinary.stream, steps, settling },
});

const tab = (verb: string, wait = 0) => ({ tab: 0, verb, wait, how: 0 });

/** What soaks found, made small: of the machines, or of a checker that took something right for wrong. */
const found: Readonly<Record<string, { readonly world: string; readonly script: object }>> = {
  'two handles do not hand an indicator to and fro for ever within one instant (T-13)': inConversation(
    [
      [
        ...[then('trouble', 8771), then('accepted', 737), then('view', 2017, 1)],
        ...[then('works', 3525, 1), then('view', 43, 1), then('keys', 6347)],
      ],
    ],
    { latency: 20, resolution: 100, hasProvider: false, random: 0, handles: 2 },
  ),
  'a message that one handle has elsewhere in its order than the next one is not read twice (R-3a)': inStream(
    [
      ...[then('say'), then('view'), then('wait', 1687), then('say'), then('view'), then('say')],
      ...[then('failHistory'), then('wait', 4229), then('say'), then('again'), then('say')],
      ...[then('elsewhere', 4996), then('say')],
    ],
  ),
  'typing does not wait for a read that begins in the same step and waits for its storage (R-6)':
    inConversation(
      [
        [then('rotate'), then('keys', 955), then('keys'), then('keys')],
        [then('view'), then('keys', 423)],
        [then('view'), then('keys', 2039), then('keys')],
      ],
      { storage: 'slow', hasProvider: false },
      { late: 4000, order: 0 },
    ),
  'a call that falls due as the refusal of another arrives has not heard of it (L-1)': inConversation(
    [
      [then('keys', 1194), then('keys'), then('trouble', 8117), then('keys'), then('keys')],
      [then('keys'), then('keys', 425, 1)],
    ],
    { handles: 2 },
    { late: 4000, order: 1055907831 },
  ),
  'a frame that nobody understands is not what a socket ended by that was overdue (W-7)': inSession(
    [[then('connect'), then('odd'), then('sleep')]],
    {},
    { late: 4000, order: 0 },
  ),
  'a key after a send over a socket begins no episode that is not worth its call (T-6)': inSession([
    [
      ...[then('keys', 4457), then('send'), then('keys'), then('goSilent'), then('wait', 6502)],
      then('connect'),
    ],
  ]),
  'a fresh token wakes a mark that rests after a burst of failures (R-3)': inConversation([
    [then('trouble', 3626), then('view'), then('keys', 1311), then('rotate'), then('keys', 6404)],
  ]),
  'a mark is lost again with a conversation that was open again in the same instant (R-5a)': inConversation([
    [then('view'), then('end'), then('open'), then('end'), then('keys')],
  ]),
  'what leaves with a page that goes counts its own tries (R-3)': inConversation([
    [then('keys')],
    [then('trouble', 856), then('read'), then('rotate'), then('sleep', 1718), then('freeze'), then('keys')],
  ]),
  'who waits for a slow storage waits on where a token comes meanwhile (R-4)': inConversation(
    [[then('late', 8021), then('rotate'), then('read'), then('keys')]],
    { storage: 'slow', hasProvider: false },
  ),
  'what is typed on after a message is said anew once that is accepted (T-4)': inStream(
    [
      ...[then('wait', 2869), then('wait', 855), then('keys', 46), then('send'), then('keys', 527)],
      then('say'),
    ],
    { late: 4000, order: 390541330 },
  ),
  'a message of the guest’s from elsewhere ends their typing before it is news to anybody (T-11)': inSession(
    [[then('connect')], [then('send'), then('limit', 4738), then('keys', 8961), then('connect')]],
    { latency: 150, random: 0 },
  ),
  'a page of history that was asked for before a message left has it (W-6)': inSession(
    [
      [
        ...[then('drop', 1), then('send'), then('stopsTyping'), then('send'), then('send')],
        ...[then('connect'), then('connect')],
      ],
    ],
    { latency: 0 },
    { late: 0, order: 8 },
  ),
  'what is said live waits no longer where history cannot be had (I-1)': inSession([
    [
      ...[then('say'), then('drop', 7994), then('failHistory'), then('keys', 1989), then('say')],
      ...[then('keys', 4856), then('connect')],
    ],
  ]),
  'what is told as history cannot be had is no news behind what another look finds (I-1)': inSession([
    [
      ...[then('wipe'), then('say'), then('wait', 1), then('failHistory'), then('connect'), then('say')],
      then('wait', 5784),
    ],
  ]),
  'a session that began as one that can only be looked at has missed nothing (I-1)': inSession([
    [then('expire'), then('wait', 1), then('connect'), then('odd', 4534)],
  ]),
  'a session that is had again and begun anew in one instant goes on with its conversation in between (L-4)':
    inSession([[then('drop', 1689), then('startNew')]], { latency: 0 }),
  'a health check that was deferred leaves right after a doubt was asked about in its place (W-8)': inSession(
    [
      [
        ...[then('drop'), then('connect'), then('lasts', 3053), then('wait', 9878), then('wait', 9986)],
        ...[then('drop'), then('connect'), then('keys', 3023)],
      ],
    ],
  ),
  'a mark that may not be reported is lost for good with its conversation (R-5a)': inConversation([
    [then('trouble', 8303), then('view'), then('keys', 2548), then('end'), then('keys')],
  ]),
  'what was said before a clock was set, and the session begun anew, is in no order (I-1)': inSession(
    [
      [...[then('say'), then('wall', 4419), then('send'), then('wipe'), then('connect'), then('connect')]],
      [then('connect')],
    ],
    { storesToken: true },
  ),
  'what was said by a clock that was set back since is no order for what follows (I-1)': inSession(
    [
      [then('startNew'), then('say'), then('failHistory', 426), then('wall', 1563)],
      [then('say'), then('connect')],
    ],
    { storesToken: true },
  ),
  'who waits for a slow storage whose timer is late waits for it (R-4)': inConversation(
    [
      [then('rotate'), then('keys')],
      [then('read'), then('late', 2183), then('keys', 929), then('keys', 1367)],
      [then('keys')],
    ],
    { storage: 'slow', hasProvider: false },
  ),
  'everything up to now is more each time that it is asked for (R-4)': inSession(
    [[then('read'), then('wait', 3096), then('read'), then('connect')]],
    { reportsReads: true },
  ),
  'a mark does not leave again that another handle reported while a storage was read (R-12)': inConversation(
    [
      [then('keys'), then('end', 0, 1), then('view'), then('keys'), then('keys'), then('keys')],
      [then('wait', 1), then('keys', 9)],
      [then('keys')],
    ],
    { latency: 20, storage: 'slow', handles: 2, sharesKey: true },
    { late: 30, order: 870926183 },
  ),
  'an announcement that is accepted after the end, and has to be said again, lifts that (A-0)':
    inConversation(
      [
        [
          ...[then('submitId', 145), then('trouble', 851), then('keys'), then('told', 7924), then('read')],
          ...[then('keys', 3285), then('keys')],
        ],
      ],
      { latency: 20, messageEndsTyping: true },
    ),
  'a message of another conversation is not the one that was taken out (R-9)': inConversation([
    [then('untold', 3021), then('open', 1153), then('view'), then('keys')],
  ]),
  'what one handle has reported is not unread in another that was told again (R-5a)': inConversation(
    [[then('view', 0, 1), then('toldAgain'), then('keys'), then('keys', 6601)]],
    { handles: 2 },
  ),
  'messages whose place is given are counted where they stand, a slow storage or not (R-5a)': inConversation(
    [[then('view'), then('keys')]],
    { storage: 'slow', facts: 'both' },
  ),
  'a leaving that is taken back is in its conversation again (L-4)': inConversation([
    [then('leaves'), then('end'), then('keys')],
  ]),
  'a leaving that is taken back in the same task ends no episode (T-7)': inConversation([
    [then('offline'), then('keys'), then('leaves'), then('resume')],
  ]),
  'what was read on another device before it was told here is seen with its page (R-7)': inConversation([
    [then('told'), then('keys')],
    [then('besides', 312), then('history'), then('page'), then('keys')],
  ]),
  'a page of the past is not why a read leaves that waited for a slow storage (R-7)': inConversation(
    [[then('read'), then('sleep', 1082), then('history'), then('wait'), then('keys')]],
    { storage: 'slowest' },
  ),
  'what another handle has reported counts as seen once a page tells of it (R-7, R-12)': inConversation(
    [
      [
        ...[then('toldLate'), then('told', 0, 1), then('seen', 0, 1), then('keys', 461), then('page', 959)],
        then('keys'),
      ],
    ],
    { handles: 2 },
  ),
  'up to what the guest sent means up to what others said below it, and that may be nothing (R-4, R-10)':
    inConversation([
      [then('submitId', 10), then('unheard'), then('untold', 6706), then('besides', 6360), then('keys')],
    ]),
  'an announcement that fails is not said again for keys of before an acceptance (T-3)': inConversation([
    [then('trouble', 2390), then('keys', 1), then('accepted')],
  ]),
  'a work that begins while typing is kept to oneself keeps no stop back (T-16)': inConversation([
    [then('keys'), then('shareTyping'), then('works'), then('keys', 1111)],
  ]),
  'works that begin while nothing is open keep no stop back of what was left (T-16)': inConversation([
    [then('keys'), then('close'), then('works'), then('keys', 8098), then('works')],
  ]),
  'a second try of one handle follows its own first, not what another one had accepted since (R-3)':
    inConversation(
      [
        [
          ...[then('read', 0, 1), then('trouble', 9996), then('keys'), then('hide', 0, 1), then('view')],
          ...[then('keys'), then('keys', 1024), then('keys')],
        ],
        [then('keys')],
      ],
      { latency: 20, handles: 2 },
    ),
  'a leaving that is taken back opens what was over (L-4)': inConversation(
    [[then('keys'), then('end'), then('leaves', 141), then('keys')]],
    { latency: 250, facts: 'none', sharesKey: false },
  ),
  'what was seen in another tab counts here too (R-5a)': {
    world: 'tabs',
    script: {
      ...{ kind: 'with a stop', count: 2, delays: [0, 0, 0], lost: 1, facts: 'none', isStored: false },
      steps: [
        ...[{ tab: 1, verb: 'toldOne', wait: 0, how: 0 }, tab('unread'), tab('key', 1000), tab('burst')],
        ...[tab('reload'), tab('key'), tab('key'), tab('key')],
      ],
      settling: settled,
    },
  },
  'each of two handles without a storage gives messages places of its own (R-4)': inConversation(
    [
      [
        ...[then('view', 0, 1), then('view'), then('view'), then('page', 1718, 1), then('read', 41, 1)],
        then('keys'),
      ],
    ],
    { handles: 2, facts: 'none', sharesKey: false },
  ),
  'a tab that is gone told one that has no place for what it had read (R-12)': {
    world: 'tabs',
    script: {
      ...{ kind: 'with a stop', count: 2, delays: [0, 0, 0], lost: 1, facts: 'both', isStored: false },
      steps: [
        ...[tab('toldOne'), tab('key', 3000), tab('reload')],
        ...[tab('viewOld'), tab('key'), tab('key', 1000)],
      ],
      settling: settled,
    },
  },
  'the last word of a tab says what it had read, where the word before comes after it (R-12)': {
    world: 'tabs',
    script: {
      ...{ kind: 'with a stop', count: 2, delays: [0, 0, 0], lost: 1, facts: 'none', isStored: false },
      steps: [
        ...[{ tab: 1, verb: 'key', wait: 0, how: 0 }, tab('key', 3000), tab('key', 1000), tab('told')],
        ...[tab('viewOld', 150), tab('bothSee'), tab('key', 150), tab('reload'), tab('key'), tab('key')],
      ],
      settling: { late: 30, order: 411315325 },
    },
  },
  "a page of the past stands beside the guest's own message that it holds (R-7)": inConversation([
    [
      ...[then('view'), then('send'), then('toldLate'), then('unheard'), then('page', 7386)],
      ...[then('view', 9551), then('keys')],
    ],
  ]),
  'what one handle heard to be read on another device, the others know before a page tells of it (R-7)':
    inConversation([[then('toldLate', 0, 1), then('view'), then('elsewhere'), then('page', 595, 1)]], {
      handles: 2,
    }),
  'a mark of an earlier conversation that a slow storage gives back is one of an earlier run (R-9)':
    inSession(
      [
        [
          ...[then('wait', 687, 1), then('read', 2183), then('say', 2704), then('disconnect', 518, 1)],
          ...[then('sleep', 9679), then('lasts', 9127, 1), then('wait', 9220), then('keys', 7785)],
          ...[then('say', 4278), then('view', 9883, 1), then('startNew', 2464)],
        ],
        [
          ...[then('connect', 4264, 1), then('startNew', 5), then('wait', 2), then('resume', 4224, 1)],
          ...[then('types', 3941), then('wait', 7175, 1), then('wall', 7082, 1)],
        ],
      ],
      {
        ...{ resolution: 5, latency: 0, config: 'skip', storesToken: true, isStorageSlow: true },
        ...{ reportsReads: true, random: 0 },
      },
      { late: 0, order: 854850270 },
    ),
  'a handle that waits for its storage does not report what another has just reported (R-12)': inConversation(
    [[then('view', 0, 1), then('toldAgain'), then('read', 0, 1), then('read')]],
    { storage: 'slowest', handles: 2, facts: 'none', sharesKey: false },
  ),
};

it.each(Object.entries(found))('%s', async (_, { world: name, script }) => {
  const world = worlds.find((each) => each.name === name);
  if (!world) throw new Error(`There is no world ${name}.`);
  expect(wrongIn(await world.play(script))).toEqual([]);
});
