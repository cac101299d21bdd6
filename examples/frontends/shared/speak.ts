import { type Conversation, describeTyping } from 'genesys-conversation-machine';

/**
 * Says in a live region that somebody is typing: after a moment, once, and nothing when it ends. What is seen of it is
 * hidden from assistive technology.
 */
export function speak(region: HTMLElement, conversation: Conversation): () => void {
  const say = (text: string): void => {
    region.textContent = text;
  };
  const ends = [
    conversation.on('roster.announced', ({ participantIds }) =>
      say(describeTyping(participantIds.map(() => 'The agent'))),
    ),
    conversation.on('roster.changed', ({ participantIds }) => {
      if (participantIds.length === 0) say('');
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}
