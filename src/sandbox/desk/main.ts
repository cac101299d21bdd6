import { createControl, listen } from './control.ts';
import { createPlace, type Place } from './place.ts';

const secret = location.hash.slice(1);
const control = createControl(secret);
const places = new Map<string, Place>();
const state = document.querySelector('#state') as HTMLElement;
const complain = (error: unknown): void => {
  state.textContent = `${error instanceof Error ? error.message : error} Is this the address that the sandbox printed?`;
};

/** Shows all conversations as they are; what is told meanwhile is looked up once more, so that nothing is missed. */
let isLooking = false;
let isStale = false;
async function look(): Promise<void> {
  isStale = true;
  if (isLooking) return;
  isLooking = true;
  while (isStale) {
    isStale = false;
    const conversations = await control.conversations();
    state.textContent =
      conversations.length > 0 ? '' : 'No guest yet: open a conversation, and it is shown here.';
    for (const conversation of conversations) {
      const { conversationId } = conversation;
      const place = places.get(conversationId) ?? createPlace(conversationId, control, complain);
      places.set(conversationId, place);
      place.show(conversation);
    }
  }
  isLooking = false;
}

listen(
  secret,
  () => void look().catch(complain),
  () => complain(new Error('The sandbox cannot be reached, or does not know this secret.')),
);
