export { type ConversationMatchers, conversationMatchers } from './conversationMatchers.ts';
