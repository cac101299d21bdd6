import type { TransportCapabilities } from 'genesys-conversation-machine';

/** What a back end does with a call that a rival would make. */
export type Verdict = 'accepted' | 'refused' | 'unknown';

/** At most so many accepted calls in a second, as the local server has it. */
const mostInSecond = 2;

/**
 * Judges calls as the back end of the guest would: none while offline, none before a rate limit is over, no more than
 * two in a second, and no stop where it knows none. The rivals run along on the same keys, and nothing of theirs leaves.
 */
export function createBackEnd() {
  let capabilities: Pick<TransportCapabilities, 'stopTyping' | 'timeToLive'> = {
    stopTyping: true,
    timeToLive: 5000,
  };
  let limitedUntil = 0;
  let isOnline = true;
  return {
    get timeToLive(): number {
      return capabilities.timeToLive;
    },
    be: (next: Pick<TransportCapabilities, 'stopTyping' | 'timeToLive'>): void => {
      capabilities = next;
    },
    limit: (until: number): void => {
      limitedUntil = until;
    },
    connect: (online: boolean): void => {
      isOnline = online;
    },
    /** A rival's own account with it. */
    account: () => {
      let accepted: number[] = [];
      return (isTyping: boolean, at: number): Verdict => {
        if (!isTyping && !capabilities.stopTyping) return 'unknown';
        accepted = accepted.filter((time) => time > at - 1000);
        if (!isOnline || at < limitedUntil || accepted.length >= mostInSecond) return 'refused';
        accepted.push(at);
        return 'accepted';
      };
    },
  };
}
