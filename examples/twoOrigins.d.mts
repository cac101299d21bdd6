import type { Sandbox, startSandbox } from 'genesys-conversation-machine/sandbox';

/**
 * Serves `page/` of an example, which holds a conversation against a sandbox, and at another origin its `receiver/`,
 * which looks at it.
 */
export function serveBoth(
  example: URL,
  start: typeof startSandbox,
): Promise<{
  readonly sandbox: Sandbox;
  /** Address of the page with the conversation. */
  readonly page: string;
  close(): Promise<void>;
}>;
