import { askAgain } from '../waits.ts';
import { conversation } from './setup.ts';
import { typingCall } from './typing.logic.ts';

/** Another handle left the indicator lit: it is taken over, and no call is made (T-13). */
const takesOver = {
  guard: 'inherits',
  target: '#typing.typing.lit',
  actions: ['inherit', 'takeOver'],
} as const;

/** A wait during which nobody typed yet. */
const quiet = conversation.createStateConfig({
  tags: ['attentive', 'audible'],
  always: [
    takesOver,
    { guard: 'mayPutOut', target: '#typing.stopping' },
    { guard: 'mayResume', target: '#typing.typing' },
    { guard: 'isTypingInOpenConversation', target: 'held', actions: 'emitHeld' },
    { guard: 'typingRested', target: '#typing.idle' },
  ],
  after: askAgain('quiet', 'typingRested'),
  on: {
    keystroke: [
      { guard: 'isTypingNow', actions: 'noteKey' },
      { guard: 'hasNoOpenConversation', actions: ['noteKey', 'emitHeld'] },
      { actions: 'noteKey' },
    ],
  },
});

/** A wait during which somebody typed: a fresh episode follows if it is still true then. */
const held = conversation.createStateConfig({
  always: [
    takesOver,
    { guard: 'isTypingNoMore', target: 'quiet', actions: 'emitStale' }, // T-7
    { guard: 'mayPutOut', target: '#typing.stopping' },
    { guard: 'mayResume', target: '#typing.typing' },
    { guard: 'heldTooLong', target: '#typing.idle', actions: 'emitStale' }, // T-4
    { guard: 'heldRested', target: '#typing.idle' },
  ],
  after: askAgain('held', 'typingRested', 'blinked'),
  on: {
    'input.cleared': { target: 'held', reenter: true, actions: 'falter' },
    'input.blurred': { target: 'held', reenter: true, actions: 'falter' },
    'work.ended': { target: 'held', reenter: true, actions: 'endWork' },
    'message.accepted': { target: 'held', reenter: true, actions: 'takeAcceptance' }, // T-11: the window may be open again
  },
});

/** Nothing is said, and somebody begins: a person by a key, a bot by its work. */
const begins = (note: 'noteKey' | 'noteWork') =>
  [
    { ...takesOver, guard: 'inheritsByKey', actions: [note, 'inherit', 'takeOver'] },
    { guard: 'mayAnnounce', target: 'typing', actions: note }, // T-1
    { guard: 'couldAnnounce', actions: note }, // T-17
    { guard: 'mustRest', target: 'cooldown.held', actions: [note, 'emitHeld'] }, // T-13
    { guard: 'isTypingNow', actions: note },
    { actions: [note, 'emitHeld'] },
  ] as const;

/** A stop is due, and somebody goes on. */
const goesOn = (note: 'noteKey' | 'noteWork') =>
  [{ guard: 'takesStopBack', target: '#typing.typing.lit', actions: note }, { actions: note }] as const;

/** What the three waits have in common. */
const wait = { initial: 'quiet', states: { quiet, held } } as const;

/** The other side put the indicator out by itself: a message of ours came. */
const putOutThere = {
  'message.sent': {
    guard: 'messageEndsTyping', // T-5: no stop where the message implies it
    target: '#typing.cooldown',
    actions: ['endBySubmit', 'emitEnded'],
  },
  'message.accepted': [
    { guard: 'acceptancePutsOut', target: '#typing.cooldown', actions: ['takeAcceptance', 'emitEnded'] },
    { actions: 'takeAcceptance' },
  ],
} as const;

/** Nobody looks at a conversation that is over, whoever said so: the application, or a reply in either lane (L-4). */
const overThere = {
  guard: 'typingIsOver',
  target: '#typing.cooldown',
  actions: ['endEpisode', 'putOut', 'emitEnded'],
} as const;

/** The page goes: what still has to be said outlives it, and does not wait for spacing (T-2). */
const leaves = {
  'page.hidden': { actions: ['endEpisode', 'leave'] },
  'page.frozen': { actions: ['endEpisode', 'leave'] },
} as const;

/**
 * One typing call, and what follows when it fails. A start and a stop differ in how they say so, and in that
 * a stop which is refused for good is given up, its indicator with it.
 */
const calling = (isTyping: boolean) => {
  const say = isTyping ? 'emitAnnounceFailed' : 'emitStopFailed';
  const giveUp = isTyping ? ([] as const) : (['putOut'] as const);
  const passing = (doubts: readonly 'abandonAnnouncement'[]) =>
    [
      { guard: 'typingLastTry', target: '#typing.parked', actions: [say, 'typingFailed', ...doubts] },
      { target: '#typing.cooldown', actions: [say, 'typingFailed', ...doubts] }, // T-3
    ] as const;
  return conversation.createStateConfig({
    entry: isTyping ? 'beginAnnouncing' : 'beginStopping',
    invoke: {
      id: 'sendTyping',
      src: 'sendTyping', // T-8
      input: ({ context }) => ({ ports: context.ports, call: typingCall(context, isTyping) }),
      onDone: isTyping
        ? [
            {
              guard: 'isDoubtful',
              target: '#typing.cooldown', // T-11: said again
              actions: ['liftEnd', 'typingAccepted', 'emitTypingAcknowledged', 'emitAnnounced'],
            },
            {
              guard: 'isTypingHere',
              target: 'lit',
              actions: ['liftEnd', 'typingAccepted', 'emitTypingAcknowledged', 'emitAnnounced'],
            },
            {
              target: '#typing.stopping',
              actions: ['liftEnd', 'typingAccepted', 'emitTypingAcknowledged', 'emitAnnounced'],
            },
          ]
        : {
            target: '#typing.cooldown',
            actions: ['liftEnd', 'stopAccepted', 'emitStopAcknowledged', 'emitStopped'],
          },
      onError: [
        {
          guard: 'gone',
          target: '#typing.cooldown',
          actions: [say, 'giveUpConversation', 'typingFailed', 'putOut', 'endEpisode'],
        },
        { guard: 'forbidden', target: '#typing.disabled', actions: [say, 'typingFailed', ...giveUp] },
        { guard: 'refused', target: '#typing.parked', actions: [say, 'typingFailed', ...giveUp] },
        {
          guard: 'limited',
          target: '#typing.rateLimited',
          actions: [say, 'typingFailed', 'emitTypingLimited'],
        }, // L-1
        ...passing([]),
      ],
    },
    after: { typingDeadline: passing(isTyping ? ['abandonAnnouncement'] : []) }, // T-12
    on: {
      'page.resumed': {
        guard: 'typingPredatesFreeze',
        target: '#typing.cooldown',
        actions: ['callSettled', isTyping ? 'abandonAnnouncement' : 'abandonStop'],
      },
      'typing.forbidden': { target: '#typing.disabled', actions: ['callSettled', 'endEpisode', 'putOut'] },
      ...(isTyping && {
        'message.accepted': [
          { guard: 'acceptanceFollowsSubmit', actions: ['takeAcceptance', 'doubt'] },
          { actions: 'takeAcceptance' },
        ] as const,
      }),
    },
  });
};

/**
 * What has the other side been told about us?
 *
 * | state         | the other side | we …                                                                |
 * | ------------- | -------------- | ------------------------------------------------------------------- |
 * | `idle`        | shows nothing  | have nothing to say                                                 |
 * | `typing`      | shows us       | are `announcing`, or announced and `lit`: `fresh`, then `due` to be renewed |
 * | `stopping`    | shows us       | have a stop to send (`waiting`), are `calling`, or let it go out by itself (`fading`) |
 * | `cooldown`    | either         | must wait: spacing, or backoff after a failure                      |
 * | `parked`      | either         | must wait long: the back end fails everybody, or refused the call   |
 * | `rateLimited` | either         | must wait: the server said so, whatever else there is to wait for   |
 * | `disabled`    | shows nothing  | may not type here                                                   |
 * | `off`         | shows nothing  | keep it to ourselves: the guest wants it so                         |
 *
 * The three waits are one table (`quiet` until somebody types, then `held`) and end alike, at the later of
 * the lane's own rest and the server's silence. What differs is who asked for the wait and how it is
 * entered; that is what a person looks for in an inspector.
 *
 * An episode ends in one place, the list of this region's own events: each takes note that the keys so far
 * have had their say, and whoever shows them leaves by that note (`episodeOver`), not by the event. An emptied
 * box, a lost focus and the end of the last work are edges, not levels: they end an episode after a blink without
 * a key. Who types is whoever presses keys, or has a work under way that writes.
 *
 * A state with the tag `attentive` is one that a key would change; in the others a key is only noted. With the tag
 * `audible` it would only by being told: while nothing can be (`isMute`), a key that follows another is only noted too.
 * With `owesStop` other handles on the transport wait for what is said first (T-8).
 */
export const typing = conversation.createStateConfig({
  id: 'typing',
  initial: 'idle',
  on: {
    keystroke: { actions: 'noteKey' }, // T-9
    'work.writes': { actions: 'noteWork' }, // T-16
    'work.ended': { actions: 'endWork' },
    'input.cleared': { actions: 'falter' }, // T-5
    'input.blurred': { actions: 'falter' },
    'typing.stop': { actions: 'endEpisode' }, // T-5: at once, and so the rows below
    'message.sent': { actions: 'submit' },
    'page.hidden': { actions: 'endEpisode' },
    'page.frozen': { actions: 'endEpisode' },
    'conversation.opened': [
      { guard: 'opensFirst', actions: 'forgetKeys' }, // T-16
      { guard: 'switches', actions: 'endEpisode' },
    ],
    'conversation.closed': { actions: 'endEpisode' },
    'conversation.ended': { guard: 'endsOpenConversation', actions: 'endEpisode' },
    'message.accepted': { actions: 'takeAcceptance' }, // T-3, T-6, T-11
    'sharing.changed': {
      guard: 'switchesTyping',
      actions: ['endEpisode', 'switchTyping', 'emitSharing'], // T-14
    },
    'typing.forbidden': { target: '.disabled', actions: ['endEpisode', 'putOut'] },
  },
  states: {
    idle: {
      tags: ['attentive', 'audible'],
      always: [
        { guard: 'blocked', target: 'rateLimited' }, // L-1
        takesOver,
        { guard: 'mayPutOut', target: 'stopping' },
        { guard: 'typingNotShared', target: 'off' }, // T-14
        { guard: 'mayResume', target: 'typing' },
        { guard: 'mustRestToResume', target: 'cooldown.held', actions: 'emitHeld' }, // T-13
        { guard: 'mustAskToCall', actions: 'ask' }, // T-17
      ],
      on: {
        keystroke: begins('noteKey'),
        'work.writes': begins('noteWork'),
      },
    },

    typing: {
      initial: 'announcing',
      on: leaves,
      states: {
        announcing: calling(true),
        lit: {
          initial: 'fresh',
          entry: 'stay', // T-2
          always: [
            overThere,
            { guard: 'blocked', target: '#typing.rateLimited' },
            { guard: 'stoppedElsewhere', target: '#typing.cooldown', actions: 'putOut' }, // T-17
            {
              guard: 'takenOver',
              target: '#typing.cooldown',
              actions: ['letGo', 'endTakenOver', 'putOut', 'emitTakenOver'],
            },
            { guard: 'typingNotShared', target: '#typing.stopping', actions: 'endEpisode' }, // T-14
            { guard: 'episodeOver', target: '#typing.stopping' },
          ],
          after: {
            silenceLeft: [
              { guard: 'isTypingNow', actions: 'listenOn' },
              { guard: 'mayStopAtOnce', target: '#typing.stopping.calling', actions: 'endEpisode' }, // T-5
              { target: '#typing.stopping', actions: 'endEpisode' },
            ],
          },
          on: {
            ...putOutThere,
            'input.cleared': { target: 'lit', reenter: true, actions: 'falter' },
            'input.blurred': { target: 'lit', reenter: true, actions: 'falter' },
            'work.ended': { target: 'lit', reenter: true, actions: 'endWork' }, // T-16
            'message.accepted': [
              { guard: 'acceptanceFollowsSubmit', target: '#typing.cooldown', actions: 'takeAcceptance' }, // T-11
              ...putOutThere['message.accepted'],
            ],
          },
          states: {
            fresh: {
              after: {
                renewalLeft: [
                  { guard: 'mayRenew', target: '#typing.typing.announcing' }, // T-4
                  { target: 'due' },
                ],
              },
            },
            due: {
              tags: ['attentive', 'audible'],
              always: [
                { guard: 'mayRenew', target: '#typing.typing.announcing' }, // T-4
                { guard: 'mustAskToRenew', actions: 'ask' }, // T-17
              ],
              after: askAgain('due', 'typingRested'), // T-13, T-16
            },
          },
        },
      },
    },

    stopping: {
      initial: 'waiting',
      states: {
        waiting: {
          tags: ['attentive', 'owesStop'],
          always: [
            overThere,
            { guard: 'cannotStop', target: '#typing.cooldown', actions: ['emitEnded', 'putOut'] },
            { guard: 'takenOver', target: '#typing.cooldown', actions: ['letGo', 'emitTakenOver', 'putOut'] },
            { guard: 'fades', target: 'fading' }, // T-5
            { guard: 'notLit', target: '#typing.cooldown', actions: ['emitStopStale', 'putOut'] }, // T-7
            { guard: 'stoppedElsewhere', target: '#typing.cooldown', actions: ['emitStopStale', 'putOut'] },
            { guard: 'mayStop', target: 'calling' },
            { guard: 'mustAskToStop', actions: 'ask' }, // T-17
          ],
          after: askAgain('waiting', 'typingRested', 'unlit'),
          on: {
            ...leaves,
            ...putOutThere,
            keystroke: goesOn('noteKey'),
            'work.writes': goesOn('noteWork'),
          },
        },
        fading: {
          tags: 'attentive',
          always: [
            overThere,
            { guard: 'takenOver', target: '#typing.cooldown', actions: ['letGo', 'emitTakenOver', 'putOut'] },
            { guard: 'notLit', target: '#typing.cooldown', actions: ['emitEnded', 'putOut'] },
            { guard: 'stoppedElsewhere', target: '#typing.cooldown', actions: 'putOut' }, // T-17
            { guard: 'fadesNoMore', target: 'waiting' }, // T-8
          ],
          after: askAgain('fading', 'unlit'),
          on: {
            ...leaves,
            ...putOutThere,
            keystroke: { target: '#typing.typing.lit', actions: 'noteKey' },
            'work.writes': { target: '#typing.typing.lit', actions: 'noteWork' },
          },
        },
        calling: calling(false),
      },
    },

    cooldown: { ...wait, always: { guard: 'blocked', target: 'rateLimited' } }, // T-2, T-3
    parked: { ...wait, always: { guard: 'blocked', target: 'rateLimited' } },
    rateLimited: wait, // L-1

    off: {
      always: [
        takesOver,
        { guard: 'mayPutOut', target: 'stopping' },
        { guard: 'mustAskToStop', actions: 'ask' }, // T-17
        { guard: 'typingShared', target: 'idle' }, // T-14
      ],
    },

    disabled: {
      entry: 'emitDisabled',
      on: {
        'conversation.opened': {
          target: 'cooldown',
          actions: ['endEpisode', 'forgetTypingTrouble', 'putOut'],
        },
        'token.renewed': { target: 'cooldown', actions: 'forgetTypingTrouble' },
        'token.refreshed': { target: 'cooldown', actions: 'forgetTypingTrouble' },
      },
    },
  },
});
