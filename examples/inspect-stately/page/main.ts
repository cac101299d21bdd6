import { createConversation, guestRest, openGuestConversation } from 'genesys-conversation-machine';
import { bindTyping } from 'genesys-conversation-machine/browser';
import { inFrame } from '../inspectors.ts';

/** Where the sandbox and the inspector stand: this page's address says so. */
const { searchParams } = new URL(location.href);
const orgUrl = searchParams.get('org') ?? '';

const inspector = inFrame(
  document.querySelector('iframe') as HTMLIFrameElement,
  searchParams.get('inspector') ?? '',
);
const { conversationId, guestId, guestToken } = await openGuestConversation({ orgUrl });
const conversation = createConversation({
  transport: guestRest({ orgUrl, participantId: guestId, token: guestToken }),
  conversationId,
  inspect: inspector.inspect,
}).start();
bindTyping(document.querySelector('input') as HTMLInputElement, conversation);
document.querySelector('#stop')?.addEventListener('click', () => conversation.stop());
Object.assign(globalThis, { conversation, guestToken });
