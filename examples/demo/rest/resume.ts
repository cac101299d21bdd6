import { Refused } from '../sandbox/refused.ts';
import type { SandboxClient } from '../sandbox/sandboxClient.ts';

const key = 'demo-conversation';

let isFirst = true;

interface Known {
  readonly conversationId: string;
  readonly guestId: string;
}

export function remember({ conversationId, guestId }: Known): void {
  sessionStorage.setItem(key, JSON.stringify({ conversationId, guestId }));
}

/** The conversation that this tab was in before it was reloaded, with a fresh token, while the sandbox knows it. */
export async function resumed(sandbox: SandboxClient): Promise<(Known & { guestToken: string }) | null> {
  const text = isFirst ? sessionStorage.getItem(key) : null;
  isFirst = false;
  if (text === null) return null;
  const known = JSON.parse(text) as Known;
  try {
    return { ...known, guestToken: (await sandbox.freshToken(known.conversationId)).guestToken };
  } catch (thrown) {
    if (thrown instanceof Refused) return null;
    throw thrown;
  }
}
