import { ConversationError } from './errors.ts';

/**
 * Refuses a platform without random numbers that nobody can guess: ids are made of them, and a guest's own.
 * @throws ConversationError `unsupported`, which says what to add.
 */
export function checkCrypto(): void {
  const { crypto } = globalThis as { crypto?: { getRandomValues?: unknown } };
  if (typeof crypto?.getRandomValues === 'function') return;
  throw new ConversationError({
    code: 'unsupported',
    message:
      'This platform has no crypto.getRandomValues(), which ids are made with; add it before, by the package react-native-get-random-values, say.',
  });
}
