import type { PersonNames, Sender } from '../../machines/session/events.ts';

/** The guest's own participant id: local, since the product tells guests none, and the same for every session. */
export const guestId = 'guest';

/**
 * Who that is, in one word, for want of an id: the product tells guests none, but often a name. People who bear the same
 * one are one, as they are to the guest; who bears the guest's is not the guest for that.
 */
export function participantOf({
  nickname,
  firstName,
  sender,
}: PersonNames & { readonly sender?: Sender }): string {
  const name = [nickname, firstName].find((each) => each !== undefined && each !== guestId);
  return name ?? (sender === 'bot' ? 'bot' : 'agent');
}
