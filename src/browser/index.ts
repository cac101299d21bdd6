export { type BindTypingOptions, bindTyping, type TypingTarget } from './bindTyping.ts';
