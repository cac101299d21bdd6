import { inspect } from 'node:util';
import { expect } from 'vitest';
import type { ReadCall, TypingCall } from '../../machines/conversation/types.ts';
import { type ConversationError, isConversationError } from '../../src/shared/errors.ts';
import type { AttemptOptions } from '../../src/shared/transport.ts';

/** A token that must turn up nowhere but in an `Authorization` header. */
export const canary = 'kX9-canary.7Qv2~Zt5+Wm8/Lp3Rb6Yd1Hs4==';

/** A typing call, with what a test changes about it. */
export function typingCall(changes: Partial<TypingCall> = {}): TypingCall {
  return { conversationId: 'conversation-1', isTyping: true, attempt: 1, keepalive: false, ...changes };
}

/** A read call, with what a test changes about it. */
export function readCall(changes: Partial<ReadCall> = {}): ReadCall {
  return { conversationId: 'conversation-1', attempt: 1, ...changes };
}

/** Options of an attempt that nobody aborts, or that `controller` does. */
export function attempt(controller = new AbortController()): AttemptOptions {
  return { signal: controller.signal };
}

/** The `ConversationError` that a call rejects with, checked to hold no part of the canary. */
export async function failureOf(call: Promise<unknown>): Promise<ConversationError> {
  const outcome = await call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if (!('error' in outcome)) throw new Error('the call was accepted, though it should have failed');
  expect(isConversationError(outcome.error)).toBe(true);
  expectNoCanary(outcome.error);
  return outcome.error as ConversationError;
}

/** Fails where any eight characters of a secret can be got out of `value` (S4, S5). */
export function expectNoCanary(value: unknown, secret = canary): void {
  const shown = [
    inspect(value, { showHidden: true, getters: true, depth: null }),
    JSON.stringify(value),
    String(value),
    value instanceof Error ? `${value.stack}${value.message}` : '',
  ].join('\n');
  const parts = Array.from({ length: secret.length - 7 }, (_, start) => secret.slice(start, start + 8));
  expect(parts.filter((part) => shown.includes(part))).toEqual([]);
}
