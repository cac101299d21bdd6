import { createConversation, guestRest } from 'genesys-conversation-machine';
import { shareAcrossTabs } from 'genesys-conversation-machine/tabs';
import { element, find } from '../page/dom.ts';
import type { SandboxClient } from '../sandbox/sandboxClient.ts';
import type { Stage } from '../stage/createStage.ts';
import type { Box } from './writer.ts';

/** A box of a second tab. */
export interface SecondTab extends Box {
  close(): void;
}

/**
 * Opens the guest's conversation once more, as a second tab would: a token, a transport and a handle of its own, which
 * hears of the first by `BroadcastChannel` only. What is written there is shown below the guest's box.
 */
export async function openSecondTab(
  sandbox: SandboxClient,
  { conversationId, stage }: { readonly conversationId: string; readonly stage: Stage },
): Promise<SecondTab> {
  const { guestToken } = await sandbox.freshToken(conversationId);
  const transport = guestRest({
    orgUrl: location.origin,
    participantId: stage.actor('guest')?.id ?? '',
    token: guestToken,
  });
  const conversation = createConversation({
    conversationId,
    transport,
    tabs: shareAcrossTabs({ storage: () => null }), // The page's own is the first tab's.
  }).start();
  const written = element('p', { className: 'second-tab' });
  written.dataset.testid = 'second-tab';
  find('#guest').append(written);
  let text = '';
  return {
    write: (key) => {
      text += key;
      written.textContent = `In the second tab: ${text}`;
      conversation.keystroke();
      stage.tell({ type: 'key', at: Date.now(), tab: 2 });
    },
    submit: () => {},
    close: () => {
      written.remove();
      void conversation.leave();
    },
  };
}
