import {
  ConversationError,
  type ConversationOptions,
  createConversation,
  type TransportCapabilities,
} from 'genesys-conversation-machine';
import {
  createScriptedTransport,
  createSteppedClock,
  type SteppedClock,
} from 'genesys-conversation-machine/testing';
import type { MakeSubject } from './replay.ts';

/** A stepped clock that lets a whole turn of the event loop run after each timer, as a replay wants it, and quickly. */
export const quickClock = (): SteppedClock =>
  createSteppedClock({ settle: () => new Promise((resolve) => setImmediate(resolve)) });

/** What a back end with a stop call can do: the Guest REST contract. */
export const withStop: Partial<TransportCapabilities> = { stopTyping: true, spacing: 1000, timeToLive: 5000 };

/** What one without can do: "on" only, strictly more than 5 s apart. */
export const onOnly: Partial<TransportCapabilities> = { stopTyping: false, spacing: 5001, timeToLive: 5000 };

/** This package as a subject: a conversation of its own for each session, by the public API, on the kit's stepped clock. */
export function ours(
  capabilities: Partial<TransportCapabilities>,
  timing: NonNullable<ConversationOptions['timing']> = {},
): MakeSubject<SteppedClock> {
  return ({ time: clock, call }) => {
    const scripted = createScriptedTransport({ clock, capabilities });
    const transport = {
      ...scripted,
      sendTyping: async ({ isTyping }: { readonly isTyping: boolean }) => {
        await call(isTyping).catch(() => {
          throw new ConversationError({ code: 'network', message: 'The call failed.' });
        });
        return {};
      },
    };
    const conversation = createConversation({
      transport,
      clock,
      timing,
      conversationId: 'c1',
      random: () => 0.5,
      logger: () => {},
    }).start();
    return {
      key: conversation.keystroke,
      sent: () => {
        conversation.messageSent();
        conversation.messageAccepted();
      },
      end: conversation.stop,
    };
  };
}
