import { type Found, inConversation, step } from './script.ts';

/** What soaks found in the world of one guest, made small: of the machines, or of a checker that took something right for wrong. */
export const conversation: Readonly<Record<string, Found>> = {
  'two handles do not hand an indicator to and fro for ever within one instant (T-13)': inConversation(
    [
      [
        ...[step('trouble', 8771), step('accepted', 737), step('view', 2017, 1)],
        ...[step('works', 3525, 1), step('view', 43, 1), step('keys', 6347)],
      ],
    ],
    { latency: 20, resolution: 100, hasProvider: false, random: 0, handles: 2 },
  ),
  'typing does not wait for a read that begins in the same step and waits for its storage (R-6)':
    inConversation(
      [
        [step('rotate'), step('keys', 955), step('keys'), step('keys')],
        [step('view'), step('keys', 423)],
        [step('view'), step('keys', 2039), step('keys')],
      ],
      { storage: 'slow', hasProvider: false },
      { late: 4000, order: 0 },
    ),
  'a call that falls due as the refusal of another arrives has not heard of it (L-1)': inConversation(
    [
      [step('keys', 1194), step('keys'), step('trouble', 8117), step('keys'), step('keys')],
      [step('keys'), step('keys', 425, 1)],
    ],
    { handles: 2 },
    { late: 4000, order: 1055907831 },
  ),
  'a fresh token wakes a mark that rests after a burst of failures (R-3)': inConversation([
    [step('trouble', 3626), step('view'), step('keys', 1311), step('rotate'), step('keys', 6404)],
  ]),
  'a mark is lost again with a conversation that was open again in the same instant (R-5a)': inConversation([
    [step('view'), step('end'), step('open'), step('end'), step('keys')],
  ]),
  'what leaves with a page that goes counts its own tries (R-3)': inConversation([
    [step('keys')],
    [step('trouble', 856), step('read'), step('rotate'), step('sleep', 1718), step('freeze'), step('keys')],
  ]),
  'who waits for a slow storage waits on where a token comes meanwhile (R-4)': inConversation(
    [[step('late', 8021), step('rotate'), step('read'), step('keys')]],
    { storage: 'slow', hasProvider: false },
  ),
  'a mark that may not be reported is lost for good with its conversation (R-5a)': inConversation([
    [step('trouble', 8303), step('view'), step('keys', 2548), step('end'), step('keys')],
  ]),
  'who waits for a slow storage whose timer is late waits for it (R-4)': inConversation(
    [
      [step('rotate'), step('keys')],
      [step('read'), step('late', 2183), step('keys', 929), step('keys', 1367)],
      [step('keys')],
    ],
    { storage: 'slow', hasProvider: false },
  ),
  'a mark does not leave again that another handle reported while a storage was read (R-12)': inConversation(
    [
      [step('keys'), step('end', 0, 1), step('view'), step('keys'), step('keys'), step('keys')],
      [step('wait', 1), step('keys', 9)],
      [step('keys')],
    ],
    { latency: 20, storage: 'slow', handles: 2, sharesKey: true },
    { late: 30, order: 870926183 },
  ),
  'an announcement that is accepted after the end, and has to be said again, lifts that (A-0)':
    inConversation(
      [
        [
          ...[step('submitId', 145), step('trouble', 851), step('keys'), step('told', 7924), step('read')],
          ...[step('keys', 3285), step('keys')],
        ],
      ],
      { latency: 20, messageEndsTyping: true },
    ),
  'a message of another conversation is not the one that was taken out (R-9)': inConversation([
    [step('untold', 3021), step('open', 1153), step('view'), step('keys')],
  ]),
  'what one handle has reported is not unread in another that was told again (R-5a)': inConversation(
    [[step('view', 0, 1), step('toldAgain'), step('keys'), step('keys', 6601)]],
    { handles: 2 },
  ),
  'messages whose place is given are counted where they stand, a slow storage or not (R-5a)': inConversation(
    [[step('view'), step('keys')]],
    { storage: 'slow', facts: 'both' },
  ),
  'a leaving that is taken back is in its conversation again (L-4)': inConversation([
    [step('leaves'), step('end'), step('keys')],
  ]),
  'a leaving that is taken back in the same task ends no episode (T-7)': inConversation([
    [step('offline'), step('keys'), step('leaves'), step('resume')],
  ]),
  'what was read on another device before it was told here is seen with its page (R-7)': inConversation([
    [step('told'), step('keys')],
    [step('besides', 312), step('history'), step('page'), step('keys')],
  ]),
  'a page of the past is not why a read leaves that waited for a slow storage (R-7)': inConversation(
    [[step('read'), step('sleep', 1082), step('history'), step('wait'), step('keys')]],
    { storage: 'slowest' },
  ),
  'what another handle has reported counts as seen once a page tells of it (R-7, R-12)': inConversation(
    [
      [
        ...[step('toldLate'), step('told', 0, 1), step('seen', 0, 1), step('keys', 461), step('page', 959)],
        step('keys'),
      ],
    ],
    { handles: 2 },
  ),
  'up to what the guest sent means up to what others said below it, and that may be nothing (R-4, R-10)':
    inConversation([
      [step('submitId', 10), step('unheard'), step('untold', 6706), step('besides', 6360), step('keys')],
    ]),
  'an announcement that fails is not said again for keys of before an acceptance (T-3)': inConversation([
    [step('trouble', 2390), step('keys', 1), step('accepted')],
  ]),
  'a work that begins while typing is kept to oneself keeps no stop back (T-16)': inConversation([
    [step('keys'), step('shareTyping'), step('works'), step('keys', 1111)],
  ]),
  'works that begin while nothing is open keep no stop back of what was left (T-16)': inConversation([
    [step('keys'), step('close'), step('works'), step('keys', 8098), step('works')],
  ]),
  'a second try of one handle follows its own first, not what another one had accepted since (R-3)':
    inConversation(
      [
        [
          ...[step('read', 0, 1), step('trouble', 9996), step('keys'), step('hide', 0, 1), step('view')],
          ...[step('keys'), step('keys', 1024), step('keys')],
        ],
        [step('keys')],
      ],
      { latency: 20, handles: 2 },
    ),
  'a leaving that is taken back opens what was over (L-4)': inConversation(
    [[step('keys'), step('end'), step('leaves', 141), step('keys')]],
    { latency: 250, facts: 'none', sharesKey: false },
  ),
  'each of two handles without a storage gives messages places of its own (R-4)': inConversation(
    [
      [
        ...[step('view', 0, 1), step('view'), step('view'), step('page', 1718, 1), step('read', 41, 1)],
        step('keys'),
      ],
    ],
    { handles: 2, facts: 'none', sharesKey: false },
  ),
  "a page of the past stands beside the guest's own message that it holds (R-7)": inConversation([
    [
      ...[step('view'), step('send'), step('toldLate'), step('unheard'), step('page', 7386)],
      ...[step('view', 9551), step('keys')],
    ],
  ]),
  'what one handle heard to be read on another device, the others know before a page tells of it (R-7)':
    inConversation([[step('toldLate', 0, 1), step('view'), step('elsewhere'), step('page', 595, 1)]], {
      handles: 2,
    }),
  'a handle that waits for its storage does not report what another has just reported (R-12)': inConversation(
    [[step('view', 0, 1), step('toldAgain'), step('read', 0, 1), step('read')]],
    { storage: 'slowest', handles: 2, facts: 'none', sharesKey: false },
  ),
  'what another device reads of what a call under way names, one newer having been taken out, is told once (R-1)':
    inConversation(
      [[step('view'), step('view'), step('removed', 465), step('flush'), step('elsewhere'), step('keys')]],
      { latency: 20 },
    ),
  'a key where nothing is open tries nothing again (T-3)': inConversation(
    [[step('trouble', 1720), step('keys'), step('close'), step('keys', 734)]],
    {},
    { late: 30, order: 0 },
  ),
  'a leaving that is taken back opens what was over: who types there is shown (L-4)': inConversation(
    [[step('keys'), step('end'), step('leaves', 2481), step('agentTypes', 4), step('keys')], [step('keys')]],
    { latency: 250 },
  ),
  'what was overdue may leave as its handle stops: it is no call of another one, which is private (R-11)':
    inConversation(
      [
        [step('agentTypes', 3506), step('shareReads', 0, 1), step('view', 2508), step('sleep', 2312)],
        [step('keys')],
      ],
      { handles: 2 },
    ),
  'what was announced where it is over since needs no stop, although another is open now (T-12, L-4)':
    inConversation([[step('trouble', 8725), step('keys'), step('end'), step('open', 1)]], {
      facts: 'none',
      sharesKey: false,
    }),
  'what sendMessage() sent ends nothing when it is said to be accepted once more (T-5, T-11)': inConversation(
    [[step('send'), step('keys'), step('acceptId'), step('wait', 1930)]],
    { messageEndsTyping: true, facts: 'none', sharesKey: false },
  ),
  'a key takes back the stop that a handle owes, and another one begins elsewhere in the same instant (T-8)':
    inConversation(
      [
        [
          ...[step('keys', 0, 1), step('submit', 0, 1), step('late'), step('open', 2475)],
          ...[step('keys', 985), step('keys', 0, 1), step('keys')],
        ],
      ],
      { handles: 2, facts: 'none', sharesKey: false },
    ),
  'an owed stop that another handle takes over as late timers fire keeps nothing back (T-8)': inConversation(
    [
      [step('keys'), step('keys'), step('keys', 9364), step('keys')],
      [
        ...[step('submitId'), step('keys', 231, 1), step('toldAgain', 0, 1), step('late', 3107)],
        ...[step('open', 2281, 1), step('keys', 3328), step('keys')],
      ],
    ],
    { handles: 2, facts: 'none', sharesKey: false },
  ),
  'what another device read is heard as a late storage is given up and reads are shared (R-11)':
    inConversation(
      [
        [step('submitId'), step('elsewhere'), step('sleep', 860), step('shareReads', 4), step('wait')],
        ...[[step('keys')], [step('keys')]],
      ],
      { storage: 'slow', facts: 'none', sharesKey: false },
    ),
  'what one handle has just decided to call another waits for, which it tells of a read in the same step (T-2)':
    inConversation(
      [
        [step('view'), step('keys'), step('trouble', 5386), step('keys', 5468)],
        [step('keys'), step('keys', 2954, 1)],
        [step('keys')],
      ],
      { storage: 'memory', handles: 2, facts: 'none', sharesKey: true },
    ),
  'what a handle numbers itself stands, although one beside it has read another ledger (R-4)': inConversation(
    [
      [
        ...[step('view', 0, 1), step('history'), step('read', 2653, 1), step('besides', 2484)],
        ...[step('leaves', 1), step('keys')],
      ],
    ],
    { storage: 'memory', handles: 2, facts: 'none', sharesKey: false },
  ),
};
