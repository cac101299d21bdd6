import {
  type Conversation,
  createConversation,
  eventStream,
  type GuestRest,
  guestRest,
  type MessageFrame,
  openGuestConversation,
} from 'genesys-conversation-machine';

/** A guest in a conversation: what an application keeps, however its views come and go. */
export interface Guest {
  readonly id: string;
  readonly conversationId: string;
  readonly transport: GuestRest;
  /** What was said so far, by both sides, oldest first; another array with each message. */
  readonly messages: readonly MessageFrame[];
  /** Makes a handle for a view: it does nothing until it is started. */
  readonly converse: () => Conversation;
}

/** Opens a conversation for a new guest, at the server that this page comes from. */
export async function openGuest(): Promise<Guest> {
  const orgUrl = location.origin;
  const { conversationId, guestId: id, guestToken: token } = await openGuestConversation({ orgUrl });
  const transport = guestRest({ orgUrl, participantId: id, token, events: eventStream() });
  let messages: readonly MessageFrame[] = [];
  transport.on('conversation:message', (message) => {
    messages = [...messages, message];
  });
  return {
    id,
    conversationId,
    transport,
    converse: () => createConversation({ transport, conversationId }),
    get messages() {
      return messages;
    },
  };
}
