export {
  type ClientCredentialsOptions,
  type ClientCredentialsProvider,
  clientCredentials,
} from './clientCredentials.ts';
export { type GuestRestOptions, guestRest } from './guestRest.ts';
export {
  type GuestConversation,
  type OpenGuestConversationOptions,
  openGuestConversation,
} from './openGuestConversation.ts';
export { parseRetryAfter, type RetryAfterContext } from './retryAfter.ts';
export type { TokenProvider } from './token.ts';
