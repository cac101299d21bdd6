import { conversation } from './setup.ts';

/** Somebody may have fallen silent; whoever is left is waited for anew (T-18). */
const expires = [
  { guard: 'someoneExpired', target: '#roster.someoneTyping', actions: ['unlistExpired', 'emitRoster'] },
  { target: '#roster.someoneTyping' },
] as const;

/**
 * Who else is typing right now? People are data with one timer for whatever is next of them, not an actor each.
 *
 * | state           | meaning                                                                          |
 * | --------------- | -------------------------------------------------------------------------------- |
 * | `quiet`         | nobody else types                                                                |
 * | `someoneTyping` | somebody does: `unannounced` so briefly that it is not worth saying aloud, then  |
 * |                 | `announced`; ends by their stop, their message, or silence                       |
 *
 * Whose message was the last is noted with the message (`noteReceived`), since each note of its own is a step of the chart.
 */
export const roster = conversation.createStateConfig({
  id: 'roster',
  initial: 'quiet',
  on: {
    'conversation.opened': { guard: 'switches', actions: 'emptyRoster' },
  },
  states: {
    quiet: {
      on: {
        'remote.typing': {
          guard: 'someoneStarts',
          target: 'someoneTyping',
          actions: ['listTypist', 'emitRoster'],
        },
      },
    },

    someoneTyping: {
      initial: 'unannounced',
      always: [
        { guard: 'nobodyTypes', target: 'quiet' },
        { guard: 'conversationOver', target: 'quiet', actions: ['emptyRoster', 'emitRoster'] }, // L-4
      ],
      on: {
        'remote.typing': [
          {
            guard: 'someoneStarts',
            target: 'someoneTyping',
            reenter: true,
            actions: ['listTypist', 'emitRoster'],
          },
          { guard: 'someoneContinuesBriefly', target: 'someoneTyping', reenter: true, actions: 'listTypist' },
          { guard: 'someoneContinues', actions: 'listTypist' },
          {
            guard: 'someoneEnds',
            target: 'someoneTyping',
            reenter: true,
            actions: ['unlistTypist', 'emitRoster'],
          },
        ],
        'message.received': [
          {
            guard: 'someoneEnds',
            target: 'someoneTyping',
            reenter: true,
            actions: ['unlistTypist', 'emitRoster'],
          },
        ],
        'conversation.opened': { guard: 'switches', target: 'quiet', actions: ['emptyRoster', 'emitRoster'] },
        'conversation.closed': { target: 'quiet', actions: ['emptyRoster', 'emitRoster'] },
        'network.offline': { target: 'quiet', actions: ['emptyRoster', 'emitRoster'] },
        'conversation.stopping': { target: 'quiet', actions: ['emptyRoster', 'emitRoster'] },
      },
      states: {
        unannounced: {
          always: { guard: 'announced', target: 'announced' },
          after: {
            firstChange: [
              {
                guard: 'worthAnnouncing', // T-15
                target: 'announced',
                actions: ['noteAnnounced', 'emitRosterAnnounced'],
              },
              ...expires,
            ],
          },
        },
        announced: { after: { firstExpiry: expires } },
      },
    },
  },
});
