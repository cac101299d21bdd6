import { askAgain } from '../waits.ts';
import { conversation } from './setup.ts';
import { typingCall } from './typing.logic.ts';

/** A wait during which nobody typed yet. */
const quiet = conversation.createStateConfig({
  tags: 'attentive',
  always: [
    { guard: 'mayPutOut', target: '#typing.stopping' },
    { guard: 'mayResume', target: '#typing.typing' },
    { guard: 'isTypingInOpenConversation', target: 'held', actions: 'emitHeld' },
    { guard: 'typingRested', target: '#typing.idle' },
  ],
  after: askAgain('quiet', 'typingRested'),
  on: {
    keystroke: [
      { guard: 'isTypingInOpenConversation', actions: 'noteKey' },
      { guard: 'hasNoOpenConversation', actions: ['noteKey', 'emitHeld'] },
      { actions: 'noteKey' },
    ],
  },
});

/** A wait during which somebody typed: a fresh episode follows if it is still true then (T-7). */
const held = conversation.createStateConfig({
  always: [
    { guard: 'isTypingNoMore', target: 'quiet', actions: 'emitStale' },
    { guard: 'mayPutOut', target: '#typing.stopping' },
    { guard: 'mayResume', target: '#typing.typing' },
    { guard: 'typingRested', target: '#typing.idle' },
  ],
  after: askAgain('held', 'typingRested'),
});

/**
 * What has the other side been told about us?
 *
 * | state         | the other side | we …                                                       |
 * | ------------- | -------------- | ---------------------------------------------------------- |
 * | `idle`        | shows nothing  | have nothing to say                                        |
 * | `typing`      | shows us       | are announcing, or announced and lit                       |
 * | `stopping`    | shows us       | have a stop to send, or are sending it                     |
 * | `cooldown`    | either         | must wait: spacing, or backoff after a failure             |
 * | `rateLimited` | either         | must wait: the server said so                              |
 * | `disabled`    | shows nothing  | may not type here                                          |
 *
 * A state with the tag `attentive` is one that a key would change; in the others a key is only noted.
 */
export const typing = conversation.createStateConfig({
  id: 'typing',
  initial: 'idle',
  on: {
    keystroke: { actions: 'noteKey' },
    'input.cleared': { actions: 'endEpisode' },
    'input.blurred': { actions: 'endEpisode' },
    'typing.stop': { actions: 'endEpisode' },
    'message.sent': { actions: 'endEpisode' },
    'page.hidden': { actions: 'endEpisode' },
    'conversation.opened': { guard: 'switches', actions: 'endEpisode' },
    'conversation.closed': { actions: 'endEpisode' },
    'conversation.ended': { guard: 'endsOpenConversation', actions: 'endEpisode' },
    'message.accepted': { actions: 'reopenWindow' },
    'typing.forbidden': { target: '.disabled', actions: ['endEpisode', 'putOut'] },
  },
  states: {
    idle: {
      tags: 'attentive',
      always: [
        { guard: 'blocked', target: 'rateLimited' },
        { guard: 'mayPutOut', target: 'stopping' },
        { guard: 'mayResume', target: 'typing' },
      ],
      on: {
        keystroke: [
          { guard: 'mayAnnounce', target: 'typing', actions: 'noteKey' },
          { guard: 'isTypingNow', actions: 'noteKey' },
          { actions: ['noteKey', 'emitHeld'] },
        ],
      },
    },

    typing: {
      initial: 'announcing',
      states: {
        announcing: {
          entry: 'beginAnnouncing',
          exit: 'callSettled',
          on: { 'page.hidden': { actions: ['endEpisode', 'leave'] } },
          invoke: {
            id: 'sendTyping',
            src: 'sendTyping',
            input: ({ context }) => ({ ports: context.ports, call: typingCall(context, true) }),
            onDone: [
              {
                guard: 'isTypingHere',
                target: 'lit',
                actions: ['typingAccepted', 'emitTypingAcknowledged', 'emitAnnounced'],
              },
              {
                target: '#typing.stopping',
                actions: ['typingAccepted', 'emitTypingAcknowledged', 'emitAnnounced'],
              },
            ],
            onError: [
              {
                guard: 'limited',
                target: '#typing.rateLimited',
                actions: ['emitAnnounceFailed', 'typingFailed', 'emitTypingLimited'],
              },
              {
                guard: 'forbidden',
                target: '#typing.disabled',
                actions: ['emitAnnounceFailed', 'typingFailed'],
              },
              {
                guard: 'gone',
                target: '#typing.cooldown',
                actions: ['emitAnnounceFailed', 'giveUpConversation', 'typingFailed', 'putOut', 'endEpisode'],
              },
              { target: '#typing.cooldown', actions: ['emitAnnounceFailed', 'typingFailed'] },
            ],
          },
          after: {
            deadline: { target: '#typing.cooldown', actions: ['emitAnnounceFailed', 'typingFailed'] },
          },
        },

        lit: {
          initial: 'fresh',
          always: { guard: 'blocked', target: '#typing.rateLimited' },
          after: {
            silenceLeft: [
              { guard: 'isTypingNow', target: 'lit', reenter: true },
              { target: '#typing.stopping', actions: 'endEpisode' },
            ],
          },
          on: {
            'input.cleared': { target: '#typing.stopping', actions: 'endEpisode' },
            'input.blurred': { target: '#typing.stopping', actions: 'endEpisode' },
            'typing.stop': { target: '#typing.stopping', actions: 'endEpisode' },
            'page.hidden': { target: '#typing.stopping', actions: ['endEpisode', 'leave'] },
            'message.sent': [
              {
                guard: 'messageEndsTyping',
                target: '#typing.cooldown',
                actions: ['endEpisode', 'putOut', 'emitEnded'],
              },
              { target: '#typing.stopping', actions: 'endEpisode' },
            ],
            'conversation.opened': {
              guard: 'switches',
              target: '#typing.stopping',
              actions: 'endEpisode',
            },
            'conversation.closed': { target: '#typing.stopping', actions: 'endEpisode' },
            'conversation.ended': {
              guard: 'concernsTyping',
              target: '#typing.cooldown',
              actions: ['endEpisode', 'putOut', 'emitEnded'],
            },
          },
          states: {
            fresh: { after: { renewalLeft: 'due' } },
            due: {
              tags: 'attentive',
              always: { guard: 'mayRenew', target: '#typing.typing.announcing' },
            },
          },
        },
      },
    },

    stopping: {
      initial: 'waiting',
      states: {
        waiting: {
          tags: 'attentive',
          always: [
            { guard: 'cannotStop', target: '#typing.cooldown', actions: ['emitEnded', 'putOut'] },
            { guard: 'notLit', target: '#typing.cooldown', actions: ['emitStopStale', 'putOut'] },
            { guard: 'mayStop', target: 'calling' },
          ],
          after: askAgain('waiting', 'typingRested', 'unlit'),
          on: {
            keystroke: [
              { guard: 'inSameConversation', target: '#typing.typing.lit', actions: 'noteKey' },
              { actions: 'noteKey' },
            ],
            'message.sent': {
              guard: 'messageEndsTyping',
              target: '#typing.cooldown',
              actions: ['endEpisode', 'putOut', 'emitEnded'],
            },
            'page.hidden': { actions: ['endEpisode', 'leave'] },
            'conversation.ended': {
              guard: 'concernsTyping',
              target: '#typing.cooldown',
              actions: ['endEpisode', 'putOut', 'emitEnded'],
            },
          },
        },
        calling: {
          entry: 'beginStopping',
          exit: 'callSettled',
          invoke: {
            id: 'sendTyping',
            src: 'sendTyping',
            input: ({ context }) => ({ ports: context.ports, call: typingCall(context, false) }),
            onDone: {
              target: '#typing.cooldown',
              actions: ['stopAccepted', 'emitStopAcknowledged', 'emitStopped'],
            },
            onError: [
              {
                guard: 'limited',
                target: '#typing.rateLimited',
                actions: ['emitStopFailed', 'typingFailed', 'emitTypingLimited'],
              },
              {
                guard: 'forbidden',
                target: '#typing.disabled',
                actions: ['emitStopFailed', 'typingFailed', 'putOut'],
              },
              {
                guard: 'gone',
                target: '#typing.cooldown',
                actions: ['emitStopFailed', 'giveUpConversation', 'typingFailed', 'putOut', 'endEpisode'],
              },
              {
                guard: 'refused',
                target: '#typing.cooldown',
                actions: ['emitStopFailed', 'typingFailed', 'putOut'],
              },
              { target: '#typing.cooldown', actions: ['emitStopFailed', 'typingFailed'] },
            ],
          },
          after: {
            deadline: { target: '#typing.cooldown', actions: ['emitStopFailed', 'typingFailed'] },
          },
        },
      },
    },

    cooldown: {
      initial: 'quiet',
      always: { guard: 'blocked', target: 'rateLimited' },
      states: { quiet, held },
    },

    rateLimited: {
      initial: 'quiet',
      states: { quiet, held },
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
