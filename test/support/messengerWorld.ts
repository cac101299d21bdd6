import { type WebMessaging, type WebMessagingOptions, webMessaging } from 'genesys-conversation-machine';
import { createSteppedClock } from 'genesys-conversation-machine/testing';
import { deploymentId } from './socketScript.ts';
import { createMessenger } from './socketServer.ts';

/** Lets what is under way between promises and the loop settle. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A messenger in memory on a stepped clock, whose frames take `latency` ms, and what makes a session of it. */
export function createMessengerWorld(latency?: number) {
  const clock = createSteppedClock({ settle: () => turns(4) });
  const messenger = createMessenger(clock, latency);
  const makeSession = (options: Partial<WebMessagingOptions> = {}): WebMessaging =>
    webMessaging({
      deploymentId,
      endpoint: 'http://127.0.0.1:4870',
      config: 'skip',
      webSocket: messenger.Socket,
      fetch: messenger.fetch,
      clock,
      random: () => 0.5,
      ...options,
    });
  return { clock, messenger, makeSession };
}
