import { inspect } from '@xstate/inspect';
import { createConversation, guestRest, openGuestConversation } from 'genesys-conversation-machine';
import { bindTyping } from 'genesys-conversation-machine/browser';
import { acceptEvents } from '../acceptEvents.ts';
import { createBridge } from '../bridge.ts';

/** Where the sandbox and the inspector stand: this page's address says so. */
const { searchParams } = new URL(location.href);
const orgUrl = searchParams.get('org') ?? '';
const url = searchParams.get('inspector') ?? '';
const frame = document.querySelector('iframe') as HTMLIFrameElement;

const bridge = createBridge();
inspect({ url, iframe: frame, devTools: bridge.devTools as never });

const { conversationId, guestId, guestToken } = await openGuestConversation({ orgUrl });
const conversation = createConversation({
  transport: guestRest({ orgUrl, participantId: guestId, token: guestToken }),
  conversationId,
  inspect: bridge.inspect,
}).start();
bindTyping(document.querySelector('input') as HTMLInputElement, conversation);
document.querySelector('#stop')?.addEventListener('click', () => conversation.stop());
acceptEvents({ conversation, frame, origin: new URL(url).origin, allow: ['keystroke'] });
