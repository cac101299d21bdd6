import { transform } from 'esbuild';
import { createConversation } from 'genesys-conversation-machine';
import { createScriptedTransport, createSteppedClock } from 'genesys-conversation-machine/testing';
import { expect } from 'vitest';

/** Runs the text of a test with the real kit; throws what it throws. */
export async function runTest(text: string): Promise<void> {
  const { code } = await transform(text.replace(/^import .*$/gm, ''), { loader: 'ts' });
  let body: (() => Promise<void>) | undefined;
  const test = (_name: string, given: () => Promise<void>): void => {
    body = given;
  };
  const names = { createConversation, createScriptedTransport, createSteppedClock, expect, test };
  new Function(...Object.keys(names), code)(...Object.values(names));
  await body?.();
}
